/**
 * One Ctrl-C arrives several times (from the terminal, npm and the bootstrap): what comes within this time is
 * the same one, in ms.
 */
const SAME = 1_000;
const PARENT_INTERVAL = 1_000;

/**
 * Calls `onFirst` when this program is asked to end (Ctrl-C, SIGTERM, the terminal closed, the bootstrap
 * killed), and `onSecond` when it's asked again, by somebody who does not want to wait.
 */
export function onInterrupt(onFirst: (signal: NodeJS.Signals) => void, onSecond: () => void): void {
  let first: number | undefined;
  const asked = (signal: NodeJS.Signals) => {
    const now = Date.now();
    if (first === undefined) {
      first = now;
      onFirst(signal);
    } else if (now - first > SAME) onSecond();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked(signal));
  // A terminal that is gone can't be written to; that must not end us before everything is stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const bootstrap = Number(process.env.BEAVER_BOOTSTRAP);
  if (process.ppid !== bootstrap) return;
  const watch = setInterval(() => {
    if (process.ppid === bootstrap) return;
    clearInterval(watch);
    asked('SIGTERM');
  }, PARENT_INTERVAL);
  watch.unref();
}
