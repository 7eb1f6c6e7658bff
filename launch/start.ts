// `npm start`: base services, migrations, the four services and the gateway, until Ctrl-C.
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { readEtcdConfig, readMysqlConfig } from '../kit/base/config.ts';
import { StartupError } from '../kit/base/errors.ts';
import { setUpUsers, usersOf } from '../kit/discovery/users.ts';
import { migrate } from '../prisma/migrate.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../services.ts';
import { type BaseServices, startBaseServices } from './base/index.ts';
import { keptSecret } from './base/secret.ts';
import { removeEnvironmentFile, writeEnvironmentFile } from './environment-file.ts';
import { onInterrupt } from './interrupt.ts';
import type { Lock } from './lock.mjs';
import { terminalProgress as progress } from './progress.ts';
import { type Supervised, supervise } from './supervise.ts';
import { KEEP, PROGRAMS, serviceRecordsOf, sweepTestDirectories, takeDirectory } from './workspace.ts';

const LOGS = join(KEEP, 'logs');
/** What programs beside this one are told, beside the base services and the ports. */
const TOLD = [
  'TRUST_SECRET',
  'TRUST_SECRET_FILE',
  'BEAVER_NAMESPACE',
  'LISTEN_HOST',
  'ADVERTISE_HOST',
  'FILE_STORE_DIR',
];

let base: BaseServices | undefined;
const running: Supervised[] = [];
let stopping: Promise<void> | undefined;
let lock: Lock | undefined;
const abort = new AbortController();

onInterrupt(
  (signal) => {
    progress.say(`\nStopping (${signal}); once more kills everything at once.`);
    void end(signal === 'SIGINT' ? 0 : 128 + constants.signals[signal]);
  },
  () => {
    progress.say('Killing what still runs.');
    for (const service of running) void service.kill();
    void base?.kill();
  },
);

const starting = start();
try {
  await starting;
} catch (error) {
  // What fails because everything is being stopped is no news.
  if (stopping === undefined) {
    console.error(error instanceof StartupError ? error.message : error);
    await end(1);
  }
}

async function start(): Promise<void> {
  const taken = await takeDirectory(KEEP);
  if ('heldBy' in taken) {
    throw new StartupError(
      `npm start already runs in this checkout, as process ${taken.heldBy}. Stop that one first (Ctrl-C in its terminal).`,
    );
  }
  lock = taken.lock;
  const left = [...taken.stopped, ...(await sweepTestDirectories())];
  if (left.length > 0) progress.say(`Stopped what a killed launcher had left: ${left.join(', ')}`);
  const ports = await readPorts();

  base = await startBaseServices({
    directory: KEEP,
    programs: PROGRAMS,
    keep: true,
    etcdUsers: true,
    environment: process.env,
    progress,
    signal: abort.signal,
    onDeath: (title, lines) => {
      console.error(
        `${title} ended by itself; nothing works without it. The end of its log:\n${lines.slice(-12).join('\n')}`,
      );
      void end(1);
    },
  });
  const environment: NodeJS.ProcessEnv = {
    LISTEN_HOST: '127.0.0.1',
    // Tools read a service's schema at its own port, as long as only this machine reaches it.
    OPEN_PORTS: isLoopback(process.env.LISTEN_HOST) ? 'on' : 'off',
    ADVERTISE_HOST: '127.0.0.1',
    FILE_STORE_DIR: join(KEEP, 'files'),
    ...(process.env.TRUST_SECRET_FILE ? {} : { TRUST_SECRET: keptSecret(join(KEEP, 'trust-secret')) }),
    ...process.env,
    ...base.environment,
    ...ports,
  };
  const etcdUsers = await setUpEtcdUsers(base, environment);
  const told = [...Object.keys(base.environment), ...Object.keys(ports), ...TOLD].filter((name) => environment[name]);
  writeEnvironmentFile(Object.fromEntries(told.map((name) => [name, environment[name]])));
  await progress.step('Migrating the database', () => migrate(readMysqlConfig(environment)));
  mkdirSync(LOGS, { recursive: true });
  // Also where an older release made it. The logs in it name users and files by their ids.
  chmodSync(LOGS, 0o700);
  for (const name of SERVICE_NAMES) {
    if (stopping) return;
    const service = supervise({
      name,
      environment: { ...environment, ...etcdUsers[name] },
      logFile: join(LOGS, `${name}.log`),
      records: serviceRecordsOf(KEEP),
      say: progress.say,
    });
    running.push(service);
    await progress.step(`Starting ${name}`, () => service.ready);
  }
  if (!stopping) announce();
}

/** Stops everything in reverse order, once, and exits. */
function end(code: number): Promise<void> {
  stopping ??= (async () => {
    abort.abort();
    await stopServices();
    // A service that was just being started when we began is there now.
    await starting.catch(() => undefined);
    await stopServices();
    await base?.stop();
    if (lock) removeEnvironmentFile();
    lock?.release();
    if (base) progress.say('Stopped.');
    process.exit(code);
  })();
  return stopping;
}

async function stopServices(): Promise<void> {
  for (const service of running.toReversed()) await service.stop();
}

/**
 * Gives each service a user of its own in the private etcd; what tells it to each. Nothing where etcd is a
 * named one.
 */
async function setUpEtcdUsers(
  { services }: BaseServices,
  environment: NodeJS.ProcessEnv,
): Promise<Partial<Record<ServiceName, Record<string, string>>>> {
  if (!services.has('etcd')) return {};
  const passwords = Object.fromEntries(
    SERVICE_NAMES.map((name) => [name, keptSecret(join(KEEP, 'etcd', `password-of-${name}`))]),
  );
  const namespace = environment.BEAVER_NAMESPACE || 'beaver';
  const { user, ...config } = readEtcdConfig(environment);
  await setUpUsers(config, user?.password ?? '', usersOf(namespace, passwords));
  return Object.fromEntries(
    Object.entries(passwords).map(([name, password]) => [name, { ETCD_USERNAME: name, ETCD_PASSWORD: password }]),
  );
}

/** Whether only this machine reaches what listens there; unset, it is 127.0.0.1. */
function isLoopback(host: string | undefined): boolean {
  return !host || host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/**
 * The ports the services shall have.
 * @throws StartupError naming each that is taken and the variable that changes it
 */
async function readPorts(): Promise<Record<string, string>> {
  const ports = SERVICE_NAMES.map((name) => {
    const variable = `${name.toUpperCase()}_PORT`;
    return { name, variable, port: process.env[variable] || String(SERVICES[name].port) };
  });
  const faults: string[] = [];
  for (const { name, variable, port } of ports) {
    const fault = await portFault(port, process.env.LISTEN_HOST || '127.0.0.1');
    if (fault !== null)
      faults.push(`${name} can't have port ${port}: ${fault}. Set ${variable} to another, or end what uses it.`);
  }
  if (faults.length > 0) throw new StartupError(faults.join('\n'));
  return Object.fromEntries(ports.map(({ variable, port }) => [variable, port]));
}

/** Null where we could listen there, else why not. */
function portFault(port: string, host: string): Promise<string | null> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) return Promise.resolve('it is not a port number');
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE' ? 'something else listens there' : error.message);
    });
    server.listen(Number(port), host, () => server.close(() => resolve(null)));
  });
}

function announce(): void {
  const url = (name: ServiceName) => running.find((service) => service.name === name)?.url ?? '';
  const gateway = url('gateway');
  const rows = [
    ['GraphQL', `${gateway}/graphql`],
    ['subscriptions', `${gateway.replace('http', 'ws')}/graphql`],
    ...SERVICE_NAMES.toReversed().map((name) => [name, `${url(name)}/health`]),
    ['logs', `${relative(process.cwd(), LOGS)}/<name>.log`],
  ];
  progress.say(
    `\nReady.\n${rows.map(([what, where]) => `  ${what?.padEnd(15)}${where}`).join('\n')}\n\nCtrl-C stops everything; the data is kept.`,
  );
}
