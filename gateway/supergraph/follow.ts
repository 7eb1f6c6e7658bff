import type { Etcd } from '../../kit/discovery/etcd.ts';
import type { Instance, InstanceDirectory } from '../../kit/discovery/instances.ts';
import type { Log } from '../../kit/observe/log.ts';
import { counter, gauge, histogram } from '../../kit/observe/metrics.ts';
import type { ServiceSchema } from './compose.ts';
import type { Composer } from './composer.ts';
import { type KeptSchema, type KeptSchemas, openKeptGraph } from './kept-graph.ts';

/** A graph that composes, and the schema of each service that it was made of. */
export interface Composed {
  supergraphSdl: string;
  /** Schema hash by service. Only instances with this schema get requests. */
  hashes: ReadonlyMap<string, string>;
  /** Services of which no instance is registered: their schemas are those of the last complete graph. */
  away: readonly string[];
}

/** Why the newest schemas are not the graph that is served. */
export interface CompositionFault {
  at: string;
  errors: readonly string[];
}

/** The graph as discovery has it now. */
export interface Supergraph {
  /** The last good one; null before the first. */
  readonly current: Composed | null;
  /** Set while the schemas that are registered do not compose. */
  readonly fault: CompositionFault | null;
  /** Sets of schemas that did not compose, since start. */
  readonly failures: number;
  /** The expected services that are not in the graph. */
  missing(): readonly string[];
  /** Whether an instance has the schema that the graph was composed of. */
  accepts(instance: Instance): boolean;
  /**
   * An instance was found dead: if nobody else has its schema, the next newest schema that is alive counts,
   * before etcd knows of the death.
   */
  reconsider(instance: Instance): void;
  close(): Promise<void>;
}

/**
 * Registrations come in bursts (a roll-out): this long after the first, in ms, all that came are composed
 * together.
 */
const DEBOUNCE = 50;
/** When composing failed for a reason that is not the schemas', it is tried again after this, in ms. */
const RETRY = 1_000;

const compositions = histogram(
  'beaver_composition_duration_seconds',
  'From a set of schemas to the graph that is served.',
).of();
const failed = counter(
  'beaver_composition_failures_total',
  'Sets of schemas that did not compose, or that were not taken.',
);

/**
 * Follows the services in etcd. For each, the schema of its newest living instance counts; whenever that
 * choice changes the graph is composed anew and handed to `apply`. A set that does not compose, or that
 * `apply` refuses, is logged and counted, and the graph stays what it was until the next change.
 */
export async function followSupergraph(options: {
  etcd: Etcd;
  directory: InstanceDirectory;
  composer: Composer;
  expects: readonly string[];
  apply(composed: Composed): Promise<void>;
  log: Log;
}): Promise<Supergraph> {
  const { directory, composer, log } = options;
  const schemas = await options.etcd.mirror('schemas/');
  const kept = await openKeptGraph(options.etcd, log);
  let current: Composed | null = null;
  let fault: CompositionFault | null = null;
  let failures = 0;
  let served: ReadonlyMap<string, string> = new Map();
  let triedKey = '';
  let timer: NodeJS.Timeout | null = null;
  let working = false;
  let closed = false;

  /**
   * The text of a schema. Those of the graph that is served are kept: an etcd that has lost its data must not
   * take services out of it.
   */
  const textOf = (service: string, hash: string) =>
    schemas.entries.get(`${service}/${hash}`) ?? served.get(`${service}/${hash}`);

  const missing = () => options.expects.filter((name) => !current?.hashes.has(name));

  /**
   * The newest schema of each service among those whose text has arrived; for services that are away, the
   * last one.
   */
  function choose(): Choice {
    const chosen = new Map<string, KeptSchema>();
    for (const name of directory.services()) {
      const readable = directory.instances(name).filter((instance) => textOf(name, instance.schemaHash) !== undefined);
      const found = newest(readable, Date.now());
      if (found) chosen.set(name, { hash: found.schemaHash, startedAt: found.startedAt });
    }
    const away = Object.entries(keptSchemas()).filter(([name]) => !chosen.has(name));
    for (const [name, schema] of away) chosen.set(name, schema);
    return choiceOf(
      chosen,
      away.map(([name]) => name),
    );
  }

  /** The schemas of the last complete graph, of expected services whose text etcd still has. */
  function keptSchemas(): KeptSchemas {
    const known = Object.entries(kept.schemas ?? {});
    return Object.fromEntries(
      known.filter(([name, { hash }]) => options.expects.includes(name) && textOf(name, hash) !== undefined),
    );
  }

  function choiceOf(chosen: ReadonlyMap<string, KeptSchema>, away: readonly string[]): Choice {
    const names = [...chosen.keys()].sort();
    const schemaOf = (name: string) => chosen.get(name) as KeptSchema;
    return {
      services: names.map((name) => ({ name, sdl: textOf(name, schemaOf(name).hash) as string })),
      hashes: new Map(names.map((name) => [name, schemaOf(name).hash])),
      schemas: Object.fromEntries(chosen),
      away,
    };
  }

  function schedule(delay: number): void {
    if (timer || closed) return;
    timer = setTimeout(() => {
      timer = null;
      if (working) return;
      working = true;
      void work().finally(() => {
        working = false;
      });
    }, delay);
  }

  /**
   * Composes until what is served is what is registered: changes that come meanwhile are seen at the next
   * round.
   */
  async function work(): Promise<void> {
    while (!closed) {
      const choice = choose();
      const key = JSON.stringify([[...choice.hashes], choice.away]);
      if (key === triedKey || choice.services.length === 0) {
        keep(choice);
        return;
      }
      triedKey = key;
      const isComposed = await attempt(choice);
      // A gateway that has just started has no good graph to go on with, but it may find one.
      if (!isComposed && !current && !closed) await attemptKept();
    }
  }

  async function attemptKept(): Promise<void> {
    const last = keptSchemas();
    if (!options.expects.every((name) => last[name])) return;
    const before = fault;
    const away = options.expects.filter((name) => directory.instances(name).length === 0);
    // Why the registered schemas are not served is still to be seen.
    if (await attempt(choiceOf(new Map(Object.entries(last)), away))) fault = before;
  }

  /** Keeps the graph that is served where it is complete, and made of what is registered. */
  function keep({ hashes, schemas, away }: Choice): void {
    const isServed = [...hashes].every(([name, hash]) => current?.hashes.get(name) === hash);
    if (isServed && fault === null && away.length === 0 && missing().length === 0) kept.keep(schemas);
  }

  /** Whether the schemas compose, and were taken. */
  async function attempt(choice: Choice): Promise<boolean> {
    const { services, hashes, away } = choice;
    const names = services.map(({ name }) => name);
    const started = performance.now();
    try {
      const result = await composer.compose(services);
      if (closed) return false;
      if (result.errors) {
        fail(result.errors, names);
        return false;
      }
      const composed = { supergraphSdl: result.supergraphSdl, hashes, away };
      await options.apply(composed);
      current = composed;
      served = new Map(services.map(({ name, sdl }) => [`${name}/${hashes.get(name)}`, sdl]));
      fault = null;
      compositions.observe((performance.now() - started) / 1000);
      log.info({ services: names, away, ms: Math.round(performance.now() - started) }, 'the graph was composed');
      return true;
    } catch (error) {
      fail([error instanceof Error ? error.message : String(error)], names);
      triedKey = '';
      schedule(RETRY);
      return false;
    }
  }

  function fail(errors: readonly string[], services: readonly string[]): void {
    failures += 1;
    failed.add();
    fault = { at: new Date().toISOString(), errors };
    log.error({ services, errors, failures }, 'the schemas do not compose; the last good graph goes on');
  }

  gauge('beaver_graph_services_missing', 'Services of the whole graph that are not in it.', () => missing().length);
  gauge(
    'beaver_graph_is_old',
    'Whether the newest schemas do not compose, so that an older graph is served: 1 or 0.',
    () => Number(fault !== null),
  );
  const stops = [directory, schemas, kept].map((source) => source.onChange(() => schedule(DEBOUNCE)));
  schedule(0);

  return {
    get current() {
      return current;
    },
    get fault() {
      return fault;
    },
    get failures() {
      return failures;
    },
    missing,
    accepts: (instance) => current?.hashes.get(instance.service) === instance.schemaHash,
    reconsider(instance) {
      schedule(DEBOUNCE);
      // It may be well again, or gone from etcd, when it may be tried again.
      setTimeout(() => schedule(DEBOUNCE), instance.ejectedUntil - Date.now()).unref();
    },
    async close() {
      closed = true;
      for (const stop of stops) stop();
      if (timer) clearTimeout(timer);
      await composer.close();
    },
  };
}

/** Schemas to compose. */
interface Choice {
  services: readonly ServiceSchema[];
  hashes: ReadonlyMap<string, string>;
  schemas: KeptSchemas;
  away: readonly string[];
}

/** The instance that started last among those that are not known to be dead; among all where none is left. */
function newest(instances: readonly Instance[], now: number): Instance | undefined {
  const well = instances.filter(({ ejectedUntil }) => ejectedUntil <= now);
  const candidates = well.length > 0 ? well : [...instances];
  return candidates.sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))[0];
}
