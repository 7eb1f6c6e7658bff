import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type Data, isData, merge, own } from './data.ts';
import { applyRewrites } from './rewrites.ts';
import type { TypeConditions } from './types.ts';

/** Makes what a service is told of an object so that it knows which one is meant; null where that is not known, or the plan does not mean this type. */
export type Represent = (object: Data) => Data | null;

export function createRepresent(
  { requires = [], inputRewrites }: Pick<FetchNode, 'requires' | 'inputRewrites'>,
  types: TypeConditions,
): Represent {
  return (object) => {
    const made = select(object, requires, types);
    if (!made || typeof made.__typename !== 'string') return null;
    if (inputRewrites) applyRewrites(inputRewrites, made, types);
    return made;
  };
}

function select(object: Data, selections: readonly QueryPlanSelectionNode[], types: TypeConditions): Data | null {
  const made: Data = {};
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (selection.typeCondition === undefined || !types.fits(selection.typeCondition, object, false)) continue;
      const part = select(object, selection.selections, types);
      // Without a part of what the service requires it can't be asked of this object; why it is missing was said where it was fetched.
      if (!part) return null;
      merge(made, part);
      continue;
    }
    const name = selection.alias ?? selection.name;
    const value = own(object, name);
    if (value === undefined) return null;
    made[name] = selection.selections ? selectBelow(value, selection.selections, types) : value;
  }
  return made;
}

function selectBelow(value: unknown, selections: readonly QueryPlanSelectionNode[], types: TypeConditions): unknown {
  if (Array.isArray(value)) return value.map((element) => selectBelow(element, selections, types));
  return isData(value) ? select(value, selections, types) : value;
}
