import { z } from 'zod';
import type { GuardedClient } from '../../../../kit/http/guarded-client.ts';
import { RequestRefused } from '../../../../kit/http/guarded-client.ts';
import type { Revocations } from '../../../../kit/identity/revocations.ts';
import type { Database } from '../../../../kit/mysql/database.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { counter } from '../../../../kit/observe/metrics.ts';
import type { WorkQueue } from '../../../../kit/work/queue.ts';
import type { NewWork } from '../../../../kit/work/table.ts';
import type { WorkHandler } from '../../../../kit/work/worker.ts';
import type { FriendStore } from '../../domain/friends/ports.ts';
import type { Notification } from '../../domain/push/notification.ts';
import type { StoredPushDevices } from './devices.ts';
import { encryptPush, signPush } from './web-push.ts';

/** The work of telling a person, and that of telling one device. */
export const NOTIFY = 'notify';
export const PUSH = 'push';

/** For how long a push service keeps a push for a device that is off, in seconds. */
const KEPT_S = 24 * 3600;
/** Some twenty minutes: what is told later than that has been seen elsewhere. */
const ATTEMPTS = 10;
/** The push service does not know the device, or knows it no more. */
const GONE = new Set([404, 410]);
/** It takes no more now. */
const LATER = new Set([408, 425, 429]);

const notification = z.object({ kind: z.literal('FRIEND_REQUEST'), requestId: z.string() });
const toPerson = z.object({ userId: z.string(), notification });
const toDevice = z.object({ deviceId: z.string(), notification });

const pushes = counter('beaver_pushes_total', 'Pushes to devices, by what the push service made of them.', ['outcome']);

/** A push service does not take a push now. */
class PushServiceBusy extends Error {
  override name = 'PushServiceBusy';
}

/** The work of telling a person of something, which is there once. */
export function notify(userId: string, of: Notification): NewWork {
  return { job: NOTIFY, key: `${of.requestId}:${userId}`, payload: { userId, notification: of } };
}

export interface PushPorts {
  database: Database;
  devices: StoredPushDevices;
  requests: Pick<FriendStore, 'findRequests'>;
  client: GuardedClient;
  isEnded: Revocations['isEnded'];
  queue: WorkQueue;
  contact: string;
  log: Log;
}

/** Makes a piece of work for each device of a person, so that one that fails repeats no other. */
export function createNotifier({
  database,
  devices,
  requests,
  queue,
}: PushPorts): WorkHandler<z.output<typeof toPerson>> {
  return {
    payload: toPerson,
    async run(work) {
      const { userId, notification: of } = work.payload;
      const [request] = await requests.findRequests([of.requestId]);
      // Answered, taken back or put aside meanwhile: there is nothing to tell any more.
      if (request?.status !== 'PENDING' || request.isIgnored) return;
      const told = await devices.list(userId);
      await database.transaction(async (transaction) => {
        const each = told.map(({ id }) => ({
          job: PUSH,
          key: `${of.requestId}:${id}`,
          payload: { deviceId: id, notification: of },
        }));
        await queue.enqueue(transaction, each);
        await work.complete(transaction);
      });
      queue.wake();
    },
  };
}

/** Sends one push to one device. */
export function createPusher(ports: PushPorts): WorkHandler<z.output<typeof toDevice>> {
  const { devices, client, isEnded, contact, log } = ports;
  return {
    payload: toDevice,
    attempts: ATTEMPTS,
    async run({ payload, attempt }) {
      const { deviceId, notification: of } = payload;
      const device = await devices.find(deviceId);
      if (!device) return;
      if (isEnded(device.sessionId)) return devices.forget(device);
      const { endpoint } = device.subscription;
      const headers = {
        authorization: signPush(await devices.key(), endpoint, contact),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: String(KEPT_S),
        urgency: 'high',
      };
      const body = encryptPush(device.subscription, JSON.stringify(of));
      try {
        const { status } = await client.request(endpoint, { method: 'POST', headers, body });
        if (status >= 500 || LATER.has(status)) throw new PushServiceBusy(`it answers ${status}`);
        pushes.add(status < 300 ? 'taken' : GONE.has(status) ? 'gone' : 'refused');
        if (GONE.has(status)) await devices.forget(device);
        else if (status >= 300) log.warn({ deviceId, status }, 'a push service refuses a push');
      } catch (error) {
        if (error instanceof RequestRefused) {
          pushes.add('forbidden');
          log.warn({ deviceId, reason: error.code }, 'a device has an endpoint that is not reached, and is forgotten');
          return devices.forget(device);
        }
        if (attempt < ATTEMPTS) throw error;
        pushes.add('late');
        log.warn({ err: error, deviceId }, 'a push could not be delivered in time and is given up');
      }
    },
  };
}
