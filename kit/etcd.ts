import { ConstantBackoff, noop } from 'cockatiel';
import { ClientRuntimeError, Etcd3, type IOptions, type Lease } from 'etcd3';
import type { EtcdConfig } from './config.ts';
import type { Log } from './log.ts';

/** The seconds after which etcd forgets an instance that no longer says it lives. */
const LEASE_SECONDS = 10;
/** How often a mirror is compared with etcd as a whole, in ms, in case a watch lost something. */
const RESYNC_INTERVAL = 30_000;
const RETRY_DELAY = 500;

/** The keys below a prefix, kept up to date. Keys are given without the prefix. */
export interface Mirror {
  readonly entries: ReadonlyMap<string, string>;
  /** Calls back after each change; returns a function that ends it. */
  onChange(callback: () => void): () => void;
}

export interface Etcd {
  /** Writes a key that outlives this process. Should etcd lose it with all its data, it is written again as long as this process lives. */
  put(key: string, value: string): Promise<void>;
  /** Deletes a key. */
  delete(key: string): Promise<void>;
  /**
   * Writes keys that live as long as this process says so. A lease that was lost (etcd away or restarted, the process stalled) is taken again
   * and every key written again, without a restart.
   */
  putLeased(key: string, value: string): Promise<void>;
  /** Withdraws a leased key. */
  withdraw(key: string): Promise<void>;
  /** A live copy of what is below the prefix. While etcd is away the copy stays as it was. */
  mirror(prefix: string): Promise<Mirror>;
  /** Whether etcd answers now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

// The client's own circuit breaker would refuse calls for seconds after etcd is back, and gRPC would wait up to two minutes before it tries the
// connection again. Whoever calls here knows whether to try again; the loops below try twice a second.
const OPTIONS: Partial<IOptions> = {
  faultHandling: { host: () => noop, watchBackoff: new ConstantBackoff(RETRY_DELAY).next() },
  grpcOptions: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 },
  // The deadline keeps a call from hanging on a server that is gone without a word.
  defaultCallOptions: (context) => (context.isStream ? {} : { deadline: Date.now() + 3_000 }),
};

/** Connects to etcd; every key gets the namespace `/<namespace>/` in front. */
export function createEtcd(config: EtcdConfig, namespace: string, log: Log): Etcd {
  const client = new Etcd3({ hosts: config.servers, ...OPTIONS });
  const root = client.namespace(`/${namespace}/`);
  const leased = new Map<string, string>();
  const lasting = new Map<string, string>();
  const mirrors: (() => Promise<void>)[] = [];
  let lease: Promise<Lease> | null = null;
  let closed = false;

  /** The one lease of this process; granted again, with all its keys, each time it is lost. */
  function ownLease(): Promise<Lease> {
    lease ??= grant().catch((error) => {
      lease = null;
      throw error;
    });
    return lease;
  }

  async function grant(): Promise<Lease> {
    const granted = root.lease(LEASE_SECONDS);
    let held = false;
    // A lease that could not be granted says `lost` as well; only one that was held is to be taken again here.
    granted.on('lost', (error) => {
      if (!held || closed) return;
      held = false;
      log.warn({ err: error }, 'the etcd lease was lost; taking it again');
      lease = regrant();
    });
    await granted.grant();
    held = true;
    for (const [key, value] of lasting) await root.put(key).value(value).exec();
    for (const [key, value] of leased) await granted.put(key).value(value).exec();
    return granted;
  }

  /** Tries until etcd grants a lease again. There is one such loop at a time, because `lease` is this promise while it lasts. */
  async function regrant(): Promise<Lease> {
    for (;;) {
      try {
        const granted = await grant();
        log.info('the etcd lease was taken again');
        return granted;
      } catch (error) {
        if (closed) throw error;
        log.debug({ err: error }, 'etcd does not answer yet');
        await delay(RETRY_DELAY);
      }
    }
  }

  async function mirror(prefix: string): Promise<Mirror> {
    const entries = new Map<string, string>();
    const callbacks = new Set<() => void>();
    let watching: { cancel(): Promise<void> } | null = null;
    const changed = () => {
      for (const callback of callbacks) callback();
    };

    /** Makes the copy equal to etcd's content; returns the revision it was read at. */
    async function load(): Promise<string> {
      const response = await root.getAll().prefix(prefix).exec();
      const seen = new Set<string>();
      let differs = false;
      for (const { key, value } of response.kvs) {
        const name = key.toString().slice(prefix.length);
        const text = value.toString();
        seen.add(name);
        if (entries.get(name) === text) continue;
        entries.set(name, text);
        differs = true;
      }
      for (const name of entries.keys()) {
        if (seen.has(name)) continue;
        entries.delete(name);
        differs = true;
      }
      if (differs) changed();
      return response.header.revision;
    }

    async function watch(revision: string): Promise<void> {
      const watcher = await root
        .watch()
        .prefix(prefix)
        .startRevision(String(BigInt(revision) + 1n))
        .create();
      watching = watcher;
      watcher.on('put', (kv) => {
        entries.set(kv.key.toString().slice(prefix.length), kv.value.toString());
        changed();
      });
      watcher.on('delete', (kv) => {
        entries.delete(kv.key.toString().slice(prefix.length));
        changed();
      });
      watcher.on('error', (error) => {
        log.warn({ err: error, prefix }, 'an etcd watch ended; starting it again');
        void restart();
      });
    }

    async function restart(): Promise<void> {
      const old = watching;
      watching = null;
      await old?.cancel().catch(() => {});
      while (!closed) {
        try {
          await watch(await load());
          return;
        } catch (error) {
          log.debug({ err: error, prefix }, 'etcd does not answer yet');
          await delay(RETRY_DELAY);
        }
      }
    }

    await watch(await load());
    const timer = setInterval(() => {
      load().catch((error) => log.debug({ err: error, prefix }, 'etcd could not be compared'));
    }, RESYNC_INTERVAL);
    timer.unref();
    mirrors.push(async () => {
      clearInterval(timer);
      await watching?.cancel().catch(() => {});
    });
    return {
      entries,
      onChange(callback) {
        callbacks.add(callback);
        return () => callbacks.delete(callback);
      },
    };
  }

  return {
    async put(key, value) {
      lasting.set(key, value);
      await root.put(key).value(value).exec();
    },
    async delete(key) {
      lasting.delete(key);
      await root.delete().key(key).exec();
    },
    async putLeased(key, value) {
      leased.set(key, value);
      const granted = await ownLease();
      await granted.put(key).value(value).exec();
    },
    async withdraw(key) {
      leased.delete(key);
      await root.delete().key(key).exec();
    },
    mirror,
    async check() {
      await root.get('check').exec();
    },
    async close() {
      closed = true;
      for (const end of mirrors) await end();
      const granted = await lease?.catch(() => null);
      await granted?.revoke().catch(() => {});
      client.close();
    },
  };
}

/**
 * Whether an error is the client's complaint about an answer that belongs to no watch of its own (one that was just cancelled). It throws that from a stream's handler, where nobody can
 * catch it. Nothing is lost by it: mirrors are compared with etcd as a whole.
 */
export function isEtcdClientFault(error: unknown): boolean {
  return error instanceof ClientRuntimeError;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
