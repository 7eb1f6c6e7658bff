import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypeID } from 'typeid-js';
import { newUuid } from '../../kit/base/ids.ts';
import { migrate } from '../migrate.ts';
import { createScratchDatabase } from './database.ts';

/*
 * The migration that gives ids their type. It's tried on the tables as they were before it, because its SQL
 * knows a text of base 32 by itself.
 */

const MIGRATION = '20261127000040_typeids';
const ALL = join(import.meta.dirname, '../migrations');
const NOW = '2026-11-27 00:00:00.000';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let directory: string;

beforeAll(async () => {
  scratch = await createScratchDatabase();
  directory = mkdtempSync(join(tmpdir(), 'beaver-typeids-'));
  for (const name of readdirSync(ALL).filter((name) => name < MIGRATION))
    cpSync(join(ALL, name), join(directory, name), { recursive: true });
  await migrate(scratch.config, { directory });
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await scratch.drop();
});

/** A row of a table; columns that are left out are null. */
async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row);
  await scratch.sql.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    Object.values(row),
  );
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
/** What the id becomes, by the library. */
const typed = (type: string, uuid: string) => TypeID.fromUUID(type, uuid).toString();

test('every id becomes the TypeID of the same UUID, in columns and in texts', async () => {
  // All digits of base 32 occur in the second and the third.
  const [ada = '', bob = ''] = [newUuid(), '00443214-c742-54b6-35cf-84653a56d7c6'].sort();
  const [conversation, message, file] = [newUuid(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', newUuid()];
  const [session, request, friendship] = [newUuid(), newUuid(), newUuid()];
  await insert('auth_accounts', { id: ada, user_name: 'ada', email: 'a@b.c', password_hash: 'x', created_at: NOW });
  await insert('auth_sessions', {
    id: session,
    account_id: ada,
    device_name: 'x',
    family_hash: 'f',
    refresh_hash: 'r',
    created_at: NOW,
    last_used_at: NOW,
    expires_at: NOW,
  });
  await insert('auth_roles', { account_id: ada, role: 'admin', granted_at: NOW });
  await insert('user_profiles', {
    id: ada,
    user_name: 'ada',
    name: 'Ada',
    avatar_file_id: file,
    created_at: NOW,
    terms_version: 1,
  });
  await insert('user_search_terms', { term: 'ada', user_id: ada });
  await insert('user_friendships', { user_id: ada, friend_id: bob, friendship_id: friendship, created_at: NOW });
  await insert('user_friend_requests', {
    id: request,
    sender_id: bob,
    addressee_id: ada,
    status: 'PENDING',
    pending_pair: `${ada}:${bob}`,
    created_at: NOW,
  });
  await insert('chat_conversations', {
    id: conversation,
    kind: 'DIRECT',
    direct_key: `${ada}:${bob}`,
    creator_id: ada,
    client_group_fingerprint: 'x',
    head_seq: 2,
    message_count: 1,
    last_activity_at: NOW,
    created_at: NOW,
  });
  const member = { role: 'MEMBER', status: 'ACTIVE', joined_seq: 1, read_seq: 1, read_ordinal: 0, joined_at: NOW };
  await insert('chat_memberships', { conversation_id: conversation, user_id: ada, ...member });
  const entry = { conversation_id: conversation, created_at: NOW };
  await insert('chat_log', { ...entry, seq: 1, kind: 'MEMBER_JOINED', actor_id: ada, subject_id: bob });
  await insert('chat_log', { ...entry, seq: 3, kind: 'ENTRY_LOST', actor_id: '' });
  await insert('chat_messages', {
    ...entry,
    seq: 2,
    id: message,
    sender_id: ada,
    client_message_id: 'm1',
    ordinal: 1,
    kind: 'IMAGE',
    content: JSON.stringify({ fileId: file, caption: 'a-b-c-d-e' }),
  });
  await insert('chat_inboxes', { user_id: ada, version: 1 });
  await insert('file_records', {
    id: file,
    owner_id: ada,
    purpose: 'MESSAGE',
    name: 'x',
    content_type: 'image/png',
    size: 1,
    sha256: 'x',
    created_at: NOW,
  });
  await insert('file_variants', {
    file_id: file,
    name: 'thumbnail',
    content_type: 'image/webp',
    size: 1,
    width: 1,
    height: 1,
  });
  for (const holder of [`message:${hash(`${conversation} ${ada} m1`)}`, `user:${ada}:avatar`, 'something'])
    await insert('file_holders', { file_id: file, holder, created_at: NOW });
  await insert('file_usages', { owner_id: ada, bytes: 1 });

  cpSync(join(ALL, MIGRATION), join(directory, MIGRATION), { recursive: true });
  expect(await migrate(scratch.config, { directory })).toEqual([MIGRATION]);

  const rows = (table: string, columns: string) => scratch.sql.query(`SELECT ${columns} FROM ${table} ORDER BY 1`);
  const [a, b, c, f] = [typed('user', ada), typed('user', bob), typed('conv', conversation), typed('file', file)];
  expect(a < b).toBe(true);
  expect(await rows('auth_accounts', 'id')).toEqual([{ id: a }]);
  expect(await rows('auth_sessions', 'id, account_id')).toEqual([{ id: typed('session', session), account_id: a }]);
  expect(await rows('auth_roles', 'account_id')).toEqual([{ account_id: a }]);
  expect(await rows('user_profiles', 'id, avatar_file_id')).toEqual([{ id: a, avatar_file_id: f }]);
  expect(await rows('user_search_terms', 'user_id')).toEqual([{ user_id: a }]);
  expect(await rows('user_friendships', 'user_id, friend_id, friendship_id')).toEqual([
    { user_id: a, friend_id: b, friendship_id: typed('friend', friendship) },
  ]);
  expect(await rows('user_friend_requests', 'id, sender_id, addressee_id, pending_pair')).toEqual([
    { id: typed('friendreq', request), sender_id: b, addressee_id: a, pending_pair: `${a}:${b}` },
  ]);
  expect(await rows('chat_conversations', 'id, creator_id, direct_key, client_group_fingerprint')).toEqual([
    { id: c, creator_id: a, direct_key: `${a}:${b}`, client_group_fingerprint: null },
  ]);
  expect(await rows('chat_memberships', 'conversation_id, user_id')).toEqual([{ conversation_id: c, user_id: a }]);
  expect(await rows('chat_log', 'seq, conversation_id, actor_id, subject_id')).toMatchObject([
    { conversation_id: c, actor_id: a, subject_id: b },
    { conversation_id: c, actor_id: '', subject_id: null },
  ]);
  const [{ content, ...ids }] = await rows('chat_messages', 'conversation_id, id, sender_id, content');
  expect(ids).toEqual({ conversation_id: c, id: 'msg_7zzzzzzzzzzzzzzzzzzzzzzzzz', sender_id: a });
  const value = typeof content === 'string' ? JSON.parse(content) : content;
  expect(value).toEqual({ fileId: f, caption: 'a-b-c-d-e' });
  expect(await rows('chat_inboxes', 'user_id')).toEqual([{ user_id: a }]);
  expect(await rows('file_records', 'id, owner_id')).toEqual([{ id: f, owner_id: a }]);
  expect(await rows('file_variants', 'file_id')).toEqual([{ file_id: f }]);
  expect(await rows('file_holders', 'holder, file_id')).toEqual(
    [`message:${hash(`${c} ${a} m1`)}`, 'something', `user:${a}:avatar`].map((holder) => ({ holder, file_id: f })),
  );
  expect(await rows('file_usages', 'owner_id')).toEqual([{ owner_id: a }]);
  expect(await scratch.sql.query("SHOW TABLES LIKE 'id_changes'")).toEqual([]);
});
