import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { EventSource } from '../kit/graph/source.ts';
import type { Log } from '../kit/log.ts';
import { currentRequest } from '../kit/request.ts';
import type { OperationContext } from './context.ts';
import type { PreparedOperation } from './graph.ts';
import { maskResult } from './mask.ts';

/** What a client is sent for an operation: one answer, or those of a subscription in the order of their events. */
export type Answers = EventSource<Answer>;

/** A result in JSON. */
export interface Answer {
  json: Buffer | string;
}

/** The operation was refused, or ended with errors. They are what the client gets. */
export class Refused extends Error {
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super('The operation was refused.');
    this.errors = errors;
  }
}

const START = Buffer.from('{"data":{');
const ERRORS = Buffer.from('"errors"');
const EXTENSIONS = Buffer.from('"extensions"');

/**
 * Whether a service's result is data and nothing else. Looked at without being parsed: in a text, the quotes around such a word would be escaped. What
 * happens to look like more than data is only looked at again.
 */
export function isClean(result: Buffer): boolean {
  return result.subarray(0, START.length).equals(START) && !result.includes(ERRORS) && !result.includes(EXTENSIONS);
}

/** The client's answer where the first service's is not: with what other services say of it, and with the errors as clients may see them. */
export function completeAnswer(
  prepared: PreparedOperation,
  said: ExecutionResult,
  variables: Record<string, unknown>,
  context: OperationContext,
  log: Log,
): Promise<Record<string, unknown>> {
  return currentRequest.run({ requestId: context.requestId }, async () => {
    try {
      return maskResult(await prepared.graph.execute(prepared, said, variables, context), log);
    } catch (error) {
      return maskResult({ errors: [new GraphQLError('failed', { originalError: error as Error })] }, log);
    }
  });
}
