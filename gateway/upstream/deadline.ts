import { Cancellation } from './cancellation.ts';

/** Deadline of one event for the services that complete it. */
export class Deadline {
  readonly #end = new Cancellation();
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => this.#end.cancel(), milliseconds);
  }

  get isOver(): boolean {
    return this.#end.isCancelled;
  }

  /** Calls back at the deadline. Returns the function that removes the callback. */
  onOver(callback: () => void): () => void {
    return this.#end.onCancel(callback);
  }

  /** Removes the deadline: nobody waits any more. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
