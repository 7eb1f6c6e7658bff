import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import { createRepresent } from '../execution/representations.ts';
import { createTypeConditions } from '../execution/type-conditions.ts';
import type { Data } from '../upstream/response-data.ts';

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

  it('tells apart what has the same key and differs in what is required besides', () => {
    const represent = createRepresent({ requires: [on('A', 'id', 'size')] }, types);
    const objects: Data[] = [
      { __typename: 'A', id: '1', size: [1, 2] },
      { __typename: 'A', id: '1', size: null },
      { __typename: 'A', id: '1', size: [1, 2] },
      { __typename: 'A', id: '1', size: null },
      { __typename: 'A', id: '1' },
      { __typename: 'A', id: 1, size: null },
      { __typename: 'A', size: null, id: 1 },
    ];
    expect(represent(objects)).toEqual([
      { text: '{"__typename":"A","id":"1","size":[1,2]}', places: [0, 2] },
      { text: '{"__typename":"A","id":"1","size":null}', places: [1, 3] },
      { text: '{"__typename":"A","id":1,"size":null}', places: [5, 6] },
    ]);
  });

  it('tells apart types with the same key, unless they are rewritten to one', () => {
    const requires = [on('A', 'id'), on('B', 'id')];
    const objects: Data[] = [
      { __typename: 'A', id: '1' },
      { __typename: 'B', id: '1' },
      { __typename: 'B', id: '1' },
    ];
    expect(createRepresent({ requires }, types)(objects)).toEqual([
      { text: '{"__typename":"A","id":"1"}', places: [0] },
      { text: '{"__typename":"B","id":"1"}', places: [1, 2] },
    ]);
    const inputRewrites: FetchNode['inputRewrites'] = [
      { kind: 'ValueSetter', path: ['... on A', '__typename'], setValueTo: 'B' },
    ];
    expect(createRepresent({ requires, inputRewrites }, types)(objects)).toEqual([
      { text: '{"__typename":"B","id":"1"}', places: [0, 1, 2] },
    ]);
  });

  it('writes types and fields in the order in which they are required', () => {
    const field = (name: string, ...selections: QueryPlanSelectionNode[]) =>
      ({ kind: 'Field', name, selections: selections.length > 0 ? selections : undefined }) as QueryPlanSelectionNode;
    const selections = [field('id'), field('of', on('B', 'id'), field('more')), field('__typename'), field('size')];
    const requires: QueryPlanSelectionNode[] = [{ kind: 'InlineFragment', typeCondition: 'A', selections }];
    const of = [{ __typename: 'B', id: '"', more: 1 }, null];
    const [one] = createRepresent({ requires }, types)([{ __typename: 'A', size: 2, of, id: '1' }]);
    const text = '{"id":"1","of":[{"__typename":"B","id":"\\"","more":1},null],"__typename":"A","size":2}';
    expect(one).toEqual({ text, places: [0] });
  });
});
