import { fileURLToPath } from 'node:url';
import type { Client } from 'graphql-ws';
import { type Service, spawnService } from '../../launch/services.ts';
import type { ServiceName } from '../../services.ts';
import { GraphClient } from '../../testing/client.ts';
import { sharedStack } from '../../testing/shared-stack.ts';
import { openSocket } from '../../testing/socket.ts';
import { type SharedStack, type Stack, startStack } from '../../testing/stack.ts';
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

/**
 * What a test does with a gateway that it may share with other test files. It stands before two small
 * subgraphs, `left` and `right`, all real processes on real base services.
 */
export interface SharedGateway {
  stack: SharedStack;
  client: GraphClient;
  /** A graphql-ws client of the gateway. */
  socket(options?: Parameters<typeof openSocket>[1]): Client;
  left: { url: string }[];
  right: { url: string }[];
  state(service: { url: string }): Promise<FixtureState>;
  stop(): Promise<void>;
}

/** A gateway of a test's own. */
export interface GatewayStack extends SharedGateway {
  stack: Stack;
  /** The gateway's process, when it is ready. */
  process(): Promise<Service>;
  /** The instances that were started with the gateway. */
  left: Service[];
  right: Service[];
  /** Starts an instance of a fixture; `schema` is a file in fixtures/. */
  add(service: 'left' | 'right', schema?: string): Promise<Service>;
  health(): Promise<{ status: number; body: Health }>;
}

export interface Health {
  status: string;
  checks: {
    graph: { status: string; reason?: string; away?: string[]; failures?: number; services?: Record<string, string> };
    etcd: { status: string; reason?: string };
  };
}

const fixture = (service: 'left' | 'right', schema: string = service) => ({
  name: service,
  program: FIXTURE,
  environment: { FIXTURE_SERVICE: service, FIXTURE_SCHEMA: schema },
});

async function stateOf(service: { url: string }): Promise<FixtureState> {
  return (await fetch(`${service.url}/state`)).json() as Promise<FixtureState>;
}

/**
 * The gateway that the test files of one jest worker share, with an instance of each fixture. Whoever uses it
 * ends what it subscribed, compares counts with those from before, and stops, kills and configures nothing.
 */
export async function sharedGateway(): Promise<SharedGateway> {
  const stack = await sharedStack(
    { gateway: 1 },
    {
      name: 'fixtures',
      environment: { GATEWAY_EXPECTS: 'left,right', GATEWAY_PROXIES: '1' },
      programs: [fixture('left'), fixture('right')],
    },
  );
  const client = stack.client('gateway');
  return {
    stack,
    client,
    socket: (options) => stack.socket('gateway', options),
    left: stack.services('left' as ServiceName),
    right: stack.services('right' as ServiceName),
    state: stateOf,
    stop: () => stack.stop(),
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
  const add = (service: 'left' | 'right', schema?: string) => stack.run(fixture(service, schema));

  let listening: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    listening = resolve;
  });
  let starting: Promise<Service> | null = null;

  async function stop(): Promise<void> {
    await starting?.then((gateway) => gateway.stop()).catch(() => {});
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
      state: stateOf,
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
