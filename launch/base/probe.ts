import { connect } from 'node:net';
import { createConnection } from 'mariadb';
import { type MysqlConfig, type RedisConfig, toAddress } from '../../kit/config.ts';
import { checkEtcd, checkMysql, checkRedis } from '../../kit/preflight.ts';
import type { BaseName } from './names.ts';

/** MySQL's default login sends the password under a key of the server, which the driver asks for only when it may. */
const LOGIN = { allowPublicKeyRetrieval: true };

/** Null where the service with these variables lets us in, else what is wrong and which variable says so. */
export function probe(name: BaseName, variables: NodeJS.ProcessEnv): Promise<string | null> {
  switch (name) {
    case 'mysql':
      return checkMysql({ ...mysqlConfigOf(variables), ...LOGIN });
    case 'redis':
      return checkRedis(redisConfigOf(variables));
    case 'etcd':
      return checkEtcd({ servers: (variables.ETCD_SERVER ?? '').split(',').map((server) => server.trim()) });
  }
}

/** The database that a complete set of MYSQL_* variables names. */
export function mysqlConfigOf(variables: NodeJS.ProcessEnv): MysqlConfig {
  return {
    host: variables.MYSQL_HOST ?? '',
    port: Number(variables.MYSQL_PORT),
    user: variables.MYSQL_USER ?? '',
    password: variables.MYSQL_PASSWORD ?? '',
    database: variables.MYSQL_DATABASE ?? '',
  };
}

/** What the database says that it is, as `MariaDB 10.11.19` or `MySQL 9.7.4`. */
export async function describeDatabase(variables: NodeJS.ProcessEnv): Promise<string> {
  const connection = await createConnection({ ...mysqlConfigOf(variables), ...LOGIN, connectTimeout: 60_000 });
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
  if (!REDIS_CLUSTER_NODES) return { host: REDIS_HOST ?? '', port: Number(REDIS_PORT), password };
  return { clusterNodes: REDIS_CLUSTER_NODES.split(',').map((node) => toAddress(node.trim())), password };
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
