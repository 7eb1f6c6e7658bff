import { z } from 'zod';
import { readSharedConfig, type SharedConfig } from '../kit/base/config.ts';
import { listOf, pace, port, readEnvironment, readTogether } from '../kit/base/environment.ts';
import type { SlowestPace } from '../kit/http/pace.ts';
import type { SocketShares } from '../kit/socket/server.ts';
import { SERVICES } from '../services.ts';
import { type ProtectionConfig, readProtectionConfig } from './operation/limits/config.ts';
import type { Executor } from './pipeline.ts';

export interface GatewayConfig extends SharedConfig {
  /** 0 for a free one. */
  port: number;
  /** The services without which the graph is not complete. */
  expects: readonly string[];
  /** Whether a browser that opens the address of the graph gets a page. */
  hasPage: boolean;
  /** Whether large answers are compressed; `off` where a proxy in front does it. */
  compresses: boolean;
  /** Origins that browsers may call from; `*` for all. */
  corsOrigins: readonly string[];
  /** The longest that a service may owe an answer, in ms. */
  timeoutOf(service: string): number;
  /**
   * How long an event waits for the services that complete it, in ms: then it goes out with what is known.
   */
  eventTimeout: number;
  /** Which executor runs the plans of queries and mutations. */
  executor: Executor;
  /** The module with the policies of `@policy`, if there is one. */
  policies: string | undefined;
  /**
   * Bytes of one uploaded file that are passed on at most; the file service has limits of its own below this.
   */
  maxUpload: number;
  /** How fast a file has to come from a client. */
  slowestUpload: SlowestPace;
  /**
   * How long a service may take over a file that it has whole, in ms: pictures are worked on before it
   * answers.
   */
  uploadTimeout: number;
  /** Sockets that there may be at a time; more are asked to come again later. */
  maxSockets: number;
  /** How many of them one address and one user may have. */
  socketShares: SocketShares;
  /** How long a socket without a token may stay. */
  nobodySocketSeconds: number;
  /** Operations that one socket may have at a time. */
  maxOperations: number;
  /** Events that may wait for a slow reader, for each subscription. */
  maxQueue: number;
  protection: ProtectionConfig;
}

/** Milliseconds for all services, and `service=milliseconds` for some, with commas between them. */
const timeouts = (fallback: number) =>
  z
    .string()
    .regex(
      /^([\w-]+=)?[1-9]\d*(,([\w-]+=)?[1-9]\d*)*$/,
      'is in milliseconds, with others for some services: 10000,auth=30000,chat=5000',
    )
    .default(String(fallback))
    .transform((text) => {
      const entries = text.split(',').map((entry) => entry.split('=').reverse() as [string, string?]);
      const known = new Map(entries.map(([milliseconds, service]) => [service, Number(milliseconds)]));
      return (service: string) => known.get(service) ?? known.get(undefined) ?? fallback;
    });
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** @throws StartupError */
export function readGatewayConfig(environment = process.env): GatewayConfig {
  const [e, shared, protection] = readTogether(
    () => readOwn(environment),
    () => readSharedConfig(environment),
    () => readProtectionConfig(environment),
  );
  return {
    ...shared,
    port: e.GATEWAY_PORT,
    expects: e.GATEWAY_EXPECTS,
    hasPage: e.GATEWAY_PAGE === 'on',
    compresses: e.GATEWAY_COMPRESSION === 'on',
    corsOrigins: e.CORS_ORIGIN,
    timeoutOf: e.GATEWAY_FETCH_TIMEOUT_MS,
    eventTimeout: e.GATEWAY_EVENT_TIMEOUT_MS,
    executor: e.GATEWAY_EXECUTOR,
    policies: e.GATEWAY_POLICIES,
    maxUpload: e.GATEWAY_MAX_UPLOAD_BYTES,
    slowestUpload: { bytesPerSecond: e.UPLOAD_MIN_BYTES_PER_SECOND, windowMs: e.UPLOAD_WINDOW_MS },
    uploadTimeout: e.GATEWAY_UPLOAD_TIMEOUT_MS,
    maxSockets: e.GATEWAY_MAX_SOCKETS,
    socketShares: socketShares(
      e.GATEWAY_MAX_SOCKETS,
      e.GATEWAY_SOCKETS_PER_ADDRESS ?? Math.ceil(e.GATEWAY_MAX_SOCKETS / 2),
      e.GATEWAY_SOCKETS_PER_USER,
    ),
    nobodySocketSeconds: e.GATEWAY_NOBODY_SOCKET_SECONDS,
    maxOperations: e.GATEWAY_MAX_SOCKET_OPERATIONS,
    maxQueue: e.GATEWAY_MAX_QUEUED_EVENTS,
    protection,
  };
}

const isOrigin = (text: string) => text === '*' || /^[\w+.-]+:\/\/[^\s/]+$/.test(text);

function readOwn(environment: NodeJS.ProcessEnv) {
  return readEnvironment(
    {
      GATEWAY_PORT: port(SERVICES.gateway.port),
      GATEWAY_EXPECTS: listOf('must be names of services', (name) => /^[\w-]+$/.test(name)).default([
        'auth',
        'chat',
        'user',
        'file',
      ]),
      // For those who develop; in production it is one more thing that strangers find.
      GATEWAY_PAGE: z.enum(['on', 'off']).default(environment.NODE_ENV === 'production' ? 'off' : 'on'),
      GATEWAY_COMPRESSION: z.enum(['on', 'off']).default('on'),
      GATEWAY_FETCH_TIMEOUT_MS: timeouts(10_000),
      GATEWAY_EVENT_TIMEOUT_MS: count(1_000),
      GATEWAY_EXECUTOR: z.enum(['beaver', 'apollo']).default('beaver'),
      GATEWAY_POLICIES: z.string().min(1).optional(),
      GATEWAY_MAX_UPLOAD_BYTES: count(1024 ** 3),
      GATEWAY_UPLOAD_TIMEOUT_MS: count(30_000),
      ...pace,
      GATEWAY_MAX_SOCKETS: count(20_000),
      GATEWAY_SOCKETS_PER_ADDRESS: z.coerce.number().int().positive().optional(),
      GATEWAY_SOCKETS_PER_USER: count(100),
      GATEWAY_NOBODY_SOCKET_SECONDS: count(60),
      GATEWAY_MAX_SOCKET_OPERATIONS: count(100),
      GATEWAY_MAX_QUEUED_EVENTS: count(256),
      CORS_ORIGIN: listOf('must be * or origins such as https://chat.example, without a path', isOrigin).default(['*']),
    },
    environment,
  );
}

/**
 * What one address may have of those who have not signed in is a part of all that it may have: a fifth for
 * those that wait or have not introduced themselves, a fiftieth at a time before they do, and as many as
 * nobody's. Nobody's are a quarter of all places at most.
 */
function socketShares(total: number, perAddress: number, perUser: number): SocketShares {
  const part = (count: number) => Math.ceil(perAddress / count);
  return {
    perUser,
    nobodys: Math.ceil(total / 4),
    perAddress,
    strangersPerAddress: part(5),
    nobodysPerAddress: part(50),
    arrivingPerAddress: part(50),
  };
}
