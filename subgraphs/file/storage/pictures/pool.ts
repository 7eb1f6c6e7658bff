import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../../../kit/observe/log.ts';
import { counter } from '../../../../kit/observe/metrics.ts';
import { InvalidImage } from '../../domain/errors.ts';
import { asStoreFault } from '../uploads/disk-faults.ts';
import type { Failure, Job, Outcome, Result } from './messages.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** Pictures that are decoded at once, and dear ones beside them. */
export const PROCESSES = 2;
export const DEAR_PROCESSES = 2;
/** Of 19: the operating system prefers everything else to a picture that takes seconds. */
const DEAR_PRIORITY = 15;

/**
 * What one picture may take: the dearest that is taken needs some 2 s and 500 MB (`npm run bench --
 * pictures`).
 */
export interface PictureLimits {
  /** Processor time, in ms. */
  cpuMs: number;
  /** Memory of the process, in bytes. */
  memoryBytes: number;
}

export const PICTURE_LIMITS: PictureLimits = { cpuMs: 10_000, memoryBytes: 800_000_000 };
/**
 * How long a picture may take, in ms, on a machine that is busy with other things too. The process itself
 * looks at its processor time.
 */
const PATIENCE = 60_000;
/**
 * Nothing of the service's environment: decoders read what strangers send, and its variables hold passwords.
 */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2', VIPS_WARNING: '0', UV_THREADPOOL_SIZE: '4' };

const killed = counter('beaver_picture_processes_killed_total', 'Processes that ended with a picture.', ['reason']);

/**
 * Processes that decode pictures, kept warm. A picture that takes too much ends its process and nothing else.
 */
export interface PicturePool {
  /**
   * Has a process work on a picture. At most `PROCESSES` jobs at once, and `DEAR_PROCESSES` that may be dear:
   * whoever calls sees to that.
   * @throws InvalidImage, StoreRefused
   */
  run(job: Job): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Starts a process that works on the jobs that it is sent (messages.ts). One that `isDetached` is in a
 * session of its own, and so in a group of its own where the system shares the processor by sessions.
 */
export function startWorker({ cpuMs, memoryBytes }: PictureLimits, isDetached = false): ChildProcess {
  const { NODE_COMPILE_CACHE } = process.env;
  return fork(WORKER, [String(cpuMs), String(memoryBytes)], {
    env: NODE_COMPILE_CACHE ? { ...ENVIRONMENT, NODE_COMPILE_CACHE } : ENVIRONMENT,
    execArgv: ['--max-old-space-size=128'],
    detached: isDetached,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/**
 * A process and not a thread: libvips is native code, which can be ended with its process alone. Its memory
 * is measured, because an address space limit (`ulimit -v`) stops V8 from starting, and macOS knows none for
 * resident memory.
 */
export function createPicturePool(log: Log, limits = PICTURE_LIMITS): PicturePool {
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  let isClosed = false;

  function start(isDetached = false): ChildProcess {
    const child = startWorker(limits, isDetached);
    all.add(child);
    child.on('error', (error) => log.error({ err: error }, 'a process for pictures failed'));
    child.once('exit', () => {
      all.delete(child);
      const at = idle.indexOf(child);
      if (at >= 0) idle.splice(at, 1);
    });
    return child;
  }

  function end(child: ChildProcess): void {
    child.kill('SIGKILL');
    all.delete(child);
  }

  /**
   * Starts a process that runs when no other wants to. Linux has a priority for each thread: those that a
   * process starts have that of its first one, so it is lowered before there are others. Where Linux groups
   * processes by session, priorities count within a group alone, and the group has one of its own.
   */
  function startLast(): ChildProcess {
    const child = start(true);
    try {
      if (child.pid !== undefined) setPriority(child.pid, DEAR_PRIORITY);
      const group = `/proc/${child.pid}/autogroup`;
      if (existsSync(group)) writeFileSync(group, String(DEAR_PRIORITY));
    } catch (error) {
      // It has ended already, which `ask` finds.
      log.debug({ err: error }, 'a process for pictures has no priority to lower');
    }
    return child;
  }

  /** Ends a process, and has another one warm for the next picture. */
  function replace(child: ChildProcess): void {
    end(child);
    if (!isClosed) idle.push(start());
  }

  function keep(child: ChildProcess): void {
    if (all.has(child)) idle.push(child);
  }

  async function ask(child: ChildProcess, job: Job): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    // The system ends the largest process where memory is short. Without a signal it is a fault of our own.
    const onExit = (code: number | null) =>
      resolve({
        failure:
          code === null
            ? { kind: 'exceeded', what: 'memory' }
            : { kind: 'system', code: String(code), message: 'a process for pictures ended by itself' },
      });
    const timer = setTimeout(() => resolve({ failure: { kind: 'exceeded', what: 'time' } }), PATIENCE);
    child.on('message', resolve).once('exit', onExit);
    // A channel that is closed is a process that ends.
    child.send(job, () => {});
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      child.off('message', resolve).off('exit', onExit);
    }
  }

  for (let count = 0; count < PROCESSES; count += 1) idle.push(start());

  return {
    async run(job) {
      // The warm ones are for those who would notice how long a process takes to start.
      const child = job.mayBeDear ? startLast() : (idle.pop() ?? start());
      const outcome = await ask(child, job);
      const hasExceeded = 'failure' in outcome && outcome.failure.kind === 'exceeded';
      // A priority that was lowered cannot be raised again.
      if (job.mayBeDear) end(child);
      else if (hasExceeded || ('result' in outcome && outcome.isSpent)) replace(child);
      else keep(child);
      if ('result' in outcome) return outcome.result;
      const { failure } = outcome;
      if (failure.kind === 'exceeded') {
        killed.add(failure.what);
        log.warn({ reason: failure.what }, 'a picture took too much: its process was ended');
      }
      throw errorOf(failure);
    },
    async close() {
      isClosed = true;
      const ends = [...all].map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of all) child.kill('SIGKILL');
      await Promise.all(ends);
    },
  };
}

function errorOf(failure: Failure): unknown {
  switch (failure.kind) {
    case 'refused':
      return new InvalidImage(failure.why);
    case 'exceeded':
      return new InvalidImage(
        failure.what === 'time' ? 'The image takes too long to read.' : 'The image takes too much memory to read.',
      );
    case 'system':
      return asStoreFault(Object.assign(new Error(failure.message), { code: failure.code, syscall: 'picture' }));
  }
}
