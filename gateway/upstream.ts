import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Directory, Instance } from '../kit/directory.ts';
import type { Log } from '../kit/log.ts';
import type { Identity } from './context.ts';

/** An operation as it goes to a service. */
export interface UpstreamOperation {
  query: string;
  operationName: string | null;
  variables: Record<string, unknown>;
  /** The viewer's, as it is when an instance is asked: many viewers share one socket. */
  identity: Identity;
}

/** What comes of it. Nothing more is called after `error`, `complete` or `lost`. */
export interface UpstreamSink {
  next(event: ExecutionResult): void;
  /** The service refuses or ends the operation with GraphQL errors. */
  error(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
  /** The instance is gone, and what it would have sent from now on with it; or none could be had for some seconds. */
  lost(): void;
}

/** Subscriptions at the services: one socket an instance, however many operations. */
export interface Upstreams {
  /** Begins an operation at an instance of the service; returns what ends it. */
  subscribe(service: string, operation: UpstreamOperation, sink: UpstreamSink): () => void;
  close(): void;
}

/** How long a subscription waits for a service that is away, in ms, and how often it looks. */
const PATIENCE = 10_000;
const LOOK_AGAIN = 300;
/** Limits of a connection, in ms: until it is acknowledged, between pings, until the pong. */
const ACKNOWLEDGE = 5_000;
const PING_INTERVAL = 10_000;
const PONG = 5_000;
/** How long a socket without operations is kept, in ms. */
const IDLE = 30_000;

/** One operation as it looks for an instance, and then runs. */
interface Operation extends UpstreamOperation {
  service: string;
  sink: UpstreamSink;
  tried: Set<string>;
  deadline: number;
  /** Where it runs; a connection that it has left may still have something to say. */
  link: Link | null;
  /** Ends it at the instance, or ends the wait for one. */
  release: () => void;
  done: boolean;
}

interface Link {
  client: Client;
  operations: Set<Operation>;
  acknowledged: boolean;
  idle: NodeJS.Timeout | undefined;
}

export function createUpstreams(options: {
  directory: Directory;
  accepts(instance: Instance): boolean;
  log: Log;
}): Upstreams {
  const { directory, accepts, log } = options;
  const links = new Map<string, Link>();

  function begin(operation: Operation): void {
    const { service, tried } = operation;
    const instance = directory.pick(service, (candidate) => accepts(candidate) && !tried.has(candidate.id));
    if (instance) {
      tried.add(instance.id);
      attach(operation, instance);
      return;
    }
    if (Date.now() >= operation.deadline) {
      finish(operation)?.lost();
      return;
    }
    tried.clear();
    const timer = setTimeout(() => begin(operation), LOOK_AGAIN);
    operation.release = () => clearTimeout(timer);
  }

  function attach(operation: Operation, instance: Instance): void {
    const link = links.get(instance.id) ?? open(instance);
    clearTimeout(link.idle);
    link.operations.add(operation);
    operation.link = link;
    const { query, operationName, variables, identity } = operation;
    const { authorization } = identity;
    const unsubscribe = link.client.subscribe(
      { query, operationName, variables, extensions: { authorization } },
      {
        next: (event) => {
          if (!operation.done && operation.link === link) operation.sink.next(event as ExecutionResult);
        },
        error: (error) => {
          // A connection that failed comes here too, as an event; `closed` tells all operations of the link about it.
          if (Array.isArray(error) && operation.link === link)
            finish(operation)?.error(error as readonly GraphQLFormattedError[]);
        },
        complete: () => {
          if (operation.link === link) finish(operation)?.complete();
        },
      },
    );
    operation.release = () => {
      link.operations.delete(operation);
      unsubscribe();
      if (link.operations.size === 0) link.idle = setTimeout(() => drop(instance.id, link), IDLE).unref();
    };
  }

  /** The sink of an operation that ends now, or null where it has ended before. */
  function finish(operation: Operation): UpstreamSink | null {
    if (operation.done) return null;
    operation.done = true;
    operation.release();
    return operation.sink;
  }

  function open(instance: Instance): Link {
    let pongWait: NodeJS.Timeout | undefined;
    const client = createClient({
      url: instance.wsUrl,
      webSocketImpl: WebSocket,
      lazy: false,
      // Reconnecting by itself it would lose events without a word; who resumes, and from where, is the client's to know.
      retryAttempts: 0,
      onNonLazyError: () => {},
      connectionAckWaitTimeout: ACKNOWLEDGE,
      keepAlive: PING_INTERVAL,
      on: {
        connected: () => {
          link.acknowledged = true;
        },
        ping: (received) => {
          if (!received) pongWait = setTimeout(() => client.terminate(), PONG).unref();
        },
        pong: (received) => {
          if (received) clearTimeout(pongWait);
        },
        error: () => closed(instance, link),
        closed: () => {
          clearTimeout(pongWait);
          closed(instance, link);
        },
      },
    });
    const link: Link = { client, operations: new Set(), acknowledged: false, idle: undefined };
    links.set(instance.id, link);
    return link;
  }

  function closed(instance: Instance, link: Link): void {
    if (links.get(instance.id) !== link) return;
    const operations = [...link.operations];
    for (const operation of operations) operation.link = null;
    drop(instance.id, link);
    if (!link.acknowledged) directory.eject(instance);
    log.info(
      { service: instance.service, instance: instance.id, subscriptions: operations.length },
      'a socket to an instance was closed',
    );
    for (const operation of operations) {
      // What never began may begin elsewhere; what ran has lost events.
      if (link.acknowledged) finish(operation)?.lost();
      else if (!operation.done) begin(operation);
    }
  }

  function drop(id: string, link: Link): void {
    clearTimeout(link.idle);
    if (links.get(id) === link) links.delete(id);
    void Promise.resolve(link.client.dispose()).catch(() => {});
  }

  return {
    subscribe(service, operation, sink) {
      const started: Operation = {
        ...operation,
        service,
        sink,
        tried: new Set(),
        link: null,
        deadline: Date.now() + PATIENCE,
        release: () => {},
        done: false,
      };
      begin(started);
      return () => void finish(started);
    },
    close() {
      for (const [id, link] of [...links]) drop(id, link);
    },
  };
}
