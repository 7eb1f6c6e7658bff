import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { type Child, startChild } from '../launch/base/child.ts';
import { type Database, databaseOf, readDatabase } from '../launch/base/database.ts';
import { prepareMysql } from '../launch/base/mysql.ts';
import { findSources } from '../launch/base/sources.ts';
import { terminalProgress } from '../launch/progress.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../launch/workspace.ts';
import { freePorts } from './cluster.ts';
import { startProxy } from './proxy.ts';
import { waitFor } from './wait.ts';

const USER = 'beaver';
const OPERATOR = 'operator';
const PASSWORD = 'of-the-test-pair';
const HOST = '127.0.0.1';
/** The primary waits so long for a replica before it commits alone, in ms: for the whole of a test. */
const WAIT_FOR_REPLICA = 600_000;

/** What differs between the two databases. */
interface Dialect {
  primary: string[];
  replica: string[];
  follow(port: number): string[];
  /** The statement that waits until all that was received is applied. */
  settle(status: Record<string, unknown>): string;
  status: string;
  promote: string[];
}

const DIALECTS: Record<Database, Dialect> = {
  mariadb: {
    primary: [
      '--rpl-semi-sync-master-enabled=ON',
      `--rpl-semi-sync-master-timeout=${WAIT_FOR_REPLICA}`,
      '--rpl-semi-sync-master-wait-point=AFTER_SYNC',
      '--gtid-strict-mode=ON',
    ],
    replica: ['--rpl-semi-sync-slave-enabled=ON', '--gtid-strict-mode=ON'],
    follow: (port) => [
      `CHANGE MASTER TO MASTER_HOST='${HOST}', MASTER_PORT=${port}, MASTER_USER='${OPERATOR}', MASTER_PASSWORD='${PASSWORD}', MASTER_USE_GTID=slave_pos`,
      'START SLAVE',
    ],
    status: 'SHOW SLAVE STATUS',
    settle: ({ Gtid_IO_Pos: received }) => `SELECT MASTER_GTID_WAIT('${received}', 20) AS waited`,
    promote: ['STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only = OFF'],
  },
  mysql: {
    primary: [
      '--gtid-mode=ON',
      '--enforce-gtid-consistency=ON',
      '--plugin-load-add=semisync_source.so',
      '--loose-rpl-semi-sync-source-enabled=ON',
      `--loose-rpl-semi-sync-source-timeout=${WAIT_FOR_REPLICA}`,
    ],
    replica: [
      '--gtid-mode=ON',
      '--enforce-gtid-consistency=ON',
      '--plugin-load-add=semisync_replica.so',
      '--loose-rpl-semi-sync-replica-enabled=ON',
    ],
    follow: (port) => [
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${HOST}', SOURCE_PORT=${port}, SOURCE_USER='${OPERATOR}', SOURCE_PASSWORD='${PASSWORD}', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1`,
      'START REPLICA',
    ],
    status: 'SHOW REPLICA STATUS',
    settle: ({ Retrieved_Gtid_Set: received }) => `SELECT WAIT_FOR_EXECUTED_GTID_SET('${received}', 20) AS waited`,
    promote: ['STOP REPLICA', 'RESET REPLICA ALL', 'SET GLOBAL read_only = OFF'],
  },
};

/** A primary and a replica with semi-synchronous replication by GTID, behind one address. */
export interface ReplicatedMysql {
  /** What tells a process of the address, which is that of whichever is the primary. */
  environment: Record<string, string>;
  /** Kills the primary, promotes the replica and moves the address there. Once. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplicatedMysql(): Promise<ReplicatedMysql> {
  const database = readDatabase(process.env);
  const sources = await findSources(['mysql'], { programs: PROGRAMS, database, progress: terminalProgress });
  const source = sources.get('mysql');
  if (source?.kind !== 'program')
    throw new Error('This test needs MySQL or MariaDB as a program: a container has no options of ours.');
  const { program } = source;
  const dialect = DIALECTS[(await databaseOf(program)).database];
  const directory = mkdtempSync(join(tmpdir(), 'beaver-pair-'));
  const children: Child[] = [];

  async function launch(name: string, id: number, more: string[]): Promise<number> {
    const own = join(directory, name);
    mkdirSync(own, { recursive: true });
    const [port] = (await freePorts(1)) as [number];
    const options = { directory: own, keep: true, port, password: PASSWORD };
    const prepared = await prepareMysql(program, options, USER, 'beaver_im');
    // Each makes the accounts for itself: what is replicated begins after that.
    const accounts = join(own, 'accounts.sql');
    writeFileSync(accounts, `SET SESSION sql_log_bin = 0;\n${readFileSync(accounts, 'utf8')}`);
    appendFileSync(accounts, `CREATE USER IF NOT EXISTS '${OPERATOR}'@'%' IDENTIFIED BY '${PASSWORD}';\n`);
    appendFileSync(accounts, `GRANT ALL PRIVILEGES ON *.* TO '${OPERATOR}'@'%';\n`);
    const replication = ['--log-bin=binlog', `--server-id=${id}`, '--sync-binlog=1', '--log-slave-updates', ...more];
    children.push(
      await startChild({
        name: `mysql-${name}`,
        program: prepared.program,
        arguments: [...prepared.arguments.filter((argument) => argument !== '--skip-log-bin'), ...replication],
        records: process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
      }),
    );
    await waitFor(() => ask(port, 'SELECT 1'), { what: () => `the ${name}: ${lastLines()}`, timeout: 60_000 });
    return port;
  }
  const lastLines = () => children.at(-1)?.lines.slice(-5).join('\n') ?? '';

  async function ask(port: number, ...statements: string[]): Promise<Record<string, unknown>[]> {
    const connection = await createConnection({
      ...{ host: HOST, port, user: OPERATOR, password: PASSWORD },
      ...{ allowPublicKeyRetrieval: true, connectTimeout: 10_000 },
    });
    connection.on('error', () => undefined);
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = await connection.query(statement);
      return rows;
    } finally {
      await connection.end();
    }
  }

  try {
    const primary = await launch('primary', 1, dialect.primary);
    const replica = await launch('replica', 2, [...dialect.replica, '--read-only=ON']);
    await ask(replica, ...dialect.follow(primary));
    await waitFor(
      async () => {
        const [status] = await ask(primary, "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_%_clients'");
        return Number(status?.Value) === 1;
      },
      { what: 'the replica to follow', timeout: 30_000 },
    );
    const target = { host: HOST, port: primary };
    const address = await startProxy(target);
    return {
      environment: {
        MYSQL_HOST: HOST,
        MYSQL_PORT: String(address.port),
        MYSQL_USER: USER,
        MYSQL_PASSWORD: PASSWORD,
      },
      async failOver() {
        await children[0]?.kill();
        const [status = {}] = await ask(replica, dialect.status);
        await ask(replica, dialect.settle(status));
        await ask(replica, ...dialect.promote);
        address.cut();
        target.port = replica;
        address.mend();
      },
      async stop() {
        await address.stop();
        await Promise.all(children.map((child) => child.kill()));
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await Promise.all(children.map((child) => child.kill()));
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}
