import { Cancellation } from './cancellation.ts';

/** How long one event waits for the services that complete it. */
export class Deadline {
  readonly #end = new Cancellation();
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => this.#end.cancel(), milliseconds);
  }

  get isOver(): boolean {
    return this.#end.isCancelled;
  }

  /** Calls back when the time is over; returns what takes that back. */
  onOver(callback: () => void): () => void {
    return this.#end.onCancel(callback);
  }

  /** Nobody waits any more. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
