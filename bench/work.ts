import { z } from 'zod';
import { openDatabase } from '../kit/mysql/database.ts';
import { createLog } from '../kit/observe/log.ts';
import { createWorkQueue } from '../kit/work/queue.ts';
import { startWorker } from '../kit/work/worker.ts';
import { waitFor } from '../testing/wait.ts';
import { short, table, times } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import { report, whereAndWhen } from './report.ts';

/** Pieces of work, unless points say otherwise. */
const DUE = 10_000;
/** Statements at once, of the worker and of the floor. */
const AT_ONCE = 16;
const PER_INSERT = 500;

/**
 * Due work a second, done by a worker whose effect is one UPDATE each, beside the same rows by bare UPDATEs
 * of as many connections.
 */
export async function work(lab: Lab, options: Options): Promise<void> {
  const stack = await lab.stack({});
  const database = openDatabase(stack.config.mysql);
  await stack.mysql.query('CREATE TABLE user_counts (id INT PRIMARY KEY, count INT NOT NULL)');
  const rows: string[][] = [];
  for (const count of options.points ?? [DUE]) {
    const ids = Array.from({ length: count }, (_, id) => id);
    await stack.mysql.query('DELETE FROM user_counts');
    await stack.mysql.batch(
      'INSERT INTO user_counts VALUES (?, 0)',
      ids.map((id) => [id]),
    );
    const raise = 'UPDATE user_counts SET count = count + 1 WHERE id = ?';
    const queue = createWorkQueue('user', database);

    const enqueue = async () => {
      for (let at = 0; at < count; at += PER_INSERT) {
        const some = ids.slice(at, at + PER_INSERT).map((id) => ({ job: 'raise', key: String(id), payload: id }));
        await database.transaction((transaction) => queue.enqueue(transaction, some));
      }
    };
    const enqueued = await timed(enqueue);
    const bare = await timed(async () => {
      const left = ids.values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const id of left) await database.sql.query(raise, [id]);
        }),
      );
    });
    const inWorker = async (run: Parameters<typeof startWorker>[0]['handlers'][string]['run']) => {
      const log = createLog('bench', 'error');
      const handlers = { raise: { payload: z.number(), run } };
      const worker = startWorker({ service: 'user', database, queue, handlers, log, options: { atOnce: AT_ONCE } });
      const isDone = async () => (await database.sql.query<unknown[]>('SELECT id FROM user_work LIMIT 1')).length === 0;
      await waitFor(isDone, { what: 'all work to be done', timeout: 300_000 });
      await worker.stop();
    };
    const done = await timed(() => inWorker(({ payload }) => database.sql.query(raise, [payload as number])));
    await enqueue();
    const inOne = await timed(() =>
      inWorker((held) =>
        database.transaction(async (transaction) => {
          await transaction.query(raise, [held.payload as number]);
          await held.complete(transaction);
        }),
      ),
    );
    const [sum] = await stack.mysql.query<{ n: number }[]>('SELECT CAST(SUM(count) AS SIGNED) AS n FROM user_counts');
    if (Number(sum?.n) !== 3 * count) throw new Error(`The rows were raised ${sum?.n} times, not ${3 * count}.`);
    const line = (name: string, seconds: number) => [name, short(count / seconds), times(bare / seconds)];
    rows.push(
      [`**${count.toLocaleString('en-US')}**`, '', ''],
      line('bare UPDATEs', bare),
      line('work, ended after its effect', done),
      line('work, ended in the transaction of its effect', inOne),
      line(`written, ${PER_INSERT} in a transaction`, enqueued),
    );
  }
  await database.close();
  report(
    'work',
    [
      await whereAndWhen(stack, options.command),
      `Pieces of due work whose effect is one UPDATE of a row of its own, ${AT_ONCE} at once in one worker, beside the same UPDATEs from as many callers. Checked: each row was raised once by each of the three.`,
      table(['', 'a second', 'to bare'], rows),
    ].join('\n\n'),
    options.write,
  );
}

async function timed(run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return (performance.now() - began) / 1_000;
}
