import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type EventOperation, prepareEvents } from './event-operations.ts';
import { compile, type Execute } from './execute.ts';
import { prepareEstimate } from './limits/cost/estimate.ts';
import { Weights } from './limits/cost/weights.ts';
import { readDocument } from './limits/document.ts';
import { SERVICE_LIMITS, SERVICE_MAX_COST, tooExpensive } from './limits/limits.ts';
import { findFaults } from './limits/validate.ts';
import { withReadVariables } from './read-variables.ts';
import { prepareVariables, type ReadVariables, type Variables } from './variables.ts';

/** An operation, parsed and validated: everything that does not depend on variables is done. */
export interface Prepared {
  kind: OperationTypeNode;
  /** Reads its variables for `execute` and `open`, or says what keeps it from being executed with them. */
  read: ReadVariables;
  execute: Execute;
  /** Opens the source of a subscription's events. */
  open(context: unknown, variables: Variables): Promise<AsyncIterable<object> | ExecutionResult>;
  /** Executes events of a subscription; null for other kinds. */
  events: EventOperation | null;
}

/** Cache of operations by their text. Clients send the same few all the time. */
export interface Documents {
  /** @throws GraphQLErrors, or a GraphQLError */
  prepare(text: string, operationName: string | null): Prepared;
}

/** Faults of an operation. */
export class GraphQLErrors extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('\n'));
    this.errors = errors;
  }
}

/**
 * Cache limits: documents, and characters of them. A text of more than a quarter of that is not cached: it is
 * none that clients repeat.
 */
const MAX_DOCUMENTS = 1_000;
const MAX_TEXT = 4_000_000;

interface Known {
  document: DocumentNode;
  operations: Map<string | null, Prepared>;
}

/** Invalid documents are not cached: they would evict valid ones. */
export function createDocuments(schema: GraphQLSchema): Documents {
  const weights = Weights.ofService(schema);
  const known = new LRUCache<string, Known>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_TEXT,
    maxEntrySize: MAX_TEXT / 4,
    sizeCalculation: (_, text) => text.length,
  });

  function read(text: string): Known {
    const found = known.get(text);
    if (found) return found;
    const made = { document: parseValid(schema, text), operations: new Map() };
    known.set(text, made);
    return made;
  }

  return {
    prepare(text, operationName) {
      const { document, operations } = read(text);
      const found = operations.get(operationName);
      if (found) return found;
      const operation = getOperationAST(document, operationName);
      if (!operation) {
        const message = operationName === null ? 'Say by operationName which.' : 'There is no operation of this name.';
        throw new GraphQLErrors([withCode(message, ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE)]);
      }
      const prepared: Prepared = {
        kind: operation.operation,
        read: prepareRead(weights, document, operation),
        execute: compile(schema, document, operationName),
        open(contextValue, variableValues) {
          const read = withReadVariables(schema, document);
          return createSourceEventStream({ ...read, operationName, contextValue, variableValues }) as ReturnType<
            Prepared['open']
          >;
        },
        events: operation.operation === 'subscription' ? prepareEvents(schema, document, operation) : null,
      };
      operations.set(operationName, prepared);
      return prepared;
    },
  };
}

function parseValid(schema: GraphQLSchema, text: string): DocumentNode {
  const document = readDocument(text, SERVICE_LIMITS);
  const faults = findFaults(schema, document);
  if (faults.length > 0) throw new GraphQLErrors(faults);
  return document;
}

/** Reads variables before execution, whose own errors would quote their values. */
function prepareRead(weights: Weights, document: DocumentNode, operation: OperationDefinitionNode): ReadVariables {
  const readVariables = prepareVariables(weights.schema, operation);
  const estimate = prepareEstimate(weights, document, operation);
  return (given) => {
    const read = readVariables(given);
    if (read.errors) return read;
    const cost = estimate(read.coerced);
    return cost > SERVICE_MAX_COST ? { errors: [tooExpensive(cost, SERVICE_MAX_COST)] } : read;
  };
}

function withCode(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
