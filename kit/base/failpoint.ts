/** Marks a named point at which a test may kill the process. */
export type Failpoint = (point: string) => void;

/**
 * Points at which a test kills a process: with `BEAVER_FAULT=chat.committed:25` (`SharedConfig.fault`) the
 * 25th pass of `failpoint('chat.committed')` does. Without a fault, as everywhere but in tests, a failpoint
 * does nothing.
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
