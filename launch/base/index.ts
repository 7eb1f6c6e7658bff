import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { StartupError } from '../../kit/base/errors.ts';
import type { Progress } from '../progress.ts';
import { type Child, startChild } from './child.ts';
import { type Database, readDatabase } from './database.ts';
import { pullImage } from './docker.ts';
import { checkNamed, readNamed } from './named.ts';
import { BASE_NAMES, type BaseName, TITLES } from './names.ts';
import { isListening, probe } from './probe.ts';
import { keptSecret } from './secret.ts';
import { SERVERS, type Server } from './servers.ts';
import { findSources, type Source } from './sources.ts';

/**
 * How long a service may take until it lets us in, in ms: a large database that was killed recovers first,
 * and the machine may be busy.
 */
const READY_TIMEOUT = 600_000;
/** For how long it waits for servers that the environment names, in ms. */
const PATIENCE = 180_000;
const POLL_INTERVAL = 50;
const PORT_ATTEMPTS = 3;
/** Lines of a failed service's log that are shown. */
const SHOWN_LINES = 12;

export interface BaseServicesOptions {
  /** Where data, records of running children and logs go. */
  directory: string;
  /** Where programs that are unpacked without being installed are kept, for every run. */
  programs: string;
  /** Whether the data is kept: durable at every commit, and found again at the next start. */
  keep: boolean;
  /**
   * What the account of a private MySQL may beyond its own databases, for whoever tries what happens without
   * it: `RELOAD, PROCESS`. Nothing, unless said.
   */
  privileges?: string;
  /** Whether a private etcd lets in users only; its `root` is then in the variables. */
  etcdUsers?: boolean;
  /**
   * Where running ones are noted, so that a later launcher can stop what a killed one left; in the directory,
   * unless said.
   */
  records?: string;
  /** Which are wanted; all, unless said. */
  only?: BaseName[];
  /** The database that a private one must be; what BEAVER_DATABASE of this process says, unless said. */
  database?: Database;
  /** Services that it names are used instead of private ones, each decided by itself. */
  environment: NodeJS.ProcessEnv;
  /** For how long it waits for named ones that do not answer, in ms; some minutes, unless said. */
  patience?: number;
  progress: Progress;
  /** Ends the start: what was started is stopped, and it rejects. */
  signal?: AbortSignal;
  /** Told when a private service ends without being asked to. */
  onDeath?: (title: string, lines: string[]) => void;
}

export interface BaseServices {
  /** MYSQL_*, REDIS_*, ETCD_SERVER: all that a process of the project needs to find them. */
  environment: Record<string, string>;
  /** The private ones, each of which can go away and come back. */
  services: ReadonlyMap<BaseName, PrivateService>;
  /** Stops the private ones, the last started first. The data stays. */
  stop(): Promise<void>;
  /** Kills the private ones. */
  kill(): Promise<void>;
}

/** One private service, for whoever tries what happens without it. */
export interface PrivateService {
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it again after one of these, at the same port and with the data that it left. */
  start(): Promise<void>;
}

/**
 * Gives running MySQL, Redis and etcd: those that the environment names, private ones for the rest. Private
 * ones listen on free ports of the loopback address only, with random passwords that are kept with the data.
 * @throws StartupError whose message says what to do
 */
export async function startBaseServices(options: BaseServicesOptions): Promise<BaseServices> {
  const wanted = options.only ?? BASE_NAMES;
  const named = new Map([...readNamed(options.environment)].filter(([name]) => wanted.includes(name)));
  const { patience = PATIENCE, progress, database = readDatabase(process.env) } = options;
  const say = progress.say;
  await checkNamed(named, { patience, say, ...(options.signal ? { signal: options.signal } : {}) });

  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const missing = wanted.filter((name) => !named.has(name));
  const sources = await findSources(missing, { programs: resolve(options.programs), database, progress });
  for (const [name, source] of sources) if (source.kind === 'docker') await pullImage(name, progress);
  options.signal?.throwIfAborted();

  const environment: Record<string, string> = Object.assign({}, ...named.values());
  const children: Child[] = [];
  const services = new Map<BaseName, PrivateService>();
  const asked = new Set<Child>();
  const end = async (how: 'stop' | 'kill', ending: Child[] = children) => {
    for (const child of ending) asked.add(child);
    for (const child of ending.toReversed()) await child[how]();
  };
  const start = async (name: BaseName, source: Source, waitsFor: (reason: string) => void) => {
    let child: Child;
    const run = async (known?: Ports) => {
      const own = { ...options, directory, waitsFor };
      const started = await startPrivate(name, source, own, known, (one) => children.push(one));
      const { lines, ended } = started.child;
      child = started.child;
      Object.assign(environment, started.variables);
      void ended.then(() => !asked.has(started.child) && options.onDeath?.(TITLES[name], lines));
      return started.ports;
    };
    const ports = await run();
    services.set(name, {
      stop: () => end('stop', [child]),
      kill: () => end('kill', [child]),
      start: async () => void (await run(ports)),
    });
  };
  // All at once; when one fails the others are stopped before anything is said.
  const starts = [...sources].map(([name, source]) =>
    progress.step(`Starting ${TITLES[name]}`, (waitsFor) => start(name, source, waitsFor)),
  );
  const failed = (await Promise.allSettled(starts)).find((result) => result.status === 'rejected');
  if (failed) {
    await end('stop');
    throw failed.reason;
  }
  return { environment, services, stop: () => end('stop'), kill: () => end('kill') };
}

/** Where a base directory notes its running children. */
export function recordsOf(directory: string): string {
  return join(directory, 'run');
}

/** Where a service listens, and the second port of the one that needs it. */
type Ports = [number, number];

async function startPrivate(
  name: BaseName,
  source: Source,
  options: Pick<BaseServicesOptions, 'keep' | 'privileges' | 'etcdUsers' | 'records' | 'signal'> & {
    directory: string;
    waitsFor: (reason: string) => void;
  },
  known: Ports | undefined,
  onStarted: (child: Child) => void,
): Promise<{ child: Child; variables: Record<string, string>; ports: Ports }> {
  const directory = join(options.directory, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const password = keptSecret(join(directory, 'password'));
  const logFile = join(directory, 'log');
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const ports = known ?? (await freePorts());
    const [port, peerPort] = ports;
    const server = await SERVERS[name]({ ...options, source, directory, port, peerPort, password });
    const records = options.records ?? recordsOf(options.directory);
    const child = await startChild({ name, records, logFile, ...server.child });
    onStarted(child);
    const fault = await untilReady(name, child, port, server, options);
    if (fault === null) return { child, variables: server.variables, ports };
    await child.stop();
    // Between our look and its start somebody else may have taken the port.
    const isTaken = child.lines.some((line) => /address already in use|port is already allocated/i.test(line));
    if (isTaken && attempt < PORT_ATTEMPTS) continue;
    const said = child.lines.slice(-SHOWN_LINES).join('\n');
    throw new StartupError(
      `The private ${TITLES[name]} did not start: ${fault} Its log is ${logFile} and ends with\n${said}`,
    );
  }
}

/** Null once the service lets us in, else why it's given up. */
async function untilReady(
  name: BaseName,
  child: Child,
  port: number,
  { variables, prepare }: Pick<Server, 'variables' | 'prepare'>,
  { signal, waitsFor }: { signal?: AbortSignal; waitsFor: (reason: string) => void },
): Promise<string | null> {
  const deadline = Date.now() + READY_TIMEOUT;
  let last = 'it does not listen yet.';
  while (Date.now() < deadline) {
    if (signal?.aborted) return 'it was asked to stop.';
    if (child.hasEnded) return 'it ended.';
    if (await isListening(port)) {
      const answer = (await faultOf(prepare)) ?? (await probe(name, variables));
      if (answer === null) return null;
      last = answer;
    }
    waitsFor(last);
    await new Promise((done) => setTimeout(done, POLL_INTERVAL));
  }
  return `after ${READY_TIMEOUT / 1000} s: ${last}`;
}

/** Why a preparation failed, or null where it did not. */
async function faultOf(prepare: (() => Promise<void>) | undefined): Promise<string | null> {
  try {
    await prepare?.();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Two ports of the loopback address that nobody has now. */
async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports as Ports;
}
