import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '../../../../kit/base/ids.ts';
import { fromTime } from '../../../../kit/mysql/database.ts';
import { type Person, person } from '../../../../testing/people.ts';
import { seedEntries, seedMessages } from '../../../../testing/seed.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { messagesIn } from '../log-rows.ts';

/*
 * A conversation's log that is damaged, as by a restore of some tables or a transaction that was written in
 * part, beside one that is not.
 */

const PROGRAM = join(import.meta.dirname, '../../fsck.ts');

let stack: Stack;
let owner: Person;
let members: Person[];
let sound: string;
beforeAll(async () => {
  stack = await startStack({ chat: 1, user: 1 });
  owner = await person(stack);
  members = [await person(stack), await person(stack)];
  await owner.befriend(...members);
  sound = await group(2);
});
afterAll(() => stack.stop());

/** A group with messages `1`, `2` … at `seq` 2, 3 … */
async function group(messages: number): Promise<string> {
  const id = await owner.group('Beavers', members);
  for (let i = 1; i <= messages; i += 1) await owner.send(id, `${i}`);
  return id;
}

/** Runs the program; its exit code and what it says. */
async function fsck(...parameters: string[]): Promise<{ code: number; said: string }> {
  const run = promisify(execFile)(process.execPath, [PROGRAM, ...parameters], { env: { ...stack.environment } });
  return run.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout, stderr }) => ({ code, said: `${stdout}${stderr}` }),
  );
}

const sql = (statement: string, ...values: unknown[]) => stack.mysql.query(statement, values);
const kindsOf = async (id: string) =>
  (await sql('SELECT kind FROM chat_log WHERE conversation_id = ? ORDER BY seq', id)).map(
    ({ kind }: { kind: string }) => kind,
  );
const [CREATED, SENT, LOST] = ['CONVERSATION_CREATED', 'MESSAGE_SENT', 'ENTRY_LOST'];

/**
 * Damages, by what is then expected: the kinds of the log, and the texts of the messages by their numbers.
 */
const DAMAGES: Record<
  string,
  { damage: (id: string) => Promise<unknown>; log: unknown[]; texts: Record<number, string> }
> = {
  'entries and messages are missing amid the log': {
    damage: async (id) => {
      await sql('DELETE FROM chat_log WHERE conversation_id = ? AND seq = 3', id);
      await sql('DELETE FROM chat_messages WHERE conversation_id = ? AND seq = 3', id);
    },
    log: [CREATED, SENT, LOST, SENT],
    texts: { 2: '1', 4: '3' },
  },
  'a message has no entry': {
    damage: (id) => sql('DELETE FROM chat_log WHERE conversation_id = ? AND seq = 3', id),
    log: [CREATED, SENT, SENT, SENT],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
  'an entry has no message': {
    damage: (id) => sql('DELETE FROM chat_messages WHERE conversation_id = ? AND seq = 4', id),
    log: [CREATED, SENT, SENT, LOST],
    texts: { 2: '1', 3: '2' },
  },
  'the head is beyond the log': {
    damage: (id) =>
      sql('UPDATE chat_conversations SET head_seq = 6, message_count = 5, last_message_seq = 6 WHERE id = ?', id),
    log: [CREATED, SENT, SENT, SENT, LOST, LOST],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
  'the head went back': {
    damage: (id) =>
      sql('UPDATE chat_conversations SET head_seq = 2, message_count = 1, last_message_seq = 2 WHERE id = ?', id),
    log: [CREATED, SENT, SENT, SENT],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
  'the log went back, and a member has read further': {
    damage: async (id) => {
      await sql('DELETE FROM chat_log WHERE conversation_id = ? AND seq > 2', id);
      await sql('DELETE FROM chat_messages WHERE conversation_id = ? AND seq > 2', id);
      await sql('UPDATE chat_conversations SET head_seq = 2, message_count = 1, last_message_seq = 2 WHERE id = ?', id);
    },
    log: [CREATED, SENT, LOST, LOST],
    texts: { 2: '1' },
  },
  'a message has the number of another entry': {
    damage: (id) =>
      sql(
        "UPDATE chat_log SET kind = 'MEMBER_JOINED', message_seq = NULL, payload = JSON_OBJECT('userId', ?) WHERE conversation_id = ? AND seq = 3",
        members[0]?.id,
        id,
      ),
    log: [CREATED, SENT, 'MEMBER_JOINED', SENT, SENT],
    texts: { 2: '1', 4: '3', 5: '2' },
  },
  'an entry says of nobody that they left': {
    damage: async (id) => {
      await sql("INSERT INTO chat_log VALUES (?, 5, 'MEMBER_LEFT', '', NULL, NULL, UTC_TIMESTAMP(3))", id);
      await sql('UPDATE chat_conversations SET head_seq = 5 WHERE id = ?', id);
    },
    log: [CREATED, SENT, SENT, SENT, LOST],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
  'ordinals and counts are wrong': {
    damage: (id) => sql('UPDATE chat_messages SET ordinal = ordinal + 3 WHERE conversation_id = ? AND seq > 2', id),
    log: [CREATED, SENT, SENT, SENT],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
  'the number of members is wrong': {
    damage: (id) => sql('UPDATE chat_conversations SET member_count = 7 WHERE id = ?', id),
    log: [CREATED, SENT, SENT, SENT],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
  'times are those of another time zone': {
    damage: async (id) => {
      for (const table of ['chat_messages', 'chat_log'])
        await sql(
          `UPDATE ${table} SET created_at = created_at - INTERVAL 8 HOUR WHERE conversation_id = ? AND seq > 1`,
          id,
        );
    },
    log: [CREATED, SENT, SENT, SENT],
    texts: { 2: '1', 3: '2', 4: '3' },
  },
};

describe('logs that are damaged', () => {
  const ids = new Map<string, string>();
  let looked: { code: number; said: string };
  let mended: { code: number; said: string };
  let lookedAgain: { code: number; said: string };
  beforeAll(async () => {
    for (const [name, { damage }] of Object.entries(DAMAGES)) {
      const id = await group(3);
      ids.set(name, id);
      await damage(id);
    }
    looked = await fsck('--check');
    mended = await fsck();
    lookedAgain = await fsck('--check');
  });

  test('are counted, and the others are not named', () => {
    const count = ids.size;
    expect(looked.code).toBe(1);
    expect(looked.said).not.toContain(sound);
    expect(mended).toEqual({ code: 0, said: expect.stringContaining(`${count} damaged, ${count} mended`) });
    expect(lookedAgain).toEqual({ code: 0, said: expect.stringContaining('0 damaged') });
  });

  test.each(Object.entries(DAMAGES))('where %s: it is found, mended, and goes on', async (name, { log, texts }) => {
    const id = ids.get(name) as string;
    expect(looked.said).toContain(`${id}: damaged`);
    expect(await kindsOf(id)).toEqual(log);
    const expected = Object.entries(texts).map(([seq, text]) => ({ seq: Number(seq), text }));
    expect(await messagesIn(stack, id)).toEqual(expected);

    // All of it is delivered and paged, and the next message has the next number.
    const inbox = (members[0] as Person).openInbox([{ conversationId: id, seq: 0 }]);
    expect((await owner.send(id, 'next')).seq).toBe(log.length + 1);
    await waitFor(() => inbox.entries(id).length > log.length, { what: 'all entries' });
    expect(inbox.entries(id).map(({ seq }) => seq)).toEqual([...log, SENT].map((_, index) => index + 1));
    await inbox.close();
    const rows = await sql('SELECT created_at AS at FROM chat_log WHERE conversation_id = ?', id);
    for (const { at } of rows) expect(Math.abs(fromTime(at).getTime() - Date.now())).toBeLessThan(600_000);
  });
});

test('numbers go on far beyond all that anybody was given after a restore, and that is no damage', async () => {
  const id = await group(1);
  expect(await fsck('--restored')).toEqual({ code: 0, said: expect.stringContaining('0 damaged') });
  expect((await owner.send(id, 'next')).seq).toBe(1_000_003);
  expect(await fsck('--check')).toMatchObject({ code: 0 });
  await sql('DELETE FROM chat_log WHERE conversation_id = ? AND seq = 2', id);
  expect(await fsck('--check', id)).toMatchObject({ code: 1 });
  expect(await fsck(id)).toEqual({ code: 0, said: expect.stringContaining('written again from their messages: 2') });
  expect(await kindsOf(id)).toEqual([CREATED, SENT, SENT]);
});

test('an entry of a kind that only a newer version knows is no damage, and kept', async () => {
  const id = await group(1);
  await seedEntries(stack.mysql, { conversationId: id, actorId: owner.id }, [
    { kind: 'RENAMED', payload: { title: 'Dams' } },
  ]);
  expect(await fsck('--check', id)).toMatchObject({ code: 0 });
  await sql('UPDATE chat_conversations SET head_seq = 2 WHERE id = ?', id);
  expect(await fsck(id)).toMatchObject({ code: 0, said: expect.stringContaining('1 mended') });
  expect(await kindsOf(id)).toEqual([CREATED, SENT, 'RENAMED']);
});

test('a long log is mended too', async () => {
  const id = await group(0);
  const count = 70_000;
  await seedMessages(stack.mysql, { conversationId: id, actorId: owner.id }, count);
  await sql('DELETE FROM chat_log WHERE conversation_id = ? AND seq = 5', id);
  expect(await fsck(id)).toEqual({ code: 0, said: expect.stringContaining('written again from their messages: 5') });
  expect((await owner.send(id, 'next')).seq).toBe(count + 2);
});

test('an entry whose message was moved is lost, and not taken for whole', async () => {
  const id = await group(3);
  // The entry of 3 is another one, and that of 4 names the message that has to go.
  await sql(
    "UPDATE chat_log SET kind = 'MEMBER_JOINED', message_seq = NULL, payload = JSON_OBJECT('userId', ?) WHERE conversation_id = ? AND seq = 3",
    ...[members[0]?.id, id],
  );
  await sql('UPDATE chat_log SET message_seq = 3 WHERE conversation_id = ? AND seq = 4', id);
  expect(await fsck(id)).toMatchObject({ code: 0, said: expect.stringContaining('1 damaged, 1 mended') });
  expect((await messagesIn(stack, id)).map(({ text }) => text).sort()).toEqual(['1', '2', '3']);
});

test('only to look and to raise heads exclude each other', async () => {
  const before = await sql('SELECT SUM(head_seq) AS heads FROM chat_conversations');
  expect(await fsck('--check', '--restored')).toEqual({ code: 1, said: expect.stringContaining('not both') });
  expect(await sql('SELECT SUM(head_seq) AS heads FROM chat_conversations')).toEqual(before);
});

test('a conversation that is not there, and rows of none, are said', async () => {
  const nowhere = newId('conv');
  expect(await fsck(nowhere)).toMatchObject({ said: expect.stringContaining('no such conversation') });
  await sql("INSERT INTO chat_log VALUES (?, 1, 'ENTRY_LOST', '', NULL, NULL, UTC_TIMESTAMP(3))", nowhere);
  expect(await fsck()).toMatchObject({ code: 0, said: expect.stringContaining('chat_log: 1 rows') });
});
