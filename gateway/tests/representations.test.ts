import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import type { Data } from '../execution/data.ts';
import { createRepresent } from '../execution/representations.ts';
import { createTypeConditions } from '../execution/types.ts';

const types = createTypeConditions(buildSchema('type Query { a: A } type A { id: ID } type B { constructor: ID }'));

function on(typeCondition: string, ...names: string[]): QueryPlanSelectionNode {
  const selections = ['__typename', ...names].map((name) => ({ kind: 'Field', name }) as QueryPlanSelectionNode);
  return { kind: 'InlineFragment', typeCondition, selections };
}

describe('how objects are represented', () => {
  const represent = createRepresent({ requires: [on('A', 'id'), on('B', 'constructor')] }, types);

  it('represents each once, with all its places', () => {
    const objects: Data[] = [
      { __typename: 'A', id: '1' },
      { id: '2', __typename: 'A', more: true },
      { __typename: 'A', more: true, id: '1' },
    ];
    expect(represent(objects)).toEqual([
      { text: '{"__typename":"A","id":"1"}', places: [0, 2] },
      { text: '{"__typename":"A","id":"2"}', places: [1] },
    ]);
  });

  it('leaves out what is not known whole, and takes nothing from what all objects have', () => {
    const objects: Data[] = [
      { __typename: 'A' },
      { id: '1' },
      { __typename: 7, id: '1' },
      { __typename: 'Other', id: '1' },
      { __typename: 'B' },
      { __typename: 'B', constructor: 'x' },
    ];
    expect(represent(objects)).toEqual([{ text: '{"__typename":"B","constructor":"x"}', places: [5] }]);
  });
});
