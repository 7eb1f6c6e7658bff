import type { GraphQLFormattedError } from 'graphql';
import type { Identity } from '../context.ts';
import type { Cancellation } from './cancellation.ts';
import { type Data, isData } from './data.ts';
import type { Said } from './flight.ts';

/** What a service is asked. */
export interface Call {
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
}

/** What a service said, read. */
export interface Reply {
  data: Data | null;
  errors: readonly GraphQLFormattedError[];
}

const UNREADABLE: GraphQLFormattedError = { message: 'The answer of the service is not one of GraphQL.' };

/** Reads what a service said. `signedIn`: the token of whom a mutation has signed in (see `SIGNED_IN_HEADER`). */
export function readResult(said: Said): Reply & { signedIn: string | null } {
  if (said.result === null) return { data: null, errors: said.errors, signedIn: null };
  try {
    const { data = null, errors = [], extensions } = JSON.parse(said.result.toString());
    if ((data === null || isData(data)) && Array.isArray(errors)) {
      const signedIn = extensions?.signedIn;
      return { data, errors, signedIn: typeof signedIn === 'string' ? signedIn : null };
    }
  } catch {
    // Said below.
  }
  return { data: null, errors: [UNREADABLE], signedIn: null };
}
