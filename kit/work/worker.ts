import type { z } from 'zod';
import { createBatches } from '../base/containers/batches.ts';
import { pause } from '../base/pause.ts';
import type { Database } from '../mysql/database.ts';
import type { Log } from '../observe/log.ts';
import { counter, gauge } from '../observe/metrics.ts';
import { repeat } from '../service/background.ts';
import type { WorkQueue } from './queue.ts';
import { type AnyTransaction, type ClaimedWork, createWorkTable, LeaseLost, type WorkCounts } from './table.ts';

/** How a kind of work is done. */
export interface WorkHandler<Payload = unknown> {
  payload: z.ZodType<Payload>;
  /**
   * Does the work, at least once: what it tells others carries `key`, by which they know a repetition. A
   * change in the database that ends with `complete` or `advance` in its own transaction is made exactly
   * once. A throw has it tried again, later and later.
   */
  run(work: HeldWork<Payload>): Promise<void>;
  /** Attempts until it is given up; some hours of them, unless said. */
  attempts?: number;
}

/** Work that this process holds. */
export interface HeldWork<Payload> {
  key: string;
  payload: Payload;
  /** 1 for the first. */
  attempt: number;
  /** Aborts when the lease is lost or the process stops: throw at the next place from which to go on. */
  signal: AbortSignal;
  /** Ends the work in a transaction. @throws LeaseLost */
  complete(transaction: AnyTransaction): Promise<void>;
  /** Moves the work on in a transaction, after a part of it. @throws LeaseLost */
  advance(transaction: AnyTransaction, payload: Payload): Promise<void>;
}

export interface WorkerOptions {
  /** Pieces of work that this instance does at once. */
  atOnce?: number;
  /** How long work stays with an instance that has died. */
  leaseMs?: number;
  /** Interval of the look for work that nobody woke this instance for. */
  pollMs?: number;
  /** Pause after the first failure; it doubles with each further one. */
  backoffMs?: number;
  /** How long work may go on when the process stops. */
  drainMs?: number;
}

export interface Worker {
  /** Ends work that is being done, or gives it back to others. */
  stop(): Promise<void>;
}

const DEFAULTS = { atOnce: 16, leaseMs: 30_000, pollMs: 1_000, backoffMs: 1_000, drainMs: 5_000 };
const ATTEMPTS = 20;
const MAX_BACKOFF_MS = 600_000;
/** Interval of the look at how much is due, in ms. */
const COUNT_INTERVAL = 10_000;
/** Pieces of work that one statement ends. */
const COMPLETED_AT_ONCE = 200;

const done = counter('beaver_work_done_total', 'Pieces of durable work that were done.', ['work']);
const failed = counter('beaver_work_failed_total', 'Attempts at durable work that failed.', ['work']);
const buried = counter('beaver_work_dead_total', 'Pieces of durable work that were given up.', ['work']);

/** Every attempt ended with the process that made it. */
class NoAttemptEnded extends Error {
  override name = 'NoAttemptEnded';
}

/** Does the work of one service, beside all other instances of it. */
export function startWorker(ports: {
  service: string;
  database: Pick<Database, 'sql' | 'retrying'>;
  queue: WorkQueue;
  /** By the name of the job. Work of other names is left to the release that knows it. */
  handlers: Readonly<Record<string, WorkHandler>>;
  log: Log;
  options?: WorkerOptions;
}): Worker {
  const { handlers, log, queue } = ports;
  const { atOnce, leaseMs, pollMs, backoffMs, drainMs } = { ...DEFAULTS, ...ports.options };
  const table = createWorkTable(ports.service, ports.database);
  const names = Object.keys(handlers);
  const running = new Map<ClaimedWork, { abort: AbortController; ended: Promise<void> }>();
  let isWoken = false;
  let mayHaveMore = false;
  let isStopping = false;
  let counts: WorkCounts = { due: 0, oldestSeconds: 0, dead: 0 };

  const completions = createBatches<void>(async (keys) => {
    await table.completeAll(keys.map((key) => ({ id: Number(key.slice(37)), owner: key.slice(0, 36) })));
    return new Map();
  }, COMPLETED_AT_ONCE);

  async function attempt(work: ClaimedWork, signal: AbortSignal): Promise<void> {
    const handler = handlers[work.job] as WorkHandler;
    let isCompleted = false;
    await handler.run({
      ...{ key: work.key, attempt: work.attempt, signal },
      payload: handler.payload.parse(work.payload),
      async complete(transaction) {
        await table.complete(transaction, work);
        isCompleted = true;
      },
      advance: (transaction, next) => table.advance(transaction, work, next, leaseMs),
    });
    if (!isCompleted) await completions.get(`${work.owner} ${work.id}`);
    done.add(work.job);
  }

  /** What becomes of work that failed. */
  async function failAt(work: ClaimedWork, error: unknown): Promise<void> {
    if (error instanceof LeaseLost) {
      log.warn({ work: work.job, workId: work.id }, 'work took longer than its lease; another instance has it');
      return;
    }
    if (isStopping) return table.release([work]);
    failed.add(work.job);
    const isDead = work.attempt >= (handlers[work.job]?.attempts ?? ATTEMPTS);
    const details = { err: error, work: work.job, workId: work.id, attempt: work.attempt };
    if (isDead) {
      buried.add(work.job);
      log.error(details, 'work failed too often and is given up; `npm run work` has it tried again');
    } else log.warn(details, 'work failed and will be tried again');
    await table.fail(work, nameOf(error), pauseAfter(work.attempt, backoffMs), isDead);
  }

  async function run(work: ClaimedWork, abort: AbortController): Promise<void> {
    try {
      const isOver = work.attempt > (handlers[work.job]?.attempts ?? ATTEMPTS);
      if (isOver) await failAt(work, new NoAttemptEnded());
      else await attempt(work, abort.signal).catch((error) => failAt(work, error));
    } catch (error) {
      log.warn({ err: error, work: work.job, workId: work.id }, 'the outcome of work could not be written');
    } finally {
      running.delete(work);
      // Claims are of several, unless little is left to do.
      if (mayHaveMore && running.size <= atOnce / 2) look();
    }
  }

  async function claim(): Promise<void> {
    for (;;) {
      isWoken = false;
      const free = atOnce - running.size;
      if (free === 0 || isStopping) return;
      const { claimed, isFull } = await table.claim(names, free, leaseMs);
      mayHaveMore = isFull;
      for (const work of claimed) {
        const abort = new AbortController();
        const entry = { abort, ended: Promise.resolve() };
        running.set(work, entry);
        entry.ended = run(work, abort);
      }
      // Others took what this instance saw: there is more, and nothing here that would look again.
      if (!isWoken && !(isFull && claimed.length === 0)) return;
    }
  }

  async function renew(): Promise<void> {
    const held = [...running.keys()];
    if (held.length === 0) return;
    const ours = await table.renew(held, leaseMs);
    for (const work of held) if (!ours.has(work.id)) running.get(work)?.abort.abort(new LeaseLost());
  }

  async function count(): Promise<void> {
    counts = await table.counts();
  }

  const polling = repeat('look for work', pollMs, claim, log);
  const renewal = repeat('renew leases of work', Math.ceil(leaseMs / 3), renew, log);
  const counting = repeat('count work', COUNT_INTERVAL, count, log);
  function look(): void {
    isWoken = true;
    if (!isStopping) polling.now();
  }
  queue.onWake(look);
  look();
  counting.now();
  gauge(
    'beaver_work',
    'Durable work: due and waiting for a worker (counted up to 10,000), or given up.',
    'state',
    () => ({
      due: counts.due,
      dead: counts.dead,
    }),
  );
  gauge(
    'beaver_work_oldest_seconds',
    'For how long the oldest piece of durable work has been due.',
    () => counts.oldestSeconds,
  );

  return {
    async stop() {
      isStopping = true;
      await Promise.all([polling.stop(), counting.stop()]);
      const ends = [...running.values()].map(({ abort, ended }) => {
        abort.abort(new Error('the process stops'));
        return ended;
      });
      await Promise.race([Promise.all(ends), pause(drainMs)]);
      await renewal.stop();
      if (running.size > 0) await table.release([...running.keys()]);
    },
  };
}

/**
 * Twice as long after each failure, and spread, so that what failed together does not come again together.
 */
function pauseAfter(attempt: number, backoffMs: number): number {
  return Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS) * (0.5 + Math.random());
}

/** The name of an error, without what its message says of people. */
function nameOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  const parts = [name, code].filter((part) => typeof part === 'string' && /^\w+$/.test(part));
  return parts.join(' ').slice(0, 64) || 'unknown';
}
