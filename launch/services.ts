import { join } from 'node:path';
import { StartupError } from '../kit/base/errors.ts';
import type { ServiceName } from '../services.ts';
import { type Child, startChild } from './base/child.ts';
import { COMPILE_CACHE, KEEP, ROOT, serviceRecordsOf } from './workspace.ts';

/**
 * How long a service may take until it says that it is ready, in ms. A busy or slow machine takes minutes;
 * what is wrong ends the process.
 */
const READY_TIMEOUT = 600_000;
/** How long it may drain after SIGTERM, in ms; a little longer than it allows itself. */
const GRACE = 15_000;
const SHOWN_LINES = 12;

/**
 * The variable in which a launcher names its directory of child records: what its tests start is noted there
 * too.
 */
export const RECORDS_VARIABLE = 'BEAVER_CHILD_RECORDS';

export interface ServiceOptions {
  name: ServiceName;
  /** All that the process gets; give `{...process.env, …}` where that is meant. */
  environment: NodeJS.ProcessEnv;
  /** Gets each line that it writes, as it comes. */
  onLine?: (line: string) => void;
  /** Gets all output. */
  logFile?: string;
  /** Where it's noted while it runs; the launcher's, unless said. */
  records?: string;
  /** The program, unless it's the service's own. */
  program?: string;
  /** Milliseconds until it must be ready. */
  readyTimeout?: number;
  /** Ends the wait for it to be ready: it's killed, and the start rejects. */
  signal?: AbortSignal;
}

/** A running service process. */
export interface Service extends Pick<Child, 'pid' | 'process' | 'lines' | 'ended' | 'stop' | 'kill'> {
  name: ServiceName;
  /** Where it serves. */
  url: string;
}

/** The program of a service. */
export function serviceProgram(name: ServiceName): string {
  return join(ROOT, name === 'gateway' ? 'gateway/index.ts' : `subgraphs/${name}/index.ts`);
}

/**
 * Starts a service process and waits until it serves. `stop()` lets it drain (SIGTERM, and SIGKILL after a
 * grace), `kill()` doesn't; both resolve when it has ended.
 * @throws StartupError with the last lines of its log when it ends or isn't ready in time; it's no longer
 * running then
 */
export async function spawnService(options: ServiceOptions): Promise<Service> {
  const { name } = options;
  let onReady: (url: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => {
    onReady = resolve;
  });
  const child = await startChild({
    name,
    program: process.execPath,
    arguments: [options.program ?? serviceProgram(name)],
    // Compiling is half of what a start costs, and the same each time.
    environment: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.environment },
    records: options.records ?? process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
    ...(options.logFile ? { logFile: options.logFile } : {}),
    grace: GRACE,
    onLine: (line, stream) => {
      const url = stream === 'stdout' ? readyUrl(line) : null;
      if (url !== null) onReady(url);
      options.onLine?.(line);
    },
  });
  const limit = options.readyTimeout ?? READY_TIMEOUT;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, limit, null);
  });
  const stopNow = () => void child.kill();
  options.signal?.addEventListener('abort', stopNow);
  if (options.signal?.aborted) stopNow();
  const url = await Promise.race([ready, child.ended.then(() => null), late]);
  options.signal?.removeEventListener('abort', stopNow);
  clearTimeout(timer);
  if (url === null) {
    const reason = child.hasEnded ? await howItEnded(child) : `was not ready after ${limit / 1000} s`;
    await child.kill();
    throw new StartupError(
      `${name} ${reason}. The end of its log:\n${child.lines.slice(-SHOWN_LINES).map(readable).join('\n')}`,
    );
  }
  const { pid, process: handle, lines, ended, stop, kill } = child;
  return { name, url, pid, process: handle, lines, ended, stop, kill };
}

/** A log line as a person reads it: its level and message where it's one of ours, else the line itself. */
export function readable(line: string): string {
  const entry = parse(line);
  if (entry === null) return line;
  const cause = entry.err?.message ? `: ${entry.err.message}` : '';
  return `${entry.level ?? ''} ${entry.msg ?? ''}${cause}`.trim();
}

/** The level of a log line (`WARN`, `ERROR` …), or null where it isn't one of ours. */
export function levelOf(line: string): string | null {
  return parse(line)?.level ?? null;
}

/** How a process ended, as words behind its name. */
export async function howItEnded(child: Pick<Child, 'ended'>): Promise<string> {
  const { code, signal } = await child.ended;
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}

function readyUrl(line: string): string | null {
  const entry = parse(line);
  return entry?.msg === 'ready' && typeof entry.url === 'string' ? entry.url : null;
}

function parse(line: string): { level?: string; msg?: string; url?: string; err?: { message?: string } } | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
