import { connect } from 'node:net';
import { createConnection } from 'mariadb';
import { type RedisConfig, readEtcdConfig, readMysqlConfig, toAddress } from '../../kit/base/config.ts';
import { driverOptions } from '../../kit/mysql/options.ts';
import { examineEtcd } from '../../kit/service/preflight/etcd.ts';
import type { Fault } from '../../kit/service/preflight/fault.ts';
import { examineMysql } from '../../kit/service/preflight/mysql.ts';
import { examineRedis } from '../../kit/service/preflight/redis.ts';
import type { BaseName } from './names.ts';

/** How long a look may take, in ms; whoever waits looks again. */
const TIMEOUT = 5_000;

/**
 * Null where the service with these variables lets us in, else what is wrong, which variable says so, and
 * whether waiting may help.
 */
export function examine(name: BaseName, variables: NodeJS.ProcessEnv): Promise<Fault | null> {
  switch (name) {
    case 'mysql':
      return examineMysql(readMysqlConfig(variables), TIMEOUT);
    case 'redis':
      return examineRedis(redisConfigOf(variables), TIMEOUT);
    case 'etcd':
      return examineEtcd(readEtcdConfig(variables), TIMEOUT);
  }
}

/** What `examine` says is wrong. */
export async function probe(name: BaseName, variables: NodeJS.ProcessEnv): Promise<string | null> {
  return (await examine(name, variables))?.message ?? null;
}

/** What the database says that it is, as `MariaDB 10.11.19` or `MySQL 9.7.4`. */
export async function describeDatabase(variables: NodeJS.ProcessEnv): Promise<string> {
  const connection = await createConnection({ ...driverOptions(readMysqlConfig(variables)), connectTimeout: 60_000 });
  try {
    const [{ version }] = await connection.query('SELECT VERSION() AS version');
    const [number = version] = /^[\d.]+/.exec(version) ?? [];
    return `${version.includes('MariaDB') ? 'MariaDB' : 'MySQL'} ${number}`;
  } finally {
    await connection.end();
  }
}

function redisConfigOf(variables: NodeJS.ProcessEnv): RedisConfig {
  const { REDIS_CLUSTER_NODES, REDIS_HOST, REDIS_PORT, REDIS_PASSWORD: password } = variables;
  const { REDIS_TLS, REDIS_TLS_CA: caFile, REDIS_TLS_CERT: certFile, REDIS_TLS_KEY: keyFile } = variables;
  const tls = REDIS_TLS === 'on' || (!REDIS_TLS && caFile) ? { caFile, certFile, keyFile } : undefined;
  if (!REDIS_CLUSTER_NODES) return { host: REDIS_HOST ?? '', port: Number(REDIS_PORT), password, tls };
  return { clusterNodes: REDIS_CLUSTER_NODES.split(',').map((node) => toAddress(node.trim())), password, tls };
}

/** Whether something accepts connections on a port of this machine. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
