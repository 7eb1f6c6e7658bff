import { readdirSync } from 'node:fs';
import { Etcd3 } from 'etcd3';
import { createConnection } from 'mariadb';
import { addressOf, type EtcdConfig, type MysqlConfig, type RedisAddress, type RedisConfig } from '../base/config.ts';
import { etcdOptions } from '../discovery/options.ts';
import { driverOptions } from '../mysql/options.ts';
import { askNodeWithin } from '../redis/client.ts';
import { loginOf, type RedisLogin } from '../redis/login.ts';

/*
 * What an operator wants to know when a service does not start: which variable is wrong. Each check opens a
 * connection of its own, looks, and closes it; the message names the variable, never the secret.
 */

const TIMEOUT = 3_000;

/** Why a base service cannot be used. */
export interface Fault {
  /** Whole sentences: what happened, and what to do. */
  message: string;
  /** The server answered that what it was told is wrong: waiting does not help. */
  isFinal: boolean;
}

const final = (message: string): Fault => ({ message, isFinal: true });
const passing = (message: string): Fault => ({ message, isFinal: false });

/** What is wrong with MySQL, as `examineMysql` finds it; for those who tell somebody at once. */
export const checkMysql = async (c: MysqlConfig) => (await examineMysql(c))?.message ?? null;
/** What is wrong with Redis, as `examineRedis` finds it. */
export const checkRedis = async (c: RedisConfig) => (await examineRedis(c))?.message ?? null;

/** Null where MySQL lets us in. */
export async function examineMysql(c: MysqlConfig, timeout = TIMEOUT): Promise<Fault | null> {
  try {
    const connection = await createConnection({ ...driverOptions(c), connectTimeout: timeout });
    await connection.end();
    return null;
  } catch (error) {
    return mysqlFault(c, error as MysqlError);
  }
}

/** Null where the database has the tables of this release. */
export async function examineTables(c: MysqlConfig, timeout = TIMEOUT): Promise<Fault | null> {
  try {
    const connection = await createConnection({ ...driverOptions(c), connectTimeout: timeout });
    try {
      const rows: { name: string }[] = await connection.query(
        'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      );
      const applied = new Set(rows.map(({ name }) => name));
      return migrationNames().every((name) => applied.has(name)) ? null : noTables(c);
    } finally {
      await connection.end();
    }
  } catch (error) {
    const { code } = error as MysqlError;
    return code === 'ER_NO_SUCH_TABLE' ? noTables(c) : mysqlFault(c, error as MysqlError);
  }
}

function migrationNames(): string[] {
  const folder = new URL('../../prisma/migrations/', import.meta.url);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
}

function noTables(c: MysqlConfig): Fault {
  return passing(
    `Database ${c.database} has no tables, or those of an older release: run \`npm run migrate\` (in the image: \`node prisma/migrate.ts\`).`,
  );
}

interface MysqlError {
  code?: string;
  errno?: number;
  message: string;
}

function mysqlFault(c: MysqlConfig, { code, message }: MysqlError): Fault {
  const at = `MySQL at ${c.host}:${c.port}`;
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return final(`${at} refused user ${c.user}: check MYSQL_USER and MYSQL_PASSWORD.`);
    case 'ER_BAD_DB_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
      return final(`${at} has no database ${c.database} that user ${c.user} may use: check MYSQL_DATABASE.`);
    case 'ER_HOST_NOT_PRIVILEGED':
      return final(`${at} lets nobody in from this host: make user ${c.user} one that may come from here.`);
    case 'ER_SECURE_TRANSPORT_REQUIRED':
      return final(`${at} takes connections with TLS only: set MYSQL_SSL_CA.`);
    case 'ENOENT':
    case 'EACCES':
      return final(
        'A file with a key or certificate for MySQL cannot be read: check MYSQL_SSL_CA, MYSQL_SSL_CERT, MYSQL_SSL_KEY and MYSQL_PUBLIC_KEY.',
      );
    case 'ER_HOST_IS_BLOCKED':
      return passing(
        `${at} has blocked this host after many broken connections: run \`mysqladmin flush-hosts\` there, ` +
          'or `TRUNCATE TABLE performance_schema.host_cache`.',
      );
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
      return passing(`${at} has all the connections that it takes: raise max_connections, or run fewer instances.`);
    case 'ER_SERVER_SHUTDOWN':
    case 'ER_SERVER_ISNT_AVAILABLE':
      return passing(`${at} is stopping or starting.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing(`The name ${c.host} leads nowhere: if that does not change, check MYSQL_HOST.`);
    default:
  }
  // The password of an account with caching_sha2_password goes over TLS, or encrypted with the server's key.
  if (/RSA public key|caching_sha2/i.test(message))
    return final(`${at} takes the password only with TLS or its public key: set MYSQL_SSL_CA or MYSQL_PUBLIC_KEY.`);
  if (/certificate|self-signed|\bTLS\b|\bSSL\b/i.test(message))
    return final(
      `${at} and this process do not agree on TLS (${brief(message)}): check MYSQL_SSL_MODE and MYSQL_SSL_CA.`,
    );
  return passing(
    `${at} does not let us in yet (${brief(message)}): if it runs elsewhere, set MYSQL_HOST and MYSQL_PORT.`,
  );
}

/** Null where Redis lets us in. */
export async function examineRedis(c: RedisConfig, timeout = TIMEOUT): Promise<Fault | null> {
  let login: RedisLogin;
  try {
    login = loginOf(c);
  } catch {
    return final(
      'A file with a key or certificate for Redis cannot be read: check REDIS_TLS_CA, REDIS_TLS_CERT and REDIS_TLS_KEY.',
    );
  }
  if (!('clusterNodes' in c)) {
    const { host, port } = c;
    return examineRedisAt({ host, port }, login, 'REDIS_HOST and REDIS_PORT', timeout, 'PING');
  }
  // Nodes may be away; one that knows the cluster is enough.
  const answers = await Promise.all(
    c.clusterNodes.map((node) => examineRedisAt(node, login, 'REDIS_CLUSTER_NODES', timeout, 'CLUSTER', 'INFO')),
  );
  const faults = answers.filter((answer) => answer !== null);
  if (faults.length < answers.length) return null;
  return { message: faults.map(({ message }) => message).join(' '), isFinal: faults.some(({ isFinal }) => isFinal) };
}

async function examineRedisAt(
  address: RedisAddress,
  login: RedisLogin,
  variables: string,
  timeout: number,
  ...command: [string, ...string[]]
): Promise<Fault | null> {
  const at = addressOf(address);
  try {
    await askNodeWithin(timeout, address, login, ...command);
    return null;
  } catch (error) {
    const { message } = error as Error;
    if (/WRONGPASS|NOAUTH|invalid password|invalid username/i.test(message))
      return final(`Redis at ${at} refused the password: check REDIS_PASSWORD.`);
    if (/NOPERM/.test(message)) return final(`Redis at ${at} lets the default user do too little (${brief(message)}).`);
    if (/cluster support disabled/.test(message))
      return final(`Redis at ${at} is in no cluster: name it by REDIS_HOST.`);
    if (/certificate|self-signed|\bTLS\b|\bSSL\b/i.test(message))
      return final(
        `Redis at ${at} and this process do not agree on TLS (${brief(message)}): check REDIS_TLS and REDIS_TLS_CA.`,
      );
    return passing(`No Redis answers at ${at} (${brief(message)}): if it runs elsewhere, set ${variables}.`);
  }
}

/** Null where etcd answers. */
export async function examineEtcd(c: EtcdConfig, timeout = TIMEOUT): Promise<Fault | null> {
  let client: Etcd3 | null = null;
  try {
    client = new Etcd3({ ...etcdOptions(c), defaultCallOptions: () => ({ deadline: Date.now() + timeout }) });
    await client.get('check').exec();
    return null;
  } catch (error) {
    return etcdFault(c, error as NodeJS.ErrnoException);
  } finally {
    client?.close();
  }
}

function etcdFault({ servers, user }: EtcdConfig, { message, code }: NodeJS.ErrnoException): Fault | null {
  const members = servers.join(', ');
  const at = `etcd at ${members}`;
  // It has let us in; which keys we may have is another question.
  if (user && /permission denied/.test(message)) return null;
  if (/invalid user ID or password/.test(message))
    return final(`${at} refused user ${user?.name}: check ETCD_USERNAME and ETCD_PASSWORD.`);
  if (/user name is empty|permission denied/.test(message))
    return final(`${at} wants a user: set ETCD_USERNAME and ETCD_PASSWORD.`);
  if (/authentication is not enabled/.test(message))
    return passing(`${at} has no users yet: enable them there (\`etcdctl auth enable\`), or unset ETCD_USERNAME.`);
  if (code === 'ENOENT' || code === 'EACCES')
    return final('A file with a key or certificate for etcd cannot be read: check ETCD_CA, ETCD_CERT and ETCD_KEY.');
  return passing(
    `No etcd answers at ${members} (${brief(message)}): if it runs elsewhere, set ETCD_SERVER; if its certificate is of an authority of yours, set ETCD_CA.`,
  );
}

/** The first line of a message without what the driver puts around it, so that it fits into a sentence. */
function brief(message: string): string {
  const [line = ''] = message.replace(/^\(conn:[^)]*\)\s*/, '').split('\n');
  return line.replace(/[.\s]+$/, '').slice(0, 200);
}
