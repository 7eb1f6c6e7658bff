export interface WaitOptions {
  /** Milliseconds until it gives up. */
  timeout?: number;
  /** What is awaited, for the message of the failure; a function says it when it gives up. */
  what: string | (() => string);
}

/**
 * Resolves to the first value that is neither false, null nor undefined; asks again until then. A throw
 * counts as "not yet" and is shown at the end.
 */
export async function waitFor<T>(
  ask: () => Promise<T> | T,
  options: WaitOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeout = 15_000, what } = options;
  const deadline = Date.now() + timeout;
  let last: unknown;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    try {
      const value = await ask();
      if (value !== false && value !== null && value !== undefined) return value as NonNullable<Exclude<T, false>>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      const reason = last instanceof Error ? ` Last failure: ${last.message}` : '';
      throw new Error(`Waited ${timeout} ms for ${typeof what === 'string' ? what : what()}.${reason}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
