import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftovers } from './base/child.ts';
import { recordsOf } from './base/index.ts';
import { acquireLock, type Lock, lockHolder } from './lock.mjs';

export const ROOT = join(import.meta.dirname, '..');
/** What launchers keep in a checkout: data, logs, programs, records of running processes. */
export const KEEP = join(ROOT, '.beaver');
/** Programs that are unpacked without being installed; both commands use them. */
export const PROGRAMS = join(KEEP, 'programs');

/** What Node has compiled of the services, which it reads again where the source is the same. */
export const COMPILE_CACHE = join(KEEP, 'compile-cache');

const TEST_PREFIX = 'test-';

/** The lock of a directory: its holder is the launcher that works in it. */
function lockOf(directory: string): string {
  return join(directory, 'launcher.lock');
}

/**
 * Where a launcher's directory notes its running services and their like. The base services are noted apart:
 * they are stopped after these.
 */
export function serviceRecordsOf(directory: string): string {
  return join(directory, 'run-services');
}

/** Stops what runs by the records of a directory, base services last. Returns the names. */
export async function stopAllLeftovers(directory: string): Promise<string[]> {
  const services = await stopLeftovers(serviceRecordsOf(directory));
  return [...services, ...(await stopLeftovers(recordsOf(directory)))];
}

/** Takes a directory for this launcher, and stops what an earlier one that was killed left running in it. */
export async function takeDirectory(
  directory: string,
): Promise<{ lock: Lock; stopped: string[] } | { heldBy: number }> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = acquireLock(lockOf(directory));
  if ('heldBy' in lock) return lock;
  return { lock, stopped: await stopAllLeftovers(directory) };
}

/** A new directory for a test run of this process. */
export async function takeTestDirectory(keep = KEEP): Promise<{ directory: string; lock: Lock }> {
  const directory = join(keep, `${TEST_PREFIX}${process.pid}`);
  rmSync(directory, { recursive: true, force: true });
  const taken = await takeDirectory(directory);
  if ('heldBy' in taken) throw new Error(`${directory} belongs to process ${taken.heldBy}`);
  return { directory, lock: taken.lock };
}

/**
 * Stops and removes what test runs that were killed left. Returns the names of the processes that still ran.
 */
export async function sweepTestDirectories(keep = KEEP): Promise<string[]> {
  if (!existsSync(keep)) return [];
  const stopped: string[] = [];
  for (const name of readdirSync(keep).filter((entry) => entry.startsWith(TEST_PREFIX))) {
    const directory = join(keep, name);
    if (lockHolder(lockOf(directory)) !== null) continue;
    stopped.push(...(await stopAllLeftovers(directory)));
    rmSync(directory, { recursive: true, force: true });
  }
  return stopped;
}
