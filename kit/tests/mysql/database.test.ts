import { startProxy, type TcpProxy } from '../../../testing/proxy.ts';
import { type Stack, startStack } from '../../../testing/stack.ts';
import { newId, newUuid } from '../../base/ids.ts';
import {
  type Database,
  fromTime,
  isConnectionLost,
  isDuplicate,
  isLocked,
  isUnavailable,
  openDatabase,
  type Transaction,
  toTime,
} from '../../mysql/database.ts';

let stack: Stack;
let database: Database;

/** Resolves to whether a promise is rejected with an error of a kind. */
const failsWith = (promise: Promise<unknown>, isOfKind: (error: unknown) => boolean) =>
  promise.then(() => 'it does not fail', isOfKind);

beforeAll(async () => {
  stack = await startStack({});
  database = openDatabase(stack.config.mysql);
});
afterAll(async () => {
  await database.close();
  await stack.stop();
});

/**
 * Two who lock the same two rows in opposite order: InnoDB ends one of them. `update` locks one row for the
 * transaction that it is called in.
 */
async function deadlock(run: (work: (update: (key: 0 | 1) => Promise<unknown>) => Promise<void>) => Promise<void>) {
  const first = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const runs = [0, 0];
  const one = (me: 0 | 1) =>
    run(async (update) => {
      runs[me] = (runs[me] as number) + 1;
      await update(me);
      first[me].resolve();
      await first[1 - me]?.promise;
      await update(me === 0 ? 1 : 0);
    });
  // Both to their end: one that went on would keep the database from being dropped.
  const ends = await Promise.allSettled([one(0), one(1)]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  return runs;
}

const ids = [newId('user'), newId('user')] as const;

beforeAll(async () => {
  const rows = ids.map((id) => ({ id, userName: id.slice(-12), name: 'Ada', createdAt: new Date() }));
  await database.prisma.userProfile.createMany({ data: rows });
});

test('a deadlock of two transactions of the driver is tried again', async () => {
  const runs = await deadlock((work) =>
    database.transaction((transaction) =>
      work((key) => transaction.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newUuid(), ids[key]])),
    ),
  );
  expect(runs.toSorted()).toEqual([1, 2]);
});

test('what was sent after the statement at which InnoDB ended a transaction is not kept', async () => {
  const sent: string[] = [];
  const add = (transaction: Transaction) => {
    const id = newUuid();
    sent.push(id);
    return transaction.query('INSERT INTO user_inserts (id) VALUES (?)', [id]);
  };
  await stack.mysql.query('CREATE TABLE user_inserts (id CHAR(36) PRIMARY KEY)');
  const runs = await deadlock((work) =>
    database.transaction((transaction) =>
      work((key) =>
        Promise.all([
          transaction.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newUuid(), ids[key]]),
          add(transaction),
        ]),
      ),
    ),
  );
  expect(runs.toSorted()).toEqual([1, 2]);
  // Two of each run, and there were three.
  expect(sent).toHaveLength(6);
  expect(await stack.mysql.query('SELECT id FROM user_inserts')).toHaveLength(4);
});

test('a deadlock of two transactions of Prisma is tried again', async () => {
  const runs = await deadlock((work) =>
    database.retrying(() =>
      database.prisma.$transaction((transaction) =>
        work((key) => transaction.userProfile.update({ where: { id: ids[key] as string }, data: { bio: newUuid() } })),
      ),
    ),
  );
  expect(runs.toSorted()).toEqual([1, 2]);
});

describe('a statement of a transaction', () => {
  beforeAll(() => stack.mysql.query('CREATE TABLE user_numbers (number INT PRIMARY KEY)'));

  /** Inserts numbers by one prepared statement, whose text is another for each count of them. */
  const insert = (transaction: Transaction, ...numbers: number[]) =>
    transaction.execute(`INSERT INTO user_numbers VALUES ${numbers.map(() => '(?)').join(', ')}`, numbers);
  const stored = async () =>
    (await stack.mysql.query('SELECT number FROM user_numbers ORDER BY number')).map(
      (row: { number: number }) => row.number,
    );

  it('does not outlive it, however many were on their way when one failed', async () => {
    await database.transaction((transaction) => insert(transaction, 0));
    // MySQL is sent a prepared statement when it has answered what prepares it: here the failure comes before
    // that for all but the first.
    for (let round = 1; round <= 30; round += 1) {
      const others = [2, 3, 4].map((count) =>
        Array.from({ length: count + round }, (_, i) => round * 1_000 + count * 100 + i),
      );
      const failed = database.transaction((transaction) =>
        Promise.all([insert(transaction, 0), ...others.map((numbers) => insert(transaction, ...numbers))]),
      );
      expect(await failsWith(failed, isDuplicate)).toBe(true);
    }
    expect(await stored()).toEqual([0]);
  });

  it('is not sent after its end', async () => {
    let late: Transaction | undefined;
    await database.transaction(async (transaction) => {
      late = transaction;
    });
    await expect(insert(late as Transaction, 1)).rejects.toThrow('has ended');
    expect(await stored()).toEqual([0]);
  });

  it('takes the whole with it when it fails, whatever is made of that', async () => {
    const swallowed = database.transaction(async (transaction) => {
      await insert(transaction, 2);
      await insert(transaction, 0).catch(() => undefined);
      void insert(transaction, 3);
    });
    expect(await failsWith(swallowed, isDuplicate)).toBe(true);
    expect(await stored()).toEqual([0]);
  });

  it('is waited for before the commit, also where the work does not', async () => {
    await database.transaction(async (transaction) => {
      void insert(transaction, 4, 5);
    });
    expect(await stored()).toEqual([0, 4, 5]);
  });
});

describe('rows that somebody else has locked', () => {
  /** Runs while a profile is locked by a transaction. */
  async function locking<T>(work: () => Promise<T>): Promise<T> {
    const connection = await stack.mysql.getConnection();
    try {
      await connection.beginTransaction();
      await connection.query('SELECT id FROM user_profiles WHERE id = ? FOR UPDATE', [ids[0]]);
      return await work();
    } finally {
      await connection.rollback();
      await connection.release();
    }
  }
  const update = (transaction: Transaction) =>
    transaction.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newUuid(), ids[0]]);

  it('are waited for, again and again for as long as is said', async () => {
    let runs = 0;
    const failed = locking(() =>
      database.transaction(
        (transaction) => {
          runs += 1;
          return update(transaction);
        },
        // Older versions of MySQL end a wait of a second after up to two.
        { lockPatienceMs: 3_000 },
      ),
    );
    const error = await failed.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect([isLocked(error), isUnavailable(error), isConnectionLost(error)]).toEqual([true, true, false]);
    expect(runs).toBeGreaterThan(1);
  });

  it('are had when they are let go of in time', async () => {
    let waiting: Promise<unknown> | undefined;
    await locking(async () => {
      const attempts = Promise.withResolvers<void>();
      let runs = 0;
      waiting = database.transaction((transaction) => {
        runs += 1;
        if (runs === 2) attempts.resolve();
        return update(transaction);
      });
      await attempts.promise;
    });
    await waiting;
  });

  it('fail a statement outside of transactions before anybody has given up waiting for it', async () => {
    const statement = locking(() => database.sql.query('UPDATE user_profiles SET bio = ? WHERE id = ?', ['x', ids[0]]));
    expect(await failsWith(statement, isUnavailable)).toBe(true);
    const prisma = locking(() => database.prisma.userProfile.update({ where: { id: ids[0] }, data: { bio: 'x' } }));
    expect(await failsWith(prisma, isUnavailable)).toBe(true);
  });
});

test('a database that does not write now is known as that, from the driver and from Prisma', async () => {
  const readOnly = database.transaction(async (transaction) => {
    // Of the transaction that the next statement begins.
    await transaction.query('SET TRANSACTION READ ONLY');
    await transaction.query('UPDATE user_profiles SET bio = ? WHERE id = ?', ['x', ids[0]]);
  });
  expect(await failsWith(readOnly, isUnavailable)).toBe(true);
});

test('times are the same in the driver, in Prisma and in MySQL, whatever the time zone of this process', async () => {
  const at = new Date('2026-03-29T01:30:00.123Z');
  await database.transaction((transaction) =>
    transaction.execute('UPDATE user_profiles SET created_at = ? WHERE id = ?', [toTime(at), ids[1]]),
  );
  const select = `SELECT created_at AS at, DATE_FORMAT(created_at, '%Y-%m-%d %H:%i:%s.%f') AS text, UTC_TIMESTAMP(3) AS now
    FROM user_profiles WHERE id = ?`;
  type Row = { at: string; text: string; now: string };
  for (const how of ['query', 'execute'] as const) {
    const [row] = await database.sql[how]<Row[]>(select, [ids[1]]);
    const { at: stored, text, now } = row as Row;
    expect([fromTime(stored), text]).toEqual([at, '2026-03-29 01:30:00.123000']);
    expect(Math.abs(fromTime(now).getTime() - Date.now())).toBeLessThan(60_000);
  }
  const found = await database.prisma.userProfile.findUnique({ where: { id: ids[1] } });
  expect(found?.createdAt).toEqual(at);
});

describe('a transaction whose client falls silent', () => {
  let proxy: TcpProxy;
  let far: Database;

  beforeAll(async () => {
    const { mysql } = stack.config;
    proxy = await startProxy(mysql);
    far = openDatabase({ ...mysql, host: '127.0.0.1', port: proxy.port });
  });
  afterAll(async () => {
    proxy.cut();
    await far.close();
    await proxy.stop();
  });

  it('keeps its locks for some seconds, and not until somebody notices', async () => {
    const update = (transaction: Transaction) =>
      transaction.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newUuid(), ids[0]]);
    const locked = Promise.withResolvers<void>();
    const silent = far.transaction(async (transaction) => {
      await update(transaction);
      proxy.silence();
      locked.resolve();
      await update(transaction);
    });
    const end = failsWith(silent, isConnectionLost);
    await locked.promise;
    const begin = performance.now();
    await database.transaction(update);
    // Well below the 50 s that a transaction waits for a lock.
    expect(performance.now() - begin).toBeLessThan(30_000);
    proxy.mend();
    expect(await end).toBe(true);
    // Who takes a connection after a transaction has it as it was.
    const [session] = await database.sql.query<{ isUsual: number; commits: number }[]>(
      'SELECT @@SESSION.wait_timeout = @@GLOBAL.wait_timeout AS isUsual, @@SESSION.autocommit AS commits',
    );
    expect(session).toEqual({ isUsual: 1, commits: 1 });
  }, 120_000);
});
