let lastTime = Number.NaN;
let lastText = '';

/**
 * A time as MySQL reads it, in UTC and to the millisecond: `2026-11-26 21:04:42.123`. Remembers the last one,
 * because what is committed together has the same time.
 */
export function toTime(date: Date): string {
  const time = date.getTime();
  if (time !== lastTime) {
    lastText = date.toISOString().slice(0, -1).replace('T', ' ');
    lastTime = time;
  }
  return lastText;
}

/** A DATETIME column as the driver gives it, which is text in UTC. */
export function fromTime(text: string): Date {
  return new Date(`${text.slice(0, 10)}T${text.slice(11)}Z`);
}
