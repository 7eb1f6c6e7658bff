import { type Etcd3, type IEvent, type IKeyValue, type IWatchResponse, Range } from 'etcd3';
import { pause } from '../base/pause.ts';
import type { Log } from '../observe/log.ts';
import { counter, gauge } from '../observe/metrics.ts';
import type { Seal } from './seal.ts';

/**
 * Resync interval in ms. A mirror reads all its keys and watches from that revision on; it starts over this
 * often in case the watch missed something or hangs on a half-open connection.
 */
const RENEWAL = 30_000;
const RETRY_DELAY = 500;

/** Refused records to remember, so that each is logged once. */
const MAX_REFUSED = 1_000;

const refusals = counter(
  'beaver_etcd_refused_total',
  'Records in etcd that were ignored, because they do not carry the certificate of our processes.',
  ['kind'],
);

/** Mirrors of this process without a working watch. */
const unwatched = new Set<symbol>();
gauge('beaver_etcd_up', 'Whether etcd keeps this process up to date: 1 or 0.', () => Number(unwatched.size === 0));

/** The keys below a prefix, kept up to date. Keys are given without the prefix. */
export interface Mirror {
  readonly entries: ReadonlyMap<string, string>;
  /** Calls back after each change with the keys that may have changed. Returns a function to unsubscribe. */
  onChange(callback: (keys: readonly string[]) => void): () => void;
}

/**
 * Copies the keys below `prefix`, a full path in etcd, and keeps the copy up to date until `signal` aborts.
 * Resolves after the first complete read, and retries until then.
 *
 * Each mirror has a watch stream of its own. `client.watch()` multiplexes all watches on one stream, and its
 * bookkeeping breaks when etcd cancels a watch, as it does after a compaction: it throws an error that nobody
 * can catch, and leaves the other watches waiting for ever (etcd3 1.1.2).
 */
export async function openMirror(
  client: Etcd3,
  prefix: string,
  seal: Seal,
  signal: AbortSignal,
  log: Log,
): Promise<Mirror> {
  const range = Range.prefix(prefix);
  // Creates the series at 0: Prometheus sees no increase in one that begins at 1.
  refusals.of(kindOf(prefix));
  const entries = new Map<string, string>();
  const callbacks = new Set<(keys: readonly string[]) => void>();
  const isLoaded = Promise.withResolvers<void>();
  const self = Symbol(prefix);
  /** The revision of each refused record. */
  const refused = new Map<string, string>();

  const nameOf = (key: Buffer) => key.toString().slice(prefix.length);
  const changed = (keys: readonly string[]) => {
    for (const callback of callbacks) {
      try {
        callback(keys);
      } catch (error) {
        log.error({ err: error, prefix }, 'a change in etcd could not be taken');
      }
    }
  };

  /** The value of a record, or null if none of our processes wrote it. */
  function open({ key, value, mod_revision }: IKeyValue): string | null {
    const path = key.toString();
    const opened = seal.open(path, value.toString());
    if (opened !== null) {
      refused.delete(path);
      return opened;
    }
    if (refused.get(path) === mod_revision) return null;
    refusals.add(kindOf(path));
    if (refused.size >= MAX_REFUSED && !refused.has(path)) return null;
    refused.set(path, mod_revision);
    log.error({ key: path }, 'a record in etcd is ignored: it was not written with our TRUST_SECRET');
    return null;
  }

  /** Replaces the copy by etcd's content. Returns the revision of the read. */
  async function load(): Promise<string> {
    const { kvs, header } = await client.getAll().prefix(prefix).exec();
    const read = new Map<string, string>();
    for (const record of kvs) {
      const value = open(record);
      if (value !== null) read.set(nameOf(record.key), value);
    }
    const isEqual = read.size === entries.size && [...read].every(([name, text]) => entries.get(name) === text);
    if (!isEqual) {
      const names = new Set([...entries.keys(), ...read.keys()]);
      entries.clear();
      for (const [name, text] of read) entries.set(name, text);
      changed([...names]);
    }
    return header.revision;
  }

  function take(events: readonly IEvent[]): void {
    for (const { type, kv } of events) {
      const value = type.toLowerCase() === 'delete' ? null : open(kv);
      if (value === null) entries.delete(nameOf(kv.key));
      else entries.set(nameOf(kv.key), value);
    }
    if (events.length > 0) changed(events.map(({ kv }) => nameOf(kv.key)));
  }

  /**
   * Applies the changes after `revision`. Resolves at the next resync. Rejects if the watch ends by itself.
   */
  async function follow(revision: string): Promise<void> {
    const stream = await client.watchClient.watch();
    const end = Promise.withResolvers<void>();
    const timer = setTimeout(() => end.resolve(), RENEWAL).unref();
    const stop = () => end.resolve();
    signal.addEventListener('abort', stop);
    let isOver = false;
    stream.on('error', (error: Error) => end.reject(error));
    stream.on('end', () => end.reject(new Error('etcd ended the watch')));
    stream.on('data', ({ canceled, cancel_reason, compact_revision, events }: IWatchResponse) => {
      if (isOver) return;
      if (canceled)
        end.reject(new Error(`etcd cancelled the watch: ${cancel_reason || `compacted ${compact_revision}`}`));
      else take(events);
    });
    try {
      stream.write({ create_request: { key: range.start, range_end: range.end, start_revision: next(revision) } });
      if (!signal.aborted) await end.promise;
    } finally {
      isOver = true;
      end.resolve();
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      // `end` first: otherwise the client takes the error of `cancel` for the server's and closes its
      // connection.
      stream.end();
      stream.cancel();
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const revision = await load();
        if (unwatched.delete(self)) log.info({ prefix }, 'etcd is watched again');
        isLoaded.resolve();
        await follow(revision);
      } catch (error) {
        if (signal.aborted) break;
        if (!unwatched.has(self))
          log.warn({ err: error, prefix }, 'etcd cannot be watched; what is known of it stays as it is');
        unwatched.add(self);
        await pause(RETRY_DELAY, signal);
      }
    }
    unwatched.delete(self);
    isLoaded.reject(new Error('etcd was closed'));
  }

  void run();
  await isLoaded.promise;
  return {
    entries,
    onChange(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}

/** The kind of the records below a path, as in `/<namespace>/services/`. */
const kindOf = (path: string) => path.split('/')[2] ?? '';

const next = (revision: string) => String(BigInt(revision) + 1n);
