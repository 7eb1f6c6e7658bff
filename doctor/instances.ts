import type { InstanceRecord } from '../kit/discovery/instances.ts';
import { aheadBy } from './ahead.ts';

/** An instance that is registered in etcd, and what it says about itself. */
export interface Instance extends Pick<InstanceRecord, 'url' | 'schemaHash' | 'version'> {
  service: string;
  /** `http://host:port` */
  origin: string;
  health: Health;
}

/** The answer of `/health/ready`, or why there is none. */
export type Health =
  | { status: string; checks: Record<string, Record<string, unknown>>; clockAhead: number }
  | { fault: string };

/** How long a process may take to say how it is, in ms: its own checks take two seconds at most. */
const TIMEOUT = 5_000;

/** `records`: what is below `services/` in etcd. */
export function readInstances(records: ReadonlyMap<string, string>): Promise<Instance[]> {
  return Promise.all(
    [...records].map(async ([path, text]) => {
      const { url, schemaHash, version } = JSON.parse(text) as InstanceRecord;
      const origin = new URL(url).origin;
      const [service = ''] = path.split('/');
      return { service, url, schemaHash, version, origin, health: await askHealth(origin) };
    }),
  );
}

export async function askHealth(origin: string): Promise<Health> {
  try {
    let answer: { status?: string; checks?: Record<string, Record<string, unknown>> } = {};
    const clockAhead = await aheadBy(async () => {
      const response = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT) });
      answer = (await response.json()) as typeof answer;
      // A second is what the header counts in: its middle is the best guess.
      return Date.parse(response.headers.get('date') ?? '') + 500;
    });
    return { status: answer.status ?? 'unknown', checks: answer.checks ?? {}, clockAhead };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { fault: cause?.code ?? message };
  }
}

/** What the checks of a health say that is wrong: `mysql: no answer`. */
export function reasonsOf(checks: Record<string, Record<string, unknown>>): string {
  return Object.entries(checks)
    .filter(([, { status }]) => status !== 'ok')
    .map(([name, { reason, status }]) => `${name}: ${reason ?? status}`)
    .join('; ');
}
