import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { reservedNames } from '../../execution/data-names.ts';

/**
 * A supergraph as the planner gets it. Apollo's planner takes a field that is asked for with two sets of
 * arguments for the same thing: with `@requires(fields: "price(currency: \"EUR\")")` it asks for one price,
 * and hands it to everybody who wants another one. So each field that something requires with arguments
 * stands in this supergraph once more, without arguments and under a name of its own. `calls.ts` puts back
 * into the plan what the names stand for.
 */
export interface PlannerSupergraph {
  /** Null where it is the same. */
  sdl: string | null;
  /** What is really asked, the field with its arguments, by the name that it has here. */
  calls: ReadonlyMap<string, FieldNode>;
  /** Of those, what a field requires, by `service:Type.field`. */
  needs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of fields that plans fetch for themselves. */
  reserved: ReadonlySet<string>;
}

/** Rewrites a supergraph for the planner. Requirements below an interface stay as they are. */
export function nameRequired(supergraphSdl: string): PlannerSupergraph {
  const document = parse(supergraphSdl);
  const types = new Map(document.definitions.filter(isObject).map((type) => [type.name.value, type]));
  const services = servicesOf(document);
  const taken = new Set([...types.values()].flatMap(({ fields = [] }) => fields.map(({ name }) => name.value)));
  const names = new Map<string, string>();
  const calls = new Map<string, FieldNode>();
  const needs = new Map<string, Set<string>>();
  const added = new Map<string, { name: string; field: string }[]>();

  function nameOf(type: string, { name, arguments: args }: FieldNode): string {
    const call: FieldNode = { kind: Kind.FIELD, name, ...(args ? { arguments: args } : {}) };
    const key = `${type}.${print(call)}`;
    const known = names.get(key);
    if (known) return known;
    let count = names.size;
    while (taken.has(`required${count}_${name.value}`)) count += 1;
    const given = `required${count}_${name.value}`;
    taken.add(given);
    names.set(key, given);
    calls.set(given, call);
    added.set(type, [...(added.get(type) ?? []), { name: given, field: name.value }]);
    return given;
  }

  function rename(set: SelectionSetNode, typeName: string, found: Set<string>): SelectionSetNode {
    return { ...set, selections: set.selections.map((selection) => renameIn(selection, typeName, found)) };
  }

  function renameIn(selection: SelectionNode, typeName: string, found: Set<string>): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inside = selection.typeCondition?.name.value ?? typeName;
      return { ...selection, selectionSet: rename(selection.selectionSet, inside, found) };
    }
    const field = types.get(typeName)?.fields?.find(({ name }) => name.value === selection.name.value);
    if (!field) return selection;
    const below = selection.selectionSet
      ? { selectionSet: rename(selection.selectionSet, namedType(field.type), found) }
      : {};
    if (!selection.arguments?.length) return { ...selection, ...below };
    const value = nameOf(typeName, selection);
    found.add(value);
    return { ...selection, ...below, name: { ...selection.name, value }, arguments: [] };
  }

  function fieldFor(type: string, field: FieldDefinitionNode): FieldDefinitionNode {
    const directives = field.directives?.map((directive) => {
      const required = textOf(directive, 'requires');
      if (directive.name.value !== 'join__field' || required === null) return directive;
      const found = new Set<string>();
      const set = (parse(`{ ${required} }`).definitions[0] as OperationDefinitionNode).selectionSet;
      const value = rename(set, type, found).selections.map(print).join(' ');
      if (found.size === 0) return directive;
      needs.set(`${services.get(enumOf(directive, 'graph') ?? '')}:${type}.${field.name.value}`, found);
      return withText(directive, 'requires', value);
    });
    return directives ? { ...field, directives } : field;
  }

  const renamed = document.definitions.map((node) => {
    if (!isObject(node)) return node;
    const { directives, fields = [] } = node;
    const made = fields.map((field) => fieldFor(node.name.value, field));
    return { ...node, ...(directives ? { directives: resolvableFirst(directives) } : {}), fields: made };
  });
  const definitions = renamed.map((node) => {
    if (!isObject(node)) return node;
    const more = (added.get(node.name.value) ?? []).flatMap(({ name, field }) => {
      const original = node.fields?.find((one) => one.name.value === field);
      return original ? [{ ...original, name: { ...original.name, value: name }, arguments: [] }] : [];
    });
    return { ...node, fields: [...(node.fields ?? []), ...more] };
  });
  const isSame =
    calls.size === 0 &&
    renamed.every((node, index) => directivesOf(node) === directivesOf(document.definitions[index]));
  const planned = isSame ? document : { ...document, definitions };
  return { sdl: isSame ? null : print(planned), calls, needs, reserved: reservedNames(planned) };
}

/**
 * Keys by which a service cannot be asked come after those by which it can: where a field that requires
 * something is fetched from the service that the object came from, the planner takes the first key of the
 * type, whichever it is.
 */
function resolvableFirst(directives: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
  const isResolvable = ({ arguments: args }: ConstDirectiveNode) =>
    !args?.some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value);
  const isLate = directives.some((one, index) => {
    const graph = enumOf(one, 'graph');
    const earlier = directives.slice(0, index);
    return isResolvable(one) && earlier.some((other) => !isResolvable(other) && enumOf(other, 'graph') === graph);
  });
  if (!isLate) return directives;
  return [...directives.filter(isResolvable), ...directives.filter((one) => !isResolvable(one))];
}

function directivesOf(node: DefinitionNode | undefined): readonly ConstDirectiveNode[] | undefined {
  return node && isObject(node) ? node.directives : undefined;
}

function isObject(node: DefinitionNode): node is ObjectTypeDefinitionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The names of the services by their names in the supergraph. */
function servicesOf({ definitions }: DocumentNode): Map<string, string | null> {
  const graphs = definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.map(({ name, directives = [] }) => {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      return [name.value, graph ? textOf(graph, 'name') : null];
    }),
  );
}

function textOf({ arguments: args }: ConstDirectiveNode, name: string): string | null {
  const value = args?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

function enumOf({ arguments: args }: ConstDirectiveNode, name: string): string | null {
  const value = args?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.ENUM ? value.value : null;
}

function withText(directive: ConstDirectiveNode, name: string, value: string): ConstDirectiveNode {
  const args = directive.arguments?.map((argument) =>
    argument.name.value === name ? { ...argument, value: { kind: Kind.STRING as const, value } } : argument,
  );
  return args ? { ...directive, arguments: args } : directive;
}
