import { createHash } from 'node:crypto';
import { type Database, fromTime, toTime } from '../../../../kit/mysql/database.ts';
import type { PushDevice, PushDeviceStore } from '../../domain/push/devices.ts';
import { createPushKeys, type PushKey } from './keys.ts';

interface Row {
  id: string;
  userId: string;
  sessionId: string;
  endpoint: string;
  publicKey: string;
  secret: string;
  registeredAt: string;
}

const SELECT = `SELECT id, user_id AS userId, session_id AS sessionId, endpoint, public_key AS publicKey, secret,
  registered_at AS registeredAt FROM user_push_devices`;

/** Devices in MySQL, as the delivery of pushes needs them beside the domain. */
export interface StoredPushDevices extends PushDeviceStore {
  /** Signs what is sent to them. */
  key(): Promise<PushKey>;
  find(id: string): Promise<PushDevice | null>;
  /** Removes a device as it was read: one that was registered again meanwhile stays. */
  forget(device: PushDevice): Promise<void>;
  forgetSession(sessionId: string): Promise<void>;
  forgetBefore(time: Date): Promise<void>;
}

export function createPushDeviceStore({ sql, transaction: inTransaction }: Database): StoredPushDevices {
  const key = createPushKeys({ sql });
  return {
    key,
    publicKey: async () => (await key()).publicKey,

    register: (device, most) =>
      inTransaction(async (transaction) => {
        const { id, userId, sessionId, subscription, registeredAt } = device;
        const hash = createHash('sha256').update(subscription.endpoint).digest('base64url');
        await transaction.query(
          `INSERT INTO user_push_devices
             (id, user_id, session_id, endpoint, endpoint_hash, public_key, secret, registered_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON DUPLICATE KEY UPDATE user_id = VALUES(user_id), session_id = VALUES(session_id),
             public_key = VALUES(public_key), secret = VALUES(secret), registered_at = VALUES(registered_at)`,
          [
            id,
            userId,
            sessionId,
            subscription.endpoint,
            hash,
            subscription.p256dh,
            subscription.auth,
            toTime(registeredAt),
          ],
        );
        const [row] = await transaction.query<Row[]>(`${SELECT} WHERE endpoint_hash = ?`, [hash]);
        const oldest = await transaction.query<{ id: string }[]>(
          'SELECT id FROM user_push_devices WHERE user_id = ? ORDER BY registered_at DESC, id DESC LIMIT 100 OFFSET ?',
          [userId, most],
        );
        if (oldest.length > 0)
          await transaction.query('DELETE FROM user_push_devices WHERE id IN (?)', [oldest.map((one) => one.id)]);
        return toDevice(row as Row);
      }),

    async remove(userId, deviceId) {
      await sql.query('DELETE FROM user_push_devices WHERE id = ? AND user_id = ?', [deviceId, userId]);
    },

    async list(userId) {
      const rows = await sql.query<Row[]>(`${SELECT} WHERE user_id = ? ORDER BY registered_at DESC, id DESC`, [userId]);
      return rows.map(toDevice);
    },

    async find(id) {
      const [row] = await sql.query<Row[]>(`${SELECT} WHERE id = ?`, [id]);
      return row ? toDevice(row) : null;
    },

    async forget({ id, registeredAt }) {
      await sql.query('DELETE FROM user_push_devices WHERE id = ? AND registered_at = ?', [id, toTime(registeredAt)]);
    },

    async forgetSession(sessionId) {
      await sql.query('DELETE FROM user_push_devices WHERE session_id = ?', [sessionId]);
    },

    async forgetBefore(time) {
      await sql.query('DELETE FROM user_push_devices WHERE registered_at < ?', [toTime(time)]);
    },
  };
}

function toDevice({ id, userId, sessionId, endpoint, publicKey, secret, registeredAt }: Row): PushDevice {
  const subscription = { endpoint, p256dh: publicKey, auth: secret };
  return { id, userId, sessionId, subscription, registeredAt: fromTime(registeredAt) };
}
