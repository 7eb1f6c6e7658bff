// A worker of `user_work` in a process of its own, for tests that kill it. Each piece of work leaves a row in
// `user_effects`.
import { z } from 'zod';
import { readMysqlConfig } from '../../base/config.ts';
import { openDatabase } from '../../mysql/database.ts';
import { createLog } from '../../observe/log.ts';
import { createWorkQueue } from '../../work/queue.ts';
import { startWorker } from '../../work/worker.ts';

const INSERT = 'INSERT INTO user_effects (job_key, part) VALUES (?, ?)';
const PARTS = 5;

const database = openDatabase(readMysqlConfig());
const queue = createWorkQueue('user', database);
startWorker({
  ...{ service: 'user', database, queue, log: createLog('user', 'error') },
  handlers: {
    'in-one': {
      payload: z.null(),
      run: (work) =>
        database.transaction(async (transaction) => {
          await transaction.query(INSERT, [work.key, 0]);
          await work.complete(transaction);
        }),
    },
    'in-parts': {
      payload: z.number(),
      async run(work) {
        for (let part = work.payload as number; part < PARTS; part += 1)
          await database.transaction(async (transaction) => {
            await transaction.query(INSERT, [work.key, part]);
            await work.advance(transaction, part + 1);
          });
      },
    },
    outside: {
      payload: z.null(),
      run: (work) => database.sql.query(INSERT, [work.key, 0]),
    },
  },
  // A dead worker's work is free after a second.
  options: { leaseMs: 1_000, pollMs: 50 },
});
