import { z } from 'zod';
import type { Log } from '../observe/log.ts';
import { counter, gauge } from '../observe/metrics.ts';
import type { Etcd } from './etcd.ts';

/** The registration of an instance, at `/<namespace>/services/<service>/<instance>`. */
export interface InstanceRecord {
  /** Address of its GraphQL endpoint over HTTP. */
  url: string;
  /** Address of its GraphQL endpoint over WebSocket (graphql-transport-ws), or null if it has none. */
  wsUrl: string | null;
  /** SHA-256 of its SDL. The SDL is at `/<namespace>/schemas/<service>/<schemaHash>`. */
  schemaHash: string;
  version: string;
  /** RFC 3339. */
  startedAt: string;
}

export interface Instance extends InstanceRecord {
  service: string;
  id: string;
  /** Requests in flight from this process to the instance. */
  outstanding: number;
  /** End of the ejection that a failed request caused, in ms since 1970. */
  ejectedUntil: number;
  /**
   * Consecutive failures. Failures within `MOMENT` count once. The caller resets it to 0 when the instance
   * answers.
   */
  failures: number;
  /** Time of the last counted failure, in ms since 1970. */
  failedAt: number;
}

/** Ejection time after a failed request, in ms. It doubles with each further failure, up to the longest. */
const EJECTION = 5_000;
const LONGEST_EJECTION = 60_000;
/**
 * Circuit breaker: after so many consecutive failures an instance gets one request at a time until it
 * answers. If no other instance is left, all further requests fail at once instead of queueing for a timeout.
 * A lower number would let one slow request cut off everybody.
 */
const BREAKER = 5;
/** A broken connection fails all requests on it. Failures within so many ms count as one. */
const MOMENT = 500;

/**
 * Service discovery and load balancing: the instances of all services from etcd, and the choice by least
 * outstanding requests. A failed instance is ejected for some seconds. If etcd removes all instances of a
 * service, the last known ones stay: a healthy service may lose its lease, and a dead one fails at the first
 * connection anyway.
 */
export interface InstanceDirectory {
  /** All known instances of a service. */
  instances(service: string): readonly Instance[];
  /** The names of all known services. */
  services(): readonly string[];
  /**
   * Returns the best instance that passes `accept`, or null. Uses ejected instances only if no other is left,
   * and those with an open breaker for one request at a time. The caller increments `outstanding` while its
   * request lasts. Uploads may take an hour: they do not count as outstanding, do not probe a failed
   * instance, and ignore the breaker.
   */
  pick(service: string, accept?: (instance: Instance) => boolean, isUpload?: boolean): Instance | null;
  /** Reports a failed request to an instance. */
  eject(instance: Instance): void;
  onChange(callback: () => void): () => void;
}

/** Instances to try in turn: the best one, then the best of the rest. The caller ejects each that fails. */
export function* candidates(
  directory: Pick<InstanceDirectory, 'pick'>,
  service: string,
  options: { limit?: number; accepts?(instance: Instance): boolean; isUpload?: boolean },
): Generator<Instance, void> {
  const { limit = Number.POSITIVE_INFINITY, accepts = () => true, isUpload = false } = options;
  const tried = new Set<string>();
  while (tried.size < limit) {
    const instance = directory.pick(service, (one) => accepts(one) && !tried.has(one.id), isUpload);
    if (!instance) return;
    tried.add(instance.id);
    yield instance;
  }
}

const ejections = counter(
  'beaver_ejections_total',
  'How often an instance was passed over for some seconds, because it did not answer.',
  ['service'],
);

export async function createInstanceDirectory(etcd: Etcd, log: Log): Promise<InstanceDirectory> {
  const mirror = await etcd.mirror('services/');
  const byService = new Map<string, Map<string, Instance>>();
  const callbacks = new Set<() => void>();
  let turn = 0;

  function read(): void {
    const live = new Map<string, Map<string, Instance>>();
    for (const [path, text] of mirror.entries) {
      const [service, id] = path.split('/');
      if (!service || !id) continue;
      const record = parse(text);
      if (!record) {
        log.warn({ path }, 'a record of an instance in etcd is not readable; it is passed over');
        continue;
      }
      const known = byService.get(service)?.get(id);
      const instances = live.get(service) ?? new Map<string, Instance>();
      live.set(service, instances);
      instances.set(
        id,
        known
          ? Object.assign(known, record)
          : { ...record, service, id, outstanding: 0, ejectedUntil: 0, failures: 0, failedAt: 0 },
      );
    }
    for (const [service, instances] of live) byService.set(service, instances);
  }

  /** A count for each service. */
  const each = (count: (instances: Instance[]) => number) => () =>
    Object.fromEntries([...byService].map(([service, instances]) => [service, count([...instances.values()])]));
  gauge(
    'beaver_instances',
    'Instances that are known of each service.',
    'service',
    each((instances) => instances.length),
  );
  gauge(
    'beaver_instances_ejected',
    'Those of them that are passed over now.',
    'service',
    each((instances) => instances.filter(({ ejectedUntil }) => ejectedUntil > Date.now()).length),
  );
  gauge(
    'beaver_instances_outstanding',
    'Requests to them that are not answered.',
    'service',
    each((instances) => instances.reduce((sum, { outstanding }) => sum + outstanding, 0)),
  );

  read();
  mirror.onChange(() => {
    read();
    for (const callback of callbacks) callback();
  });

  return {
    instances: (service) => [...(byService.get(service)?.values() ?? [])],
    services: () => [...byService.keys()],
    pick(service, accept = () => true, isUpload = false) {
      const now = Date.now();
      const usable = [...(byService.get(service)?.values() ?? [])].filter(accept);
      // A failed instance gets a single request first, as a probe.
      const isIdle = (one: Instance) => !isUpload && one.outstanding === 0;
      const well = usable.filter((one) => one.ejectedUntil <= now && (one.failures === 0 || isIdle(one)));
      const closed = usable.filter((one) => isUpload || one.failures < BREAKER || isIdle(one));
      const candidates = well.length > 0 ? well : closed;
      // Starts at another index each time, so that idle instances take turns.
      turn += 1;
      let best: Instance | null = null;
      for (let i = 0; i < candidates.length; i += 1) {
        const instance = candidates[(i + turn) % candidates.length] as Instance;
        if (!best || instance.outstanding < best.outstanding) best = instance;
      }
      return best;
    },
    eject(instance) {
      ejections.add(instance.service);
      const now = Date.now();
      if (now - instance.failedAt >= MOMENT) {
        instance.failures += 1;
        instance.failedAt = now;
      }
      instance.ejectedUntil = now + Math.min(EJECTION * 2 ** (instance.failures - 1), LONGEST_EJECTION);
    },
    onChange(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}

const instanceRecord = z.object({
  url: z.string(),
  wsUrl: z.string().nullable().default(null),
  schemaHash: z.string(),
  version: z.string(),
  startedAt: z.string(),
});

/** Parses a registration. Returns null for anything else: a bad record must not crash its watchers. */
function parse(text: string): InstanceRecord | null {
  try {
    return instanceRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
