import { fileURLToPath } from 'node:url';
import type { Client } from 'graphql-ws';
import { type Service, spawnService } from '../../launch/services.ts';
import type { ServiceName } from '../../services.ts';
import { GraphClient } from '../../testing/client.ts';
import { openSocket } from '../../testing/socket.ts';
import { type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/fixture.ts', import.meta.url));

/** What a fixture says of itself. */
export interface FixtureState {
  instance: string;
  subscriptions: number;
  /** The viewer of each subscription it ever had. */
  authorizations: (string | null)[];
  /** Field, origin and address of each caller of a field that notes them. */
  callers: string[];
  seen: Record<string, number>;
}

/** A gateway before two small subgraphs, `left` and `right`, all real processes on real base services. */
export interface GatewayStack {
  stack: Stack;
  /** The gateway's process, when it is ready. */
  process(): Promise<Service>;
  client: GraphClient;
  /** A graphql-ws client of the gateway. */
  socket(options?: Parameters<typeof openSocket>[1]): Client;
  /** The instances that were started with the gateway. */
  left: Service[];
  right: Service[];
  /** Starts an instance of a fixture; `schema` is a file in fixtures/. */
  add(service: 'left' | 'right', schema?: string): Promise<Service>;
  state(service: Service): Promise<FixtureState>;
  health(): Promise<{ status: number; body: Health }>;
  stop(): Promise<void>;
}

export interface Health {
  status: string;
  checks: {
    graph: { status: string; reason?: string; away?: string[]; failures?: number; services?: Record<string, string> };
    etcd: { status: string; reason?: string };
  };
}

export async function startGateway(
  counts: { left: number; right: number },
  environment: Record<string, string> = {},
  /**
   * Whether to wait until the gateway is ready, or only until it listens; what its own environment differs
   * in.
   */
  { waitForReady = true, own = {} as Record<string, string> } = {},
): Promise<GatewayStack> {
  const stack = await startStack({}, { GATEWAY_EXPECTS: 'left,right', ...environment });
  const fixtures: Service[] = [];

  async function add(service: 'left' | 'right', schema: string = service): Promise<Service> {
    const started = await spawnService({
      // The launcher's names are those of the real services; the fixture takes its own from FIXTURE_SERVICE.
      name: service as unknown as ServiceName,
      program: FIXTURE,
      environment: { ...stack.environment, FIXTURE_SERVICE: service, FIXTURE_SCHEMA: schema },
    });
    fixtures.push(started);
    return started;
  }

  let listening: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    listening = resolve;
  });
  let starting: Promise<Service> | null = null;

  async function stop(): Promise<void> {
    await starting?.then((gateway) => gateway.stop()).catch(() => {});
    await Promise.all(fixtures.map((fixture) => fixture.stop()));
    await stack.stop();
  }

  try {
    const left = await Promise.all(Array.from({ length: counts.left }, () => add('left')));
    const right = await Promise.all(Array.from({ length: counts.right }, () => add('right')));
    const gateway = spawnService({
      name: 'gateway',
      environment: { ...stack.environment, ...own },
      onLine(line) {
        const { msg, url } = JSON.parse(line) as { msg: string; url: string };
        if (msg === 'listening') listening(`${url}/graphql`);
      },
    });
    starting = gateway;
    if (waitForReady) await gateway;
    const client = new GraphClient(await Promise.race([url, gateway.then(() => url)]));
    return {
      stack,
      process: () => gateway,
      left,
      right,
      client,
      socket: (options) => openSocket(client.url, options),
      add,
      state: async (service) => (await fetch(`${service.url}/state`)).json() as Promise<FixtureState>,
      async health() {
        const response = await fetch(client.url.replace(/graphql$/, 'health'));
        return { status: response.status, body: (await response.json()) as Health };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the gateway's health fits. */
export async function healthUntil(
  gateway: GatewayStack,
  fits: (health: Health, status: number) => boolean,
  what: string,
) {
  return waitFor(
    async () => {
      const { status, body } = await gateway.health();
      return fits(body, status) ? body : null;
    },
    { what, timeout: 20_000 },
  );
}
