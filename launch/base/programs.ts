import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StartupError } from '../../kit/errors.ts';
import type { Progress } from '../progress.ts';
import { canUseApt, installWithApt } from './apt.ts';
import { canUseDocker } from './docker.ts';
import { type BaseName, TITLES } from './names.ts';

/** A program on this machine. */
export interface Program {
  path: string;
  /** What it must see as its own name. */
  argv0?: string;
}

/** Where a base service comes from. */
export type Source = { kind: 'program'; program: Program } | { kind: 'docker' };

/** Programs that can serve, the preferred first. */
const CANDIDATES: Record<BaseName, { name: string; argv0?: string }[]> = {
  mysql: [{ name: 'mariadbd' }, { name: 'mysqld' }],
  // redis-check-rdb is the server itself under another name; Debian's redis-tools has it, without the unit that redis-server starts.
  redis: [{ name: 'redis-server' }, { name: 'valkey-server' }, { name: 'redis-check-rdb', argv0: 'redis-server' }],
  etcd: [{ name: 'etcd' }],
};

/** Folders that hold servers and are often not on PATH: Debian's, Homebrew's (MySQL and MariaDB can be there without being linked). */
const FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
];

const BREW = { mysql: 'mariadb', redis: 'redis', etcd: 'etcd' };

/**
 * Finds where each service can come from: PATH and the usual folders, else apt, else Docker.
 * @param cache a directory for programs that are unpacked without being installed
 * @throws StartupError saying what to install
 */
export async function findSources(
  names: BaseName[],
  cache: string,
  progress: Progress,
): Promise<Map<BaseName, Source>> {
  const sources = new Map<BaseName, Source>();
  const look = () => {
    for (const name of names) {
      const program = findServer(name, cache);
      if (program) sources.set(name, { kind: 'program', program });
    }
    return names.filter((name) => !sources.has(name));
  };
  let missing = look();
  let refusal = '';
  if (missing.length > 0 && canUseApt()) {
    try {
      await installWithApt(missing, cache, progress);
    } catch (error) {
      // Docker may still have it; the reason is told if it has not.
      refusal = `apt could not install them: ${(error as Error).message}\n`;
    }
    missing = look();
  }
  if (missing.length > 0 && canUseDocker()) {
    for (const name of missing) sources.set(name, { kind: 'docker' });
    missing = [];
  }
  if (missing.length > 0) throw new StartupError(refusal + installHint(missing));
  return sources;
}

/** A program by name, on PATH, in the usual folders or in the given ones. */
export function findProgram(name: string, folders: string[] = []): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...path, ...FOLDERS, ...folders].map((folder) => join(folder, name)).find(isExecutable);
}

function findServer(name: BaseName, cache: string): Program | undefined {
  for (const candidate of CANDIDATES[name]) {
    const path = findProgram(candidate.name, [join(cache, 'usr/bin')]);
    if (path) return candidate.argv0 ? { path, argv0: candidate.argv0 } : { path };
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installHint(missing: BaseName[]): string {
  const titles = missing.map((name) => TITLES[name]).join(', ');
  let how =
    'Install them with the package manager of this system (the programs are mariadbd or mysqld, redis-server, etcd)';
  if (process.platform === 'darwin') how = `Install: brew install ${missing.map((name) => BREW[name]).join(' ')}`;
  else if (existsSync('/etc/debian_version')) {
    how =
      'Install: sudo apt-get install mariadb-server-core redis-tools etcd-server (or run this once as root, which does it without starting daemons)';
  }
  const names = { mysql: 'MYSQL_HOST …', redis: 'REDIS_HOST …', etcd: 'ETCD_SERVER' };
  return `Not found on this machine: ${titles}. ${how}; or start Docker; or name running ones with ${missing
    .map((name) => names[name])
    .join(', ')}.`;
}
