import type { GraphQLFormattedError } from 'graphql';
import type { Cancellation } from './cancellation.ts';
import { CLIENT_LEFT } from './errors.ts';

/** Reply of a service: a result in its own JSON, or the errors in place of one. */
export type RawReply =
  | { result: Buffer; errors?: undefined }
  | { result: null; errors: readonly GraphQLFormattedError[] };

/** Reply to callers whose client has left. */
export const LEFT: RawReply = { result: null, errors: [CLIENT_LEFT] };

/**
 * A request in flight, shared by all callers that wait for its answer. Aborted when no caller waits any more.
 */
export class SingleFlight {
  readonly said: Promise<RawReply>;
  #waiting = 0;
  readonly #breakOff: () => void;

  constructor(said: Promise<RawReply>, breakOff: () => void) {
    this.said = said;
    this.#breakOff = breakOff;
  }

  /** The reply, or `CLIENT_LEFT` when the client leaves first. */
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
