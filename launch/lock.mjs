// Locks between processes and "is that still the same process": plain JavaScript, because run.mjs runs on an
// older Node with nothing installed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What tells a process from a later one with the same number: the boot and the instant it started. Null when
 * no such process runs (a zombie counts as gone).
 * @param {number} pid
 * @returns {string | null}
 */
export function processIdentity(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name in brackets and may hold anything; fields are counted from
      // behind it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return null;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
    } catch {
      return null;
    }
  }
  try {
    const row = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = '', ...started] = row.split(/\s+/);
    return row === '' || state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}

/**
 * Takes a lock, a directory that appears at once with its owner inside. A lock whose owner is gone is taken
 * over.
 * @param {string} path
 * @returns {{release: () => void} | {heldBy: number}}
 */
export function acquireLock(path) {
  const owner = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) });
  const prepared = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    rmSync(prepared, { recursive: true, force: true });
    mkdirSync(prepared);
    writeFileSync(`${prepared}/owner.json`, owner);
    try {
      // Renaming onto a directory that is not empty fails: only one of several wins.
      renameSync(prepared, path);
      return { release: () => releaseLock(path, owner) };
    } catch (error) {
      rmSync(prepared, { recursive: true, force: true });
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    }
    const held = readOwner(path);
    if (held === null) continue;
    const { pid, identity } = JSON.parse(held);
    if (processIdentity(pid) === identity) return { heldBy: pid };
    discard(path, held);
  }
}

/**
 * Takes a lock, waiting as long as its owner lives.
 * @param {string} path
 * @param {(pid: number) => void} onWait told once when somebody else has it
 * @returns {Promise<{release: () => void}>}
 */
export async function waitForLock(path, onWait) {
  for (let told = false; ; told = true) {
    const lock = acquireLock(path);
    if ('release' in lock) return lock;
    if (!told) onWait(lock.heldBy);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * The process that holds a lock, or null when nobody alive does.
 * @param {string} path
 * @returns {number | null}
 */
export function lockHolder(path) {
  const held = readOwner(path);
  if (held === null) return null;
  const { pid, identity } = JSON.parse(held);
  return processIdentity(pid) === identity ? pid : null;
}

/**
 * Gives the lock back in one step: emptied in place, the directory could be taken by the next one before it's
 * removed.
 */
function releaseLock(path, owner) {
  if (readOwner(path) !== owner) return;
  const aside = `${path}.released-${process.pid}`;
  renameSync(path, aside);
  rmSync(aside, { recursive: true, force: true });
}

/** Removes a dead owner's lock, unless somebody took it over in the meantime. */
function discard(path, expected) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readOwner(aside) === expected) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, path);
}

function readOwner(path) {
  try {
    return readFileSync(`${path}/owner.json`, 'utf8');
  } catch {
    return null;
  }
}
