import { AsyncLocalStorage } from 'node:async_hooks';
import { newUuid } from '../base/ids.ts';
import type { Span } from './span.ts';

/** What is being worked on. */
export interface CurrentRequest {
  requestId: string;
  /** What the request does at the moment, where it is traced. */
  span?: Span | null;
}

/**
 * The request that is being worked on: its id is in every log line and masked error, from the gateway down to
 * the last service.
 */
export const currentRequest = new AsyncLocalStorage<CurrentRequest>();

/** The id of the request that is being worked on; a new one where there is none. */
export function currentRequestId(): string {
  return currentRequest.getStore()?.requestId ?? newUuid();
}

/** Ids that may be taken over from a caller: anything else could be used to forge log lines. */
const REQUEST_ID = /^[\w-]{1,64}$/;

/** The id that a caller gave to a request, or a new one. */
export function takeRequestId(given: unknown): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newUuid();
}

/**
 * A request to be worked on, by the id that a caller gave to it or a new one. That is made when somebody asks
 * for it, which the work of most requests never does.
 */
export class OpenRequest {
  readonly #given: unknown;
  #requestId: string | undefined;

  constructor(given: unknown) {
    this.#given = given;
  }

  get requestId(): string {
    this.#requestId ??= takeRequestId(this.#given);
    return this.#requestId;
  }
}
