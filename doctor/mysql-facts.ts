import type { MysqlConfig } from '../kit/base/config.ts';
import { fromTime } from '../kit/mysql/times.ts';
import { onMysql } from '../kit/service/preflight/mysql.ts';
import { aheadBy } from './ahead.ts';

/** What MySQL says about itself on a connection of the kind that services have. */
export interface MysqlFacts {
  isMariadb: boolean;
  version: string;
  charset: string;
  collation: string;
  sqlModes: readonly string[];
  maxConnections: number;
  mostConnections: number;
  maxPacket: number;
  isReadOnly: boolean;
  /** Whether a commit is on the disk when it is answered. */
  isDurable: boolean;
  /** Whether the time zone of the session is UTC. */
  isUtc: boolean;
  /** In ms. */
  clockAhead: number;
}

const TIMEOUT = 10_000;

const QUESTION = `SELECT VERSION() AS version, @@character_set_database AS charset, @@collation_database AS collation,
  @@sql_mode AS sqlMode, @@max_connections AS maxConnections, @@max_allowed_packet AS maxPacket,
  @@global.read_only AS readOnly, @@innodb_flush_log_at_trx_commit AS flush, @@log_bin AS hasLog,
  @@sync_binlog AS syncLog, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()) AS zone`;
const NOW = 'SELECT UTC_TIMESTAMP(3) AS now';

export function readMysqlFacts(config: MysqlConfig): Promise<MysqlFacts> {
  return onMysql(config, TIMEOUT, async (connection) => {
    const [row] = await connection.query(QUESTION);
    const [most] = await connection.query("SHOW GLOBAL STATUS LIKE 'Max_used_connections'");
    const clockAhead = await aheadBy(async () => fromTime((await connection.query(NOW))[0].now).getTime());
    const version: string = row.version;
    return {
      isMariadb: version.includes('MariaDB'),
      version: /[\d.]+\d/.exec(version)?.[0] ?? version,
      charset: row.charset,
      collation: row.collation,
      sqlModes: String(row.sqlMode).split(','),
      maxConnections: Number(row.maxConnections),
      mostConnections: Number(most?.Value ?? 0),
      maxPacket: Number(row.maxPacket),
      isReadOnly: Number(row.readOnly) !== 0,
      isDurable: Number(row.flush) === 1 && (Number(row.hasLog) === 0 || Number(row.syncLog) === 1),
      isUtc: Number(row.zone) === 0,
      clockAhead,
    };
  });
}
