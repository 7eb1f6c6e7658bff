import { newId, newUuid } from '../kit/base/ids.ts';
import type { ServiceName } from '../services.ts';
import { createRandom } from '../testing/random.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import { answerOf, openSocket } from '../testing/socket.ts';
import type { SharedStack } from '../testing/stack.ts';

/*
 * What is sent is refused without being repeated, and in an answer that is no longer than the request,
 * whatever JSON it is: at the gateway and at every service, over HTTP and over a socket.
 */

/** An operation of each service whose variables are more than one value. */
const OPERATIONS: Record<string, string> = {
  auth: 'mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }',
  user: 'mutation ($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { __typename } }',
  chat: 'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { __typename } }',
  file: 'mutation ($input: UploadFileInput!) { uploadFile(input: $input) { __typename } }',
  gateway: 'mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }',
};
const SERVICES = Object.keys(OPERATIONS) as ServiceName[];
const SECRET = 'correct horse battery';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
});
afterAll(() => stack.stop());

interface Sent {
  query: string;
  variables?: Record<string, unknown>;
}

async function overHttp(service: ServiceName, sent: Sent): Promise<string> {
  const response = await fetch(stack.client(service).url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  });
  return response.text();
}

async function overSocket(service: ServiceName, sent: Sent): Promise<string> {
  const answer = await answerOf(openSocket(stack.client(service).url), sent).catch((closed: { code?: number }) => {
    // What is no message is refused by the close of the socket.
    if (closed.code !== 4400) throw closed;
    return { errors: [{ extensions: { code: 'BAD_REQUEST' } }] };
  });
  return JSON.stringify(answer);
}

const WAYS = [
  ['over HTTP', overHttp],
  ['over a socket', overSocket],
] as const;
const PLACES = SERVICES.flatMap((service) => WAYS.map(([way, ask]) => [service, way, ask] as const));

describe.each(PLACES)('%s, %s', (service, _way, ask) => {
  const query = OPERATIONS[service] as string;
  const codeOf = (answer: string) => JSON.parse(answer).errors?.[0]?.extensions?.code;

  it('repeats no value of a variable', async () => {
    const answer = await ask(service, { query, variables: { input: { login: 'ada', password: SECRET, extra: 1 } } });
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer).not.toContain(SECRET);
  });

  it('repeats no value that is written in a document', async () => {
    for (const [code, literal] of [
      ['GRAPHQL_VALIDATION_FAILED', `["${SECRET}"]`],
      ['GRAPHQL_VALIDATION_FAILED', `{ password: ["${SECRET}"], extra: 1 }`],
      ['GRAPHQL_PARSE_FAILED', `{ password: "a" "${SECRET}" }`],
      ['GRAPHQL_PARSE_FAILED', `{ password """${SECRET}""" }`],
    ] as const) {
      const answer = await ask(service, {
        query: query.replace(/^mutation [^{]*/, 'mutation ').replace('$input', literal),
      });
      expect(codeOf(answer)).toBe(code);
      expect(answer).not.toContain(SECRET);
    }
  });

  it('answers a megabyte of any JSON in a few words', async () => {
    for (const [seed, input] of megabytes().entries()) {
      const sent = { query, variables: { input } };
      const answer = await ask(service, sent);
      expect({ seed, fits: answer.length <= 8_000 }).toEqual({ seed, fits: true });
      expect(codeOf(answer)).toMatch(/^BAD_(USER_INPUT|REQUEST)$/);
    }
  });
});

describe.each(WAYS)('the port of a service, %s', (_way, ask) => {
  const repeat = (count: number, part: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => part(n)).join(' ');
  const nested = (depth: number): string =>
    depth === 0 ? 'preview' : `conversation { messages(first: 100) { edges { node { ${nested(depth - 1)} } } } }`;

  it.each<[string, ServiceName, string, string]>([
    ['2,000 aliases', 'user', `{ ${repeat(2_000, (n) => `a${n}: viewer { id }`)} }`, 'OPERATION_TOO_LARGE'],
    ['one field 3,000 times', 'user', `{ ${repeat(3_000, () => 'viewer { id }')} }`, 'OPERATION_TOO_LARGE'],
    ['a field 10,000 times', 'user', `{ viewer { ${repeat(10_000, () => 'id')} } }`, 'OPERATION_TOO_LARGE'],
    [
      'fields in one another',
      'user',
      `${'{ viewer { friends '.repeat(60)}{ id }${' } }'.repeat(60)}`,
      'OPERATION_TOO_LARGE',
    ],
    [
      'fragments that double',
      'user',
      `{ viewer { ...F0 } } ${repeat(16, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)} fragment F16 on User { id }`,
      'OPERATION_TOO_LARGE',
    ],
    ['a text of 600 kB', 'file', `{ __typename } #${'x'.repeat(600_000)}`, 'OPERATION_TOO_LARGE'],
    [
      'lists in lists',
      'chat',
      `{ conversations(first: 100) { edges { node { messages(first: 100) { edges { node { ${nested(1)} } } } } } } }`,
      'COST_ESTIMATED_TOO_EXPENSIVE',
    ],
  ])('refuses %s', async (_what, service, query, code) => {
    expect(JSON.parse(await ask(service, { query })).errors?.[0]?.extensions?.code).toBe(code);
  });

  it('takes as many references as it has objects for, and no more', async () => {
    const query =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Conversation { messages(first: 100) { edges { node { id } } } } } }';
    const codeOf = async (count: number) => {
      const r = Array.from({ length: count }, () => ({ __typename: 'Conversation', id: newId('conv') }));
      return JSON.parse(await ask('chat', { query, variables: { r } })).errors?.[0]?.extensions?.code;
    };
    expect(await codeOf(100)).not.toBe('COST_ESTIMATED_TOO_EXPENSIVE');
    expect(await codeOf(1_000)).toBe('COST_ESTIMATED_TOO_EXPENSIVE');
  });
});

/**
 * JSON of nearly a megabyte, of each shape that has made something slow, and of shapes that a generator
 * finds.
 */
function* megabytesOf(): Generator<unknown> {
  const keys = (count: number, name: (n: number) => string, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [name(n), value]));
  yield keys(60_000, (n) => `f${n}`, 1);
  yield keys(5_000, (n) => `passwordd${'d'.repeat(100)}${n}`, SECRET);
  yield {
    ...keys(
      4,
      (n) => `f${n}`,
      keys(10_000, (n) => `g${n}`, 'x'),
    ),
    login: keys(30_000, (n) => `f${n}`, 1),
  };
  yield {
    login: Array.from({ length: 18_000 }, () => newUuid()),
    memberIds: Array(20_000).fill({ a: 1 }),
    userId: [],
    title: 1,
  };
  yield Array(100_000).fill(null);
  yield { login: 1, title: 1, userId: {}, purpose: 'x'.repeat(900_000) };
  for (let seed = 1; seed <= 5; seed += 1) yield generated(seed);
}
const megabytes = () => [...megabytesOf()];

it('is nearly a megabyte, and no more than is read', () => {
  for (const input of megabytes()) expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThan(950_000);
});

/** A value of some 900 kB, made of names that inputs have and of others. */
function generated(seed: number): unknown {
  const random = createRandom(seed);
  const names = ['login', 'password', 'title', 'memberIds', 'userId', 'file', 'purpose', 'x', 'constructor', ''];
  let left = 900_000;
  const value = (depth: number): unknown => {
    left -= 10;
    const kind = depth > 6 || left < 0 ? random(4) : random(8);
    if (kind === 0) return null;
    if (kind === 1) return random(2 ** 31) - 2 ** 30;
    if (kind === 2) return random(2) === 0;
    if (kind === 3) {
      const text = 'ab\u2028"\\é'.repeat(random(20));
      left -= text.length * 2;
      return text;
    }
    const length = random(3_000) >> (depth * 2);
    const some = Array.from({ length }, () => 0);
    if (kind < 6) return some.map(() => value(depth + 1));
    return Object.fromEntries(
      some.map((_, n) => [`${names[random(names.length)]}${random(3) ? n : ''}`, value(depth + 1)]),
    );
  };
  const made = Object.fromEntries(names.map((name) => [name, value(1)]));
  return { ...made, extra: 1 };
}
