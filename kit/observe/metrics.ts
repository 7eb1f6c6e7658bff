import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { VERSION } from '../base/version.ts';

/**
 * What this process has done and has, for Prometheus. There is one set for the process: whoever counts
 * something makes its metric where the counting is, once, when its module is loaded. To count is to add to a
 * number in memory; all else is done when somebody asks for `/metrics`.
 *
 * The values of a label are few and known: kinds, outcomes, codes, names of services. Never a user, a
 * conversation, or what a client has written.
 */

/**
 * Label sets that one metric may have. Whatever comes after that counts as `other`: what was thought to be
 * bounded was not, and must not fill the memory.
 */
const MAX_CHILDREN = 200;
const OTHER = 'other';

/** From a millisecond to ten seconds, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One line of `/metrics`. */
interface Sample {
  value: number;
  labels?: Readonly<Record<string, string | number>>;
  metricName?: string;
}

type MetricKind = 'counter' | 'gauge' | 'histogram';

const registry = new Registry();

/**
 * Puts a metric into the registry; one of the same name takes the place of the one before. `read` is called
 * when somebody asks.
 */
function publish(name: string, help: string, type: MetricKind, read: () => Iterable<Sample>): void {
  const metric = {
    name,
    help,
    type,
    aggregator: 'sum',
    async get() {
      return { name, help, type, aggregator: 'sum', values: [...read()] };
    },
  };
  registry.removeSingleMetric(name);
  // The registry asks no more of a metric than this, but its type names the library's own classes, which
  // count in a way that is ten times as slow.
  registry.registerMetric(metric as unknown as Metric<string>);
}

/** Things of one kind by the values of its labels. */
class Children<Child> {
  readonly #labels: readonly string[];
  readonly #make: () => Child;
  readonly #all: { labels: Record<string, string>; child: Child }[] = [];
  /**
   * By the value of the first label, then by that of the second, and so on: no key has to be put together for
   * it.
   */
  readonly #known: Branch<Child> = new Map();

  constructor(labels: readonly string[], make: () => Child) {
    this.#labels = labels;
    this.#make = make;
  }

  of(values: readonly string[]): Child {
    let branch: Branch<Child> | undefined = this.#known;
    for (let i = 0; i < values.length - 1; i += 1)
      branch = branch?.get(values[i] as string) as Branch<Child> | undefined;
    return (branch?.get(values.at(-1) ?? '') as Child | undefined) ?? this.#add(values);
  }

  #add(values: readonly string[]): Child {
    if (this.#all.length >= MAX_CHILDREN && values.some((value) => value !== OTHER))
      return this.of(this.#labels.map(() => OTHER));
    const child = this.#make();
    this.#all.push({ labels: Object.fromEntries(this.#labels.map((label, i) => [label, values[i] as string])), child });
    let branch = this.#known;
    for (const value of values.slice(0, -1)) {
      const below = (branch.get(value) ?? new Map()) as Branch<Child>;
      branch.set(value, below);
      branch = below;
    }
    branch.set(values.at(-1) ?? '', child);
    return child;
  }

  all(): Iterable<{ labels: Record<string, string>; child: Child }> {
    return this.#all;
  }
}

/**
 * What begins with the same values of labels, by the value of the next one; by that of the last one, the
 * thing itself.
 */
interface Branch<Child> extends Map<string, Branch<Child> | Child> {}

/** A number that only goes up. On a hot path keep what `of` gives, and add to its `count`. */
export interface Counter {
  of(...values: string[]): { count: number };
  /** One more. */
  add(...values: string[]): void;
}

/** `name` ends with `_total`. */
export function counter(name: string, help: string, labels: readonly string[] = []): Counter {
  const children = new Children(labels, () => ({ count: 0 }));
  if (labels.length === 0) children.of([]);
  publish(name, help, 'counter', function* () {
    for (const { labels, child } of children.all()) yield { labels, value: child.count };
  });
  return {
    of: (...values) => children.of(values),
    add(...values) {
      children.of(values).count += 1;
    },
  };
}

/** How often a value was how large. */
export class Distribution {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at += 1;
    (this.#counts[at] as number) += 1;
    this.#sum += value;
  }

  /** As Prometheus wants it: each bucket counts all that are below its bound. */
  *samples(name: string, labels: Record<string, string>): Iterable<Sample> {
    let total = 0;
    for (const [i, count] of this.#counts.entries()) {
      total += count;
      yield { metricName: `${name}_bucket`, labels: { ...labels, le: this.#bounds[i] ?? '+Inf' }, value: total };
    }
    yield { metricName: `${name}_sum`, labels, value: this.#sum };
    yield { metricName: `${name}_count`, labels, value: total };
  }
}

export interface Histogram {
  of(...values: string[]): Distribution;
}

/** `name` ends with its unit; `bounds` are those of the buckets, seconds unless given. */
export function histogram(
  name: string,
  help: string,
  labels: readonly string[] = [],
  bounds: readonly number[] = SECONDS,
): Histogram {
  const children = new Children(labels, () => new Distribution(bounds));
  if (labels.length === 0) children.of([]);
  publish(name, help, 'histogram', function* () {
    for (const { labels, child } of children.all()) yield* child.samples(name, labels);
  });
  return { of: (...values) => children.of(values) };
}

/** What there is at the moment somebody asks: one number, or one for each value of a label. */
export function gauge(name: string, help: string, read: () => number): void;
export function gauge(name: string, help: string, label: string, read: () => Record<string, number>): void;
export function gauge(
  name: string,
  help: string,
  ...rest: [() => number] | [string, () => Record<string, number>]
): void {
  const [label, read] = rest.length === 2 ? rest : [null, rest[0]];
  publish(name, help, 'gauge', () => {
    const value = read();
    if (typeof value === 'number') return [{ value }];
    return Object.entries(value).map(([key, number]) => ({ labels: { [label as string]: key }, value: number }));
  });
}

/** A number that goes up and that somebody counts already. */
export function countedElsewhere(name: string, help: string, read: () => number): void {
  publish(name, help, 'counter', () => [{ value: read() }]);
}

/** What a scrape reads. */
export interface Exposition {
  contentType: string;
  text(): Promise<string>;
}

/**
 * All metrics of this process, with what Node says of itself: event loop lag, garbage collection, heap, CPU
 * time.
 */
export function exposeMetrics(service: string): Exposition {
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  gauge('beaver_build_info', 'Version of the product that this process runs: always 1.', 'version', () => ({
    [VERSION]: 1,
  }));
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
