/*
 * Places at which a test lets a process die. `BEAVER_FAULT=chat.committed:25` kills it the 25th time it comes by `faultPoint('chat.committed')`. Outside
 * of tests (NODE_ENV) the variable means nothing, and a fault point is a function that does nothing.
 */

const named = process.env.NODE_ENV === 'test' ? process.env.BEAVER_FAULT : undefined;

export const faultPoint: (point: string) => void = named ? dieAt(named) : () => undefined;

function dieAt(fault: string): (point: string) => void {
  const [name, times] = fault.split(':');
  let left = Number(times);
  return (point) => {
    if (point !== name) return;
    left -= 1;
    // Nothing runs after it: the system takes the process before the call returns.
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
