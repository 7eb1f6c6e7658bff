import type { ASTNode, GraphQLError } from 'graphql';
import { refusal } from '../refusal.ts';

/** Limits of one document. "Written out" counts the selections of a fragment wherever it is used. */
export interface OperationLimits {
  /** Of the text, in UTF-8. */
  bytes: number;
  /** Names, numbers, strings and punctuation of the text. */
  tokens: number;
  /** Operations of a document. */
  operations: number;
  /** Fragments of a document: validation compares each two that are used in one place. */
  fragments: number;
  /**
   * Selections of an operation, written out; a `@skip` or `@include` as three more, and again for each around
   * it. Planning takes up to a fifth of a millisecond for each and holds up everybody's requests meanwhile.
   */
  selections: number;
  /** Selections below `__schema` and `__type`, written out: nothing of them is planned. Tools ask for 240. */
  introspection: number;
  /** Fields in one another, and fragments in one another between two of them. */
  depth: number;
  /** Fields of an operation that are renamed, written out: each can be the same expensive thing once more. */
  aliases: number;
  /** Fields at the root of an operation, written out. */
  rootFields: number;
  /** Fields at the root of a mutation, written out: each is planned by itself. */
  mutations: number;
  /** How often one field may be selected at the same place, written out: validation compares each two. */
  repeats: number;
  /** Directives of one selection, variable or definition. */
  directives: number;
}

export type Limit = keyof OperationLimits;

/** The defaults are some times what the frontends of a chat need, and far below what holds up the process. */
export const DEFAULT_LIMITS: OperationLimits = {
  bytes: 100_000,
  tokens: 5_000,
  operations: 20,
  fragments: 100,
  selections: 200,
  introspection: 1_000,
  depth: 20,
  aliases: 50,
  rootFields: 20,
  mutations: 6,
  repeats: 30,
  directives: 10,
};

/**
 * The limits of services. Planning adds keys, type names and aliases to what a client asked for, and writes
 * an interface out as its types, so a service takes more than the gateway does.
 */
export const SERVICE_LIMITS: OperationLimits = {
  bytes: 500_000,
  tokens: 25_000,
  operations: 20,
  fragments: 200,
  selections: 1_000,
  introspection: 1_000,
  depth: 25,
  aliases: 250,
  rootFields: 40,
  mutations: 40,
  repeats: 150,
  directives: 20,
};

/**
 * Highest cost of an operation at a service: five times the default of a client at the gateway. A list
 * without a declared size may be longer than its estimate, and then more entities are fetched.
 */
export const SERVICE_MAX_COST = 50_000;

const MESSAGES: Record<Limit, (maximum: number) => string> = {
  bytes: (maximum) => `The text of an operation may have at most ${maximum} bytes. Put long values into variables.`,
  tokens: (maximum) => `The text of an operation may have at most ${maximum} tokens. Send several operations.`,
  operations: (maximum) => `A document may have at most ${maximum} operations. Send the one that is to be run.`,
  fragments: (maximum) => `A document may have at most ${maximum} fragments. Send several operations.`,
  selections: (maximum) =>
    `An operation may have at most ${maximum} fields, those of its fragments counted wherever they are used, and conditions as several. Send several operations.`,
  introspection: (maximum) =>
    `An operation may have at most ${maximum} fields below \`__schema\` and \`__type\`. Send several operations.`,
  depth: (maximum) => `An operation may be at most ${maximum} fields deep. Ask for what is deeper by its id.`,
  aliases: (maximum) => `An operation may have at most ${maximum} aliases. Send several operations.`,
  rootFields: (maximum) => `An operation may have at most ${maximum} fields at its root. Send several operations.`,
  mutations: (maximum) => `A mutation may have at most ${maximum} fields at its root. Send several operations.`,
  repeats: (maximum) => `A field may be selected at most ${maximum} times at the same place. Select it once.`,
  directives: (maximum) => `At most ${maximum} directives may stand in one place. Leave out what is repeated.`,
};

/** The error `OPERATION_TOO_LARGE`, which names the limit and its value. */
export function tooLarge(limit: Limit, limits: OperationLimits, node?: ASTNode): GraphQLError {
  const maximum = limits[limit];
  return refusal('OPERATION_TOO_LARGE', MESSAGES[limit](maximum), { fields: { limit, maximum }, node });
}

/** The error `COST_ESTIMATED_TOO_EXPENSIVE`. */
export function tooExpensive(cost: number, maximum: number): GraphQLError {
  const message = `An operation may cost at most ${maximum}, and this one is estimated at ${cost}. Ask for shorter lists, or in several operations.`;
  return refusal('COST_ESTIMATED_TOO_EXPENSIVE', message, { fields: { cost, maximum } });
}
