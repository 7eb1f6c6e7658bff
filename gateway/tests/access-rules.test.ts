import { join } from 'node:path';
import type { Client } from 'graphql-ws';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, healthUntil, startGateway } from './harness.ts';

let gateway: GatewayStack;
let left: Service;
let right: Service;
/** The token of somebody with these scopes; of nobody where there are none. */
let tokenOf: (scope: string | null) => Promise<string | undefined>;

beforeAll(async () => {
  const own = { GATEWAY_POLICIES: join(import.meta.dirname, 'fixtures/policies.ts') };
  gateway = await startGateway({ left: 0, right: 0 }, {}, { waitForReady: false, own });
  [left, right] = await Promise.all([gateway.add('left', 'left-guarded'), gateway.add('right')]);
  await healthUntil(gateway, (_, status) => status === 200, 'the graph of both');
  tokenOf = async (scope) =>
    scope === null ? undefined : (await gateway.stack.signIn(undefined, undefined, undefined, scope)).token;
});
afterAll(() => gateway?.stop());

type Result = { data?: unknown; errors?: { path?: unknown; extensions?: { code?: string } }[] };

async function overSocket(token: string | undefined, query: string, variables = {}): Promise<Result> {
  const client = gateway.socket({ token });
  try {
    return await new Promise((resolve, reject) =>
      client.subscribe(
        { query, variables },
        { next: (result) => resolve(result as Result), error: reject, complete: () => {} },
      ),
    );
  } finally {
    await client.dispose();
  }
}

const ways: Record<string, (token: string | undefined, query: string, variables?: object) => Promise<Result>> = {
  HTTP: (token, query, variables) => gateway.client.as(token).send(query, { ...variables }),
  'a socket': overSocket,
};

/** The paths that were refused. Any other error is a failure. */
function refusedOf({ errors = [] }: Result) {
  for (const error of errors) expect(error).toMatchObject({ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } });
  return errors.map(({ path }) => path);
}

const CLOSED = { __typename: 'Closed', title: 'Closed title' };
const OPEN = { __typename: 'Open', title: 'Open title' };

describe.each(Object.keys(ways))('over %s', (name) => {
  const ask: (typeof ways)[string] = (...operation) => (ways[name] as (typeof ways)[string])(...operation);

  test.each<[string, string | null, string, unknown, unknown[]]>([
    // [what, scopes, the operation, data, the paths that are refused]
    ['nobody', null, '{ me }', { me: null }, [['me']]],
    ['an alias beside what is free', null, '{ mine: me seen(name: "x") }', { mine: null, seen: 0 }, [['mine']]],
    ['a policy that nobody knows', 'admin', '{ hidden }', { hidden: null }, [['hidden']]],
    ['a policy that is met', 'friend', '{ inside }', { inside: 'inside' }, []],
    ['a policy that is not', 'admin', '{ inside }', { inside: null }, [['inside']]],
    ['a policy, to nobody', null, '{ inside }', { inside: null }, [['inside']]],
    ['a policy that fails', 'friend', '{ broken inside }', { broken: null, inside: 'inside' }, [['broken']]],
    ['without the scope', 'read', '{ things(count: 1) { leftName } }', { things: null }, [['things', 'leftName']]],
    [
      'with the scopes',
      'names read',
      '{ things(count: 2) { leftName } }',
      { things: [{ leftName: 'left t0' }, { leftName: 'left t1' }] },
      [],
    ],
    [
      'a key that the plan needs and the viewer may not see',
      'user',
      '{ things(count: 2) { id rightName again: id } }',
      { things: [0, 1].map((n) => ({ id: null, rightName: `right t${n}`, again: null })) },
      [
        ['things', 'id'],
        ['things', 'again'],
      ],
    ],
    [
      'a key that the viewer may see',
      'admin',
      '{ things(count: 1) { id rightName } }',
      { things: [{ id: 't0', rightName: 'right t0' }] },
      [],
    ],
    [
      'an interface',
      null,
      '{ finds { __typename title } }',
      { finds: [OPEN, CLOSED].map((find) => ({ ...find, title: null })) },
      [['finds', 'title']],
    ],
    ['an interface, signed in', 'user', '{ finds { __typename title } }', { finds: [OPEN, CLOSED] }, []],
    [
      'fragments of an interface',
      null,
      '{ finds { __typename ... on Open { title } ...C } } fragment C on Closed { title }',
      { finds: [OPEN, { ...CLOSED, title: null }] },
      [['finds', 'title']],
    ],
    [
      'introspection',
      null,
      '{ __type(name: "Closed") { fields { name } } }',
      { __type: { fields: [{ name: 'title' }] } },
      [],
    ],
  ])('%s', async (_what, scope, query, data, refused) => {
    const result = await ask(await tokenOf(scope), query);
    expect(refusedOf(result)).toEqual(refused);
    expect(result.data).toEqual(data);
  });

  test('a field that is left out is not refused', async () => {
    const query = 'query ($x: Boolean!) { seen(name: "x") me @include(if: $x) }';
    const without = await ask(undefined, query, { x: false });
    expect([without.data, refusedOf(without)]).toEqual([{ seen: 0 }, []]);
    expect(refusedOf(await ask(undefined, query, { x: true }))).toEqual([['me']]);
  });

  test('a mutation that is refused is not begun, and one beside it is', async () => {
    const query = 'mutation ($c: ID!) { count(name: "refused") tick(channel: $c, from: 1, to: 1) }';
    const result = await ask(await tokenOf('user'), query, { c: 'none' });
    expect(result.data).toEqual({ count: null, tick: true });
    expect(refusedOf(result)).toEqual([['count']]);
    expect((await gateway.state(left)).seen.refused).toBeUndefined();
    expect((await ask(await tokenOf('admin'), `mutation { count(name: "${name}") }`)).data).toEqual({ count: 1 });
  });
});

test('what is refused is asked of no service', async () => {
  const before = (await gateway.state(right)).seen.rightName ?? 0;
  const query = '{ me things(count: 1) { leftName } }';
  expect((await gateway.client.send(query)).data).toEqual({ me: null, things: null });
  await gateway.client.send('{ things(count: 1) { rightName } }');
  expect((await gateway.state(right)).seen.rightName).toBe(before + 1);
});

test('a token that is refused is no lack of rights', async () => {
  const { status, errors } = await gateway.client.as(gateway.stack.expiredToken()).send('{ me }');
  expect([status, errors?.[0]?.extensions]).toMatchObject([401, { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }]);
});

test('files go on with what is left of an operation of which something is refused', async () => {
  const query = 'mutation ($f: Upload!) { leftReceive(file: $f) count(name: "file") }';
  const answer = await gateway.client.upload(query, { f: null }, { f: new File(['x'], 'x.txt') });
  expect(answer.data).toEqual({ leftReceive: true, count: null });
  expect(refusedOf(answer as Result)).toEqual([['count']]);
  expect((await gateway.state(left)).seen.uploads).toBe(1);
});

describe('subscriptions', () => {
  const begun = async () => (await gateway.state(left)).authorizations.length;
  const tick = (c: string, n: number) =>
    gateway.client.data('mutation ($c: ID!, $n: Int!) { tick(channel: $c, from: $n, to: $n) }', { c, n });

  async function subscribe(client: Client, query: string, channel: string) {
    const before = await begun();
    const events = collect(client, query, { channel });
    await waitFor(async () => (await begun()) > before, { what: 'the subscription to begin' });
    return events;
  }

  test('are refused before their service is asked', async () => {
    const before = await begun();
    const client = gateway.socket({ token: await tokenOf('user') });
    const whispers = collect(client, 'subscription ($c: ID!) { whispers(channel: $c) { number } }', { c: 'w' });
    await waitFor(() => whispers.ended, { what: 'the refusal' });
    expect(whispers.errors).toMatchObject([
      [{ path: ['whispers'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    ]);
    expect(whispers.events).toEqual([]);
    expect(await begun()).toBe(before);
    await client.dispose();
  });

  test('show each viewer what it may see of the same events', async () => {
    const query = 'subscription ($channel: ID!) { ticks(channel: $channel) { number viewer thing { id rightName } } }';
    const { token, userId } = await gateway.stack.signIn(undefined, undefined, undefined, 'admin');
    const clients = [gateway.socket(), gateway.socket({ token })] as const;
    const nobody = await subscribe(clients[0], query, 'both');
    const admin = await subscribe(clients[1], query, 'both');
    await tick('both', 1);
    await Promise.all([nobody, admin].map((ticks) => ticks.until(() => true)));
    expect(admin.events).toEqual([
      { ticks: { number: 1, viewer: userId, thing: { id: 't1', rightName: 'right t1' } } },
    ]);
    expect(admin.errors).toEqual([]);
    expect(nobody.events).toEqual([{ ticks: { number: 1, viewer: null, thing: { id: null, rightName: 'right t1' } } }]);
    expect(refusedOf({ errors: nobody.errors as Result['errors'] })).toEqual([
      ['ticks', 'viewer'],
      ['ticks', 'thing', 'id'],
    ]);
    await Promise.all(clients.map((client) => client.dispose()));
  });

  test('have their client come again when its next token allows something else', async () => {
    const closed = Promise.withResolvers<number>();
    const first = await gateway.stack.signIn(undefined, undefined, undefined, 'admin');
    const { userId, sessionId } = first;
    const same = await gateway.stack.signIn(userId, undefined, sessionId, 'admin other');
    const less = await gateway.stack.signIn(userId, undefined, sessionId, 'user');
    const client = gateway.socket({ token: first.token, lazy: false, onClosed: closed.resolve });
    const query = 'subscription ($channel: ID!) { whispers(channel: $channel) { number } }';
    const whispers = await subscribe(client, query, 'renewed');
    const renew = async (token: string) => {
      const signedIn = collect(client, 'mutation ($t: String!) { signIn(token: $t) }', { t: token });
      await waitFor(() => signedIn.ended, { what: 'the renewal' });
      expect(signedIn.errors).toEqual([]);
    };
    await renew(same.token);
    await tick('renewed', 1);
    await whispers.until(({ whispers: { number } }) => number === 1);
    await renew(less.token);
    await tick('renewed', 2);
    expect(await closed.promise).toBe(4205);
    expect(whispers.events).toEqual([{ whispers: { number: 1 } }]);
  });
});
