import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Database, toTime } from '../../../../kit/mysql/database.ts';

/** The key of this system for Web Push, and its public half as browsers want it: a point, base64url. */
export interface PushKey {
  privateKey: KeyObject;
  publicKey: string;
}

/** Reads the key, and makes it where there is none. Of several instances that do so one wins. */
export function createPushKeys({ sql }: Pick<Database, 'sql'>): () => Promise<PushKey> {
  let known: Promise<PushKey> | null = null;

  async function read(): Promise<PushKey> {
    const select = 'SELECT private_key AS pem FROM user_push_keys WHERE id = 1';
    let [row] = await sql.query<{ pem: string }[]>(select);
    if (!row) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      await sql.query(
        `INSERT INTO user_push_keys (id, private_key, created_at) VALUES (1, ?, ?)
         ON DUPLICATE KEY UPDATE id = id`,
        [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), toTime(new Date())],
      );
      [row] = await sql.query<{ pem: string }[]>(select);
    }
    const privateKey = createPrivateKey((row as { pem: string }).pem);
    const { x = '', y = '' } = privateKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    return { privateKey, publicKey: point.toString('base64url') };
  }

  return () => {
    known ??= read().catch((error) => {
      known = null;
      throw error;
    });
    return known;
  };
}
