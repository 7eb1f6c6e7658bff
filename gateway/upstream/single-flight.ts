import type { GraphQLFormattedError } from 'graphql';
import type { Cancellation } from './cancellation.ts';
import { CLIENT_LEFT } from './errors.ts';

/** What a service said: a result in JSON as it wrote it, or why there is none. */
export type RawReply =
  | { result: Buffer; errors?: undefined }
  | { result: null; errors: readonly GraphQLFormattedError[] };

/** What those get who have left. */
export const LEFT: RawReply = { result: null, errors: [CLIENT_LEFT] };

/**
 * A question that is on its way, for all who wait for its answer. When nobody does any more, it is broken
 * off.
 */
export class SingleFlight {
  readonly said: Promise<RawReply>;
  #waiting = 0;
  readonly #breakOff: () => void;

  constructor(said: Promise<RawReply>, breakOff: () => void) {
    this.said = said;
    this.#breakOff = breakOff;
  }

  /** The answer, or that the client has left. */
  join(cancellation: Cancellation): Promise<RawReply> {
    if (cancellation.isCancelled) return Promise.resolve(LEFT);
    this.#waiting += 1;
    return new Promise((resolve) => {
      const stay = cancellation.onCancel(() => {
        resolve(LEFT);
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#breakOff();
      });
      void this.said.then((said) => {
        stay();
        resolve(said);
      });
    });
  }
}
