import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLObjectType,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  visit,
} from 'graphql';
import { refusal } from '../../refusal.ts';
import type { ListSize, Weights } from './weights.ts';

export type Variables = Record<string, unknown>;

/**
 * Estimates the highest cost of an operation with these variables, as the schema coerces them. @throws
 * GraphQLError where `@listSize` requires an argument that is not given
 */
export type Estimate = (variables: Variables) => number;

/** Cost of a mutation beside its fields. */
const MUTATION = 10;
/** Assumed length of a list without a declared size. */
const DEFAULT_SIZE = 10;

/** Sizes that a field gives to lists below it: `messages(first: 50)` to `edges`. */
interface Sized {
  fields: readonly string[];
  size: number;
}

/** Cost of selections, given the sizes of the field around them. */
type Part = (variables: Variables, sized: Sized | null) => number;

/**
 * Prepares the estimate of an operation that is valid and within the limits, once for all variables. A list
 * costs its length times what is selected of an element; of the types that a thing can have, the most
 * expensive counts. A field that is selected twice counts twice, though it is executed once.
 */
export function prepareEstimate(
  weights: Weights,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Estimate {
  const compiler = new Compiler(weights, document);
  const root = weights.schema.getRootType(operation.operation);
  if (!root) throw new Error(`The supergraph has no type for a ${operation.operation}.`);
  const selections = compiler.set(operation.selectionSet, root);
  const base = operation.operation === 'mutation' ? MUTATION : 0;
  if (compiler.asksVariables) return (variables) => base + selections(variables, null);
  let cost: number | undefined;
  return () => {
    // An error repeats at each call.
    cost ??= base + selections({}, null);
    return cost;
  };
}

class Compiler {
  /** Whether the cost depends on variables. */
  asksVariables = false;
  readonly #weights: Weights;
  readonly #definitions: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #fragments = new Map<string, Part>();

  constructor(weights: Weights, { definitions }: DocumentNode) {
    this.#weights = weights;
    const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#definitions = new Map(fragments.map((node) => [node.name.value, node]));
  }

  set({ selections }: SelectionSetNode, parent: GraphQLCompositeType): Part {
    const always: Part[] = [];
    const conditional: { part: Part; type: GraphQLCompositeType }[] = [];
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        always.push(this.#when(selection, this.#field(selection, parent)));
        continue;
      }
      const { part, type } = this.#fragment(selection, parent);
      if (type === parent || !isAbstractType(parent)) always.push(this.#when(selection, part));
      else conditional.push({ part: this.#when(selection, part), type });
    }
    if (conditional.length === 0 || !isAbstractType(parent)) return sum(always);
    const groups = this.#groups(
      this.#weights.schema.getPossibleTypes(parent),
      conditional.map(({ type }) => type),
    );
    const parts = conditional.map(({ part }) => part);
    const base = sum(always);
    return (variables, sized) => {
      const costs = parts.map((part) => part(variables, sized));
      let most = 0;
      for (const group of groups)
        most = Math.max(
          most,
          group.reduce((total, index) => total + (costs[index] ?? 0), 0),
        );
      return base(variables, sized) + most;
    };
  }

  /** Nothing where `@skip` or `@include` leave it out. */
  #when(node: { readonly directives?: readonly DirectiveNode[] | undefined }, part: Part): Part {
    if (!node.directives?.length) return part;
    this.asksVariables ||= hasVariable(node.directives);
    return (variables, sized) => {
      const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
      const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
      return skip?.if === true || include?.if === false ? 0 : part(variables, sized);
    };
  }

  /** For the possible types which of the conditions each fulfils, each combination once. */
  #groups(types: readonly GraphQLObjectType[], conditions: readonly GraphQLCompositeType[]): number[][] {
    const { schema } = this.#weights;
    const groups = new Map<string, number[]>();
    for (const type of types) {
      const met = conditions.flatMap((condition, index) => {
        const fits = condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
        return fits ? [index] : [];
      });
      groups.set(met.join(), met);
    }
    return [...groups.values()];
  }

  #fragment(
    selection: Exclude<SelectionNode, FieldNode>,
    parent: GraphQLCompositeType,
  ): { part: Part; type: GraphQLCompositeType } {
    const named = selection.kind === Kind.FRAGMENT_SPREAD ? this.#definitions.get(selection.name.value) : null;
    const node = named ?? (selection.kind === Kind.INLINE_FRAGMENT ? selection : null);
    if (!node) return { part: () => 0, type: parent };
    const type = node.typeCondition ? typeFromAST(this.#weights.schema, node.typeCondition) : parent;
    if (!isCompositeType(type)) return { part: () => 0, type: parent };
    if (!named) return { part: this.set(node.selectionSet, type), type };
    const known = this.#fragments.get(named.name.value) ?? this.set(named.selectionSet, type);
    this.#fragments.set(named.name.value, known);
    return { part: known, type };
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): Part {
    const fields = this.#fieldsOf(node.name.value, parent);
    const [first] = fields;
    // `__typename` and introspection.
    if (!first) return () => 0;
    const type = getNamedType(first.type);
    const selections = node.selectionSet && isCompositeType(type) ? this.set(node.selectionSet, type) : () => 0;
    const rules = fields.map((field) => ({
      key: JSON.stringify([this.#weights.ofField(field), this.#weights.listSize(field)]),
      field,
      weight: this.#weights.ofField(field),
      listSize: this.#weights.listSize(field),
      isList: isListType(getNullableType(field.type)),
      inputs: this.#inputsOf(field),
    }));
    // Those that say the same are one: else the work would multiply with each level of interfaces.
    const variants = [...new Map(rules.map((rule) => [rule.key, rule])).values()];
    const asksArguments = variants.some(({ listSize, inputs }) => listSize || inputs);
    this.asksVariables ||= asksArguments && hasVariable(node.arguments);
    return (variables, sized) => {
      let most = 0;
      for (const { field, weight, listSize, isList, inputs } of variants) {
        const values = listSize || inputs ? getArgumentValues(field, node, variables) : {};
        const size = listSize ? sizeOf(listSize, values, node) : null;
        const given = sized?.fields.includes(field.name) ? sized.size : null;
        const isOwn = listSize?.sizedFields.length === 0;
        const length = isList ? (given ?? (isOwn ? size : null) ?? DEFAULT_SIZE) : 1;
        const passedOn = listSize && !isOwn && size !== null ? { fields: listSize.sizedFields, size } : null;
        const cost = length * (weight + selections(variables, passedOn)) + (inputs?.(values) ?? 0);
        most = Math.max(most, cost);
      }
      return most;
    };
  }

  /**
   * The definitions that a selection may mean: of an interface also those of the types that implement it,
   * whose directives are their own.
   */
  #fieldsOf(name: string, parent: GraphQLCompositeType): GraphQLField<unknown, unknown>[] {
    if (isUnionType(parent)) return [];
    const own = parent.getFields()[name];
    if (!own) return [];
    if (!isAbstractType(parent)) return [own];
    const types = this.#weights.schema.getPossibleTypes(parent);
    return [own, ...types.flatMap((type) => type.getFields()[name] ?? [])];
  }

  /** What the arguments of a field cost that are given; null where none ever costs anything. */
  #inputsOf({ args }: GraphQLField<unknown, unknown>): ((values: Variables) => number) | null {
    const costs = args.map((arg) => ({ name: arg.name, type: arg.type, weight: this.#weights.ofInput(arg) }));
    if (costs.every(({ type, weight }) => weight === 0 && this.#weights.isFreeInside(type))) return null;
    return (values) => {
      let total = 0;
      for (const { name, type, weight } of costs) {
        if (values[name] !== undefined) total += weight + this.#insideOf(type, values[name]);
      }
      return total;
    };
  }

  #insideOf(type: GraphQLInputType, value: unknown): number {
    const named = getNamedType(type);
    if (this.#weights.isFreeInside(named) || typeof value !== 'object' || value === null) return 0;
    if (!isInputObjectType(named)) return 0;
    if (Array.isArray(value)) return value.reduce<number>((total, item) => total + this.#insideOf(named, item), 0);
    const fields = named.getFields();
    return Object.entries(value).reduce((total, [name, inner]) => {
      const field = fields[name];
      return field ? total + this.#weights.ofInput(field) + this.#insideOf(field.type, inner) : total;
    }, 0);
  }
}

function sum(parts: readonly Part[]): Part {
  return (variables, sized) => {
    let total = 0;
    for (const part of parts) total += part(variables, sized);
    return total;
  };
}

function hasVariable(nodes: readonly ASTNode[] = []): boolean {
  let found = false;
  const note = (): void => {
    found = true;
  };
  for (const node of nodes) visit(node, { Variable: note });
  return found;
}

/** Number of elements that the arguments ask for; null where neither they nor the schema say it. */
function sizeOf(listSize: ListSize, values: Variables, node: FieldNode): number | null {
  const { slicingArguments, assumedSize, requiresOne } = listSize;
  const given = slicingArguments
    .map((name) => values[name])
    .map((value) => (Array.isArray(value) ? value.length : value))
    .filter((value) => typeof value === 'number');
  if (requiresOne && slicingArguments.length > 0 && given.length !== 1) {
    const message = `Give exactly one of ${slicingArguments.join(', ')} to "${node.name.value}": it says how long the list may be.`;
    throw refusal('BAD_USER_INPUT', message, { node });
  }
  return given.length > 0 ? Math.max(0, ...given) : assumedSize;
}
