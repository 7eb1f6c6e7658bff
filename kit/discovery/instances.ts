import { z } from 'zod';
import type { Log } from '../observe/log.ts';
import { counter, gauge } from '../observe/metrics.ts';
import type { Etcd } from './etcd.ts';

/** What an instance says of itself at `/<namespace>/services/<service>/<instance>`. */
export interface InstanceRecord {
  /** Address of its GraphQL endpoint over HTTP. */
  url: string;
  /** Address of its GraphQL endpoint over WebSocket (graphql-transport-ws); null where it has none. */
  wsUrl: string | null;
  /** SHA-256 of its SDL, which is at `/<namespace>/schemas/<service>/<schemaHash>`. */
  schemaHash: string;
  version: string;
  /** RFC 3339. */
  startedAt: string;
}

export interface Instance extends InstanceRecord {
  service: string;
  id: string;
  /** Requests that were sent to it from here and are not answered. */
  outstanding: number;
  /** Not used before this time, in ms since 1970, because a request to it failed. */
  ejectedUntil: number;
  /**
   * Failures one after the other, those of one moment counted once; whoever gets an answer from it sets it
   * to 0.
   */
  failures: number;
  /** When the last of them was counted, in ms since 1970. */
  failedAt: number;
}

/**
 * How long an instance is passed over after a request to it failed, in ms: twice as long after each that
 * fails again, up to a limit.
 */
const EJECTION = 5_000;
const LONGEST_EJECTION = 60_000;
/**
 * Failures after which an instance is asked one thing at a time until it answers (a circuit breaker): where
 * nobody else is left, all others are told at once that the service is away, and don't wait for it in turn.
 * Less would let one slow request cut off everybody.
 */
const BREAKER = 5;
/** A connection that breaks fails all requests on it: what fails within so many ms is one failure. */
const MOMENT = 500;

/**
 * The instances of all services, from etcd, and the choice among them: least outstanding requests, one that
 * failed is passed over for some seconds. The last instances known of a service are kept even if etcd says
 * they are gone: a lease may be lost while the service is well, and one that is dead fails at the first
 * connection anyway.
 */
export interface InstanceDirectory {
  /** All instances known of a service. */
  instances(service: string): readonly Instance[];
  /** The names of all services known. */
  services(): readonly string[];
  /**
   * The best instance among those that `accept` takes, or null. Ejected ones are used only where no other is
   * left, and those that fail again and again for one request at a time. The caller counts with `outstanding`
   * while its request lasts. An upload may last for an hour: it is not counted, proves nothing about an
   * instance that has failed, and is held up by no breaker.
   */
  pick(service: string, accept?: (instance: Instance) => boolean, isUpload?: boolean): Instance | null;
  /** A connection to it failed. */
  eject(instance: Instance): void;
  onChange(callback: () => void): () => void;
}

/**
 * Instances of a service to try one after the other: the best one, then the best of the others. The caller
 * ejects each that fails.
 */
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

  /** A number for each service. */
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
      // One that has failed is asked one thing at first, to see whether it is well again.
      const isIdle = (one: Instance) => !isUpload && one.outstanding === 0;
      const well = usable.filter((one) => one.ejectedUntil <= now && (one.failures === 0 || isIdle(one)));
      const closed = usable.filter((one) => isUpload || one.failures < BREAKER || isIdle(one));
      const candidates = well.length > 0 ? well : closed;
      // Start at another place each time, so that idle instances take turns.
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

/** Null for what is not a record: whatever stands in etcd must not end a process that watches it. */
function parse(text: string): InstanceRecord | null {
  try {
    return instanceRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
