import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import type { ExecutionContext } from '../execution/execution-context.ts';
import { compilePlan } from '../execution/plan.ts';
import { createTypeConditions } from '../execution/type-conditions.ts';
import { Cancellation } from '../upstream/cancellation.ts';
import type { EntityReply, EntityRequest } from '../upstream/entity-batching.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import type { Data } from '../upstream/response-data.ts';

const types = createTypeConditions(buildSchema('type Query { a: A } type A { id: ID }'));

/** A fetch of a field of the objects at a path. The name is what planners call it, each time otherwise. */
function flatten(path: string, field: string): PlanNode {
  const name = `of_${path.replace(/\W/g, '_')}`;
  const selections = ['__typename', 'id'].map((of) => ({ kind: 'Field' as const, name: of }));
  const node = {
    kind: 'Fetch',
    serviceName: 'right',
    requires: [{ kind: 'InlineFragment', typeCondition: 'A', selections }],
    operation: `query ${name}($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { ${field} } } }`,
    operationKind: 'query',
  } as unknown as FetchNode;
  return { kind: 'Flatten', path: path.split('.'), node };
}

const parallel = (...nodes: PlanNode[]): PlanNode => ({ kind: 'Parallel', nodes });
const sequence = (...nodes: PlanNode[]): PlanNode => ({ kind: 'Sequence', nodes });

/** Runs a plan on data that is there; `say` is what the service says of the representations. */
async function run(plan: PlanNode, data: Data, say: (representations: Data[], field: string) => EntityReply) {
  const asked: { field: string; ids: unknown[] }[] = [];
  const calls = {
    async askEntities({ text }: EntityRequest, representations: readonly string[]) {
      const field = /on A \{ (.*?) \}/.exec(text)?.[1] as string;
      const read = representations.map((one) => JSON.parse(one) as Data);
      asked.push({ field, ids: read.map(({ id }) => id) });
      return say(read, field);
    },
  } as unknown as SubgraphRequests;
  const cancellation = new Cancellation();
  const made = {
    given: {},
    variables: {},
    identity: {},
    requestId: 'r',
    cancellation,
    data,
    errors: [],
  } as unknown as ExecutionContext;
  await compilePlan(plan, calls, types)(made);
  return { asked, data: made.data, errors: made.errors.map(({ message, path }) => ({ message, path })) };
}

const entity = (id: string): Data => ({ __typename: 'A', id });
const named = (representations: Data[], field: string): EntityReply => ({
  entities: representations.map(({ id }) => ({ [field]: `${field} ${id}` })),
  errors: [],
});

test('what is fetched at several paths in the same way is asked for once', async () => {
  const plan = parallel(
    sequence(flatten('one', 'name'), flatten('one', 'size')),
    flatten('list.@', 'size'),
    sequence(flatten('list.@', 'name'), flatten('list.@', 'size')),
    sequence(flatten('one', 'name'), flatten('list.@', 'kind')),
  );
  const { asked, data, errors } = await run(plan, { one: entity('1'), list: [entity('2'), entity('1')] }, named);
  expect(errors).toEqual([]);
  expect(asked).toEqual([
    { field: 'name', ids: ['1'] },
    { field: 'name', ids: ['1', '2'] },
    { field: 'size', ids: ['2', '1'] },
    { field: 'kind', ids: ['2', '1'] },
    { field: 'size', ids: ['1', '2'] },
  ]);
  const whole = (id: string) => ({ ...entity(id), name: `name ${id}`, size: `size ${id}` });
  expect(data).toEqual({ one: whole('1'), list: ['2', '1'].map((id) => ({ ...whole(id), kind: `kind ${id}` })) });
});

test('what is fetched later at one of the paths does not get to the others', async () => {
  const plan = sequence(
    parallel(flatten('one', 'twin'), flatten('list.@', 'twin')),
    parallel(flatten('one.twin', 'x: name'), flatten('list.@.twin', 'x: size')),
  );
  const say = (representations: Data[], field: string): EntityReply => ({
    entities: representations.map(({ id }) => (field === 'twin' ? { twin: entity(`twin ${id}`) } : { x: field })),
    errors: [],
  });
  const { data } = await run(plan, { one: entity('1'), list: [entity('1'), entity('1')] }, say);
  const withTwin = (x: string) => ({ ...entity('1'), twin: { ...entity('twin 1'), x } });
  expect(data).toEqual({ one: withTwin('x: name'), list: [withTwin('x: size'), withTwin('x: size')] });
});

test('errors stand at all places of what they are about, or at the paths at which something was asked for', async () => {
  const plan = parallel(flatten('one', 'name'), flatten('list.@', 'name'), flatten('none.@', 'name'));
  const say = (): EntityReply => ({
    entities: [null, null],
    errors: [
      { error: { message: 'It fell into the water.' }, index: 0, rest: ['name'] },
      { error: { message: 'Nobody is there.' }, index: null, rest: [] },
    ],
  });
  const data = { one: entity('1'), list: [entity('2'), entity('1')], none: [{ __typename: 'B', id: '1' }] };
  const { errors } = await run(plan, data, say);
  expect(errors).toEqual([
    { message: 'It fell into the water.', path: ['one', 'name'] },
    { message: 'It fell into the water.', path: ['list', 1, 'name'] },
    { message: 'Nobody is there.', path: ['one'] },
    { message: 'Nobody is there.', path: ['list', '@'] },
  ]);
});
