import { randomBytes } from 'node:crypto';
import {
  buildClientSchema,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import { type IdType, newId, newUuid } from '../kit/base/ids.ts';
import type { Answer, GraphClient } from '../testing/client.ts';
import { PASSWORD, type Person, registered } from '../testing/people.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import type { SharedStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { SEND } from './operations.ts';

/**
 * Every operation of the graph, found by introspection, with input that is wrong in every way that comes to
 * mind. So an operation that is added is tried too. The answer must be a named error below 500, and where it
 * is, no table may have changed.
 */

// biome-ignore lint/suspicious/noExplicitAny: inputs of all shapes
type Input = any;

/** Values that are wrong for whatever field they stand in. */
const BAD_VALUES: [string, unknown][] = [
  ['an empty string', ''],
  ['blanks', '   '],
  ['a huge string', 'x'.repeat(200_000)],
  ['many characters outside the basic plane', '👋'.repeat(20_000)],
  ['a control character', 'a\u0000b'],
  ['nothing that is seen', '\u3164\u200b'],
  ['a turned direction', '\u202eabc'],
  ['one character of many', `a${'\u0301'.repeat(50_000)}`],
  ['half a surrogate pair', 'a\ud800b'],
  ['SQL', "' OR 1=1; DROP TABLE user_profiles; -- "],
  ['an unknown id', '01890000-0000-7000-8000-000000000000'],
  ['a path', '../../etc/passwd'],
  ['a negative number', -1],
  ['a number too large for Int', 3_000_000_000],
  ['a fraction', 1.5],
  ['an object', { a: 1 }],
  ['a list in a list', [[['x']]]],
  ['true', true],
  ['null', null],
];

/** What counts as left out where it is an option. */
const BLANK = /^[\s\u3164\u200b]*$/;

/** Codes of answers to whoever asks too much or too often: the input was not looked at. */
const UNREAD = new Set(['RATE_LIMITED', 'ACCOUNT_LOCKED']);

/** Codes that say that we, not the client, are at fault. */
const OUR_FAULT = new Set(['INTERNAL', 'INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR', undefined]);

let stack: SharedStack;
let schema: GraphQLSchema;
let ada: Person;
let eve: Person;
/** Ids of Ada's and Bo's that Eve must not get anything of. */
let theirs: Record<string, string>;

beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  const gateway = stack.client('gateway');
  const made = await registered(stack, ['ada', 'bo', 'eve']);
  ({ ada, eve } = made);
  const { bo } = made;
  await ada.befriend(bo);
  const conversationId = await ada.direct(bo);
  const { sendMessage } = await ada.gateway.data(SEND, {
    input: { conversationId, clientMessageId: newUuid(), content: { text: { text: 'hello' } } },
  });
  await bo.gateway.data(SEND, {
    input: { conversationId, clientMessageId: newUuid(), content: { text: { text: 'hello' } } },
  });
  const { viewer } = await ada.gateway.data('{ viewer { sessions { id } } }');
  theirs = { conversationId, messageId: sendMessage.sentMessage.id, sessionId: viewer.sessions[0].id, userId: ada.id };
  schema = buildClientSchema(await gateway.data(getIntrospectionQuery()));
});
afterAll(() => stack.stop());

/**
 * An input that has the right shape and refers to nothing that exists: with all of its fields, or with those
 * alone that must be given.
 */
function plausible(type: GraphQLInputType, name: string, isWhole = true): Input {
  if (isNonNullType(type)) return plausible(type.ofType, name, isWhole);
  if (isListType(type)) return [plausible(type.ofType, name, isWhole)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isWhole || isNonNullType(field.type));
    return Object.fromEntries(fields.map((field) => [field.name, plausible(field.type, field.name, isWhole)]));
  }
  return { ID: newId(idType(name)), String: something(), Int: 1, Float: 1, Boolean: true, Upload: null }[
    getNamedType(type).name as 'ID'
  ];
}

/** Another one each time: a login that was tried too often is locked, whatever else is given. */
function something(): string {
  return `something_${randomBytes(4).toString('hex')}`;
}

/** What an id is of, by the noun of its field: `memberIds` are users, a plain `id` is a conversation. */
const ID_TYPE_OF: Record<string, IdType> = {
  user: 'user',
  member: 'user',
  file: 'file',
  avatarFile: 'file',
  request: 'friendreq',
  session: 'session',
  message: 'msg',
};

function idType(field: string): IdType {
  return ID_TYPE_OF[field.replace(/Ids?$/, '')] ?? 'conv';
}

/** Every place in a value, as a path; the value itself is the empty path. */
function paths(value: unknown, at: string[] = []): string[][] {
  const inside =
    value && typeof value === 'object'
      ? Object.entries(value).flatMap(([name, child]) => paths(child, [...at, name]))
      : [];
  return [at, ...inside];
}

function replaced(value: Input, path: string[], by: unknown): Input {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[name] = replaced(copy[name], rest, by);
  return copy;
}

interface Operation {
  name: string;
  document: string;
  /** Plausible values of all its variables; with the same shape each time. */
  variables(): Record<string, Input>;
  /**
   * Without what may be left out: an optional id of nothing would be refused before the field beside it is
   * looked at.
   */
  least(): Record<string, Input>;
}

/** Each root field as an operation that takes all of its arguments as variables. */
function operations(root: GraphQLObjectType | null | undefined, kind: 'query' | 'mutation'): Operation[] {
  return Object.values(root?.getFields() ?? {}).map((field) => {
    const declared = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
    const given = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
    const type = getNamedType(field.type);
    const values = (isWhole: boolean) =>
      Object.fromEntries(
        field.args.map((argument) => [
          argument.name,
          plausible(argument.type, argument.name === 'id' ? field.name : argument.name, isWhole),
        ]),
      );
    const whole = isUnionType(type) ? '{ __typename ... on UserError { code message } }' : '{ __typename }';
    const selection = isLeafType(type) ? '' : whole;
    return {
      name: field.name,
      document: `${kind} ${declared ? `(${declared})` : ''} { ${field.name}${given ? `(${given})` : ''} ${selection} }`,
      variables: () => values(true),
      least: () => values(false),
    };
  });
}

/** The named error of an answer, or null where it succeeded. */
function errorOf(answer: Answer<Record<string, { code?: string } | null>>): string | null {
  if (answer.errors) return answer.errors.map((error) => error.extensions?.code).join();
  return Object.values(answer.data ?? {}).find((value) => value?.code)?.code ?? null;
}

/**
 * A fingerprint of all that is stored, once the work that is due is done. It costs as much as some requests.
 */
async function fingerprint(): Promise<string> {
  const rows = await stack.mysql.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_%' ORDER BY 1",
  );
  const tables: string[] = rows.map(({ name }: { name: string }) => `\`${name}\``);
  for (const table of tables.filter((name) => name.endsWith('_work`'))) {
    const isDone = async () =>
      (await stack.mysql.query(`SELECT id FROM ${table} WHERE dead_at IS NULL AND due_at <= UTC_TIMESTAMP(3) LIMIT 1`))
        .length === 0;
    await waitFor(isDone, { what: `the end of the work that is due in ${table}`, timeout: 60_000 });
  }
  return JSON.stringify(await stack.mysql.query(`CHECKSUM TABLE ${tables.join(', ')}`));
}

/** The fingerprint after the answer before, which saves the next one from taking it again. */
let latest: string | null = null;

/** One operation with one input, which is made anew for each time it is sent. */
interface Attempt {
  operation: Operation;
  variables(): Record<string, Input>;
  /** What else is wrong with the answer. */
  judge?(answer: Answer<Record<string, { code?: string } | null>>): string[];
}

/** Sends it, and says what is wrong with the answer, and whether it was refused. */
async function send(api: GraphClient, { operation, variables, judge }: Attempt) {
  const given = variables();
  const answer = await api.send(operation.document, given);
  const code = errorOf(answer);
  const what = `${operation.name}(${JSON.stringify(given).slice(0, 200)}) → ${answer.status} ${JSON.stringify(answer.errors ?? answer.data).slice(0, 300)}`;
  const faults = judge?.(answer) ?? [];
  if (answer.status >= 500) faults.push(`answered ${answer.status}: ${what}`);
  for (const error of answer.errors ?? []) if (OUR_FAULT.has(error.extensions?.code)) faults.push(`blames us: ${what}`);
  if (code !== null && UNREAD.has(code)) faults.push(`did not look at the input: ${what}`);
  return { faults, wasRefused: code !== null, what };
}

/**
 * Sends all, and says what is wrong. If nothing has changed after them, none of them changed anything.
 * Otherwise some were accepted, and each is sent again by itself, to see that those that are refused change
 * nothing.
 */
async function tryOut(api: GraphClient, attempts: readonly Attempt[]): Promise<string[]> {
  const faults: string[] = [];
  const before = latest ?? (await fingerprint());
  for (const attempt of attempts) faults.push(...(await send(api, attempt)).faults);
  latest = await fingerprint();
  if (latest === before) return faults;
  for (const attempt of attempts) {
    const known: string = latest;
    const { wasRefused, what, faults: found } = await send(api, attempt);
    faults.push(...found);
    latest = await fingerprint();
    if (wasRefused && latest !== known) faults.push(`was refused and changed something: ${what}`);
  }
  return faults;
}

describe('every operation of the graph', () => {
  it('answers bad input with a named error, and changes nothing', async () => {
    const faults: string[] = [];
    let tried = 0;
    for (const operation of [
      ...operations(schema.getQueryType(), 'query'),
      ...operations(schema.getMutationType(), 'mutation'),
    ]) {
      // The one thing that ends the session of whoever tries: with no input at all it is right, and what is
      // blank is no input.
      for (const path of paths(operation.variables()).slice(1)) {
        const values = BAD_VALUES.map(([, bad]) => bad).filter(
          (bad) => operation.name !== 'logOut' || !(bad === null || BLANK.test(String(bad))),
        );
        tried += values.length;
        const attempts = values.flatMap((bad) =>
          [operation.variables, operation.least].map((base) => ({
            operation,
            variables: () => replaced(base(), path, bad),
          })),
        );
        faults.push(...(await tryOut(eve.gateway, attempts)));
      }
    }
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(300);
  }, 300_000);

  it('gives nothing of other people’s, whatever of their ids is given', async () => {
    const secrets = /hello/;
    const faults: string[] = [];
    for (const operation of [
      ...operations(schema.getQueryType(), 'query'),
      ...operations(schema.getMutationType(), 'mutation'),
    ]) {
      for (const path of paths(operation.variables()).slice(1)) {
        // Knowing a user's id is no secret: profiles are public, and anybody may ask to be a friend.
        const ids = Object.values(theirs).filter(
          (id) => id !== ada.id || !['user', 'sendFriendRequest'].includes(operation.name),
        );
        const attempts = ids.map((id) => ({
          operation,
          variables: () => replaced(operation.variables(), path, id),
          judge: (answer: object) =>
            secrets.test(JSON.stringify(answer)) ? [`shows a message: ${operation.name}`] : [],
        }));
        faults.push(...(await tryOut(eve.gateway, attempts)));
      }
    }
    expect(faults).toEqual([]);
  }, 300_000);

  it('needs a token that is valid, except for signing in', async () => {
    // The last takes a token as its input.
    const open = new Set(['register', 'logIn', 'refreshSession', 'renewConnection']);
    const gateway = stack.client('gateway');
    const before = await fingerprint();
    for (const operation of [
      ...operations(schema.getQueryType(), 'query'),
      ...operations(schema.getMutationType(), 'mutation'),
    ]) {
      for (const token of [stack.expiredToken(ada.id), stack.forgedToken(ada.id), 'nonsense']) {
        const { status, errors } = await gateway.as(token).send(operation.document, operation.variables());
        expect([operation.name, status, errors?.[0]?.extensions?.code]).toEqual([
          operation.name,
          401,
          'UNAUTHENTICATED',
        ]);
      }
      if (open.has(operation.name)) continue;
      const { errors } = await gateway.send(operation.document, operation.variables());
      // Wrong variables (a file that is not one) are found before anybody asks who it is.
      if (operation.name === 'uploadFile') continue;
      expect([operation.name, errors?.[0]?.extensions?.code]).toEqual([operation.name, 'UNAUTHENTICATED']);
    }
    expect(await fingerprint()).toBe(before);
  });

  it('does not let anybody use what is for services, nor find it', async () => {
    const internal = ['createProfile', 'attachFile', 'mayReach', '_entities', '_service'];
    const names = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
      Object.keys(root?.getFields() ?? {}),
    );
    expect(names.filter((name) => internal.includes(name))).toEqual([]);
    const { errors, status } = await ada.gateway.send(
      'mutation { createProfile(input: {id: "x", userName: "x", name: "x"}) { __typename } }',
    );
    expect([status, errors?.[0]?.extensions?.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    // Not by going round the gateway either.
    const direct = await stack
      .client('user')
      .as(ada.token)
      .send(`mutation ($input: CreateProfileInput!) { createProfile(input: $input) { __typename } }`, {
        input: { id: newId('user'), userName: 'somebody', name: 'x' },
      });
    expect(direct.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  it('still works for those it is for', async () => {
    const { logIn } = await stack
      .client('gateway')
      .data(
        'mutation ($input: LogInInput!) { logIn(input: $input) { __typename ... on UserError { code message } } }',
        { input: { login: ada.userName, password: PASSWORD } },
      );
    expect(logIn).toEqual({ __typename: 'LogInPayload' });
    const { conversation } = await ada.gateway.data(
      'query ($id: ID!) { conversation(id: $id) { messages { edges { node { preview } } } } }',
      {
        id: theirs.conversationId,
      },
    );
    expect(conversation.messages.edges).toHaveLength(2);
  });
});
