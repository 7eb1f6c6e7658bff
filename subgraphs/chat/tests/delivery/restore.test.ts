import type { InboxEvent } from '../../../../testing/inbox.ts';
import { type Person, pair } from '../../../../testing/people.ts';
import { collect } from '../../../../testing/socket.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

/*
 * The tables of chat are put back to an older state while chat runs, as by an operator who restores a backup.
 */

const TABLES = ['chat_conversations', 'chat_memberships', 'chat_log', 'chat_messages', 'chat_inboxes'];
/** What `npm run fsck -- --restored`, which README.md asks for after a restore, does first. */
const AFTER_A_RESTORE = 'UPDATE chat_conversations SET head_seq = head_seq + 1000000';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ chat: 2, user: 1, gateway: 1 });
});
afterAll(() => stack?.stop());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function backUp(): Promise<void> {
  for (const table of TABLES) {
    await stack.mysql.query(`DROP TABLE IF EXISTS backup_${table}`);
    await stack.mysql.query(`CREATE TABLE backup_${table} AS SELECT * FROM ${table}`);
  }
}

async function restore(): Promise<void> {
  const connection = await stack.mysql.getConnection();
  await connection.beginTransaction();
  for (const table of TABLES) {
    await connection.query(`DELETE FROM ${table}`);
    await connection.query(`INSERT INTO ${table} SELECT * FROM backup_${table}`);
  }
  await connection.commit();
  await connection.release();
}

/** Two with a conversation of 10 entries that is backed up, and 20 more that a restore will take away. */
async function backedUp(): Promise<{ ada: Person; bob: Person; id: string; lose(): Promise<void> }> {
  const { ada, bob, id } = await pair(stack);
  for (const seq of range(2, 10)) await ada.send(id, `kept ${seq}`);
  await backUp();
  return {
    ...{ ada, bob, id },
    async lose() {
      for (const seq of range(11, 30)) await ada.send(id, `lost ${seq}`);
    },
  };
}

test('who is connected is ended to resume, and then gets all that is sent', async () => {
  const { ada, bob, id, lose } = await backedUp();
  const inboxes = [bob.openInbox(), bob.at(1).openInbox(), bob.openConversation(id)];
  const codes: number[] = [];
  const client = stack.socket('gateway', { token: bob.token, onClosed: (code) => codes.push(code) });
  const outside = collect(client, 'subscription { inbox { __typename ... on LogEvent { seq } } }', {});
  for (const inbox of inboxes) await inbox.started();
  await outside.until(() => true);
  await lose();
  for (const inbox of inboxes) await inbox.text('lost 30');
  await outside.until(({ inbox }: { inbox: InboxEvent }) => inbox.seq === 30);

  await restore();
  for (const seq of range(11, 40)) await ada.send(id, `new ${seq}`);
  for (const inbox of inboxes) {
    await waitFor(() => inbox.ended, { what: 'the end' });
    expect(inbox.errors.flat()).toMatchObject([{ extensions: { code: 'RESUME' } }]);
    await inbox.close();
  }
  await waitFor(() => codes.length > 0, { what: 'the close' });
  expect(codes).toEqual([4205]);
  await client.dispose();

  const again = bob.openInbox([{ conversationId: id, seq: 10 }]);
  await again.text('new 40');
  expect(again.entries().map(({ message }) => message?.content.text)).toEqual(range(11, 40).map((seq) => `new ${seq}`));
  await again.close();
});

test('a log that nobody writes to is seen to have gone back too', async () => {
  const { bob, lose } = await backedUp();
  await lose();
  const inbox = await bob.inbox();
  await restore();
  await waitFor(() => inbox.ended, { timeout: 10_000, what: 'the end' });
  expect(inbox.errors.flat()).toMatchObject([{ extensions: { code: 'RESUME' } }]);
  await inbox.close();
});

test('no number is given again after what README.md asks for, so that who was away misses nothing', async () => {
  const { ada, bob, id, lose } = await backedUp();
  await lose();
  await restore();
  await stack.mysql.query(AFTER_A_RESTORE);
  const sent = [];
  for (const seq of range(11, 40)) sent.push(await ada.send(id, `new ${seq}`));
  // One who had everything before the restore, and one who had less than is kept.
  for (const seq of [30, 5]) {
    const inbox = bob.openInbox([{ conversationId: id, seq }]);
    await inbox.next('GapTooLarge');
    const { conversation } = await bob.chat.data(
      'query ($id: ID!) { conversation(id: $id) { messages(last: 100) { edges { node { id seq } } } } }',
      { id },
    );
    const paged = conversation.messages.edges.map(({ node }: { node: { id: string; seq: number } }) => node);
    const missed = paged.filter((message: { seq: number }) => message.seq > seq).map(({ id }: { id: string }) => id);
    expect(missed).toEqual(expect.arrayContaining(sent.map((message) => message.id)));
    await ada.send(id, `live ${seq}`);
    await inbox.text(`live ${seq}`);
    expect(inbox.seqs().at(-1)).toBeGreaterThan(1_000_000);
    await inbox.close();
  }
});
