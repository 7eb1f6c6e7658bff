import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';
import type { EtcdConfig } from '../base/config.ts';
import { within } from '../base/pause.ts';
import type { Log } from '../observe/log.ts';
import { createOwnKeys } from './lease.ts';
import { type Mirror, openMirror } from './mirror.ts';
import { etcdOptions } from './options.ts';
import type { Seal } from './seal.ts';

export type { Mirror } from './mirror.ts';

/** Timeout of the delete at shutdown, in ms. If it fails, the key expires with the lease. */
const WITHDRAW_TIMEOUT = 2_000;

/** Operations per transaction: etcd's default limit. */
const MAX_OPERATIONS = 128;

/**
 * Records in etcd. Every write adds a certificate (see `Seal`). Reads treat a record without a valid one as
 * absent.
 */
export interface Etcd {
  /**
   * Writes a key that outlives this process. While the process runs, it writes the key again if etcd loses
   * its data.
   */
  put(key: string, value: string): Promise<void>;
  /**
   * Compare-and-set: writes the key only if its value is still `before` (null: absent). Returns whether it
   * was written. A record without our certificate counts as absent and is replaced.
   */
  replace(key: string, before: string | null, value: string): Promise<boolean>;
  /** Deletes a key. */
  delete(key: string): Promise<void>;
  /**
   * Writes a key under this process's lease. If the lease is lost (etcd down or restarted, process stalled),
   * a new lease is granted and every key is written again, without a restart.
   */
  putLeased(key: string, value: string): Promise<void>;
  /**
   * Writes keys that expire after so many seconds, whether or not this process still runs. Does not retry:
   * throws if etcd refuses the write.
   */
  putFor(seconds: number, entries: readonly (readonly [key: string, value: string])[]): Promise<void>;
  /** Deletes a leased key. */
  withdraw(key: string): Promise<void>;
  /** A live copy of the keys below the prefix. While etcd is down, the copy keeps its last state. */
  mirror(prefix: string): Promise<Mirror>;
  /** Throws if etcd does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

// Client options. The library's circuit breaker would refuse calls for seconds after etcd is back, and gRPC
// would wait up to two minutes between reconnects. Callers decide on retries; mirrors and leases retry twice
// a second.
const OPTIONS: Partial<IOptions> = {
  faultHandling: { host: () => noop },
  grpcOptions: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 },
  // The deadline ends a call to a server that vanished without closing its connection.
  defaultCallOptions: (context) => (context.isStream ? {} : { deadline: Date.now() + 3_000 }),
};

/** Connects to etcd. Prefixes every key with `/<namespace>/`. */
export function createEtcd(config: EtcdConfig, namespace: string, seal: Seal, log: Log): Etcd {
  const client = new Etcd3({ ...etcdOptions(config), ...OPTIONS });
  const root = client.namespace(`/${namespace}/`);
  const own = createOwnKeys(root, log);
  const abort = new AbortController();
  const pathOf = (key: string) => `/${namespace}/${key}`;
  const certified = (key: string, value: string) => seal.close(pathOf(key), value);

  return {
    async put(key, value) {
      const text = certified(key, value);
      own.lasting.set(key, text);
      await root.put(key).value(text).exec();
    },
    async replace(key, before, value) {
      const text = await root.get(key).string();
      const now = text === null ? null : seal.open(pathOf(key), text);
      if (now !== before) return false;
      const unchanged = text === null ? root.if(key, 'Create', '==', 0) : root.if(key, 'Value', '==', text);
      const { succeeded } = await unchanged.then(root.put(key).value(certified(key, value))).commit();
      return succeeded;
    },
    async delete(key) {
      own.lasting.delete(key);
      await root.delete().key(key).exec();
    },
    async putLeased(key, value) {
      own.leased.set(key, certified(key, value));
      await own.write(key);
    },
    async putFor(seconds, entries) {
      if (entries.length === 0) return;
      // The plain call, as this lease needs no keep-alive and no notice of its end.
      const { ID: lease } = await client.leaseClient.leaseGrant({ TTL: seconds, ID: 0 });
      for (let i = 0; i < entries.length; i += MAX_OPERATIONS) {
        const some = entries.slice(i, i + MAX_OPERATIONS);
        // A transaction needs a condition. This one is always true.
        await root
          .if(some[0]?.[0] as string, 'Version', '>', -1)
          .then(...some.map(([key, value]) => root.put(key).value(certified(key, value)).lease(lease)))
          .commit();
      }
    },
    async withdraw(key) {
      own.leased.delete(key);
      await within(WITHDRAW_TIMEOUT, root.delete().key(key).exec());
    },
    mirror: (prefix) => openMirror(client, pathOf(prefix), seal, abort.signal, log),
    async check() {
      await root.get('check').exec();
    },
    async close() {
      abort.abort();
      await own.close();
      client.close();
    },
  };
}
