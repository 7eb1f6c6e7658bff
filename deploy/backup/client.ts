import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createConnection } from 'mariadb';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { StartupError } from '../../kit/base/errors.ts';
import { driverOptions } from '../../kit/mysql/options.ts';

/** The programs that come with a server, or with its clients. */
const PROGRAMS = {
  dump: { mariadb: ['mariadb-dump', 'mysqldump'], mysql: ['mysqldump', 'mariadb-dump'] },
  load: { mariadb: ['mariadb', 'mysql'], mysql: ['mysql', 'mariadb'] },
} as const;

type Kind = 'mariadb' | 'mysql';
/** A program, and whose it is: the two take different options. */
interface Program {
  name: string;
  kind: Kind;
}

export interface Server {
  kind: Kind;
  version: string;
  /** Base tables of the database. */
  tables: string[];
  /** Connections of others to the database, as far as this user sees them. */
  connections: number;
}

/** Looks at the server and at the database. @throws the driver's error */
export async function inspect(config: MysqlConfig): Promise<Server> {
  const connection = await createConnection({ ...driverOptions(config), connectTimeout: 60_000 });
  try {
    const [{ version }] = await connection.query('SELECT VERSION() AS version');
    const tables: { name: string }[] = await connection.query(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'`,
    );
    const [{ connections }] = await connection.query(
      'SELECT COUNT(*) AS connections FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
    );
    const kind = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
    return { kind, version, tables: tables.map(({ name }) => name), connections: Number(connections) };
  } finally {
    await connection.end();
  }
}

/** Removes all tables of the database. */
export async function dropTables(config: MysqlConfig, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  const connection = await createConnection({ ...driverOptions(config), connectTimeout: 60_000 });
  try {
    await connection.query('SET FOREIGN_KEY_CHECKS = 0');
    await connection.query(`DROP TABLE ${tables.map((name) => `\`${name}\``).join(', ')}`);
  } finally {
    await connection.end();
  }
}

/** Finds the program of the server's own kind, else one of the other kind. @throws StartupError */
function findProgram(use: keyof typeof PROGRAMS, server: Kind): Program {
  const found = PROGRAMS[use][server].flatMap((name): Program[] => {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    return status === 0 ? [{ name, kind: /mariadb/i.test(stdout) ? 'mariadb' : 'mysql' }] : [];
  });
  const program = found.find(({ kind }) => kind === server) ?? found[0];
  if (program) return program;
  throw new StartupError(
    `Neither ${PROGRAMS[use][server].join(' nor ')} is on PATH. Install the clients: apt-get install default-mysql-client.`,
  );
}

/** Options that one of the two has, and the other refuses. */
function ownOptions({ kind }: Program, { tls }: MysqlConfig): string[] {
  if (kind === 'mariadb')
    return tls ? ['ssl', `ssl-verify-server-cert=${tls.verify ? 1 : 0}`] : ['ssl-verify-server-cert=0'];
  // Without TLS the password goes under the server's RSA key, which the client asks for.
  return tls ? [`ssl-mode=${tls.verify ? 'VERIFY_IDENTITY' : 'REQUIRED'}`] : ['get-server-public-key'];
}

/**
 * Runs a program against the database. How to log in goes through a file that only this user reads, so that
 * no command line shows a password.
 * @throws Error with what the program said
 */
async function run(
  program: Program,
  config: MysqlConfig,
  parameters: string[],
  use: (streams: { input: Writable; output: Readable }) => Promise<unknown>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'beaver-client-'));
  const quoted = (value: string) => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  const { host, port, user, password, tls } = config;
  const given = { host, port: String(port), user, password, protocol: 'tcp' };
  const files = { 'ssl-ca': tls?.caFile, 'ssl-cert': tls?.certFile, 'ssl-key': tls?.keyFile };
  const lines = [
    ...Object.entries({ ...given, ...files }).flatMap(([name, value]) => (value ? [`${name}=${quoted(value)}`] : [])),
    ...ownOptions(program, config),
  ];
  try {
    const file = join(directory, 'client.cnf');
    writeFileSync(file, `[client]\n${lines.join('\n')}\n`, { mode: 0o600 });
    const child = spawn(program.name, [`--defaults-file=${file}`, ...parameters]);
    let said = '';
    child.stderr.on('data', (text) => {
      said = `${said}${text}`.slice(-2_000);
    });
    const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    // A program that ends early breaks its pipe: what it said is the reason.
    const used = use({ input: child.stdin, output: child.stdout }).catch((error: Error) => error);
    const [code, fault] = [await ended, await used];
    if (code !== 0) throw new Error(`${program.name} ended with ${code}: ${said.trim()}`);
    if (fault instanceof Error) throw fault;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Writes the database, as it is at one moment, into a stream. */
export async function dump(config: MysqlConfig, server: Server, target: NodeJS.WritableStream): Promise<void> {
  const program = findProgram('dump', server.kind);
  const parameters = [
    // One snapshot for all tables; nobody who sends waits for it.
    ...['--single-transaction', '--quick', '--skip-lock-tables'],
    // Nothing that needs privileges which the user of the services does not have.
    '--no-tablespaces',
    ...(program.kind === 'mysql'
      ? ['--set-gtid-purged=OFF', '--column-statistics=0', '--loose-skip-masking-policies']
      : []),
    ...['--hex-blob', '--default-character-set=utf8mb4', '--skip-comments', '--skip-triggers'],
    config.database,
  ];
  await run(program, config, parameters, ({ output }) => pipeline(output, withoutSandbox(), target));
}

/** Runs a dump from a stream. */
export async function load(config: MysqlConfig, server: Server, source: NodeJS.ReadableStream): Promise<void> {
  const parameters = ['--default-character-set=utf8mb4', '--binary-mode', config.database];
  await run(findProgram('load', server.kind), config, parameters, ({ input }) => pipeline(source, input));
}

/** Removes the first line of MariaDB's newer dumps, which is an error for other clients. */
function withoutSandbox(): Transform {
  let isFirst = true;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const text = isFirst ? chunk.subarray(0, 100).toString('latin1') : '';
      const line = /^\/\*M?!999999.*?\n/.exec(text)?.[0] ?? '';
      isFirst = false;
      done(null, chunk.subarray(line.length));
    },
  });
}
