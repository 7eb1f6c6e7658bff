import { Etcd3 } from 'etcd3';
import { createConnection } from 'mariadb';
import {
  addressOf,
  type BaseConfig,
  type EtcdConfig,
  type MysqlConfig,
  type RedisAddress,
  type RedisConfig,
} from './config.ts';
import { StartupError } from './errors.ts';
import { askNode } from './redis.ts';

/*
 * What an operator wants to know when a service does not start: which variable is wrong. Each check opens a connection of its own, looks, and
 * closes it; the message names the variable, never the secret.
 */

const TIMEOUT = 3_000;

/** Null where MySQL lets us in, else what is wrong. */
export async function checkMysql(c: MysqlConfig): Promise<string | null> {
  try {
    const connection = await createConnection({ ...c, connectTimeout: TIMEOUT });
    await connection.end();
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const at = `${c.host}:${c.port}`;
    if (code === 'ER_ACCESS_DENIED_ERROR' || code === 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR') {
      return `MySQL at ${at} refused user ${c.user}: check MYSQL_USER and MYSQL_PASSWORD.`;
    }
    if (code === 'ER_BAD_DB_ERROR' || code === 'ER_DBACCESS_DENIED_ERROR') {
      return `MySQL at ${at} has no database ${c.database} that user ${c.user} may use: check MYSQL_DATABASE.`;
    }
    if (code?.startsWith('ER_') && !isSocketError(message))
      return `MySQL at ${at} answered: ${message}. Check MYSQL_HOST and MYSQL_PORT.`;
    return `No MySQL answers at ${at}: check MYSQL_HOST and MYSQL_PORT.`;
  }
}

function isSocketError(message: string): boolean {
  return /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN|ECONNRESET|timeout|socket/i.test(message);
}

/** Null where Redis lets us in, else what is wrong. */
export async function checkRedis(c: RedisConfig): Promise<string | null> {
  if (!('clusterNodes' in c)) return checkRedisAt(c, c.password, 'REDIS_HOST and REDIS_PORT', 'PING');
  // Nodes may be away; one that knows the cluster is enough.
  const answers = await Promise.all(
    c.clusterNodes.map((node) => checkRedisAt(node, c.password, 'REDIS_CLUSTER_NODES', 'CLUSTER', 'INFO')),
  );
  return answers.includes(null) ? null : answers.join(' ');
}

async function checkRedisAt(
  address: RedisAddress,
  password: string | undefined,
  variables: string,
  ...command: [string, ...string[]]
): Promise<string | null> {
  const at = addressOf(address);
  try {
    await askNode(address, password, ...command);
    return null;
  } catch (error) {
    const { message } = error as Error;
    if (/WRONGPASS|NOAUTH|AUTH/.test(message)) return `Redis at ${at} refused the password: check REDIS_PASSWORD.`;
    if (/cluster support disabled/.test(message)) return `Redis at ${at} is in no cluster: name it by REDIS_HOST.`;
    return `No Redis answers at ${at}: check ${variables}.`;
  }
}

/** Null where etcd answers, else what is wrong. */
export async function checkEtcd(c: EtcdConfig): Promise<string | null> {
  let client: Etcd3 | null = null;
  try {
    client = new Etcd3({ hosts: c.servers, defaultCallOptions: () => ({ deadline: Date.now() + TIMEOUT }) });
    await client.get('check').exec();
    return null;
  } catch {
    return `No etcd answers at ${c.servers.join(', ')}: check ETCD_SERVER (a URL, or several with commas).`;
  } finally {
    client?.close();
  }
}

/** All three. @throws StartupError with every fault at once */
export async function checkBaseServices(config: BaseConfig): Promise<void> {
  const answers = await Promise.all([checkMysql(config.mysql), checkRedis(config.redis), checkEtcd(config.etcd)]);
  const faults = answers.filter((answer) => answer !== null);
  if (faults.length > 0) throw new StartupError(faults.join(' '));
}
