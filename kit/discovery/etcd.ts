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

/** How long a process that ends waits for etcd to delete a key, in ms: the lease deletes it soon anyway. */
const WITHDRAW_TIMEOUT = 2_000;

/** The operations that etcd takes in one transaction, unless its operator says otherwise. */
const MAX_OPERATIONS = 128;

/**
 * Records in etcd. Each is certified when it is written; what is read is certified, or is not there (see
 * `Seal`).
 */
export interface Etcd {
  /**
   * Writes a key that outlives this process. Should etcd lose it with all its data, it is written again as
   * long as this process lives.
   */
  put(key: string, value: string): Promise<void>;
  /**
   * Writes a key only where it still has the value that it had, or is still absent (null); says whether it
   * was written. A record that is not ours counts as absent, and is replaced.
   */
  replace(key: string, before: string | null, value: string): Promise<boolean>;
  /** Deletes a key. */
  delete(key: string): Promise<void>;
  /**
   * Writes keys that live as long as this process says so. A lease that was lost (etcd away or restarted,
   * the process stalled) is taken again and every key written again, without a restart.
   */
  putLeased(key: string, value: string): Promise<void>;
  /**
   * Writes keys that etcd forgets after so many seconds, whether this process lives or not. Once: throws
   * where etcd does not take them.
   */
  putFor(seconds: number, entries: readonly (readonly [key: string, value: string])[]): Promise<void>;
  /** Withdraws a leased key. */
  withdraw(key: string): Promise<void>;
  /** A live copy of what is below the prefix. While etcd is away the copy stays as it was. */
  mirror(prefix: string): Promise<Mirror>;
  /** Whether etcd answers now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

// The client's own circuit breaker would refuse calls for seconds after etcd is back, and gRPC would wait up
// to two minutes before it tries the connection again. Whoever calls here knows whether to try again;
// mirrors and leases try twice a second.
const OPTIONS: Partial<IOptions> = {
  faultHandling: { host: () => noop },
  grpcOptions: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 },
  // The deadline keeps a call from hanging on a server that is gone without a word.
  defaultCallOptions: (context) => (context.isStream ? {} : { deadline: Date.now() + 3_000 }),
};

/** Connects to etcd; every key gets the namespace `/<namespace>/` in front. */
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
      // By the plain call: nothing has to keep this lease alive, or to know when it ends.
      const { ID: lease } = await client.leaseClient.leaseGrant({ TTL: seconds, ID: 0 });
      for (let i = 0; i < entries.length; i += MAX_OPERATIONS) {
        const some = entries.slice(i, i + MAX_OPERATIONS);
        // A transaction needs a condition: this one always holds.
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
