import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '../../kit/base/errors.ts';
import type { Progress } from '../progress.ts';
import { canUseApt, installWithApt } from './apt.ts';
import { DATABASE_VARIABLE, type Database, findDatabase } from './database.ts';
import { canUseDocker } from './docker.ts';
import { type BaseName, TITLES } from './names.ts';
import { findProgram, type Program, searchPath } from './programs.ts';
import { canUnpackMysql, unpackedMysql, unpackMysql } from './unpacked-mysql.ts';

/** Where a base service comes from. */
export type Source = { kind: 'program'; program: Program } | { kind: 'docker' };

/** Programs that can serve, the preferred first; the database has a choice of its own. */
const CANDIDATES: Record<Exclude<BaseName, 'mysql'>, { name: string; argv0?: string }[]> = {
  // redis-check-rdb is the server itself under another name; Debian's redis-tools has it, without the unit
  // that redis-server starts.
  redis: [{ name: 'redis-server' }, { name: 'valkey-server' }, { name: 'redis-check-rdb', argv0: 'redis-server' }],
  etcd: [{ name: 'etcd' }],
};

export interface SourceOptions {
  /** A directory for programs that are unpacked without being installed. */
  programs: string;
  /** The database that must be the private one; unset, whichever is there. */
  database?: Database | undefined;
  progress: Progress;
}

/**
 * Finds where each service can come from: PATH and the usual folders, else apt, else Docker.
 * @throws StartupError saying what to install
 */
export async function findSources(names: BaseName[], options: SourceOptions): Promise<Map<BaseName, Source>> {
  const { programs, database, progress } = options;
  const sources = new Map<BaseName, Source>();
  const look = async () => {
    for (const name of names) {
      const program = await findServer(name, options);
      if (program) sources.set(name, { kind: 'program', program });
    }
    return names.filter((name) => !sources.has(name));
  };
  let missing = await look();
  const refusals: string[] = [];
  // Docker may still have what apt has not; the reason is told if it has not.
  const attempt = async (bring: () => Promise<void>) => {
    try {
      await bring();
    } catch (error) {
      refusals.push(`apt could not install them: ${(error as Error).message}\n`);
    }
    missing = await look();
  };
  if (database === 'mysql' && missing.includes('mysql') && canUnpackMysql())
    await attempt(() => unpackMysql(programs, progress));
  const installable = () => missing.filter((name) => name !== 'mysql' || database !== 'mysql');
  if (installable().length > 0 && canUseApt()) await attempt(() => installWithApt(installable(), programs, progress));
  if (missing.length > 0 && canUseDocker()) {
    // The image is MySQL.
    for (const name of missing) if (name !== 'mysql' || database !== 'mariadb') sources.set(name, { kind: 'docker' });
    missing = names.filter((name) => !sources.has(name));
  }
  if (missing.length > 0) throw new StartupError(refusals.join('') + installHint(missing, database));
  return sources;
}

async function findServer(name: BaseName, { programs, database }: SourceOptions): Promise<Program | undefined> {
  // MySQL that was fetched for a run on MySQL is no reason for others to use it.
  if (name === 'mysql')
    return findDatabase(database, searchPath(database === 'mysql' ? [unpackedMysql(programs)] : []));
  for (const candidate of CANDIDATES[name]) {
    const path = findProgram(candidate.name, [join(programs, 'usr/bin')]);
    if (path) return candidate.argv0 ? { path, argv0: candidate.argv0 } : { path };
  }
  return undefined;
}

function installHint(missing: BaseName[], database: Database | undefined): string {
  const brew = { mysql: database ?? 'mariadb', redis: 'redis', etcd: 'etcd' };
  const titles = missing.map((name) => (name === 'mysql' && database === 'mariadb' ? 'MariaDB' : TITLES[name]));
  let how =
    'Install them with the package manager of this system (the programs are mariadbd or mysqld, redis-server, etcd)';
  if (process.platform === 'darwin') how = `Install: brew install ${missing.map((name) => brew[name]).join(' ')}`;
  else if (existsSync('/etc/debian_version')) {
    how =
      'Install: sudo apt-get install mariadb-server-core redis-tools etcd-server (or run this once as root, which does it without starting daemons)';
  }
  const variables = { mysql: 'MYSQL_HOST …', redis: 'REDIS_HOST …', etcd: 'ETCD_SERVER' };
  const named = missing.map((name) => variables[name]).join(', ');
  const choice = missing.includes('mysql') && database ? ` ${DATABASE_VARIABLE} asks for ${database}.` : '';
  return `Not found on this machine: ${titles.join(', ')}.${choice} ${how}; or start Docker; or name running ones with ${named}.`;
}
