import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { UserError } from '../../../kit/base/errors.ts';
import { isAsked } from '../../execution/conditions.ts';
import type { DataNames } from '../../execution/data-names.ts';
import type { TypeConditions } from '../../execution/type-conditions.ts';
import { type Data, isData, own } from '../../upstream/response-data.ts';
import type { Need, Requirements } from './requirements.ts';

/** An operation without what its viewer may not see. */
export interface Filtered {
  /**
   * What is left to plan; null where nothing may be asked. A field of which nothing is left is asked for its
   * `__typename`, so that the answer says whether it is there.
   */
  document: DocumentNode | null;
  /**
   * One for each place that is refused, for coerced variables: a field that `@skip` or `@include` takes out
   * was not asked for.
   */
  errors(variables: Data): GraphQLError[];
  /**
   * Takes refused fields out of what the services said, in place, before an answer is made of it: a plan also
   * fetches keys and what `@requires` needs, under the names that a client may have asked for and was
   * refused.
   */
  withhold(data: Data, names: Pick<DataNames, 'of'>): void;
}

interface Refusal {
  error: GraphQLError;
  need: Need;
}

/** `isRefused` says whether a field's needs are not met. */
export function filterOperation(
  types: TypeConditions,
  { operation, needs }: Requirements,
  isRefused: (need: Need) => boolean,
): Filtered {
  const refusals: Refusal[] = [];
  const refused = new Set<FieldNode>();

  function keep(set: SelectionSetNode): readonly SelectionNode[] {
    return set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) {
        const need = needs.get(selection);
        if (need && isRefused(need)) {
          refused.add(selection);
          refusals.push({ error: refusal(selection, need), need });
          return [];
        }
      }
      if (!('selectionSet' in selection) || !selection.selectionSet) return [selection];
      const selections = keep(selection.selectionSet);
      if (selections.length > 0) return [{ ...selection, selectionSet: { ...selection.selectionSet, selections } }];
      return selection.kind === Kind.FIELD ? [{ ...selection, selectionSet: TYPENAME }] : [];
    });
  }

  const selections = keep(operation.selectionSet);
  // Where the whole answer is going to be null, nothing is asked in vain, and above all nothing is changed.
  const isNull = refusals.some(({ need }) => need.isNonNull && need.path.length === 1 && need.conditional.length === 0);
  return {
    document: isNull || selections.length === 0 ? null : documentOf(operation, selections),
    errors(variables) {
      const byPath = new Map<string, GraphQLError>();
      for (const { error, need } of refusals) {
        if (need.conditional.every(({ directives }) => isAsked(directives, variables)))
          byPath.set(need.path.join('.'), error);
      }
      return [...byPath.values()];
    },
    withhold: (data, names) => withhold({ types, names, refused }, operation.selectionSet, data),
  };
}

const TYPENAME: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};

/** Variables that only refused fields used are not declared any more, as services would find them unused. */
function documentOf(operation: OperationDefinitionNode, selections: readonly SelectionNode[]): DocumentNode {
  const kept = { ...operation, selectionSet: { ...operation.selectionSet, selections } };
  const used = new Set<string>();
  visit({ ...kept, variableDefinitions: [] }, { Variable: ({ name }) => void used.add(name.value) });
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
  return { kind: Kind.DOCUMENT, definitions: [{ ...kept, variableDefinitions }] };
}

/** The code and the first words are those of Apollo's router, which clients know. */
function refusal(node: FieldNode, { path }: Need): GraphQLError {
  const message = 'Unauthorized field or type: you may not see this. Sign in, or ask for the right to.';
  const named = new UserError('UnauthorizedFieldOrType', 'UNAUTHORIZED_FIELD_OR_TYPE', message);
  return new GraphQLError(message, {
    nodes: node,
    path,
    originalError: named,
    extensions: { code: named.code },
  });
}

interface Withheld {
  types: TypeConditions;
  names: Pick<DataNames, 'of'>;
  refused: ReadonlySet<FieldNode>;
}

function withhold(withheld: Withheld, set: SelectionSetNode, data: Data): void {
  const { types, names, refused } = withheld;
  const enter = (inner: SelectionSetNode, value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) enter(inner, item);
    else if (isData(value)) withhold(withheld, inner, value);
  };
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = names.of(selection);
      if (refused.has(selection)) delete data[key];
      else if (selection.selectionSet) enter(selection.selectionSet, own(data, key));
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      if (condition === undefined || types.fits(condition, data, true)) enter(selection.selectionSet, data);
    }
  }
}
