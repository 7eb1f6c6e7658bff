import { type Connection, createConnection } from 'mariadb';
import type { MysqlConfig } from '../../base/config.ts';
import { driverOptions } from '../../mysql/options.ts';
import { brief, type Fault, final, passing, TIMEOUT } from './fault.ts';

/** What is wrong with MySQL, as `examineMysql` finds it; for those who tell somebody at once. */
export const checkMysql = async (c: MysqlConfig) => (await examineMysql(c))?.message ?? null;

/** Null where MySQL lets us in. */
export async function examineMysql(c: MysqlConfig, timeout = TIMEOUT): Promise<Fault | null> {
  try {
    await onMysql(c, timeout, async () => undefined);
    return null;
  } catch (error) {
    return mysqlFault(c, error as MysqlError);
  }
}

/** Runs `work` on a connection of its own. @throws the driver's error, which `mysqlFault` explains */
export async function onMysql<T>(
  c: MysqlConfig,
  timeout: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await createConnection({ ...driverOptions(c), connectTimeout: timeout });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

export interface MysqlError {
  code?: string;
  errno?: number;
  message: string;
}

export function mysqlFault(c: MysqlConfig, { code, message }: MysqlError): Fault {
  const at = `MySQL at ${c.host}:${c.port}`;
  const asRoot = `mysql -h ${c.host} -P ${c.port} -u root -p`;
  const asUser = `mysql -h ${c.host} -P ${c.port} -u ${c.user} -p`;
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return final(
        `${at} refused user ${c.user}: check MYSQL_USER and MYSQL_PASSWORD.`,
        asUser,
        `${asRoot} -e "ALTER USER '${c.user}'@'%' IDENTIFIED BY '<MYSQL_PASSWORD>'"`,
      );
    case 'ER_BAD_DB_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
      return final(
        `${at} has no database ${c.database} that user ${c.user} may use: check MYSQL_DATABASE.`,
        `${asRoot} -e "CREATE DATABASE ${c.database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; ` +
          `GRANT ALL ON ${c.database}.* TO '${c.user}'@'%'"`,
      );
    case 'ER_HOST_NOT_PRIVILEGED':
      return final(
        `${at} lets nobody in from this host: make user ${c.user} one that may come from here.`,
        `${asRoot} -e "CREATE USER '${c.user}'@'%' IDENTIFIED BY '<MYSQL_PASSWORD>'; ` +
          `GRANT ALL ON ${c.database}.* TO '${c.user}'@'%'"`,
      );
    case 'ER_SECURE_TRANSPORT_REQUIRED':
      return final(
        `${at} takes connections with TLS only: set MYSQL_SSL_CA.`,
        'MYSQL_SSL_CA=<PEM file of the authority of its certificate>',
      );
    case 'ENOENT':
    case 'EACCES':
      return final(
        'A file with a key or certificate for MySQL cannot be read: check MYSQL_SSL_CA, MYSQL_SSL_CERT, MYSQL_SSL_KEY and MYSQL_PUBLIC_KEY.',
        'ls -l "$MYSQL_SSL_CA" "$MYSQL_SSL_CERT" "$MYSQL_SSL_KEY" "$MYSQL_PUBLIC_KEY"',
      );
    case 'ER_HOST_IS_BLOCKED':
      return passing(
        `${at} has blocked this host after many broken connections: run \`mysqladmin flush-hosts\` there, ` +
          'or `TRUNCATE TABLE performance_schema.host_cache`.',
        `${asRoot} -e "TRUNCATE TABLE performance_schema.host_cache"`,
      );
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
      return passing(
        `${at} has all the connections that it takes: raise max_connections, or run fewer instances.`,
        `${asRoot} -e "SET GLOBAL max_connections = 500"`,
      );
    case 'ER_SERVER_SHUTDOWN':
    case 'ER_SERVER_ISNT_AVAILABLE':
      return passing(`${at} is stopping or starting.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing(
        `The name ${c.host} leads nowhere: if that does not change, check MYSQL_HOST.`,
        `getent hosts ${c.host}`,
      );
    default:
  }
  // The password of an account with caching_sha2_password goes over TLS, or encrypted with the server's key.
  if (/RSA public key|caching_sha2/i.test(message))
    return final(
      `${at} takes the password only with TLS or its public key: set MYSQL_SSL_CA or MYSQL_PUBLIC_KEY.`,
      'MYSQL_SSL_MODE=required',
    );
  if (/certificate|self-signed|\bTLS\b|\bSSL\b/i.test(message))
    return final(
      `${at} and this process do not agree on TLS (${brief(message)}): check MYSQL_SSL_MODE and MYSQL_SSL_CA.`,
      `openssl s_client -starttls mysql -connect ${c.host}:${c.port} -showcerts`,
    );
  return passing(
    `${at} does not let us in yet (${brief(message)}): if it runs elsewhere, set MYSQL_HOST and MYSQL_PORT.`,
    'docker compose up -d mysql',
  );
}
