import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StartupError } from '../../kit/base/errors.ts';
import { findPrograms, type Program } from './programs.ts';

const execute = promisify(execFile);

/** Names the program that a private database is; unset, it is what the machine has, MariaDB first. */
export const DATABASE_VARIABLE = 'BEAVER_DATABASE';
const DATABASES = ['mysql', 'mariadb'] as const;
export type Database = (typeof DATABASES)[number];

/** The programs that can be the database, the preferred first. Debian's `mysqld` is a link to MariaDB. */
const CANDIDATES = ['mariadbd', 'mysqld'];

/**
 * The database that the environment asks for.
 * @throws StartupError where it names another than the two
 */
export function readDatabase(environment: NodeJS.ProcessEnv): Database | undefined {
  const value = environment[DATABASE_VARIABLE];
  if (!value) return undefined;
  const database = DATABASES.find((name) => name === value);
  if (database === undefined)
    throw new StartupError(`${DATABASE_VARIABLE} must be ${DATABASES.join(' or ')}; unset, the machine decides.`);
  return database;
}

/** The first program in the folders that is the wanted database, or any of the two where none is wanted. */
export async function findDatabase(wanted: Database | undefined, folders: string[]): Promise<Program | undefined> {
  for (const name of CANDIDATES)
    for (const path of findPrograms(name, folders))
      if (wanted === undefined || (await isDatabase(path, wanted))) return { path };
  return undefined;
}

async function isDatabase(path: string, wanted: Database): Promise<boolean> {
  try {
    return (await databaseOf({ path })).database === wanted;
  } catch {
    // A program that cannot even tell its version is none that we could run.
    return false;
  }
}

/** Which database a program is, and the version that it tells. */
export async function databaseOf(program: Program): Promise<{ database: Database; version: string }> {
  const { stdout: version } = await execute(program.path, ['--no-defaults', '--version']);
  return { database: version.includes('MariaDB') ? 'mariadb' : 'mysql', version };
}
