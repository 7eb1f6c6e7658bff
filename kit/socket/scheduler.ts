import type { Outbox } from './outbox.ts';

/** Longest stretch of writing before the event loop goes on, in ms. */
const SLICE_MS = 10;
/**
 * Outboxes, and turns of their readers, between two reads of the clock, about. Their frames are made first
 * and then written in one go: measured, a write costs less when nothing else is done before the next, and
 * more again when there are so many frames that the first have left the processor's cache.
 */
const STRIDE = 64;

/**
 * Schedules outboxes that have something to send, in the order of arrival and a slice at a time: an event for
 * ten thousand subscribers must not block everything else. Returns the function that schedules one.
 */
export function createScheduler(): (outbox: Outbox) => void {
  let due: Outbox[] = [];
  /** How many of `due` are done. */
  let done = 0;
  let isRunning = false;

  function run(): void {
    const until = performance.now() + SLICE_MS;
    // Outboxes that are scheduled meanwhile have their turn in the next slice.
    const count = due.length;
    while (done < count && performance.now() < until) {
      let end = done;
      for (let steps = 0; end < count && steps < STRIDE; end += 1) steps += 1 + (due[end] as Outbox).work();
      for (; done < end; done += 1) due[done]?.flush();
    }
    isRunning = done < due.length;
    if (done * 2 >= due.length) {
      due = due.slice(done);
      done = 0;
    }
    if (isRunning) setImmediate(run);
  }

  return (outbox) => {
    if (outbox.isScheduled) return;
    outbox.isScheduled = true;
    due.push(outbox);
    if (isRunning) return;
    isRunning = true;
    // After all promises that are settled now: all answers of one commit go out in one write.
    queueMicrotask(() => process.nextTick(run));
  };
}
