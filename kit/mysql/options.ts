import { readFileSync } from 'node:fs';
import type { ConnectionConfig } from 'mariadb';
import type { MysqlConfig } from '../base/config.ts';

/** Connections of one pool. */
export const POOL_CONNECTIONS = 8;
/** A process with tables has a pool of the driver, and one of Prisma. */
export const POOLS_OF_A_SERVICE = 2;

/** How long a connection may take to be made, in ms. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Options of the driver for every connection of the project, so that all of them log in and read values
 * alike.
 *
 * Times cross the driver as text (`toTime`, `fromTime`): it would read and write a `Date` in the time zone of
 * this process.
 */
export function driverOptions(config: MysqlConfig) {
  const { host, port, user, password, database } = config;
  return {
    host,
    port,
    user,
    password,
    database,
    ...loginOptions(config),
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    // The session's zone, which NOW() and the like use.
    timezone: 'Z',
    dateStrings: true,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    // The values of a failed statement are what people write and who they are: the driver keeps them out of
    // its errors, and so out of the log.
    logParam: false,
  } satisfies ConnectionConfig;
}

type LoginOptions = Pick<ConnectionConfig, 'ssl' | 'allowPublicKeyRetrieval' | 'cachingRsaPublicKey' | 'rsaPublicKey'>;

/**
 * How the password reaches the server. MySQL's default login (`caching_sha2_password`) sends it encrypted:
 * over TLS, or with the server's RSA key. `MYSQL_PUBLIC_KEY` pins that key. With neither TLS nor a pinned key
 * the driver asks the server for it, as other clients do too: who can change what passes between the two
 * could then give a key of their own.
 *
 * @throws the system's error where a file cannot be read
 */
function loginOptions({ tls, publicKeyFile }: MysqlConfig): LoginOptions {
  if (tls) {
    const read = (path: string | undefined) => path && readFileSync(path, 'utf8');
    const files = { ca: read(tls.caFile), cert: read(tls.certFile), key: read(tls.keyFile) };
    const given = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined));
    return { ssl: { rejectUnauthorized: tls.verify, ...given } };
  }
  if (publicKeyFile === undefined) return { allowPublicKeyRetrieval: true };
  const key = readFileSync(publicKeyFile, 'utf8');
  return { cachingRsaPublicKey: key, rsaPublicKey: key };
}
