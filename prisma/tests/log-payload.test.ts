import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../migrate.ts';
import { createScratchDatabase } from './database.ts';

/* The migration that turns the subject of an entry into a payload keeps what the log says. */

const MIGRATION = '20261127000050_chat_log_payload';
const ALL = join(import.meta.dirname, '../migrations');

test('entries of before keep their subject, as the payload of their kind', async () => {
  const scratch = await createScratchDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'beaver-log-payload-'));
  const copy = (fits: (name: string) => boolean) => {
    for (const name of readdirSync(ALL).filter(fits)) {
      cpSync(join(ALL, name), join(directory, name), { recursive: true });
    }
  };
  try {
    copy((name) => name < MIGRATION);
    await migrate(scratch.config, { directory });
    await scratch.sql.query(
      `INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, subject_id, created_at) VALUES
         ('c', 1, 'CONVERSATION_CREATED', 'ada', NULL, NULL, UTC_TIMESTAMP(3)),
         ('c', 2, 'MESSAGE_SENT', 'ada', 2, NULL, UTC_TIMESTAMP(3)),
         ('c', 3, 'MEMBER_JOINED', 'ada', NULL, 'bob', UTC_TIMESTAMP(3)),
         ('c', 4, 'MEMBER_LEFT', 'bob', NULL, 'bob', UTC_TIMESTAMP(3))`,
    );
    copy((name) => name === MIGRATION);
    expect(await migrate(scratch.config, { directory })).toEqual([MIGRATION]);
    const rows: { kind: string; message_seq: number | null; payload: unknown }[] = await scratch.sql.query(
      'SELECT kind, message_seq, payload FROM chat_log ORDER BY seq',
    );
    const parsed = (payload: unknown) => (typeof payload === 'string' ? JSON.parse(payload) : payload);
    expect(rows.map(({ kind, message_seq, payload }) => [kind, message_seq, parsed(payload)])).toEqual([
      ['CONVERSATION_CREATED', null, null],
      ['MESSAGE_SENT', 2, null],
      ['MEMBER_JOINED', null, { userId: 'bob' }],
      ['MEMBER_LEFT', null, { userId: 'bob' }],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
    await scratch.drop();
  }
});
