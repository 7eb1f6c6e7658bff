import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { fits, isBlank } from '../../../../kit/base/text.ts';
import { createLog } from '../../../../kit/observe/log.ts';
import { type Bus, createBus } from '../../../../kit/redis/bus.ts';
import { type Person, pair } from '../../../../testing/people.ts';
import { SENT_MESSAGE } from '../../../../testing/person.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import { collect } from '../../../../testing/socket.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { firstLine } from '../../domain/messages/kinds/texts.ts';
import { conversationChannel } from '../../events.ts';
import { readLog } from '../log-rows.ts';

let stack: SharedStack;
let ada: Person;
let bob: Person;
let id: string;
let bus: Bus;
beforeAll(async () => {
  stack = await sharedStack({ chat: 1, user: 1 });
  bus = await createBus(stack.config.redis, stack.config.namespace, createLog('test', 'silent'));
});
afterAll(async () => {
  bus.close();
  await stack.stop();
});
beforeEach(async () => {
  ({ ada, bob, id } = await pair(stack));
});

test.each([
  ['a line', 'The dam is done', 'The dam is done'],
  ['the first line that shows something', ' \n\u200b\n  The dam\tis done \nat last', 'The dam is done'],
  ['no direction control', '\u202eThe dam\u202c', 'The dam'],
  ['a hundred characters', '字'.repeat(100), '字'.repeat(100)],
  ['and no more', '字'.repeat(101), `${'字'.repeat(100)}…`],
  ['families, each of which is one', '👩‍👩‍👧'.repeat(60), '👩‍👩‍👧'.repeat(60)],
  ['the word Text for a mark without a letter', '\u0301', 'Text'],
])('the preview of a text is %s', async (_what, text, preview) => {
  expect(await ada.send(id, text)).toMatchObject({ preview, content: { text } });
});

test('a preview is one short line, whatever the text', () => {
  const parts = [
    'a',
    ' ',
    '\n',
    '\t',
    '字',
    '👩‍👩‍👧',
    '🦫',
    '\u202e',
    '\u200b',
    '\u0301',
    '\u001b[31m',
    '\ud83e',
    'x'.repeat(700),
  ];
  let state = 7;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 2_000; round += 1) {
    const text = Array.from({ length: random(300) }, () => parts[random(parts.length)]).join('');
    const line = firstLine(text);
    if (line === null) continue;
    expect([line, isBlank(line), line.includes('\n'), line.isWellFormed()]).toEqual([line, false, false, true]);
    expect(fits(line.replace(/…$/, ''), { characters: 100, codePoints: 400 })).toBe(true);
  }
});

const literal = (content: string) => `mutation { sendMessage(input: {
  conversationId: "${id}", clientMessageId: "${newUuid()}", content: ${content}
}) { __typename ... on InvalidInput { field message } ... on SendMessagePayload { sentMessage { preview } } } }`;

test('a content is one kind, in a literal as in a variable', async () => {
  const one = { __typename: 'SendMessagePayload', sentMessage: { preview: 'hello' } };
  const wrong = { __typename: 'InvalidInput', field: 'content', message: 'Give exactly one of text, image.' };
  const image = `image: { fileId: "${newId('file')}" }`;
  for (const [content, expected] of [
    ['{ text: { text: "hello" } }', one],
    ['{ text: { text: "hello" }, image: null }', one],
    [`{ text: { text: "hello" }, ${image} }`, wrong],
    ['{ text: null }', wrong],
    ['{ text: null, image: null }', wrong],
    ['{}', wrong],
  ] as const) {
    expect((await ada.chat.data(literal(content))).sendMessage).toEqual(expected);
  }
  const variables = { conversationId: id, clientMessageId: newUuid() };
  expect(
    await ada.attempt('sendMessage', { ...variables, content: { text: { text: 'hello' }, image: null } }, SENT_MESSAGE),
  ).toMatchObject(one);
  const both = { text: { text: 'hello' }, image: { fileId: newId('file') } };
  expect(
    await ada.attempt('sendMessage', { ...variables, clientMessageId: newUuid(), content: both }, SENT_MESSAGE),
  ).toMatchObject(wrong);
  expect(await readLog(stack, id)).toHaveLength(4);
});

/** What another version may have stored, and what damage leaves of a content. */
const UNKNOWN = [
  ['another kind', 'POLL', '{"question":"Where?","options":["here","there"]}'],
  ['a kind that is a word of the language', 'constructor', '{}'],
  ['a text without a text', 'TEXT', '{}'],
  ['a text of nothing', 'TEXT', 'null'],
  ['an image whose file is a number', 'IMAGE', '{"fileId":5,"caption":null}'],
] as const;

const SHOWN = `preview content { __typename ... on TextContent { text } ... on UnknownContent { shown: preview } }`;
const unknown = { preview: 'Message', content: { __typename: 'UnknownContent', shown: 'Message' } };
const known = (text: string) => ({ preview: text, content: { __typename: 'TextContent', text } });

test.each(UNKNOWN)('%s is shown neutrally, and keeps nobody from the rest', async (_what, kind, content) => {
  await ada.send(id, 'before');
  const { seq, clientMessageId } = await ada.send(id, 'it');
  await stack.mysql.query('UPDATE chat_messages SET kind = ?, content = ? WHERE conversation_id = ? AND seq = ?', [
    kind,
    content,
    id,
    seq,
  ]);
  const shown = `lastMessage { ${SHOWN} } messages(last: 5) { edges { node { ${SHOWN} } } }`;
  const { conversation } = await bob.chat.data(`query ($id: ID!) { conversation(id: $id) { ${shown} } }`, { id });
  expect(conversation.lastMessage).toEqual(unknown);
  expect(conversation.messages.edges).toEqual([{ node: known('before') }, { node: unknown }]);

  const query = `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) {
    ... on MessageSent { message { ${SHOWN} } }
  } }`;
  const positions = [{ conversationId: id, seq: 0 }];
  const inbox = collect<{ inbox: object }>(stack.socket('chat', { token: bob.token }), query, { positions });
  await ada.send(id, 'after');
  await inbox.until(({ inbox: event }) => JSON.stringify(event).includes('after'));
  expect(inbox.events.slice(2).map(({ inbox: event }) => event)).toEqual(
    [known('before'), unknown, known('after')].map((message) => ({ message })),
  );
  inbox.stop();

  const again = { conversationId: id, clientMessageId, content: { text: { text: 'it' } } };
  expect(await ada.attempt('sendMessage', again, SENT_MESSAGE)).toMatchObject({ __typename: 'ClientMessageIdReused' });
});

test('a message of another kind is delivered live, as another version publishes it', async () => {
  const query = `subscription { inbox { __typename ... on MessageSent { seq message { ${SHOWN} } } } }`;
  const inbox = collect<{ inbox: { seq?: number } }>(stack.socket('chat', { token: bob.token }), query);
  await inbox.until(() => true);
  const message = {
    ...{ id: newId('msg'), conversationId: id, seq: 2, ordinal: 1, senderId: ada.id, clientMessageId: newUuid() },
    ...{ content: { kind: 'POLL', question: 'Where?' }, sentAt: new Date() },
  };
  const entry = { kind: 'MESSAGE_SENT', conversationId: id, seq: 2, happenedAt: new Date(), actorId: ada.id, message };
  bus.publish(conversationChannel(id), JSON.stringify({ kind: 'MOVED', headSeq: 2, entries: [entry] }));
  await inbox.until(({ inbox: event }) => event.seq === 2);
  expect(inbox.events.at(-1)?.inbox).toEqual({ __typename: 'MessageSent', seq: 2, message: unknown });
  inbox.stop();
});
