import { type DirectiveNode, type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql';
import { type Fragments, fragmentsOf } from '../../execution/conditions.ts';
import { responseName } from '../../execution/fields.ts';

/**
 * A selection set, the fragments of its document, and the values that variables of `@skip` and `@include`
 * have where it counts.
 */
export interface Selecting {
  set: SelectionSetNode;
  fragments: Fragments;
  known: ReadonlyMap<string, boolean>;
}

export function selecting(set: SelectionSetNode, document: DocumentNode | null): Selecting {
  return { set, fragments: document ? fragmentsOf(document) : new Map(), known: new Map() };
}

export interface Selected<S extends Selecting> {
  field: FieldNode;
  /** What is selected below it. */
  below: Selecting | null;
  from: S;
}

/**
 * All fields by their names in the data, whatever the variables of `@skip` and `@include` are. Left out is
 * what no values of them select. `applies` says whether a fragment is for the object's type.
 */
export function collectSelected<S extends Selecting>(
  all: readonly S[],
  applies: (condition: string) => boolean,
): Map<string, Selected<S>[]> {
  const selected = new Map<string, Selected<S>[]>();
  for (const from of all) {
    const { fragments } = from;
    const add = (set: SelectionSetNode, known: ReadonlyMap<string, boolean>): void => {
      for (const selection of set.selections) {
        const inside = decide(selection.directives, known);
        if (!inside) continue;
        if (selection.kind === Kind.FIELD) {
          const name = responseName(selection);
          const below = selection.selectionSet ? { set: selection.selectionSet, fragments, known: inside } : null;
          const fields = selected.get(name) ?? [];
          fields.push({ field: selection, below, from });
          selected.set(name, fields);
          continue;
        }
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const condition = fragment?.typeCondition?.name.value;
        if (fragment && (condition === undefined || applies(condition))) add(fragment.selectionSet, inside);
      }
    };
    add(from.set, from.known);
  }
  return selected;
}

/**
 * The values of variables with which something that has these directives is selected; null where there are
 * none.
 */
function decide(
  directives: readonly DirectiveNode[] = [],
  known: ReadonlyMap<string, boolean>,
): ReadonlyMap<string, boolean> | null {
  let decided = known;
  for (const { name, arguments: args } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    const value = args?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return null;
    if (value?.kind !== Kind.VARIABLE) continue;
    const before = decided.get(value.name.value);
    if (before !== undefined && before !== wanted) return null;
    decided = new Map(decided).set(value.name.value, wanted);
  }
  return decided;
}
