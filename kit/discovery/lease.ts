import type { Lease, Namespace } from 'etcd3';
import { pause, within } from '../base/pause.ts';
import type { Log } from '../observe/log.ts';

/** TTL of the lease in seconds: how long a dead instance stays registered. */
const LEASE_SECONDS = 10;
const RETRY_DELAY = 500;
/** Timeout of the revoke at shutdown, in ms. */
const REVOKE_TIMEOUT = 1_000;

/**
 * Keys that this process owns. Whenever its lease is lost, it gets a new one and writes all of them again.
 */
export interface OwnKeys {
  /** Keys under the lease, which expire with this process. */
  leased: Map<string, string>;
  /**
   * Keys without a lease. Written again too, because an etcd that lost a lease may have lost all its data.
   */
  lasting: Map<string, string>;
  /** Writes a key of `leased`. Retries until etcd answers. */
  write(key: string): Promise<void>;
  close(): Promise<void>;
}

export function createOwnKeys(root: Namespace, log: Log): OwnKeys {
  const leased = new Map<string, string>();
  const lasting = new Map<string, string>();
  const abort = new AbortController();
  let lease: Lease | null = null;
  let granting: Promise<void> | null = null;

  async function grant(): Promise<void> {
    const granted = root.lease(LEASE_SECONDS);
    // A failed grant emits `lost` too; `grant` rejects in that case.
    granted.on('lost', (error) => {
      if (lease !== granted) return;
      lease = null;
      log.warn({ err: error }, 'the etcd lease was lost; taking it again');
      void hold().then(() => log.info('the etcd lease was taken again'));
    });
    try {
      await granted.grant();
      for (const [key, value] of lasting) await root.put(key).value(value).exec();
      for (const [key, value] of leased) await granted.put(key).value(value).exec();
      if (granted.revoked()) throw new Error('the etcd lease was lost while keys were written');
      lease = granted;
    } catch (error) {
      // Stops its keep-alive, which would go on beside that of the next lease.
      granted.release();
      throw error;
    }
  }

  /** Retries until this process has a lease. Never rejects. Concurrent calls share one run. */
  function hold(): Promise<void> {
    granting ??= (async () => {
      while (!lease && !abort.signal.aborted) {
        try {
          await grant();
        } catch (error) {
          log.debug({ err: error }, 'etcd does not answer yet');
          await pause(RETRY_DELAY, abort.signal);
        }
      }
      granting = null;
    })();
    return granting;
  }

  return {
    leased,
    lasting,
    async write(key) {
      while (!abort.signal.aborted) {
        const value = leased.get(key);
        if (value === undefined) return;
        try {
          if (!lease) await hold();
          await lease?.put(key).value(value).exec();
          return;
        } catch (error) {
          log.debug({ err: error, key }, 'etcd does not answer yet');
          await pause(RETRY_DELAY, abort.signal);
        }
      }
    },
    async close() {
      abort.abort();
      const held = lease;
      lease = null;
      await within(REVOKE_TIMEOUT, held?.revoke()).catch(() => held?.release());
    },
  };
}
