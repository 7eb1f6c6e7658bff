import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from '../lock.mjs';

/** How long a child may take to end after SIGTERM before it is killed, in ms. */
const GRACE = 15_000;
const REPEAT = 1_500;
const POLL_INTERVAL = 50;
/** Log lines kept in memory, to show when a child fails. */
const KEPT_LINES = 200;

export interface ChildOptions {
  /** Names the record and, in messages, the child. */
  name: string;
  program: string;
  arguments: string[];
  environment?: NodeJS.ProcessEnv;
  /** What the program sees as its own name, where one file is several programs. */
  argv0?: string | undefined;
  /** Where the child is noted while it runs, so that a later launcher can stop what a killed one left. */
  records: string;
  /** A file that gets the output as it comes. */
  logFile?: string;
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace?: number;
}

/**
 * A process of ours, in a process group of its own: the terminal's Ctrl-C does not reach it, it ends when it
 * is stopped.
 */
export interface Child {
  name: string;
  pid: number;
  process: ChildProcess;
  /** The last lines it wrote. */
  lines: string[];
  /** Settles when it has ended and its output is read. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly hasEnded: boolean;
  /** SIGTERM, then SIGKILL after the grace; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

interface Record {
  pid: number;
  identity: string;
  name: string;
}

/**
 * Starts a program.
 * @throws the system's error (ENOENT, EACCES) when it can't be run
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawn(options.program, options.arguments, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.environment ?? process.env,
    ...(options.argv0 ? { argv0: options.argv0 } : {}),
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  const forget = noteChild(options.records, options.name, pid);

  const log = options.logFile ? createWriteStream(options.logFile, { flags: 'a', mode: 0o600 }) : undefined;
  const lines: string[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    log && child[stream].pipe(log, { end: false });
    readLines(child[stream], (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      options.onLine?.(line, stream);
    });
  }
  let hasEnded = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      forget();
      if (log) log.end(() => resolve({ code, signal }));
      else resolve({ code, signal });
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded) return;
    child.kill(signal);
    // MariaDB loses a SIGTERM that comes while it starts; only one more, as some programs take a third for
    // "at once".
    const again = setTimeout(() => child.kill(signal), REPEAT);
    const last = setTimeout(() => killGroup(pid), signal === 'SIGKILL' ? 0 : (options.grace ?? GRACE));
    await ended;
    clearTimeout(again);
    clearTimeout(last);
  };
  return {
    name: options.name,
    pid,
    process: child,
    lines,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/**
 * Notes a running process, so that a later launcher can stop it when this one is killed. Returns what to call
 * when it has ended.
 */
export function noteChild(records: string, name: string, pid: number): () => void {
  const path = join(records, `${name}-${pid}.json`);
  mkdirSync(records, { recursive: true });
  const identity = processIdentity(pid);
  if (identity !== null) writeFileSync(path, JSON.stringify({ pid, identity, name } satisfies Record));
  return () => rmSync(path, { force: true });
}

/**
 * What a killed launcher left running, by the records it kept: stopped, the last started first. Returns the
 * names.
 */
export async function stopLeftovers(records: string, grace = GRACE): Promise<string[]> {
  if (!existsSync(records)) return [];
  const paths = readdirSync(records).filter((name) => name.endsWith('.json'));
  const found = paths.map((name) => readRecord(join(records, name))).filter((record) => record !== null);
  const alive = found.filter(({ pid, identity }) => processIdentity(pid) === identity);
  for (const { pid } of alive) signal(pid, 'SIGTERM');
  const deadline = Date.now() + grace;
  for (const { pid, identity } of alive) {
    while (processIdentity(pid) === identity) {
      if (Date.now() > deadline) killGroup(pid);
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    }
  }
  for (const name of paths) rmSync(join(records, name), { force: true });
  return alive.map(({ name }) => name);
}

function readRecord(path: string): Record | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Cut off by the kill that left it: then the child was only just starting.
    return null;
  }
}

/** Kills a child with whatever it started itself. */
function killGroup(pid: number): void {
  signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  });
  stream.on('end', () => rest !== '' && onLine(rest));
}
