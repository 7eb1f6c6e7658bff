/**
 * Whether the client still waits for an operation. Lighter than an AbortController: there is one for each
 * operation.
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

  /** Calls back when the client leaves. Returns the function that removes the callback. */
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
