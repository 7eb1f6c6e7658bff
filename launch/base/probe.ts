import { connect } from 'node:net';
import { createConnection } from 'mariadb';
import { readEtcdConfig, readMysqlConfig, readRedisConfig } from '../../kit/base/config.ts';
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
      return examineRedis(readRedisConfig(variables), TIMEOUT);
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
