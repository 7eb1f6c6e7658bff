// The floor of sending: the same rows as a send writes, by batches of the driver, with nothing around them.
// No server, no protocol, no rule.
import { createPool, type PoolConnection } from 'mariadb';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { newId, newUuid } from '../../kit/base/ids.ts';
import { latencyOf } from '../figures.ts';
import type { SendFigures } from '../load/senders.ts';
import { serveParent } from '../load/serve.ts';
import { TEXT } from '../operations.ts';
import { cpuBetween, cpuOf } from '../proc.ts';

export interface BatchLoad {
  mysql: MysqlConfig;
  userIds: string[];
  /** Each with the head it has. */
  conversations: { id: string; headSeq: number }[];
  inFlight: number;
  seconds: number;
  pids: Record<string, number>;
}

serveParent({ write });

const CONTENT = JSON.stringify({ text: TEXT });

/**
 * Two transactions at a time, each of half of what is in flight, on conversations of their own so that
 * neither waits for the other.
 */
async function write(load: BatchLoad): Promise<SendFigures> {
  const lanes = load.inFlight === 1 ? 1 : 2;
  const pool = createPool({ ...load.mysql, connectionLimit: lanes, timezone: 'Z' });
  const deadline = performance.now() + load.seconds * 1_000;
  const latencies: number[] = [];
  const before = cpuOf({ ...load.pids, floor: process.pid });
  const began = performance.now();
  const size = load.inFlight / lanes;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      const own = load.conversations.filter((_conversation, index) => index % lanes === lane);
      const connection = await pool.getConnection();
      for (let at = 0; performance.now() < deadline; at += size) {
        const start = performance.now();
        const drafts = Array.from({ length: size }, (_draft, index) => {
          const conversation = own[(at + index) % own.length] as (typeof own)[number];
          conversation.headSeq += 1;
          return { ...conversation, userId: load.userIds[index % load.userIds.length] as string };
        });
        await commit(connection, drafts);
        const took = performance.now() - start;
        for (let index = 0; index < size; index += 1) latencies.push(took);
      }
      await connection.release();
    }),
  );
  const elapsed = (performance.now() - began) / 1_000;
  const cpu = cpuBetween(before, cpuOf({ ...load.pids, floor: process.pid }));
  await pool.end();
  const count = latencies.length;
  return { acknowledged: count, overloaded: 0, inWindow: count, elapsed, ...latencyOf(latencies), cpu };
}

async function commit(
  connection: PoolConnection,
  drafts: { id: string; headSeq: number; userId: string }[],
): Promise<void> {
  const now = new Date();
  await connection.beginTransaction();
  await connection.batch(
    "INSERT INTO chat_messages (conversation_id, seq, id, sender_id, client_message_id, ordinal, kind, content, created_at) VALUES (?, ?, ?, ?, ?, ?, 'TEXT', ?, ?)",
    drafts.map(({ id, headSeq, userId }) => [id, headSeq, newId('msg'), userId, newUuid(), headSeq - 1, CONTENT, now]),
  );
  await connection.batch(
    "INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, payload, created_at) VALUES (?, ?, 'MESSAGE_SENT', ?, ?, NULL, ?)",
    drafts.map(({ id, headSeq, userId }) => [id, headSeq, userId, headSeq, now]),
  );
  await connection.batch(
    'UPDATE chat_memberships SET read_seq = ?, read_ordinal = ? WHERE conversation_id = ? AND user_id = ?',
    drafts.map(({ id, headSeq, userId }) => [headSeq, headSeq - 1, id, userId]),
  );
  const heads = new Map(drafts.map(({ id, headSeq }) => [id, headSeq]));
  await connection.batch(
    'UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ?, last_activity_at = ? WHERE id = ?',
    [...heads].map(([id, headSeq]) => [headSeq, headSeq - 1, headSeq, now, id]),
  );
  await connection.commit();
}
