import { randomBytes } from 'node:crypto';
import { type Database, isDuplicate } from '../../../../kit/mysql/database.ts';
import type { Keys } from '../../domain/ports.ts';

/** A key signs for this long, in ms; then the first instance that notices makes the next. */
const SIGNS_FOR = 30 * 86_400_000;
/**
 * A key that was followed by another verifies for this long yet, in ms: longer than any URL that it signed.
 */
const VERIFIES_FOR = 2 * 3_600_000;
/**
 * A key id that is not known may be of a key that another instance has just made: look, but not more often
 * than this, in ms.
 */
const LOOK_AGAIN = 1_000;

interface Key {
  id: number;
  secret: Buffer;
  createdAt: Date;
}

export interface StoredKeys extends Keys {
  /**
   * Reads the table, adds a key if one is due, and deletes those that nothing needs. Run at start and every
   * minute.
   */
  maintain(): Promise<void>;
}

/**
 * The secrets in the table file_keys. Whichever instance comes first makes one: their ids count up, and the
 * primary key lets one of several at once succeed. Rows that an operator deletes stop working within a
 * minute.
 */
export async function openKeys({ prisma }: Database): Promise<StoredKeys> {
  let keys: Key[] = [];
  let readAt = 0;

  async function read(): Promise<Key[]> {
    const rows = await prisma.fileKey.findMany({ orderBy: { id: 'desc' } });
    return rows.map(({ id, secret, createdAt }) => ({ id, secret: Buffer.from(secret, 'base64url'), createdAt }));
  }

  async function refresh(): Promise<void> {
    readAt = Date.now();
    keys = await read();
    const newest = keys[0];
    if (newest && newest.createdAt.getTime() + SIGNS_FOR > Date.now()) return;
    const data = { id: (newest?.id ?? 0) + 1, secret: randomBytes(32).toString('base64url'), createdAt: new Date() };
    await prisma.fileKey.create({ data }).catch((error) => {
      if (!isDuplicate(error)) throw error;
    });
    keys = await read();
  }

  /** Deletes the keys that no valid URL can have been signed with: those whose successor is old enough. */
  async function forgetOld(): Promise<void> {
    const successor = keys.find((key) => key.createdAt.getTime() + VERIFIES_FOR < Date.now());
    if (successor && keys.at(-1) !== successor)
      await prisma.fileKey.deleteMany({ where: { id: { lt: successor.id } } });
  }

  async function maintain(): Promise<void> {
    await refresh();
    await forgetOld();
  }

  await maintain();

  return {
    current() {
      const newest = keys[0];
      if (!newest) throw new Error('there is no key for file URLs');
      return newest;
    },
    async find(id) {
      const known = () => keys.find((key) => key.id === id)?.secret ?? null;
      if (known() === null && Date.now() - readAt > LOOK_AGAIN) await refresh();
      return known();
    },
    maintain,
  };
}
