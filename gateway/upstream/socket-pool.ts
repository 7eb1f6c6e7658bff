import type { GraphQLFormattedError } from 'graphql';
import type { Dispatcher } from 'undici';
import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import type { Instance, InstanceDirectory } from '../../kit/discovery/instances.ts';
import type { ServiceIdentity } from '../../kit/identity/tokens.ts';
import type { Log } from '../../kit/observe/log.ts';
import { counter, histogram } from '../../kit/observe/metrics.ts';
import type { Span } from '../../kit/observe/span.ts';
import { currentSpan, startSpan } from '../../kit/observe/tracing.ts';
import type { Identity } from './context.ts';
import { NOT_LIVE, TOO_LARGE, unavailable, unknownOutcome } from './errors.ts';
import { post, wasSent } from './http.ts';
import { MAX_PAYLOAD, SubgraphSocket, type SubgraphSocketEnd, type SubgraphSocketSink } from './subgraph-socket.ts';

/** An operation as it goes to a service. */
export interface UpstreamOperation {
  service: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** The document and its variables, as JSON texts. */
  text: string;
  variables: string;
  /** The viewer's, as it is when an instance is asked: many viewers share one socket. */
  identity: Identity;
  requestId: string;
  /** Whether the service is asked to say for whom its answer is (see `Audience`). */
  wantsAudience?: boolean;
}

/** What comes of it. Nothing more is called after `refused`, `complete` or `lost`. */
export interface UpstreamSink {
  /** A result in JSON, as the service wrote it. */
  next(result: Buffer): void;
  /** There is no result: the service refuses or ends the operation, or none can be reached. */
  refused(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
  /** For subscriptions: the instance is gone, and what it would have sent from now on with it; or none could be had for some seconds. */
  lost(): void;
}

/** Operations at the services: one socket an instance, however many operations. */
export interface Upstreams {
  /** Begins an operation at an instance of the service; returns what ends it. A mutation goes on when nobody waits for it any more. */
  begin(operation: UpstreamOperation, sink: UpstreamSink): () => void;
  close(): void;
}

/** How long a subscription waits for a service that is away, in ms, and how often it looks. */
const PATIENCE = 10_000;
const LOOK_AGAIN = 300;
/** How long a socket without operations is kept, in ms, and how often it is looked for those, and for answers that are due. */
const IDLE = 30_000;
const SWEEP = 500;

/** One operation as it looks for an instance, and then runs. */
interface Running extends UpstreamOperation {
  sink: UpstreamSink;
  /** Instances at which it could not begin; null for none. */
  tried: Set<string> | null;
  /** When it was begun, at first and where it runs, in ms. */
  since: number;
  sentAt: number;
  /** Where it runs, and its id there. */
  line: Line | null;
  id: string;
  /** Its part in the trace of who asks, if that is traced; the question of many is in the trace of one. */
  span: Span | null;
  /** Ends it where it runs over HTTP. */
  abort: AbortController | null;
  timer: NodeJS.Timeout | undefined;
  /** Whether it may be sent once more after an instance that may have seen it. */
  mayRepeat: boolean;
  isDone: boolean;
}

/** A socket to an instance, and what runs there. */
interface Line {
  instance: Instance;
  link: SubgraphSocket;
  /** By their ids there. */
  running: ShortLivedMap<string, Running>;
  idleSince: number;
}

const fetches = histogram(
  'beaver_fetch_duration_seconds',
  'Queries and mutations at services, with the search for an instance. Outcome: answered, refused (also where nobody could be asked), left (by who asked).',
  ['service', 'outcome'],
);
const repeats = counter(
  'beaver_fetch_repeats_total',
  'Operations that were sent to another instance, because one could not go on with them.',
  ['service'],
);
const lostSubscriptions = counter('beaver_subscriptions_lost_total', 'Subscriptions that ended with their instance.', [
  'service',
]);

const NOBODY: UpstreamSink = { next() {}, refused() {}, complete() {}, lost() {} };

export function createUpstreams(options: {
  directory: InstanceDirectory;
  /** This gateway's, by which services know it. */
  identity: Pick<ServiceIdentity, 'serviceToken'>;
  accepts(instance: Instance): boolean;
  /** For instances that have no WebSocket address. */
  dispatcher: Dispatcher;
  /** The longest that an instance of a service may owe an answer, in ms. */
  timeoutOf(service: string): number;
  log: Log;
}): Upstreams {
  const { directory, identity, accepts, dispatcher, timeoutOf, log } = options;
  const lines = new Map<string, Line>();

  function begin(running: Running): void {
    const { service, tried } = running;
    const instance = directory.pick(service, tried ? (one) => accepts(one) && !tried.has(one.id) : accepts);
    if (instance) attach(running, instance);
    else if (running.kind !== 'subscription') settle(running, 'refused')?.refused([unavailable(service)]);
    else if (performance.now() >= running.since + PATIENCE) finish(running)?.lost();
    else {
      running.tried = null;
      running.timer = setTimeout(() => begin(running), LOOK_AGAIN);
    }
  }

  function attach(running: Running, instance: Instance): void {
    const { text, variables, requestId } = running;
    const { traceparent } = running.span ?? currentSpan() ?? {};
    const question = `{"query":${text},"variables":${variables}`;
    if (instance.wsUrl === null) {
      if (running.kind === 'subscription') settle(running, 'refused')?.refused([NOT_LIVE]);
      else void postTo(running, instance, `${question}}`);
      return;
    }
    const audience = running.wantsAudience || undefined;
    const { authorization } = running.identity;
    const extensions = { authorization, requestId, audience, traceparent, clientAddress: addressFor(running) };
    const payload = `${question},"extensions":${JSON.stringify(extensions)}}`;
    // A character is three bytes at most.
    if (payload.length > MAX_PAYLOAD / 3 && Buffer.byteLength(payload) > MAX_PAYLOAD) {
      settle(running, 'refused')?.refused([TOO_LARGE]);
      return;
    }
    const line = lines.get(instance.id) ?? open(instance, instance.wsUrl);
    if (running.kind !== 'subscription') instance.outstanding += 1;
    running.line = line;
    running.sentAt = performance.now();
    const isSingle = running.kind !== 'subscription';
    const sink: SubgraphSocketSink = {
      next(result) {
        instance.failures = 0;
        if (isSingle) settle(running, 'answered')?.next(result);
        else running.sink.next(result);
      },
      error: (errors) => settle(running, 'refused')?.refused(errors),
      complete: () => settle(running, 'answered')?.complete(),
    };
    running.id = line.link.begin(payload, sink, isSingle);
    line.running.set(running.id, running);
  }

  async function postTo(running: Running, instance: Instance, payload: string): Promise<void> {
    const abort = new AbortController();
    running.abort = abort;
    instance.outstanding += 1;
    const { authorization } = running.identity;
    const { requestId, span } = running;
    try {
      const result = await post(instance.url, payload, {
        authorization,
        serviceToken: identity.serviceToken(instance.service),
        clientAddress: addressFor(running),
        requestId,
        traceparent: span?.traceparent,
        dispatcher,
        timeout: timeoutOf(instance.service),
        signal: abort.signal,
      });
      instance.failures = 0;
      settle(running, 'answered')?.next(result);
    } catch (error) {
      if (running.isDone) return;
      log.warn(
        { err: error, service: instance.service, instance: instance.id, requestId },
        'a request to a service failed',
      );
      directory.eject(instance);
      leave(running, instance, wasSent(error));
    } finally {
      instance.outstanding -= 1;
    }
  }

  /** It runs no longer where it ran. */
  function detach(running: Running): void {
    clearTimeout(running.timer);
    const { line, abort } = running;
    running.abort = null;
    abort?.abort();
    if (!line) return;
    running.line = null;
    line.running.delete(running.id);
    line.link.end(running.id);
    if (running.kind !== 'subscription') line.instance.outstanding -= 1;
    if (line.running.size === 0) line.idleSince = performance.now();
  }

  /** The sink of an operation that ends now, or null where it has ended before. */
  function finish(running: Running): UpstreamSink | null {
    if (running.isDone) return null;
    running.isDone = true;
    running.span?.end();
    detach(running);
    return running.sink;
  }

  /** The sink of one that ends like this. */
  function settle(running: Running, outcome: 'answered' | 'refused' | 'left'): UpstreamSink | null {
    if (!running.isDone && running.kind !== 'subscription')
      fetches.of(running.service, outcome).observe((performance.now() - running.since) / 1000);
    return finish(running);
  }

  /** Its instance cannot go on with it. `mayHaveSeen`: whether the instance can have seen it. */
  function leave(running: Running, instance: Instance, mayHaveSeen: boolean): void {
    if (mayHaveSeen && running.kind === 'subscription') {
      lostSubscriptions.add(running.service);
      finish(running)?.lost();
    } else if (mayHaveSeen && running.kind === 'mutation')
      settle(running, 'refused')?.refused([unknownOutcome(running.service)]);
    else if (mayHaveSeen && !running.mayRepeat) settle(running, 'refused')?.refused([unavailable(running.service)]);
    else {
      repeats.add(running.service);
      if (mayHaveSeen) running.mayRepeat = false;
      detach(running);
      running.tried = (running.tried ?? new Set()).add(instance.id);
      begin(running);
    }
  }

  function open(instance: Instance, url: string): Line {
    const token = identity.serviceToken(instance.service);
    const link = new SubgraphSocket(url, token, (end) => lost(line, end));
    const line: Line = { instance, link, running: new ShortLivedMap(), idleSince: performance.now() };
    lines.set(instance.id, line);
    return line;
  }

  function lost(line: Line, end: SubgraphSocketEnd): void {
    const { instance, link } = line;
    const running = [...line.running.values()];
    lines.delete(instance.id);
    if (end.isSilent || !link.isAcknowledged) directory.eject(instance);
    const { service, id } = instance;
    const fields = { service, instance: id, operations: running.length, ...end };
    if (link.isAcknowledged) log.info(fields, 'a socket to an instance was closed');
    else log.warn(fields, 'an instance takes no socket of this gateway');
    for (const one of running) leave(one, instance, link.isAcknowledged);
  }

  function sweep(): void {
    const now = performance.now();
    for (const line of [...lines.values()]) {
      const { instance, link } = line;
      if (line.running.size === 0) {
        if (now - line.idleSince < IDLE) continue;
        lines.delete(instance.id);
        link.close();
        continue;
      }
      const timeout = timeoutOf(instance.service);
      const overdue = [...line.running.values()].filter(
        ({ kind, sentAt }) => kind !== 'subscription' && now - sentAt > timeout,
      );
      if (overdue.length === 0) continue;
      log.warn(
        { service: instance.service, instance: instance.id, operations: overdue.length },
        'an instance is silent',
      );
      directory.eject(instance);
      for (const running of overdue) leave(running, instance, link.isAcknowledged);
    }
  }
  const sweeps = setInterval(sweep, SWEEP);

  return {
    begin(operation, sink) {
      const running: Running = {
        ...operation,
        sink,
        tried: null,
        since: performance.now(),
        sentAt: 0,
        line: null,
        id: '',
        // One that may last for days is in the trace of its begin alone.
        span: operation.kind === 'subscription' ? null : startSpan(`fetch ${operation.service}`, { kind: 'client' }),
        abort: null,
        timer: undefined,
        mayRepeat: operation.kind === 'query',
        isDone: false,
      };
      begin(running);
      return () => {
        // To break a mutation off half way would leave nobody knowing what was done.
        if (running.kind === 'mutation') running.sink = NOBODY;
        else settle(running, 'left');
      };
    },
    close() {
      clearInterval(sweeps);
      for (const { link } of lines.values()) link.close();
      lines.clear();
    },
  };
}

/**
 * The client's address, for services that count by it. Queries go without: equal ones of several clients are one fetch,
 * which comes from no single address.
 */
function addressFor({ kind, identity }: UpstreamOperation): string | undefined {
  return kind === 'query' ? undefined : identity.address;
}
