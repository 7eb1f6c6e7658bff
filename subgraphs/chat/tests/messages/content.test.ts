import { newId } from '../../../../kit/base/ids.ts';
import { fits, isBlank } from '../../../../kit/base/text.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { firstLine } from '../../domain/messages/kinds/texts.ts';
import { type Person, pair, readLog, send, trySend } from '../people.ts';

let stack: Stack;
let ada: Person;
let id: string;
beforeAll(async () => {
  stack = await startStack({ chat: 1, user: 1 });
});
afterAll(() => stack.stop());
beforeEach(async () => {
  ({ ada, id } = await pair(stack));
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
  expect(await send(ada, id, text)).toMatchObject({ preview, content: { text } });
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
  conversationId: "${id}", clientMessageId: "${newId()}", content: ${content}
}) { __typename ... on InvalidInput { field message } ... on SendMessagePayload { sentMessage { preview } } } }`;

test('a content is one kind, in a literal as in a variable', async () => {
  const one = { __typename: 'SendMessagePayload', sentMessage: { preview: 'hello' } };
  const wrong = { __typename: 'InvalidInput', field: 'content', message: 'Give exactly one of text, image.' };
  const image = `image: { fileId: "${newId()}" }`;
  for (const [content, expected] of [
    ['{ text: { text: "hello" } }', one],
    ['{ text: { text: "hello" }, image: null }', one],
    [`{ text: { text: "hello" }, ${image} }`, wrong],
    ['{ text: null }', wrong],
    ['{ text: null, image: null }', wrong],
    ['{}', wrong],
  ] as const) {
    expect((await ada.chat().data(literal(content))).sendMessage).toEqual(expected);
  }
  const variables = { conversationId: id, clientMessageId: newId() };
  expect(await trySend(ada, { ...variables, content: { text: { text: 'hello' }, image: null } })).toMatchObject(one);
  const both = { text: { text: 'hello' }, image: { fileId: newId() } };
  expect(await trySend(ada, { ...variables, clientMessageId: newId(), content: both })).toMatchObject(wrong);
  expect(await readLog(stack, id)).toHaveLength(4);
});
