import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { crowd, type Person, person } from '../../../../testing/people.ts';
import { SENT_MESSAGE, type SentMessage } from '../../../../testing/person.ts';
import { countStatements, startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { expectWholeLog, readLog } from '../log-rows.ts';
import { holding, sendingOf } from '../sends.ts';

/*
 * Many messages at once, which the service commits together. The third instance takes few that wait, and
 * reaches MySQL through a proxy that counts statements.
 */

const QUEUE = 8;
const SMALL = 2;

let stack: Stack;
let proxy: TcpProxy;
let statements = 0;
let people: Person[];
let groups: string[];
let eve: Person;
beforeAll(async () => {
  proxy = await startProxy({ host: process.env.MYSQL_HOST as string, port: Number(process.env.MYSQL_PORT) }, (data) => {
    statements += countStatements(data);
  });
  stack = await startStack({ chat: 2, user: 1 });
  await stack.add('chat', {
    MYSQL_HOST: '127.0.0.1',
    MYSQL_PORT: String(proxy.port),
    CHAT_MAX_QUEUED_SENDS: String(QUEUE),
  });
  people = await crowd(stack, 5);
  const [owner, ...members] = people as [Person, ...Person[]];
  await owner.befriend(...members);
  groups = await Promise.all(Array.from({ length: 25 }, () => owner.group('Beavers', members)));
  eve = await person(stack);
});
afterAll(async () => {
  await stack.stop();
  await proxy.stop();
});

const at = <T>(list: readonly T[], index: number) => list[index % list.length] as T;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

interface Row {
  id: string;
  conversation_id: string;
  seq: number;
  sender_id: string;
  client_message_id: string;
  sent_at: string;
}

/** The messages with these ids of their clients. */
async function rowsOf(clientMessageIds: readonly string[]): Promise<Row[]> {
  return stack.mysql.query(
    `SELECT id, conversation_id, seq, sender_id, client_message_id, DATE_FORMAT(created_at, '%Y-%m-%dT%H:%i:%s.%f') AS sent_at
     FROM chat_messages WHERE client_message_id IN (?) ORDER BY conversation_id, seq`,
    [clientMessageIds],
  );
}

test('five hundred at once, at two instances, to many conversations: each is there once, where its answer says', async () => {
  const drafts = range(0, 499).map((i) => ({
    from: at(people, i),
    to: at(groups, i * 7),
    id: newUuid(),
    text: `text ${i}`,
  }));
  const answers = await Promise.all(drafts.map(({ from, to, id, text }, i) => from.at(i % 2).send(to, text, id)));

  const rows = new Map((await rowsOf(drafts.map(({ id }) => id))).map((row) => [row.client_message_id, row]));
  expect(rows.size).toBe(500);
  drafts.forEach(({ from, to, id, text }, i) => {
    const row = rows.get(id) as Row;
    const { sentAt, ...answer } = answers[i] as SentMessage & { sentAt: string };
    expect(answer).toMatchObject({
      id: row.id,
      seq: row.seq,
      content: { text },
      clientMessageId: id,
      sender: { id: from.id },
    });
    expect([row.conversation_id, row.sender_id]).toEqual([to, from.id]);
    expect(row.sent_at.slice(0, 23)).toBe(sentAt.slice(0, 23));
  });
  for (const id of groups) await expectWholeLog(stack, id);
});

test('retries of the same ids at both instances in the same moment give each message once', async () => {
  const drafts = range(0, 99).map((i) => ({ from: at(people, i), to: at(groups, i), id: newUuid() }));
  const attempts = await Promise.all(
    range(0, 3).map((attempt) =>
      Promise.all(drafts.map(({ from, to, id }, i) => from.at(attempt % 2).send(to, `retry ${i}`, id))),
    ),
  );
  for (const answers of attempts) expect(answers).toEqual(attempts[0]);
  expect(await rowsOf(drafts.map(({ id }) => id))).toHaveLength(100);
  for (const id of groups) await expectWholeLog(stack, id);
});

test('among many only those are refused that must be', async () => {
  const [owner, two, gone] = people as [Person, Person, Person];
  const [group, other] = groups as [string, string];
  const before = await owner.send(group, 'before', 'used');
  const left = await owner.group('Beavers', [two, gone]);
  const last = await gone.send(left, 'the last', 'last');
  await gone.leave(left);
  const log = (await readLog(stack, group)).length;

  // Both groups of the instance are held up, so that all of these wait for the same one.
  const [first, second] = [at(groups, 10), at(groups, 11)];
  const { blocking, asked } = await holding(stack, [first, second], async () => {
    const blocking = [await begin(owner, first), await begin(owner, second, 2)];
    const text = 'same';
    const asked = [
      ...range(1, 20).map((i) =>
        two.attempt(
          'sendMessage',
          { conversationId: group, clientMessageId: `good-${i}`, content: { text: { text } } },
          SENT_MESSAGE,
        ),
      ),
      eve.attempt(
        'sendMessage',
        { conversationId: group, clientMessageId: newUuid(), content: { text: { text } } },
        SENT_MESSAGE,
      ),
      two.attempt(
        'sendMessage',
        { conversationId: newId('conv'), clientMessageId: newUuid(), content: { text: { text } } },
        SENT_MESSAGE,
      ),
      owner.attempt(
        'sendMessage',
        { conversationId: group, clientMessageId: 'used', content: { text: { text: 'another' } } },
        SENT_MESSAGE,
      ),
      owner.attempt(
        'sendMessage',
        { conversationId: group, clientMessageId: 'used', content: { text: { text: 'before' } } },
        SENT_MESSAGE,
      ),
      gone.attempt(
        'sendMessage',
        { conversationId: left, clientMessageId: 'last', content: { text: { text: 'the last' } } },
        SENT_MESSAGE,
      ),
      gone.attempt(
        'sendMessage',
        { conversationId: left, clientMessageId: 'later', content: { text: { text } } },
        SENT_MESSAGE,
      ),
      // Two at once under one id: one is the message, the other a mistake.
      two.attempt(
        'sendMessage',
        { conversationId: other, clientMessageId: 'twice', content: { text: { text: 'this' } } },
        SENT_MESSAGE,
      ),
      two.attempt(
        'sendMessage',
        { conversationId: other, clientMessageId: 'twice', content: { text: { text: 'or that' } } },
        SENT_MESSAGE,
      ),
      two.attempt(
        'sendMessage',
        { conversationId: other, clientMessageId: 'thrice', content: { text: { text } } },
        SENT_MESSAGE,
      ),
      two.attempt(
        'sendMessage',
        { conversationId: other, clientMessageId: 'thrice', content: { text: { text } } },
        SENT_MESSAGE,
      ),
    ];
    await sendingOf(stack, 0, ({ waiting }) => waiting === asked.length);
    return { blocking, asked };
  });
  await Promise.all(blocking.map(({ sent }) => sent));
  const answers = await Promise.all(asked);

  const [good, rest] = [answers.slice(0, 20), answers.slice(20)];
  for (const answer of good) expect(answer.__typename).toBe('SendMessagePayload');
  const [stranger, unknown, reused, retried, returned, late, ...twins] = rest;
  for (const refused of [stranger, unknown, late]) expect(refused.code).toBe('NOT_A_MEMBER');
  expect(reused.code).toBe('CLIENT_MESSAGE_ID_REUSED');
  expect(retried.sentMessage).toEqual(before);
  expect(returned.sentMessage).toEqual(last);
  expect(
    twins
      .slice(0, 2)
      .map(({ __typename }) => __typename)
      .sort(),
  ).toEqual(['ClientMessageIdReused', 'SendMessagePayload']);
  expect(twins[2].sentMessage).toEqual(twins[3].sentMessage);
  expect(await readLog(stack, group)).toHaveLength(log + 20);
  for (const id of [group, other, left]) await expectWholeLog(stack, id);
});

test('a message that the database refuses fails alone', async () => {
  const [one] = people as [Person];
  await stack.mysql.query(
    `CREATE TRIGGER refuse BEFORE INSERT ON chat_messages FOR EACH ROW
     BEGIN IF NEW.content LIKE '%poison%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF; END`,
  );
  try {
    const [first, second] = [at(groups, 12), at(groups, 13)];
    const { asked, bad } = await holding(stack, [first, second], async () => {
      await begin(one, first);
      await begin(one, second, 2);
      const asked = range(1, 10).map((i) => at(people, i).send(at(groups, i), `fine ${i}`));
      const bad = one.send(at(groups, 3), 'poison');
      bad.catch(() => {});
      await sendingOf(stack, 0, ({ waiting }) => waiting === 11);
      return { asked, bad };
    });
    expect((await Promise.all(asked)).map(({ content }) => content.text)).toEqual(range(1, 10).map((i) => `fine ${i}`));
    await expect(bad).rejects.toThrow('INTERNAL');
    for (const id of groups.slice(0, 11)) await expectWholeLog(stack, id);
  } finally {
    await stack.mysql.query('DROP TRIGGER refuse');
  }
});

test('one more than may wait is refused by name, the rest is sent, and so is it when it comes again', async () => {
  const [one] = people as [Person];
  const [first, second, third] = [at(groups, 14), at(groups, 15), at(groups, 16)];
  const over = { conversationId: third, clientMessageId: newUuid(), content: { text: { text: 'one too many' } } };
  const { asked } = await holding(stack, [first, second], async () => {
    const blocking = [await begin(one, first, 1, SMALL), await begin(one, second, 2, SMALL)];
    const waiting = range(1, QUEUE).map((i) => one.at(SMALL).send(third, `${i}`));
    await sendingOf(stack, SMALL, (counts) => counts.waiting === QUEUE);
    expect(await one.at(SMALL).attempt('sendMessage', over, SENT_MESSAGE)).toMatchObject({
      __typename: 'Overloaded',
      code: 'OVERLOADED',
      message: expect.stringContaining('same clientMessageId'),
    });
    // Others have room of their own.
    await one.send(third, 'elsewhere');
    return { asked: [...waiting, ...blocking.map(({ sent }) => sent)] };
  });
  await Promise.all(asked);
  expect((await one.at(SMALL).attempt('sendMessage', over, SENT_MESSAGE)).sentMessage.preview).toBe('one too many');
  for (const id of [first, second, third]) await expectWholeLog(stack, id);
});

test('a group takes the statements of one message', async () => {
  const [one] = people as [Person];
  const [first, second] = [at(groups, 17), at(groups, 18)];
  await one.at(SMALL).send(first, 'the connections are there');
  const { asked, before } = await holding(stack, [first, second], async () => {
    const blocking = [await begin(one, first, 1, SMALL), await begin(one, second, 2, SMALL)];
    const waiting = range(1, QUEUE).map((i) => at(people, i).at(SMALL).send(at(groups, i), `${i}`));
    await sendingOf(stack, SMALL, (counts) => counts.waiting === QUEUE);
    return { asked: [...waiting, ...blocking.map(({ sent }) => sent)], before: statements };
  });
  await Promise.all(asked);
  // Two groups of one were begun before; all eight that waited are a third: eight messages alone would take
  // eight times as many.
  expect(statements - before).toBeLessThan(30);
});

/** Sends what has to wait for a conversation that is held, and waits until as many groups run. */
async function begin(from: Person, to: string, running = 1, instance = 0) {
  const sent = from.at(instance).send(to, 'held up');
  await sendingOf(stack, instance, (counts) => counts.running === running);
  return { sent };
}
