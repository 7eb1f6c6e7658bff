import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema, OperationTypeNode, parse } from 'graphql';
import type { Person } from '../../testing/people.ts';
import { sharedStack } from '../../testing/shared-stack.ts';
import { collect } from '../../testing/socket.ts';
import type { SharedStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';
import { personFields, revealedFields, selectedFields } from './revealed.ts';
import { type Event, HEARS_PRESENCE, ROWS, type Row, SEES_TYPING } from './rows.ts';
import { AUDIENCES, type Scene, setScene, VIEWERS, type ViewerName } from './scene.ts';

/*
 * Every way to a person, for everybody who may take it: under each privacy setting, and with a block from
 * either side. The fields are those of the composed schema, so a new one that reveals somebody has no row
 * here, and fails the first test.
 */

const schema: GraphQLSchema = buildSchema(
  readFileSync(new URL('../../gateway/supergraph/schema.graphql', import.meta.url), 'utf8'),
);
/** Every field that reveals a person. */
const PEOPLE = personFields(schema);
const TYPING = `subscription ($id: ID!) { event: conversationEvents(conversationId: $id) { __typename
  ... on TypingChanged { conversationId userId user { id } isTyping }
  ... on MessageSent { message { preview } } } }`;
const TYPING_FIELDS = ['conversationId', 'userId', 'user', 'isTyping'].map((field) => `TypingChanged.${field}`);
const PRESENCE = `subscription { event: contactEvents(device: WEB) { __typename
  ... on PresenceChanged { seq userId presence { state } } } }`;
const PRESENCE_FIELDS = ['PresenceChanged.userId', 'PresenceChanged.presence'];
/** Never there. */
const ALWAYS_NULL = ['PresenceChanged.seq'];
/** An account that this very mutation makes. */
const OF_NOBODY_ELSE = ['RegisterPayload.user'];
/** Fields of the root by which nobody is seen. */
const WITHOUT_PEOPLE = ['Query.file', 'Query.unreadTotal', 'Query.webPushKey'];

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
});
afterAll(() => stack.stop());

const fieldsOf = ({ document, fields }: Row): string[] => {
  const selected = selectedFields(schema, parse(document));
  return fields ?? PEOPLE.filter((field) => selected.has(field));
};

test('every field that reveals a person has a row, and no row is about others', () => {
  const covered = [
    ...Object.values(ROWS).flatMap(fieldsOf),
    ...TYPING_FIELDS,
    ...PRESENCE_FIELDS,
    ...ALWAYS_NULL,
    ...OF_NOBODY_ELSE,
  ];
  expect(PEOPLE.filter((field) => !covered.includes(field))).toEqual([]);
  expect(covered.filter((field) => !PEOPLE.includes(field))).toEqual([]);
  for (const row of Object.values(ROWS))
    expect([...selectedFields(schema, parse(row.document))]).toEqual(expect.arrayContaining(fieldsOf(row)));
});

test('every query and subscription is a way, or shows nobody', () => {
  const taken = new Set(Object.values(ROWS).flatMap(({ document }) => [...selectedFields(schema, parse(document))]));
  const roots = [OperationTypeNode.QUERY, OperationTypeNode.SUBSCRIPTION].flatMap((operation) => {
    const root = schema.getRootType(operation);
    return Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name}.${field}`);
  });
  expect(roots.filter((root) => !taken.has(root)).sort()).toEqual(WITHOUT_PEOPLE);
});

describe.each(AUDIENCES)('of somebody who lets %s', (audience) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(stack, audience);
  });

  const viewer = (name: ViewerName): Person | null => (name === 'nobody' ? null : scene.viewers[name]);

  /** The data of the answer, or of all events. */
  async function answers(row: Row, name: ViewerName): Promise<unknown[]> {
    const variables = { ...row.variables?.(scene) };
    const token = viewer(name)?.token;
    const { isLast } = row;
    if (!isLast) {
      const client = stack.client('gateway');
      return [(await (token ? client.as(token) : client).send(row.document, variables)).data];
    }
    const socket = stack.socket('gateway', token ? { token } : {});
    const collected = collect<{ event: Event }>(socket, row.document, variables);
    const isAll = () => collected.ended || collected.events.some(({ event }) => isLast(event, name));
    await waitFor(isAll, { what: () => `all events of ${name} after ${JSON.stringify(collected.events).slice(-300)}` });
    collected.stop();
    await socket.dispose();
    return collected.events;
  }

  test.each(Object.keys(ROWS))('%s', async (what) => {
    const row = ROWS[what] as Row;
    const document = parse(row.document);
    const names = row.asks ?? [...VIEWERS];
    const fields = fieldsOf(row);
    const seen = names.map(async (name) => {
      const data = await answers(row, name);
      const revealed = new Set(data.flatMap((one) => [...revealedFields(schema, document, one, scene.subject.id)]));
      return [name, fields.filter((field) => revealed.has(field))];
    });
    expect(await Promise.all(seen)).toEqual(names.map((name) => [name, row.who(name, audience) ? fields : []]));
  });

  test('typing', async () => {
    const document = parse(TYPING);
    const members = VIEWERS.filter((name) => name !== 'self' && name !== 'stranger' && name !== 'nobody');
    const feeds = members.map((name) => {
      const socket = stack.socket('gateway', { token: viewer(name)?.token as string });
      return { name, socket, collected: collect<{ event: Event }>(socket, TYPING, { id: scene.group }) };
    });
    for (const { collected } of feeds) await collected.until(({ event }) => event.__typename === 'InboxStarted');
    const revealedTo = () =>
      feeds.map(({ name, collected }) => [
        name,
        TYPING_FIELDS.filter((field) =>
          collected.events.some((one) => revealedFields(schema, document, one, scene.subject.id).has(field)),
        ),
      ]);
    const expected = members.map((name) => [name, SEES_TYPING(name, audience) ? TYPING_FIELDS : []]);
    const { friend, acquaintance } = scene.viewers;
    // Everybody sees these two, who have chosen nothing: what the subject typed before is decided on then.
    const isDecided = () =>
      feeds.every(({ collected }) =>
        collected.events.some(({ event }) => event.userId === friend.id || event.userId === acquaintance.id),
      );
    const type = async () => {
      for (const who of [scene.subject, friend, acquaintance])
        await who.perform('setTyping', { conversationId: scene.group, isTyping: true });
      return isDecided() && revealedTo().every(([, fields], at) => fields?.length === expected[at]?.[1]?.length);
    };
    await waitFor(type, { what: () => `${JSON.stringify(expected)} instead of ${JSON.stringify(revealedTo())}` });
    await friend.send(scene.group, 'typed');
    for (const { collected } of feeds) await collected.until(({ event }) => event.message?.preview === 'typed');
    expect(revealedTo()).toEqual(expected);
    for (const { socket, collected } of feeds) {
      collected.stop();
      await socket.dispose();
    }
  });

  test('coming and going', async () => {
    const document = parse(PRESENCE);
    const listeners = VIEWERS.filter((name) => name !== 'self' && name !== 'stranger' && name !== 'nobody');
    const listen = (token: string) => {
      const socket = stack.socket('gateway', { token });
      return { socket, collected: collect<{ event: Event }>(socket, PRESENCE) };
    };
    const feeds = listeners.map((name) => ({ name, ...listen(viewer(name)?.token as string) }));
    const subject = listen(scene.subject.token);
    for (const { collected } of [...feeds, subject])
      await collected.until(({ event }) => event.__typename === 'ContactsStarted');
    const revealedTo = () =>
      feeds.map(({ name, collected }) => [
        name,
        PRESENCE_FIELDS.filter((field) =>
          collected.events.some((one) => revealedFields(schema, document, one, scene.subject.id).has(field)),
        ),
      ]);
    const expected = listeners.map((name) => [name, HEARS_PRESENCE(name, audience) ? PRESENCE_FIELDS : []]);
    await waitFor(() => revealedTo().every(([, fields], at) => fields?.length === expected[at]?.[1]?.length), {
      what: () => `${JSON.stringify(expected)} instead of ${JSON.stringify(revealedTo())}`,
    });
    // Each of them hears one of these two, who have chosen nothing: what the subject did before is told then.
    const { friend, acquaintance } = scene.viewers;
    for (const one of [scene.subject, friend, acquaintance]) await one.perform('setAway', { isAway: true }, 'isAway');
    for (const { name, collected } of feeds) {
      const other = name === 'friend' ? acquaintance : friend;
      await collected.until(({ event }) => event.userId === other.id && event.presence?.state === 'AWAY');
    }
    expect(revealedTo()).toEqual(expected);
    for (const { socket, collected } of [...feeds, subject]) {
      collected.stop();
      await socket.dispose();
    }
  });

  test('whoever is blocked sees what they would see without the block', async () => {
    const document = 'query ($id: ID!) { user(id: $id) { friendship remark isBlocked privacySettings { whoMayAsk } } }';
    const asSeenBy = async (name: ViewerName) =>
      (await viewer(name)?.gateway.data(document, { id: scene.subject.id }))?.user;
    expect(await asSeenBy('blocked')).toEqual(await asSeenBy('acquaintance'));
  });
});
