import type { GraphQLFormattedError } from 'graphql';
import { decode, parseBytes } from '../../kit/base/bytes.ts';
import type { Caller } from '../../kit/identity/caller.ts';
import type { Cancellation } from './cancellation.ts';
import type { Identity } from './context.ts';
import type { Deadline } from './deadline.ts';
import { type Data, isData } from './response-data.ts';
import type { RawReply } from './single-flight.ts';

/** What a service is asked. */
export interface SubgraphRequest {
  service: string;
  kind: 'query' | 'mutation';
  /** The operation, as JSON text. */
  text: string;
  /** Its variables, as JSON text. */
  variables: string;
}

/** For whom. */
export interface Asker {
  /** The client's token; a mutation that signs somebody in puts the new one here. */
  identity: Identity;
  requestId: string;
  cancellation: Cancellation;
  /** For an event: until when it waits for services. */
  deadline?: Deadline;
  /** Where the answer may be for others too: who asks, as what asks about them is noticed. */
  watched?: Caller;
}

/** What a service said, read. */
export interface Reply {
  /** Its strings are bytes (see `Bytes`), as the gateway hands them on and has nothing to say about them. */
  data: Data | null;
  errors: readonly GraphQLFormattedError[];
}

/** What it said about more than data. */
export interface FullReply extends Reply {
  /** The token of whom a mutation has signed in (see `SIGNED_IN_HEADER`). */
  signedIn: string | null;
  /** For whom the answer is (see `AudienceText`). */
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
    // Answered as unreadable below.
  }
  return { ...nothing, errors: [UNREADABLE] };
}
