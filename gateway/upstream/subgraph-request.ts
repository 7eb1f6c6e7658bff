import type { GraphQLFormattedError } from 'graphql';
import { decode, parseBytes } from '../../kit/base/bytes.ts';
import type { Caller } from '../../kit/identity/caller.ts';
import type { Cancellation } from './cancellation.ts';
import type { Identity } from './context.ts';
import type { Deadline } from './deadline.ts';
import { type Data, isData } from './response-data.ts';
import type { RawReply } from './single-flight.ts';

/** A request to a service. */
export interface SubgraphRequest {
  service: string;
  kind: 'query' | 'mutation';
  /** Document, as JSON text. */
  text: string;
  /** Variables, as JSON text. */
  variables: string;
}

/** On whose behalf a request is sent. */
export interface Asker {
  /** Identity of the client. A mutation that signs somebody in puts the new token here. */
  identity: Identity;
  requestId: string;
  cancellation: Cancellation;
  /** Deadline of the event that the request completes, if there is one. */
  deadline?: Deadline;
  /** The watched caller, when the answer may be shared: records what is asked about the viewer. */
  watched?: Caller;
}

/** A parsed reply of a service. */
export interface Reply {
  /** Strings are bytes (see `Bytes`): the gateway hands them on unread. */
  data: Data | null;
  errors: readonly GraphQLFormattedError[];
}

/** Metadata of a reply. */
export interface FullReply extends Reply {
  /** Access token of the user whom a mutation signed in (see `SIGNED_IN_HEADER`). */
  signedIn: string | null;
  /** Audience of the answer (see `AudienceText`). */
  audience: unknown;
}

const UNREADABLE: GraphQLFormattedError = { message: 'The answer of the service is not one of GraphQL.' };

export function readResult(said: RawReply): FullReply {
  const nothing = { data: null, signedIn: null, audience: undefined };
  if (said.result === null) return { ...nothing, errors: said.errors };
  try {
    const { data = null, errors = [], extensions } = parseBytes(said.result) as Record<string, unknown>;
    if ((data === null || isData(data)) && Array.isArray(errors)) {
      const { signedIn, audience } = isData(extensions) ? decode(extensions) : {};
      return {
        data,
        errors: errors.length === 0 ? errors : decode(errors),
        signedIn: typeof signedIn === 'string' ? signedIn : null,
        audience,
      };
    }
  } catch {
    // Reported as unreadable below.
  }
  return { ...nothing, errors: [UNREADABLE] };
}

const START = Buffer.from('{"data":{');
const ERRORS = Buffer.from('"errors"');
const EXTENSIONS = Buffer.from('"extensions"');

/**
 * Whether a service's result is data and nothing else. Looked at without being parsed: in a text, the quotes
 * around such a word would be escaped. What happens to look like more than data is only looked at again.
 */
export function isClean(result: Buffer): boolean {
  return result.subarray(0, START.length).equals(START) && !result.includes(ERRORS) && !result.includes(EXTENSIONS);
}
