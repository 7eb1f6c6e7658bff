import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { StartupError } from '../../kit/base/errors.ts';
import { SERVICE_NAMES } from '../../services.ts';

/** The secrets of a deployment. */
export const SECRETS = [
  'MYSQL_PASSWORD',
  'MYSQL_ROOT_PASSWORD',
  'REDIS_PASSWORD',
  'TRUST_SECRET',
  'ETCD_ROOT_PASSWORD',
  ...SERVICE_NAMES.map((name) => `ETCD_${name.toUpperCase()}_PASSWORD`),
] as const;

export type Secrets = Record<(typeof SECRETS)[number], string>;

/**
 * Reads the secrets of an earlier run, and makes those that are missing.
 * @throws StartupError where the file holds anything else: a typing error would make a second secret
 */
export function readSecrets(path: string): Secrets {
  const secrets: Record<string, string> = {};
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split(/\r?\n/) : [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (!SECRETS.includes(name)) throw new StartupError(`Line ${index + 1} of ${path} is not one of its secrets.`);
    // Compose replaces `$NAME` and takes quotes away; `docker run --env-file` does neither.
    if (/['"$\\\s#]/.test(value))
      throw new StartupError(
        `${name} in ${path} has a quote, a blank, $, # or \\: not all that read it agree on those.`,
      );
    if (value === '') throw new StartupError(`${name} in ${path} is empty: set it, or remove the line for a new one.`);
    secrets[name] = value;
  }
  for (const name of SECRETS) secrets[name] ??= randomBytes(32).toString('hex');
  return secrets as Secrets;
}

export function formatSecrets(secrets: Secrets): string {
  const lines = SECRETS.map((name) => `${name}=${secrets[name]}\n`);
  const head =
    '# Made by `npm run deploy`, which keeps them. Keep a copy: a system that loses them needs new ones everywhere.\n';
  return `${head}${lines.join('')}`;
}
