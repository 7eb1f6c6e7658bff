import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SERVICE_NAMES, type ServiceName, SUBGRAPH_NAMES } from '../services.ts';
import { generateKeys, type Keys } from './connect.ts';
import { SHARED_VARIABLE, type SharedKind, type SharedStackAsked, type SharedStackTold } from './shared-stack.ts';
import { type Stack, startStack } from './stack.ts';

interface Hosted {
  stack: Stack;
  keys: Keys;
}

const stacks = new Map<string, Promise<Hosted>>();
const server = createServer((request, response) => void answer(request, response));

/**
 * Jest calls it in its own process before the tests: each worker that asks gets a stack that outlives test
 * files. The processes are children of this one, noted in the run's records as all that tests start: a run
 * that is killed leaves them to the next one's sweep.
 */
export default async function host(): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env[SHARED_VARIABLE] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops all of them. */
export async function endHost(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await Promise.allSettled([...stacks.values()].map(async (hosted) => (await hosted).stack.stop()));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A worker asks once a file. A connection that is kept goes stale between two files, while the worker
  // loads modules and hears of nothing.
  response.shouldKeepAlive = false;
  try {
    response.end(JSON.stringify(await give(JSON.parse(await text(request)))));
  } catch (error) {
    response.writeHead(500).end(String((error as Error).stack));
  }
}

/** The worker's stack, which runs what is asked for and whatever was asked for before. */
async function give({ worker, counts, kind }: SharedStackAsked): Promise<SharedStackTold> {
  const name = `${worker} ${kind?.name ?? ''}`;
  const hosted = stacks.get(name) ?? startHosted(kind);
  stacks.set(name, hosted);
  // The next file of the worker tries again.
  hosted.catch(() => stacks.delete(name));
  const { stack, keys } = await hosted;
  // A gateway that waits for subgraphs which nobody starts would never be ready.
  const wanted =
    counts.gateway && !kind ? { ...Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, 1])), ...counts } : counts;
  for (const name of SERVICE_NAMES) {
    const missing = Math.max(0, (wanted[name] ?? 0) - stack.services(name).length);
    await Promise.all(Array.from({ length: missing }, () => stack.add(name)));
  }
  const names = [...SERVICE_NAMES, ...(kind?.programs ?? []).map(({ name }) => name)];
  return {
    environment: stack.environment,
    keys: [...keys].map(([issuer, { kid, privateKey }]) => ({
      issuer,
      kid,
      pem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    })),
    urls: Object.fromEntries(names.map((name) => [name, stack.services(name as ServiceName).map(({ url }) => url)])),
  };
}

async function startHosted(kind?: SharedKind): Promise<Hosted> {
  const keys = generateKeys();
  const environment = {
    GATEWAY_EXPECTS: SUBGRAPH_NAMES.join(','),
    // Many files ask from one address. What a budget refuses has tests with gateways of their own.
    GATEWAY_BUDGET: '1000000000',
    ...kind?.environment,
  };
  const stack = await startStack({}, environment, keys);
  try {
    await Promise.all((kind?.programs ?? []).map((program) => stack.run(program)));
    return { stack, keys };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
