/** Comes by a named place at which a test may let the process die. */
export type Failpoint = (point: string) => void;

/**
 * Places at which a test lets a process die: with `BEAVER_FAULT=chat.committed:25` (`SharedConfig.fault`) it
 * is killed the 25th time it comes by `failpoint('chat.committed')`. Without a fault, which is how it is
 * everywhere but in tests, a fault point does nothing.
 */
export function createFailpoint(fault: { point: string; times: number } | undefined): Failpoint {
  if (!fault) return () => undefined;
  let left = fault.times;
  return (point) => {
    if (point !== fault.point) return;
    left -= 1;
    // Nothing runs after it: the system takes the process before the call returns.
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
