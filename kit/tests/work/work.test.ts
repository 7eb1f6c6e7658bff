import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Stack, startStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newUuid } from '../../base/ids.ts';
import { type Database, openDatabase } from '../../mysql/database.ts';
import { createLog } from '../../observe/log.ts';
import { createWorkQueue, type WorkQueue } from '../../work/queue.ts';
import { LeaseLost, type NewWork } from '../../work/table.ts';
import { startWorker, type Worker, type WorkerOptions, type WorkHandler } from '../../work/worker.ts';

let stack: Stack;
let database: Database;
let queue: WorkQueue;
const workers: Worker[] = [];

beforeAll(async () => {
  stack = await startStack({});
  database = openDatabase(stack.config.mysql);
  await stack.mysql.query(
    'CREATE TABLE user_effects (job_key VARCHAR(128) NOT NULL, part INT NOT NULL, INDEX (job_key))',
  );
});
beforeEach(() => {
  queue = createWorkQueue('user', database);
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  await stack.mysql.query('DELETE FROM user_work');
  await stack.mysql.query('DELETE FROM user_effects');
});
afterAll(async () => {
  await database?.close();
  await stack?.stop();
});

/** Starts a worker in this process, which looks for work only when it is woken or a failed piece is due. */
function work(handlers: Record<string, WorkHandler>, options: WorkerOptions = {}): Worker {
  const log = createLog('user', 'silent');
  const worker = startWorker({
    ...{ service: 'user', database, queue, handlers, log },
    options: { pollMs: 3_600_000, backoffMs: 1, ...options },
  });
  workers.push(worker);
  return worker;
}

async function enqueue(...all: (Partial<NewWork> & { job: string })[]): Promise<void> {
  await database.transaction((transaction) =>
    queue.enqueue(
      transaction,
      all.map((one) => ({ key: newUuid(), payload: null, ...one })),
    ),
  );
  queue.wake();
}

const rows = () =>
  stack.mysql.query<
    { attempts: number; last_error: string | null; dead_at: string | null; lease_owner: string | null }[]
  >('SELECT * FROM user_work');
const isEmpty = async () => (await rows()).length === 0;

describe('work', () => {
  it('is there with the commit of its cause and not without it, and is done at once', async () => {
    const keys: string[] = [];
    work({ note: { payload: z.null(), run: async ({ key }) => void keys.push(key) } });
    const add = (key: string) => ({ job: 'note', key, payload: null });
    const failed = database.transaction(async (transaction) => {
      await queue.enqueue(transaction, [add('of nothing')]);
      throw new Error('the cause did not happen');
    });
    await expect(failed).rejects.toThrow('did not happen');
    // Of the driver, and of Prisma.
    await database.transaction((transaction) => queue.enqueue(transaction, [add('a'), add('b')]));
    await database.prisma.$transaction((transaction) => queue.enqueue(transaction, [add('c')]));
    queue.wake();
    await waitFor(isEmpty, { what: 'all work to be done' });
    expect(keys.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('of one key is done once as long as it waits, and again when it comes after that', async () => {
    const done: unknown[] = [];
    const note = { job: 'note', key: 'one' };
    await enqueue({ ...note, payload: 1 }, { ...note, payload: 2 });
    await enqueue({ ...note, payload: 3 }, { job: 'other', key: 'one', payload: 4 });
    const run = async ({ payload }: { payload: unknown }) => void done.push(payload);
    work({ note: { payload: z.number(), run }, other: { payload: z.number(), run } });
    await waitFor(isEmpty, { what: 'all work to be done' });
    expect(done.toSorted()).toEqual([1, 4]);
    await enqueue({ ...note, payload: 5 });
    await waitFor(isEmpty, { what: 'the work of the same key' });
    expect(done.toSorted()).toEqual([1, 4, 5]);
  });

  it('waits until it is due', async () => {
    const done: string[] = [];
    const dueAt = new Date(Date.now() + 3_600_000);
    await enqueue({ job: 'note', key: 'later', dueAt }, { job: 'note', key: 'now' });
    work({ note: { payload: z.null(), run: async ({ key }) => void done.push(key) } });
    await waitFor(() => done.length > 0, { what: 'work that is due' });
    await stack.mysql.query('UPDATE user_work SET due_at = UTC_TIMESTAMP(3)');
    queue.wake();
    await waitFor(isEmpty, { what: 'the later work' });
    expect(done).toEqual(['now', 'later']);
  });

  it('that only another release knows is left alone', async () => {
    await enqueue({ job: 'of-tomorrow' }, { job: 'note' });
    work({ note: { payload: z.null(), run: async () => undefined } });
    await waitFor(async () => (await rows()).length === 1, { what: 'the known work to be done' });
    expect(await rows()).toMatchObject([{ job: 'of-tomorrow', attempts: 0, dead_at: null }]);
  });

  it('has a payload of 8 KiB at most', async () => {
    await expect(enqueue({ job: 'note', payload: 'é'.repeat(4_096) })).rejects.toThrow('payload');
    expect(await isEmpty()).toBe(true);
  });

  it('that fails is tried again, is given up in the end, and done when an operator has it tried again', async () => {
    let isBroken = true;
    const attempts: number[] = [];
    class Broken extends Error {
      override name = 'Broken';
    }
    const run = async ({ attempt }: { attempt: number }) => {
      attempts.push(attempt);
      if (isBroken) throw new Broken('with the name of a person in it');
    };
    work({ note: { payload: z.null(), attempts: 3, run } }, { pollMs: 5 });
    await enqueue({ job: 'note', key: 'broken' });
    const [dead] = await waitFor(async () => (await rows()).some(({ dead_at }) => dead_at) && rows(), {
      what: 'the work to be given up',
    });
    expect([attempts, dead?.last_error, dead?.lease_owner]).toEqual([[1, 2, 3], 'Broken', null]);

    const program = (...parameters: string[]) =>
      promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../work/program.ts'), ...parameters], {
        env: stack.environment,
      });
    const { stdout: list } = await program();
    expect(list).toContain('user: 0 due, 1 dead');
    expect(list).toMatch(/user \d+ note, broken: 3 attempts, Broken, since \d{4}-/);
    expect(list).not.toContain('person');
    isBroken = false;
    expect((await program('retry', 'user', 'note')).stdout).toContain('1 piece of work');
    await waitFor(isEmpty, { what: 'the work to be done' });
    expect(attempts).toEqual([1, 2, 3, 1]);
    expect((await program('retry', 'user', 'note')).stdout).toContain('0 pieces of work');
    for (const wrong of [['retry'], ['retry', 'nobody', 'note'], ['drop', 'user', '1'], ['retry', 'user', 'note', 'x']])
      await expect(program(...wrong)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Usage') });
  });

  it('whose attempts all took their process with them is given up', async () => {
    await enqueue({ job: 'note' });
    await stack.mysql.query('UPDATE user_work SET attempts = 3');
    let runs = 0;
    const run = async () => {
      runs += 1;
    };
    work({ note: { payload: z.null(), attempts: 3, run } });
    await waitFor(async () => (await rows()).some(({ dead_at }) => dead_at), { what: 'the work to be given up' });
    expect((await rows())[0]?.last_error).toBe('NoAttemptEnded');
    expect(runs).toBe(0);
  });

  it('goes on where it stood when a part of it failed', async () => {
    const parts: number[] = [];
    let failures = 2;
    const handler: WorkHandler<number> = {
      payload: z.number(),
      async run(held) {
        for (let part = held.payload; part < 4; part += 1) {
          if (part === 2 && failures-- > 0) throw new Error('the way is blocked');
          await database.transaction((transaction) => held.advance(transaction, part + 1));
          parts.push(part);
        }
      },
    };
    work({ parts: handler }, { pollMs: 5 });
    await enqueue({ job: 'parts', payload: 0 });
    await waitFor(isEmpty, { what: 'all parts' });
    expect(parts).toEqual([0, 1, 2, 3]);
  });

  it('whose lease is lost changes nothing any more, and hears of it', async () => {
    const outcome = Promise.withResolvers<unknown>();
    const lost = Promise.withResolvers<unknown>();
    let runs = 0;
    const run: WorkHandler['run'] = async (held) => {
      runs += 1;
      if (runs > 1) return;
      // Another instance claims it, as after the end of the lease.
      await stack.mysql.query('UPDATE user_work SET lease_owner = ?', [newUuid()]);
      const change = (end: typeof held.complete) =>
        database.transaction(async (transaction) => {
          await transaction.query('INSERT INTO user_effects VALUES (?, 0)', [held.key]);
          await end(transaction);
        });
      const ends = await Promise.allSettled([
        change((transaction) => held.complete(transaction)),
        change((transaction) => held.advance(transaction, null)),
      ]);
      outcome.resolve(ends.map((end) => end.status === 'rejected' && end.reason));
      held.signal.addEventListener('abort', () => lost.resolve(held.signal.reason));
      await lost.promise;
      held.signal.throwIfAborted();
    };
    work({ note: { payload: z.null(), run } }, { leaseMs: 300 });
    await enqueue({ job: 'note' });
    expect(await outcome.promise).toEqual([new LeaseLost(), new LeaseLost()]);
    expect(await lost.promise).toBeInstanceOf(LeaseLost);
    expect(await stack.mysql.query('SELECT * FROM user_effects')).toEqual([]);
    // The one who lost it neither ends it nor counts a failure.
    expect(await rows()).toMatchObject([{ last_error: null, dead_at: null }]);
  });

  it('that takes long keeps its lease', async () => {
    const ended = Promise.withResolvers<void>();
    let runs = 0;
    const run = async () => {
      runs += 1;
      await ended.promise;
    };
    work({ note: { payload: z.null(), run } }, { leaseMs: 600, pollMs: 20 });
    await enqueue({ job: 'note' });
    const leaseOf = async () => {
      const [row] = await stack.mysql.query<{ lease_until: string }[]>('SELECT * FROM user_work');
      return row?.lease_until;
    };
    const seen = new Set<unknown>();
    await waitFor(async () => seen.add(String(await leaseOf())).size > 4, { what: 'some renewals' });
    ended.resolve();
    await waitFor(isEmpty, { what: 'the end of long work' });
    expect(runs).toBe(1);
  });

  it('is given back when the process stops, and the stop waits for what ends soon', async () => {
    const handler: WorkHandler = {
      payload: z.null(),
      run: ({ key, signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () =>
            key === 'soon' ? resolve() : key === 'thrown' && reject(signal.reason),
          );
        }),
    };
    await enqueue({ job: 'note', key: 'soon' }, { job: 'note', key: 'thrown' }, { job: 'note', key: 'deaf' });
    const worker = work({ note: handler }, { drainMs: 300 });
    await waitFor(async () => (await rows()).every(({ lease_owner }) => lease_owner), { what: 'the claims' });
    await worker.stop();
    const left = { attempts: 0, lease_owner: null, last_error: null, dead_at: null };
    expect(await rows()).toMatchObject([
      { job_key: 'thrown', ...left },
      { job_key: 'deaf', ...left },
    ]);
  });
});

test('workers are killed amid many pieces: each is done, and once where its effect and its end are one transaction', async () => {
  const started: ChildProcess[] = [];
  const start = () => {
    const program = join(import.meta.dirname, 'worker-program.ts');
    started.push(
      spawn(process.execPath, [program], { env: stack.environment, stdio: ['ignore', 'inherit', 'inherit'] }),
    );
  };
  const kill = async (at: number) => {
    const child = started[at] as ChildProcess;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  const counts = { 'in-one': 1_000, 'in-parts': 100, outside: 300 };
  const all = Object.entries(counts).flatMap(([job, count]) =>
    Array.from({ length: count }, (_, n) => ({ job, key: `${job} ${n}`, payload: job === 'in-parts' ? 0 : null })),
  );
  const effects = async () => {
    const [row] = await stack.mysql.query<{ count: number }[]>('SELECT COUNT(*) AS count FROM user_effects');
    return Number(row?.count);
  };
  try {
    start();
    start();
    await enqueue(...all.toSorted((a, b) => (a.key.slice(-2) < b.key.slice(-2) ? -1 : 1)));
    for (const [victim, after] of [100, 500].entries()) {
      await waitFor(async () => (await effects()) >= after, { what: `${after} effects`, timeout: 60_000 });
      await kill(victim);
      start();
    }
    await waitFor(isEmpty, { what: 'all work to be done', timeout: 60_000 });
  } finally {
    await Promise.all(
      started.map(({ exitCode, signalCode }, at) => (exitCode === null && signalCode === null ? kill(at) : undefined)),
    );
  }
  const found = await stack.mysql.query<{ key: string; part: number; count: number }[]>(
    'SELECT job_key AS `key`, part, CAST(COUNT(*) AS SIGNED) AS count FROM user_effects GROUP BY job_key, part',
  );
  const of = (job: string) => found.filter(({ key }) => key.startsWith(`${job} `));
  expect(of('in-one')).toHaveLength(counts['in-one']);
  expect(of('in-parts')).toHaveLength(counts['in-parts'] * 5);
  expect(of('outside')).toHaveLength(counts.outside);
  expect([...of('in-one'), ...of('in-parts')].filter(({ count }) => Number(count) !== 1)).toEqual([]);
}, 150_000);
