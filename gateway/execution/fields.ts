import {
  type ArgumentNode,
  type FieldNode,
  Kind,
  type NameNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

export function nameOf(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

export function responseName({ name, alias }: FieldNode): string {
  return (alias ?? name).value;
}

/** Whether two selections ask for the same field with the same arguments. */
export function isSameField(one: FieldNode, other: FieldNode): boolean {
  if (one === other) return true;
  return one.name.value === other.name.value && normalizeAll(one.arguments) === normalizeAll(other.arguments);
}

function normalizeAll(args: readonly ArgumentNode[] = []): string {
  return args
    .map(({ name, value }) => `${name.value}:${normalize(value)}`)
    .sort()
    .join(',');
}

/**
 * A planner may write a value in another form: an id as text, one value for a list of one, other digits for a
 * number.
 */
function normalize(value: ValueNode): string {
  switch (value.kind) {
    case Kind.VARIABLE:
      return `$${value.name.value}`;
    case Kind.INT:
      return Number.isSafeInteger(Number(value.value)) ? JSON.stringify(String(Number(value.value))) : value.value;
    case Kind.FLOAT:
      return JSON.stringify(String(Number(value.value)));
    case Kind.LIST:
      return value.values.length === 1
        ? normalize(value.values[0] as ValueNode)
        : `[${value.values.map(normalize).join(',')}]`;
    case Kind.OBJECT:
      return `{${value.fields
        .map(({ name, value: inner }) => `${name.value}:${normalize(inner)}`)
        .sort()
        .join(',')}}`;
    case Kind.NULL:
      return 'null';
    default:
      return JSON.stringify(String(value.value));
  }
}

/** A selection set whose fields at `path` have the name that a rewrite of a plan gives them in the data. */
export function renameInData(set: SelectionSetNode, path: readonly string[], name: string): SelectionSetNode {
  const [first, ...rest] = path;
  if (first === undefined) return set;
  // The names that planners rename are unique, so types need no look.
  if (first.startsWith('... on ')) return renameInData(set, rest, name);
  const selections = set.selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return { ...selection, selectionSet: renameInData(selection.selectionSet, path, name) };
    if (responseName(selection) !== first) return selection;
    if (rest.length === 0) return { ...selection, alias: nameOf(name) };
    return selection.selectionSet
      ? { ...selection, selectionSet: renameInData(selection.selectionSet, rest, name) }
      : selection;
  });
  return { ...set, selections };
}
