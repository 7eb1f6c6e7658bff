import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { type BaseConfig, readBaseConfig } from '../kit/base/config.ts';
import { newUuid } from '../kit/base/ids.ts';
import { driverOptions } from '../kit/mysql/options.ts';
import { type Service, spawnService } from '../launch/services.ts';
import { migrate } from '../prisma/migrate.ts';
import { SERVICE_NAMES, type ServiceName, SUBGRAPH_NAMES } from '../services.ts';
import { connectTo, generateKeys, publishKey, type SharedStack } from './connect.ts';

/**
 * How long a process may take until it serves, in ms: less than jest waits for a hook, so that the end of the
 * log is shown.
 */
const READY_TIMEOUT = 150_000;

/**
 * A folder that keeps the log of every process that tests start, for whoever looks for the reason of a
 * failure.
 */
const LOGS = process.env.BEAVER_TEST_LOGS;

export type { SharedStack, SignedIn } from './connect.ts';

/** How many of each service to start. */
export type Counts = Partial<Record<ServiceName, number>>;

/** A program that stands for a service, under a name that may be none of ours. */
export interface TestProgram {
  name: string;
  /** Its path. */
  program: string;
  environment: Record<string, string>;
}

/**
 * A part of the system, or all of it, as processes of its own: own database, own namespace in etcd and Redis,
 * free ports. The base services are those that the environment names (`npm test` starts them).
 */
export interface Stack extends SharedStack {
  services(name: ServiceName): Service[];
  /** Starts one more instance. */
  add(name: ServiceName, environment?: Record<string, string>): Promise<Service>;
  /** Starts a program of tests as an instance of a service that is none of ours. */
  run(program: TestProgram): Promise<Service>;
}

export async function startStack(
  counts: Counts,
  environment: Record<string, string> = {},
  keys = generateKeys(),
): Promise<Stack> {
  const namespace = `t${newUuid().replaceAll('-', '').slice(-12)}`;
  const directory = mkdtempSync(join(tmpdir(), 'beaver-stack-'));
  const own: Record<string, string> = {
    ...(process.env as Record<string, string>),
    MYSQL_DATABASE: `beaver_im_${namespace}`,
    BEAVER_NAMESPACE: namespace,
    LISTEN_HOST: '127.0.0.1',
    // Tests ask services themselves; what a closed port refuses has tests of its own.
    OPEN_PORTS: 'on',
    ADVERTISE_HOST: '127.0.0.1',
    FILE_STORE_DIR: join(directory, 'files'),
    ...Object.fromEntries(SERVICE_NAMES.map((service) => [`${service.toUpperCase()}_PORT`, '0'])),
    // All people of a test are at one address, and tests make many of them.
    AUTH_REGISTRATIONS_PER_HOUR: '1000000',
    AUTH_WRONG_PASSWORDS: '1000000',
    CHAT_SEND_BURST: '1000000',
    USER_ASK_AGAIN_HOURS: '0',
    // Where tests have a push service.
    OUTBOUND_PRIVATE_NETWORKS: '127.0.0.1/32',
    GATEWAY_SOCKETS_PER_ADDRESS: '1000000',
    GATEWAY_SOCKETS_PER_USER: '1000000',
    // A busy machine is no service that hangs.
    GATEWAY_EVENT_TIMEOUT_MS: '30000',
    GATEWAY_EXPECTS: SERVICE_NAMES.filter((service) => service !== 'gateway' && counts[service]).join(','),
    ...environment,
  };
  const config = readBaseConfig(own);
  await onServer(config, `CREATE DATABASE ${config.mysql.database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await migrate(config.mysql);
  const running = new Map<string, Service[]>();
  const access = connectTo(own, keys, (service) => running.get(service) ?? []);

  async function start(name: string, more: Record<string, string> = {}, program?: string): Promise<Service> {
    const started = await spawnService({
      // The launcher knows our services alone; a program of tests takes its name from its environment.
      name: name as ServiceName,
      environment: { ...own, ...more },
      readyTimeout: READY_TIMEOUT,
      ...(program ? { program } : {}),
      ...(LOGS ? { logFile: join(LOGS, `${namespace}-${name}-${newUuid().slice(-4)}.log`) } : {}),
    });
    running.set(name, [...(running.get(name) ?? []), started]);
    return started;
  }

  // Before the services start, which read the keys then: one that comes later has to reach them first.
  await Promise.all([...keys].map(([issuer, key]) => publishKey(access.etcd, issuer, key)));
  const stack: Stack = {
    ...access,
    services: (service) => [...(running.get(service) ?? [])],
    add: (name, more) => start(name, more),
    run: ({ name, program, environment }) => start(name, environment, program),
    async stop() {
      // Killed, as nothing is left to be drained for: a clean end takes each process a second or more. What
      // it does has tests of its own, which stop services themselves.
      await Promise.all([...running.values()].flat().map((service) => service.kill()));
      await access.stop();
      await onServer(config, `DROP DATABASE ${config.mysql.database}`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    // Gateways last: one that is there earlier composes a graph for each subgraph that comes.
    for (const services of [SUBGRAPH_NAMES, ['gateway' as const]])
      await Promise.all(
        services.flatMap((service) => Array.from({ length: counts[service] ?? 0 }, () => start(service))),
      );
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

/** Runs a statement on the server, in no database. */
export async function onServer(config: BaseConfig, statement: string): Promise<void> {
  const { database: _, ...server } = driverOptions(config.mysql);
  const connection = await createConnection({ ...server, connectTimeout: 10_000 });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
