import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type SharedGateway, sharedGateway } from './harness.ts';

// Plans fetch keys and `__typename` for themselves. A client may give these names to other fields.

let gateway: SharedGateway;
beforeAll(async () => {
  gateway = await sharedGateway();
});
afterAll(() => gateway?.stop());

const THING = { id: 'left t0', rightName: 'right t0' };

test.each<[string, string, unknown]>([
  ['a key', '{ things(count: 1) { id: leftName rightName } }', { things: [THING] }],
  [
    'a key, beside itself',
    '{ things(count: 1) { key: id id: leftName rightName } }',
    { things: [{ key: 't0', ...THING }] },
  ],
  [
    'a key, in fragments',
    '{ things(count: 1) { ...A ...B } } fragment A on Thing { id: leftName } fragment B on Thing { rightName }',
    { things: [THING] },
  ],
  ['a key, for the type', '{ things(count: 1) { id: __typename rightName } }', { things: [{ ...THING, id: 'Thing' }] }],
  [
    'the type',
    '{ things(count: 1) { __typename: leftName rightName } }',
    { things: [{ __typename: 'left t0', rightName: 'right t0' }] },
  ],
  [
    'a field of the other service',
    '{ things(count: 1) { rightName: leftName leftName: rightName } }',
    { things: [{ rightName: 'left t0', leftName: 'right t0' }] },
  ],
  ['a key, at the root', '{ id: things(count: 1) { id: leftName rightName } }', { id: [THING] }],
  ['where one service is asked', '{ things(count: 1) { id: leftName } }', { things: [{ id: 'left t0' }] }],
])('an alias like the name of %s', async (_what, query, data) => {
  expect(await gateway.client.data(query)).toEqual(data);
  const client = gateway.socket();
  const answers = collect(client, query);
  expect(await answers.until(() => true)).toEqual(data);
  await client.dispose();
});

test('in the events of a subscription', async () => {
  const client = gateway.socket();
  const query = 'subscription ($c: ID!) { ticks(channel: $c) { id: number thing { id: leftName rightName } } }';
  const ticks = collect(client, query, { c: 'aliases' });
  const [left] = gateway.left;
  await waitFor(async () => (await gateway.state(left as Service)).subscriptions === 1, { what: 'the subscription' });
  await gateway.client.data('mutation { tick(channel: "aliases", from: 7, to: 7, thing: "t0") }');
  expect(await ticks.until(() => true)).toEqual({ ticks: { id: 7, thing: THING } });
  await client.dispose();
});

test('in the answer to a file', async () => {
  const query = 'mutation ($file: Upload!) { id: receive(file: $file) { id: filename __typename: size } }';
  const { data, errors } = await gateway.client.upload(query, { file: null }, { file: new File(['abc'], 'a.txt') });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ id: { id: 'a.txt', __typename: 3 } });
});
