/**
 * Whether the client still waits for an operation. One for each operation, so it is less than an
 * AbortController.
 */
export class Cancellation {
  isCancelled = false;
  #callbacks: Set<() => void> | null = null;

  /** The client has left. */
  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    const callbacks = this.#callbacks;
    this.#callbacks = null;
    for (const callback of callbacks ?? []) callback();
  }

  /** Calls back when the client leaves; returns what takes that back. */
  onCancel(callback: () => void): () => void {
    if (this.isCancelled) {
      callback();
      return () => {};
    }
    this.#callbacks ??= new Set();
    this.#callbacks.add(callback);
    return () => this.#callbacks?.delete(callback);
  }
}
