import { isSecret } from '../../kit/base/environment.ts';
import { StartupError } from '../../kit/base/errors.ts';
import { pause } from '../../kit/base/pause.ts';
import type { BaseName } from './names.ts';
import { examine } from './probe.ts';

const POLL_INTERVAL = 1_000;

/**
 * The variables of each service: the first names the service, `needed` must then be there, the rest may be.
 */
interface Variables {
  needed: string[];
  optional: string[];
}
const REDIS_TLS = ['REDIS_TLS', 'REDIS_TLS_CA', 'REDIS_TLS_CERT', 'REDIS_TLS_KEY'];
const VARIABLES: Record<BaseName, Variables> = {
  mysql: {
    needed: ['MYSQL_HOST', 'MYSQL_USER', 'MYSQL_PASSWORD', 'MYSQL_DATABASE'],
    optional: ['MYSQL_PORT', 'MYSQL_SSL_MODE', 'MYSQL_SSL_CA', 'MYSQL_SSL_CERT', 'MYSQL_SSL_KEY', 'MYSQL_PUBLIC_KEY'],
  },
  redis: { needed: ['REDIS_HOST'], optional: ['REDIS_PORT', 'REDIS_PASSWORD', ...REDIS_TLS] },
  etcd: {
    needed: ['ETCD_SERVER'],
    optional: ['ETCD_USERNAME', 'ETCD_PASSWORD', 'ETCD_CA', 'ETCD_CERT', 'ETCD_KEY'],
  },
};

/** The other way to name Redis. */
const REDIS_CLUSTER: Variables = { needed: ['REDIS_CLUSTER_NODES'], optional: ['REDIS_PASSWORD', ...REDIS_TLS] };

const DEFAULTS: Record<string, string> = { MYSQL_PORT: '3306', REDIS_PORT: '6379' };

/** Every variable that names a base service. */
export const BASE_VARIABLES = [...Object.values(VARIABLES), REDIS_CLUSTER].flatMap(({ needed, optional }) =>
  withFiles([...needed, ...optional]),
);

/** Secrets can be in files, whose names have variables of their own. */
function withFiles(variables: readonly string[]): string[] {
  return variables.flatMap((variable) => (isSecret(variable) ? [variable, `${variable}_FILE`] : [variable]));
}

/**
 * The services that the environment names, each with its variables. A variable that is set but empty counts
 * as not set.
 * @throws StartupError naming every variable that is missing beside one that is set
 */
export function readNamed(environment: NodeJS.ProcessEnv): Map<BaseName, Record<string, string>> {
  const named = new Map<BaseName, Record<string, string>>();
  const faults: string[] = [];
  const variables = { ...VARIABLES, ...(environment.REDIS_CLUSTER_NODES ? { redis: REDIS_CLUSTER } : {}) };
  for (const [name, { needed, optional }] of Object.entries(variables) as [BaseName, Variables][]) {
    const all = withFiles([...needed, ...optional]);
    const given = all.filter((variable) => environment[variable]);
    if (given.length === 0) continue;
    const missing = needed.filter((variable) => !withFiles([variable]).some((one) => environment[one]));
    if (missing.length > 0)
      faults.push(`${given.join(', ')} ${given.length > 1 ? 'are' : 'is'} set, but not ${missing.join(', ')}.`);
    const values = all.map((variable) => [variable, environment[variable] || DEFAULTS[variable]]);
    named.set(name, Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  }
  if (faults.length > 0) {
    throw new StartupError(
      `${faults.join('\n')}\nSet what is missing to use a server of yours, or unset the rest to have a private one started.`,
    );
  }
  return named;
}

export interface WaitOptions {
  /** For how long it waits for services that do not answer, in ms. */
  patience: number;
  /** Told what it waits for. */
  say: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Resolves when the named services let us in. Waits for those that do not answer, and for none where one says
 * that what it was told is wrong.
 * @throws StartupError with every fault at once, each naming its variables
 */
export async function checkNamed(
  named: Map<BaseName, Record<string, string>>,
  { patience, say, signal }: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + patience;
  for (let said = ''; ; ) {
    const answers = await Promise.all([...named].map(([name, variables]) => examine(name, variables)));
    const faults = answers.filter((answer) => answer !== null);
    if (faults.length === 0) return;
    const text = faults.map(({ message }) => message).join('\n');
    if (faults.some(({ isFinal }) => isFinal) || performance.now() > deadline || signal?.aborted)
      throw new StartupError(text);
    if (text !== said) say(`Waiting. ${text}`);
    said = text;
    await pause(POLL_INTERVAL, signal);
  }
}
