import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { fromTime } from '../../../../kit/mysql/database.ts';
import { crowd, type Person, pair, person } from '../../../../testing/people.ts';
import { SENT_MESSAGE } from '../../../../testing/person.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { readLog } from '../log-rows.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

test('many who send at once to two instances get numbers that are unique, gapless and in the order of commits', async () => {
  const owner = await person(stack);
  const members = await crowd(stack, 7);
  await owner.befriend(...members);
  const id = await owner.group('Beavers', members);
  const people = [owner, ...members];
  const each = 15;

  // Each sends one after the other, all of them at once: what one was answered must come before what they
  // send next.
  const answers = await Promise.all(
    people.map(async (from, index) => {
      const seqs: number[] = [];
      for (let i = 0; i < each; i += 1) seqs.push((await from.at((index + i) % 2).send(id, `${index}.${i}`)).seq);
      return seqs;
    }),
  );

  for (const seqs of answers) expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  const total = people.length * each;
  expect(answers.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i + 2));
  const log = await readLog(stack, id);
  expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: total + 1 }, (_, i) => i + 1));
  expect(log.slice(1).map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  const [row] = await stack.mysql.query('SELECT head_seq, message_count FROM chat_conversations WHERE id = ?', [id]);
  expect(row).toEqual({ head_seq: total + 1, message_count: total });
});

/**
 * Sends a message, makes it one of this time of the database, and sends another. Returns the times of all
 * entries.
 */
async function sendAfter(person: Person, conversationId: string, at: string): Promise<number[]> {
  const { mysql } = stack;
  const { seq } = await person.send(conversationId, 'the last');
  await mysql.query(
    `UPDATE chat_log l JOIN chat_conversations c ON c.id = l.conversation_id SET c.last_activity_at = ${at}, l.created_at = ${at}
     WHERE c.id = ? AND l.seq = ?`,
    [conversationId, seq],
  );
  await person.send(conversationId, 'after');
  const query = 'SELECT created_at AS at FROM chat_log WHERE conversation_id = ? ORDER BY seq';
  return (await mysql.query(query, [conversationId])).map(({ at }: { at: string }) => fromTime(at).getTime());
}

test('times never go back as the numbers go up, also where a clock did', async () => {
  const { ada, bob, id } = await pair(stack);
  await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? ada : bob).at(i % 2).send(id, `${i}`)));
  // As if the last entry had been written by a database whose clock was a little ahead.
  const times = await sendAfter(ada, id, 'UTC_TIMESTAMP(3) + INTERVAL 4 MINUTE');
  expect(times).toHaveLength(33);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('a time that lies hours ahead is wrong, and is not the time of what follows', async () => {
  const { ada, id } = await pair(stack);
  const times = await sendAfter(ada, id, 'UTC_TIMESTAMP(3) + INTERVAL 8 HOUR');
  expect(times.at(-1)).toBeLessThan(Date.now() + 60_000);
});

test('the same clientMessageId, sent many times at once to both instances, gives one message', async () => {
  const { ada, id } = await pair(stack);
  for (let round = 0; round < 5; round += 1) {
    const clientMessageId = newUuid();
    const attempts = Array.from({ length: 12 }, (_, i) => ada.at(i % 2).send(id, `hello ${round}`, clientMessageId));
    const messages = await Promise.all(attempts);
    expect(new Set(messages.map((message) => `${message.id} ${message.seq}`)).size).toBe(1);
    expect(await ada.at(1).send(id, `hello ${round}`, clientMessageId)).toEqual(messages[0]);
  }
  expect((await readLog(stack, id)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a clientMessageId belongs to its sender and its conversation', async () => {
  const { ada, bob, id } = await pair(stack);
  const other = await pair(stack);
  const clientMessageId = 'my.own-id_1:a';
  const first = await ada.send(id, 'one', clientMessageId);
  const second = await bob.send(id, 'two', clientMessageId);
  const third = await other.ada.send(other.id, 'three', clientMessageId);
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
});

test('a clientMessageId that is used for another content is refused by name, and the first message stands', async () => {
  const { ada, id } = await pair(stack);
  const first = await ada.send(id, 'one', 'a');
  expect(
    await ada
      .at(1)
      .attempt(
        'sendMessage',
        { conversationId: id, clientMessageId: 'a', content: { text: { text: 'two' } } },
        SENT_MESSAGE,
      ),
  ).toMatchObject({
    __typename: 'ClientMessageIdReused',
    code: 'CLIENT_MESSAGE_ID_REUSED',
  });
  expect(await readLog(stack, id)).toMatchObject([{ seq: 1 }, { seq: 2, id: first.id }]);
  // Upper and lower case are different ids.
  expect((await ada.send(id, 'two', 'A')).seq).toBe(3);
});

test('text is kept as it was written', async () => {
  const { ada, id } = await pair(stack);
  for (const text of [
    '  two\n\nlines\t',
    '海狸 🦫 👩‍👩‍👧',
    '"quoted" \\ {}',
    '<b>',
    'null',
    '字'.repeat(5_000),
    '🦫'.repeat(5_000),
  ]) {
    expect((await ada.send(id, text)).content.text).toBe(text);
  }
});

test('pasted text is sent without its control characters, and a retry of it is a retry', async () => {
  const { ada, id } = await pair(stack);
  for (const [given, kept] of [
    ['line one\u000bline two', 'line one\nline two'],
    ['\u001b[31merror\u001b[0m', 'error'],
    ['it\u0092s\u0085a\u0000', 'its\na'],
    ['a\r\nb\u2028c', 'a\nb\nc'],
    ['\u2067שלום\u2069 Donau\u00addampf', '\u2067שלום\u2069 Donau\u00addampf'],
  ] as const) {
    const first = await ada.send(id, given);
    expect(first.content.text).toBe(kept);
    expect(await ada.at(1).send(id, given, first.clientMessageId)).toEqual(first);
    // A client that cleans its own copy has the same message.
    expect((await ada.send(id, kept, first.clientMessageId)).id).toBe(first.id);
  }
});

test('a retry finds a text that was stored as it came', async () => {
  const { ada, id } = await pair(stack);
  const first = await ada.send(id, 'a\nb', 'old');
  await stack.mysql.query('UPDATE chat_messages SET content = ? WHERE id = ?', [
    JSON.stringify({ kind: 'TEXT', text: 'a\r\nb' }),
    first.id,
  ]);
  expect((await ada.send(id, 'a\r\nb', 'old')).id).toBe(first.id);
});

describe('bad input', () => {
  test.each([
    ['a blank text', { content: { text: { text: ' \n\t' } } }, 'content.text.text'],
    ['an empty text', { content: { text: { text: '' } } }, 'content.text.text'],
    ['a text that is too long', { content: { text: { text: 'x'.repeat(5_001) } } }, 'content.text.text'],
    ['a huge text', { content: { text: { text: 'x'.repeat(300_000) } } }, 'content.text.text'],
    ...['\u200b', '\u2800', '\u3164', '\u2060', '\u00ad', '\u200e', '\ufe0f', '\u0000'].map(
      (text): [string, object, string] => [
        'a text of what is not seen',
        { content: { text: { text } } },
        'content.text.text',
      ],
    ),
    [
      'a text whose characters are too large',
      { content: { text: { text: `a${'\u0301'.repeat(10_000)}` } } },
      'content.text.text',
    ],
    ['no content', { content: {} }, 'content'],
    ['two contents', { content: { text: { text: 'a' }, image: { fileId: newId('file') } } }, 'content'],
    ['null for each content', { content: { text: null, image: null } }, 'content'],
    ['a file id that is none', { content: { image: { fileId: 'x' } } }, 'content.image.fileId'],
    [
      'a caption that is too long',
      { content: { image: { fileId: newId('file'), caption: 'x'.repeat(5_001) } } },
      'content.image.caption',
    ],
    ['an empty clientMessageId', { content: { text: { text: 'a' } }, clientMessageId: '' }, 'clientMessageId'],
    [
      'a long clientMessageId',
      { content: { text: { text: 'a' } }, clientMessageId: 'x'.repeat(65) },
      'clientMessageId',
    ],
    [
      'a clientMessageId of other characters',
      { content: { text: { text: 'a' } }, clientMessageId: 'a b' },
      'clientMessageId',
    ],
    [
      'a clientMessageId with a line end',
      { content: { text: { text: 'a' } }, clientMessageId: 'a\n' },
      'clientMessageId',
    ],
    [
      'a conversation id that is none',
      { content: { text: { text: 'a' } }, conversationId: "' OR 1=1 -- " },
      'conversationId',
    ],
  ])('%s is refused by name and nothing is written', async (_what, wrong, field) => {
    const { ada, id } = await pair(stack);
    const input = { conversationId: id, clientMessageId: 'm', ...wrong };
    expect(await ada.attempt('sendMessage', input, SENT_MESSAGE)).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      field,
    });
    expect(await readLog(stack, id)).toHaveLength(1);
  });

  test.each([
    ['a number for the text', { content: { text: { text: 5 } } }],
    ['a list for the id', { content: { text: { text: 'a' } }, conversationId: ['a'] }],
    ['no content at all', {}],
    ['an unknown kind', { content: { poll: {} } }],
    ['an unknown field', { content: { text: { text: 'a' } }, seq: 1 }],
    ['null for the clientMessageId', { content: { text: { text: 'a' } }, clientMessageId: null }],
  ])('%s is refused before anything runs', async (_what, wrong) => {
    const { ada, id } = await pair(stack);
    const input = { conversationId: id, clientMessageId: 'm', ...wrong };
    const { status, errors } = await ada.chat.send(
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }',
      { input },
    );
    expect([status, errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(await readLog(stack, id)).toHaveLength(1);
  });

  test('a third person and an unknown conversation are answered the same, and nothing is written', async () => {
    const { id } = await pair(stack);
    const eve = await person(stack);
    const strange = await eve.attempt(
      'sendMessage',
      {
        conversationId: id,
        clientMessageId: 'm',
        content: { text: { text: 'a' } },
      },
      SENT_MESSAGE,
    );
    expect(strange).toMatchObject({ __typename: 'NotAMember', code: 'NOT_A_MEMBER' });
    expect(
      await eve.attempt(
        'sendMessage',
        {
          conversationId: newId('conv'),
          clientMessageId: 'm',
          content: { text: { text: 'a' } },
        },
        SENT_MESSAGE,
      ),
    ).toEqual(strange);
    expect(await readLog(stack, id)).toHaveLength(1);
  });

  test('nobody, an expired and a forged token are refused', async () => {
    const { id } = await pair(stack);
    const query = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }';
    const input = { conversationId: id, clientMessageId: 'm', content: { text: { text: 'a' } } };
    const api = stack.client('chat');
    const nobody = await api.send(query, { input });
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    expect((await api.as(stack.expiredToken()).send(query, { input })).status).toBe(401);
    expect((await api.as(stack.forgedToken()).send(query, { input })).status).toBe(401);
    expect(await readLog(stack, id)).toHaveLength(1);
  });
});

test('each of two sends in one operation shows its conversation as it is after it', async () => {
  const { ada, id } = await pair(stack);
  const input = (text: string) => ({ conversationId: id, clientMessageId: text, content: { text: { text } } });
  const fields = '... on SendMessagePayload { sentMessage { seq conversation { headSeq lastMessage { seq } } } }';
  const document = `mutation ($a: SendMessageInput!, $b: SendMessageInput!) {
    first: sendMessage(input: $a) { ${fields} } second: sendMessage(input: $b) { ${fields} }
  }`;
  const { first, second } = await ada.chat.data(document, { a: input('a'), b: input('b') });
  for (const { sentMessage } of [first, second])
    expect(sentMessage.conversation).toEqual({ headSeq: sentMessage.seq, lastMessage: { seq: sentMessage.seq } });
});
