import { readFileSync } from 'node:fs';
import type { RedisConfig } from '../base/config.ts';

/** How connections to Redis are let in: the same for those of ioredis and for those of our own. */
export interface RedisLogin {
  password?: string;
  /** Set where connections use TLS: PEM texts. Node verifies the certificate and that it is of this host. */
  tls?: { ca?: string; cert?: string; key?: string };
}

/** @throws the system's error where a file cannot be read */
export function loginOf({ password, tls }: RedisConfig): RedisLogin {
  return { ...(password ? { password } : {}), ...(tls ? { tls: pemOf(tls) } : {}) };
}

function pemOf({ caFile, certFile, keyFile }: NonNullable<RedisConfig['tls']>): NonNullable<RedisLogin['tls']> {
  const read = (name: string, path: string | undefined) => (path ? { [name]: readFileSync(path, 'utf8') } : {});
  return { ...read('ca', caFile), ...read('cert', certFile), ...read('key', keyFile) };
}
