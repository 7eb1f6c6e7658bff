import { z } from 'zod';
import type { Etcd } from '../../kit/discovery/etcd.ts';
import type { Log } from '../../kit/observe/log.ts';

/**
 * A service's schema in a graph: its hash, and when the newest instance that had it was started (RFC 3339).
 */
export interface KeptSchema {
  hash: string;
  startedAt: string;
}

/** Which schemas the last complete graph was made of, by service. */
export type KeptSchemas = Readonly<Record<string, KeptSchema>>;

/**
 * The last complete graph, in etcd for gateways that start while a service is away. It is a list of hashes:
 * the schemas themselves are in etcd anyway.
 */
export interface KeptGraph {
  /** Null where there is none. */
  readonly schemas: KeptSchemas | null;
  /**
   * Keeps a complete graph, unless that would put an older schema of a service in the place of a newer one.
   */
  keep(schemas: KeptSchemas): void;
  onChange(callback: () => void): () => void;
}

const PREFIX = 'graph/';
const NAME = 'kept';

const keptSchemas = z.record(z.string(), z.object({ hash: z.string(), startedAt: z.string() }));

export async function openKeptGraph(etcd: Etcd, log: Log): Promise<KeptGraph> {
  const mirror = await etcd.mirror(PREFIX);
  const textNow = () => mirror.entries.get(NAME) ?? null;

  function read(): KeptSchemas | null {
    const text = textNow();
    if (text === null) return null;
    try {
      return keptSchemas.parse(JSON.parse(text));
    } catch {
      // What is not readable is as good as nothing, and is written anew.
      return null;
    }
  }

  return {
    get schemas() {
      return read();
    },
    keep(schemas) {
      const before = textNow();
      const known = read();
      if (Object.entries(schemas).some(([name, schema]) => isOlder(schema, known?.[name]))) return;
      // Services of other gateways stay: these may expect more.
      const all: KeptSchemas = { ...known, ...schemas };
      const names = Object.keys(all).sort();
      const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, all[name]])));
      if (text === before) return;
      // Where another gateway was faster, the mirror changes, and whoever follows it comes here again.
      etcd
        .replace(`${PREFIX}${NAME}`, before, text)
        .catch((error) => log.warn({ err: error }, 'the graph could not be kept in etcd'));
    },
    onChange: (callback) => mirror.onChange(callback),
  };
}

function isOlder(one: KeptSchema, other: KeptSchema | undefined): boolean {
  return other !== undefined && Date.parse(one.startedAt) < Date.parse(other.startedAt);
}
