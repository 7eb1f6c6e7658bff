import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../../kit/base/errors.ts';
import type { ChildOptions } from './child.ts';
import { DATABASE_VARIABLE, databaseOf } from './database.ts';
import { findProgram, type Program } from './programs.ts';

const execute = promisify(execFile);

/**
 * Settings of either kind of run. Kept data is flushed at every commit, as on servers; a test's data dies
 * with the test, so it's flushed once a second, and the buffers are small.
 */
const KEPT = ['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=256M', '--max-connections=500'];
const PASSING = ['--innodb-flush-log-at-trx-commit=2', '--innodb-buffer-pool-size=64M', '--max-connections=1500'];

/**
 * For MySQL alone: without its second protocol, nor the folder for exports that a package expects and only an
 * installation makes.
 */
const MYSQL = ['--loose-mysqlx=OFF', '--secure-file-priv=NULL'];

/**
 * Makes the data directory if it isn't there, and says how to run the server on it.
 * @throws StartupError with what the server said when the directory can't be made
 */
export async function prepareMysql(
  program: Program,
  options: { directory: string; keep: boolean; privileges?: string; port: number; password: string },
  user: string,
  database: string,
): Promise<Pick<ChildOptions, 'program' | 'arguments'>> {
  const { directory, keep, privileges, port, password } = options;
  const { database: kind, version } = await databaseOf(program);
  const isMariadb = kind === 'mariadb';
  const data = join(directory, 'data');
  const flavour = join(directory, isMariadb ? 'made-by-mariadb' : 'made-by-mysql');
  const other = join(directory, isMariadb ? 'made-by-mysql' : 'made-by-mariadb');
  if (existsSync(other)) {
    const [maker, reader] = isMariadb ? ['MySQL', 'MariaDB'] : ['MariaDB', 'MySQL'];
    throw new StartupError(
      `The data in ${data} was made by ${maker}, and ${program.path} is ${reader}, which can't read it. ` +
        `Set ${DATABASE_VARIABLE}=${maker.toLowerCase()} to go on with it, or remove ${directory} to begin anew.`,
    );
  }
  // Of its own: two servers of one machine that start at once take the same names for their temporary tables.
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  // Servers refuse to run as root unless they are told to.
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  if (!existsSync(flavour)) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const made = [`--datadir=${data}`, ...asRoot];
    await (isMariadb ? installMariadb(program, made, temporary) : installMysql(program, made, temporary));
    writeFileSync(flavour, version);
  }
  const accounts = join(directory, 'accounts.sql');
  writeFileSync(accounts, accountStatements({ user, database, password, privileges, isMariadb }), { mode: 0o600 });
  return {
    program: program.path,
    arguments: [
      // A configuration of the machine's own server is none of ours.
      '--no-defaults',
      ...asRoot,
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      `--init-file=${accounts}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      // Relative to the data directory: an absolute path may be too long for a socket.
      '--socket=mysql.sock',
      '--skip-name-resolve',
      '--skip-log-bin',
      '--character-set-server=utf8mb4',
      '--default-time-zone=+00:00',
      '--performance-schema=OFF',
      ...(isMariadb ? [] : MYSQL),
      ...(keep ? KEPT : PASSING),
    ],
  };
}

async function installMariadb(program: Program, options: string[], temporary: string): Promise<void> {
  const folders = [
    dirname(program.path),
    join(dirname(program.path), '../bin'),
    join(dirname(program.path), '../scripts'),
  ];
  const installer = findProgram('mariadb-install-db', folders) ?? findProgram('mysql_install_db', folders);
  if (!installer)
    throw new StartupError(
      `${program.path} is here, but mariadb-install-db is not: install the whole of MariaDB's server.`,
    );
  const settings = ['--auth-root-authentication-method=socket', '--skip-test-db', '--skip-name-resolve'];
  await attempt(installer, ['--no-defaults', ...options, ...settings], temporary);
}

async function installMysql(program: Program, options: string[], temporary: string): Promise<void> {
  // Root has no password until the first start, which reads the statements below before it listens.
  await attempt(program.path, ['--no-defaults', '--initialize-insecure', ...MYSQL, ...options], temporary);
}

async function attempt(program: string, parameters: string[], temporary: string): Promise<void> {
  try {
    await execute(program, parameters, { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, TMPDIR: temporary } });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    const said = `${stderr}\n${stdout}`.split('\n').filter(Boolean).slice(0, 12).join('\n');
    throw new StartupError(`The database could not be created with ${program}:\n${said || message}`);
  }
}

/**
 * The account and its databases: `beaver_im`, and others beginning so that tests make for themselves. Run at
 * every start.
 */
function accountStatements(o: {
  user: string;
  database: string;
  password: string;
  privileges: string | undefined;
  isMariadb: boolean;
}): string {
  const statements = [
    `CREATE DATABASE IF NOT EXISTS ${o.database} CHARACTER SET utf8mb4`,
    `CREATE USER IF NOT EXISTS '${o.user}'@'%' IDENTIFIED BY '${o.password}'`,
    `ALTER USER '${o.user}'@'%' IDENTIFIED BY '${o.password}'`,
    `GRANT ALL PRIVILEGES ON \`${o.database.replaceAll('_', '\\_')}%\`.* TO '${o.user}'@'%'`,
    ...(o.privileges ? [`GRANT ${o.privileges} ON *.* TO '${o.user}'@'%'`] : []),
    ...(o.isMariadb ? [] : [`ALTER USER 'root'@'localhost' IDENTIFIED BY '${o.password}'`]),
  ];
  return statements.map((statement) => `${statement};\n`).join('');
}
