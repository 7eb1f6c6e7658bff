import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { refusal } from '../refusal.ts';
import { type OperationLimits, tooLarge } from './limits.ts';
import { withoutToken } from './literals.ts';
import { shorten } from './messages.ts';

/**
 * Parses an operation and refuses one above the limits, in time that grows with the text alone. Validation
 * and planning take far longer for some texts of the same size, so this comes first.
 * @throws GraphQLError GRAPHQL_PARSE_FAILED, OPERATION_TOO_LARGE, GRAPHQL_VALIDATION_FAILED for a fragment
 * that uses itself
 */
export function readDocument(text: string, limits: OperationLimits): DocumentNode {
  // A character has at most three bytes per unit of its length: most texts are small enough without being
  // counted.
  if (text.length * 3 > limits.bytes && Buffer.byteLength(text) > limits.bytes) throw tooLarge('bytes', limits);
  const document = parseText(text, limits);
  checkDocument(document, limits);
  return document;
}

function parseText(text: string, limits: OperationLimits): DocumentNode {
  try {
    return parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    // Lists and objects in one another, deeper than the stack is.
    if (error instanceof RangeError) throw tooLarge('depth', limits);
    if (!(error instanceof GraphQLError)) throw error;
    // The library has no code for it.
    if (error.message.includes(`${limits.tokens} tokens. Parsing aborted`)) throw tooLarge('tokens', limits);
    const { message, source, positions } = error;
    throw new GraphQLError(shorten(withoutToken(message)), {
      source,
      positions,
      extensions: { code: ApolloServerErrorCode.GRAPHQL_PARSE_FAILED },
    });
  }
}

type Root = OperationDefinitionNode | FragmentDefinitionNode;

/** @throws GraphQLError */
function checkDocument({ definitions }: DocumentNode, limits: OperationLimits): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  if (operations.length > limits.operations) throw tooLarge('operations', limits, operations[limits.operations]);
  // Not `fragments.size`: several may have one name, which validation has yet to refuse.
  if (definitions.length - operations.length > limits.fragments) throw tooLarge('fragments', limits);
  const used = new Set<FragmentDefinitionNode>();
  for (const operation of operations) new Walk(fragments, limits, used).of(operation);
  // Validation refuses a fragment that nobody uses, but looks at all of it first.
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION && !used.has(node)) new Walk(fragments, limits, used).of(node);
  }
}

const INTROSPECTION = new Set(['__schema', '__type']);

const CONDITIONS = new Set(['skip', 'include']);
/**
 * What a condition counts beside its selection, times the conditions in which it stands and itself. Planning
 * takes longest for conditions in one another: 19 of them took as long as 400 fields (measured).
 */
const CONDITION = 3;

function conditionsOf({ directives = [] }: SelectionNode): number {
  return directives.length === 0 ? 0 : directives.filter(({ name }) => CONDITIONS.has(name.value)).length;
}

/** A place of the answer: all selections of one response name under the same parent. */
interface Place {
  repeats: number;
  fields: Map<string, Place>;
}

/**
 * Walks one operation with its fragments expanded, and stops at the first limit: neither fragments that
 * double each other nor one that uses itself takes long.
 */
class Walk {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #limits: OperationLimits;
  readonly #used: Set<FragmentDefinitionNode>;
  /** Fragments that are being expanded, one in another. */
  readonly #open = new Set<string>();
  readonly #counts = { selections: 0, introspection: 0 };
  #counter: 'selections' | 'introspection' = 'selections';
  #aliases = 0;
  #rootFields = 0;
  /** Conditions around the present selection. */
  #inForce = 0;
  #isOperation = false;
  #isMutation = false;

  constructor(
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    limits: OperationLimits,
    /** Gets the fragments that are met. */
    used: Set<FragmentDefinitionNode>,
  ) {
    this.#fragments = fragments;
    this.#limits = limits;
    this.#used = used;
  }

  of(root: Root): void {
    this.#isOperation = root.kind === Kind.OPERATION_DEFINITION;
    this.#isMutation = root.kind === Kind.OPERATION_DEFINITION && root.operation === 'mutation';
    this.#checkDirectives(root);
    for (const variable of root.variableDefinitions ?? []) this.#checkDirectives(variable);
    this.#set(root.selectionSet, { repeats: 0, fields: new Map() }, 0, 0);
  }

  /** `depth` counts the fields around the selections, `nested` the fragments since the last of them. */
  #set({ selections }: SelectionSetNode, place: Place, depth: number, nested: number): void {
    for (const selection of selections) {
      const conditions = conditionsOf(selection);
      this.#count(selection, conditions);
      this.#checkDirectives(selection);
      this.#inForce += conditions;
      if (selection.kind === Kind.FIELD) this.#field(selection, place, depth);
      else if (nested >= this.#limits.depth) throw tooLarge('depth', this.#limits, selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.#set(selection.selectionSet, place, depth, nested + 1);
      else this.#spread(selection, place, depth, nested + 1);
      this.#inForce -= conditions;
    }
  }

  #field(field: FieldNode, place: Place, depth: number): void {
    const limits = this.#limits;
    if (depth >= limits.depth) throw tooLarge('depth', limits, field);
    if (depth === 0 && this.#isOperation) {
      this.#rootFields += 1;
      if (this.#rootFields > limits.rootFields) throw tooLarge('rootFields', limits, field);
      if (this.#isMutation && this.#rootFields > limits.mutations) throw tooLarge('mutations', limits, field);
    }
    if (field.alias) {
      this.#aliases += 1;
      if (this.#aliases > limits.aliases) throw tooLarge('aliases', limits, field);
    }
    const key = (field.alias ?? field.name).value;
    const child = place.fields.get(key) ?? { repeats: 0, fields: new Map() };
    place.fields.set(key, child);
    child.repeats += 1;
    if (child.repeats > limits.repeats) throw tooLarge('repeats', limits, field);
    if (depth === 0) this.#counter = INTROSPECTION.has(field.name.value) ? 'introspection' : 'selections';
    if (field.selectionSet) this.#set(field.selectionSet, child, depth + 1, 0);
    if (depth === 0) this.#counter = 'selections';
  }

  #count(selection: SelectionNode, conditions: number): void {
    this.#counts[this.#counter] += 1 + conditions * CONDITION * (this.#inForce + 1);
    if (this.#counts[this.#counter] > this.#limits[this.#counter])
      throw tooLarge(this.#counter, this.#limits, selection);
  }

  #spread(spread: FragmentSpreadNode, place: Place, depth: number, nested: number): void {
    const name = spread.name.value;
    const fragment = this.#fragments.get(name);
    // Validation says so.
    if (!fragment) return;
    if (this.#open.has(name)) {
      const message = `The fragment "${name}" uses itself. Write out as many levels as are needed.`;
      throw refusal(ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED, message, { node: spread });
    }
    if (!this.#used.has(fragment)) this.#checkDirectives(fragment);
    this.#used.add(fragment);
    this.#open.add(name);
    this.#set(fragment.selectionSet, place, depth, nested);
    this.#open.delete(name);
  }

  #checkDirectives(node: ASTNode & { readonly directives?: readonly DirectiveNode[] | undefined }): void {
    const { directives } = this.#limits;
    if (node.directives && node.directives.length > directives) throw tooLarge('directives', this.#limits, node);
  }
}
