import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program on this machine. */
export interface Program {
  path: string;
  /** What it must see as its own name. */
  argv0?: string;
}

/**
 * Folders that hold servers and are often not on PATH: Debian's, Homebrew's (MySQL and MariaDB can be there
 * without being linked).
 */
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

/** PATH, then the usual folders, then the given ones. */
export function searchPath(folders: string[] = []): string[] {
  return [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...FOLDERS, ...folders];
}

/** A program by name, on PATH, in the usual folders or in the given ones. */
export function findProgram(name: string, folders: string[] = []): string | undefined {
  return findPrograms(name, searchPath(folders))[0];
}

/** Every program of that name in the folders, in their order. */
export function findPrograms(name: string, folders: string[]): string[] {
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
