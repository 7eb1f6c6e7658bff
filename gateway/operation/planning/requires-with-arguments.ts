import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { type Fragments, fragmentsOf } from '../../execution/conditions.ts';
import type { PlannerSupergraph } from './required.ts';

/**
 * Something that a fetch requires: its name in the data, where it stands, and the field that the service
 * knows it as.
 */
interface Required {
  name: string;
  path: readonly string[];
  field: string;
}

/**
 * Puts back into a plan what the names of a planner's supergraph stand for: a fetch asks for the field with
 * its arguments, under that name; and who requires it is told it under the name that the field has.
 */
export function restoreCalls(plan: QueryPlan, supergraph: PlannerSupergraph): QueryPlan {
  const { node } = plan;
  if (!node || supergraph.calls.size === 0) return plan;
  if (node.kind !== 'Subscription') return { ...plan, node: restore(node, supergraph) };
  const { primary, rest } = node;
  // It requires nothing: it is the first.
  const first = { ...primary, ...withCalls(primary.operation, supergraph) };
  return { ...plan, node: { ...node, primary: first, ...(rest ? { rest: restore(rest, supergraph) } : {}) } };
}

function restore(node: PlanNode, supergraph: PlannerSupergraph): PlanNode {
  switch (node.kind) {
    case 'Fetch': {
      const fetches = apart(node, supergraph).map((fetch) => restoreFetch(fetch, supergraph));
      return fetches.length === 1 ? (fetches[0] as FetchNode) : { kind: 'Parallel', nodes: fetches };
    }
    case 'Flatten':
      return { ...node, node: restore(node.node, supergraph) };
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((one) => restore(one, supergraph)) };
    case 'Condition': {
      const { ifClause, elseClause } = node;
      return {
        ...node,
        ...(ifClause ? { ifClause: restore(ifClause, supergraph) } : {}),
        ...(elseClause ? { elseClause: restore(elseClause, supergraph) } : {}),
      };
    }
    case 'Defer':
      throw new Error('The planner was not asked for @defer.');
  }
}

function restoreFetch(fetch: FetchNode, supergraph: PlannerSupergraph): FetchNode {
  const renames = requiredBy(fetch, supergraph)
    .filter(({ name, field }) => name !== field)
    // What is inside another one first, as long as that has its name.
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, path, field }) => ({ kind: 'KeyRenamer' as const, path: [...path, name], renameKeyTo: field }));
  return {
    ...fetch,
    ...withCalls(fetch.operation, supergraph),
    ...(renames.length > 0 ? { inputRewrites: [...(fetch.inputRewrites ?? []), ...renames] } : {}),
  };
}

function withCalls(text: string, { calls }: PlannerSupergraph): Pick<FetchNode, 'operation'> {
  const document = parse(text);
  const restored = visit(document, {
    Field(node) {
      const call = calls.get(node.name.value);
      return call && { ...node, ...call, alias: node.alias ?? node.name };
    },
  });
  return { operation: restored === document ? text : stripIgnoredCharacters(print(restored)) };
}

function requiredBy({ requires = [] }: FetchNode, { calls }: PlannerSupergraph): Required[] {
  const found: Required[] = [];
  const look = (selections: readonly QueryPlanSelectionNode[], path: readonly string[]) => {
    for (const selection of selections) {
      if (selection.kind === 'InlineFragment') look(selection.selections, below(path, selection));
      else {
        const name = selection.alias ?? selection.name;
        found.push({ name, path, field: calls.get(selection.name)?.name.value ?? name });
        if (selection.selections) look(selection.selections, [...path, name]);
      }
    }
  };
  look(requires, []);
  return found;
}

function below(path: readonly string[], { typeCondition }: { typeCondition?: string }): readonly string[] {
  return typeCondition === undefined ? path : [...path, `... on ${typeCondition}`];
}

/** A part of what a fetch asks for that can be told everything it requires at once. */
interface Part {
  fields: Set<FieldNode>;
  /** What it requires, by the place where the service finds it. */
  told: Map<string, string>;
}

/**
 * A fetch for fields that require the same field with different arguments, as several: a service can be told
 * one value of it at a time.
 */
function apart(fetch: FetchNode, supergraph: PlannerSupergraph): FetchNode[] {
  const places = new Map<string, Set<string>>();
  for (const { name, path, field } of requiredBy(fetch, supergraph)) {
    const place = [...path, field].join('\n');
    // The same name can be required several times: by a fragment that is spread twice, once under a
    // condition.
    places.set(place, (places.get(place) ?? new Set()).add(name));
  }
  const disputed = new Map([...places].filter(([, names]) => names.size > 1));
  if (disputed.size === 0) return [fetch];

  const document = parse(fetch.operation);
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const entities = operation?.selectionSet.selections[0];
  if (!operation || entities?.kind !== Kind.FIELD || !entities.selectionSet) return [fetch];
  const set = withoutSpreads(entities.selectionSet, fragmentsOf(document));
  const parts: Part[] = [];
  for (const { field, type } of fieldsOf(set, '')) {
    const needs = supergraph.needs.get(`${fetch.serviceName}:${type}.${field.name.value}`);
    const told = [...disputed].flatMap(([place, names]) =>
      [...names].filter((name) => needs?.has(name)).map((name) => [place, name] as const),
    );
    let part = parts.find((one) => told.every(([place, name]) => (one.told.get(place) ?? name) === name));
    if (!part) {
      part = { fields: new Set(), told: new Map() };
      parts.push(part);
    }
    part.fields.add(field);
    for (const [place, name] of told) part.told.set(place, name);
  }
  return parts.map((part) => {
    const kept: FieldNode = { ...entities, selectionSet: keep(set, part.fields) };
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [kept] };
    const fragments = spreadIn(selectionSet, fragmentsOf(document));
    const used = new Set<string>();
    for (const node of [selectionSet, ...fragments]) visit(node, { Variable: ({ name }) => void used.add(name.value) });
    const variableDefinitions =
      operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value)) ?? [];
    const only: OperationDefinitionNode = { ...operation, selectionSet, variableDefinitions };
    const made: DocumentNode = { kind: Kind.DOCUMENT, definitions: [only, ...fragments] };
    return {
      ...fetch,
      operation: stripIgnoredCharacters(print(made)),
      variableUsages: (fetch.variableUsages ?? []).filter((name) => used.has(name)),
      requires: tell(fetch.requires ?? [], [], part, disputed, supergraph),
    };
  });
}

/**
 * The same selections of an object, with named fragments of it written where they are spread, so that their
 * fields can be told apart.
 */
function withoutSpreads(set: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  const selections = set.selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.FIELD) return selection;
    const { directives } = selection;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment) return selection;
    const { typeCondition } = fragment;
    const selectionSet = withoutSpreads(fragment.selectionSet, fragments);
    return { kind: Kind.INLINE_FRAGMENT, directives, typeCondition, selectionSet };
  });
  return { ...set, selections };
}

/** The fragments that are spread in selections, also by one another. */
function spreadIn(set: SelectionSetNode, fragments: Fragments): FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>();
  const look = (node: ASTNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || found.has(fragment)) return;
        found.add(fragment);
        look(fragment);
      },
    });
  };
  look(set);
  return [...found];
}

/** The fields of entities, each with the type that it is asked of. */
function fieldsOf({ selections }: SelectionSetNode, type: string): { field: FieldNode; type: string }[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ field: selection, type }];
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    return fieldsOf(selection.selectionSet, selection.typeCondition?.name.value ?? type);
  });
}

function keep(set: SelectionSetNode, fields: Set<FieldNode>): SelectionSetNode {
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return fields.has(selection) ? [selection] : [];
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    const selectionSet = keep(selection.selectionSet, fields);
    return selectionSet.selections.length > 0 ? [{ ...selection, selectionSet }] : [];
  });
  return { ...set, selections };
}

/**
 * What is required, with one of several at each place that is disputed, and none where the part needs none.
 */
function tell(
  selections: readonly QueryPlanSelectionNode[],
  path: readonly string[],
  { told, fields }: Part,
  disputed: ReadonlyMap<string, ReadonlySet<string>>,
  supergraph: PlannerSupergraph,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    const part = { told, fields };
    if (selection.kind === 'InlineFragment') {
      const inside = tell(selection.selections, below(path, selection), part, disputed, supergraph);
      return inside.length > 0 ? [{ ...selection, selections: inside }] : [];
    }
    const name = selection.alias ?? selection.name;
    const field = supergraph.calls.get(selection.name)?.name.value ?? name;
    const place = [...path, field].join('\n');
    // Without a call it is the field itself, which a key may need: it is what is told where nobody needs
    // another.
    if (disputed.has(place) && (told.get(place) ?? field) !== name) return [];
    if (!selection.selections) return [selection];
    return [{ ...selection, selections: tell(selection.selections, [...path, name], part, disputed, supergraph) }];
  });
}
