// A thread that makes and checks password hashes, one at a time (hasher.ts).
import { readlinkSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import type { HashJob, HashResult } from './hasher.ts';

/** OWASP's Password Storage Cheat Sheet, Argon2id: 19 MiB, two iterations, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** How much lower than the process, of 19: whatever else the service does goes first, and takes less. */
const LOWER = 10;

/**
 * Linux has a priority for each thread. Elsewhere all threads of a process have the same. Counted from that
 * of the process, as nobody but root may raise one: a process that was started with `nice` would end.
 */
function yieldToOthers(): void {
  let self: string;
  try {
    self = readlinkSync('/proc/thread-self');
  } catch {
    return;
  }
  setPriority(Number(basename(self)), Math.min(getPriority() + LOWER, 19));
}

function work({ password, hash }: HashJob): HashResult {
  try {
    return { value: hash === null ? hashSync(password, PARAMETERS) : verifySync(hash, password) };
  } catch (error) {
    return { error: String((error as Error).message) };
  }
}

yieldToOthers();
parentPort?.on('message', (job: HashJob) => parentPort?.postMessage(work(job)));

// Node writes the compile cache of a thread when it exits, and a process that is killed takes its threads
// along.
flushCompileCache();
