import { type Database, openDatabase, type PoolConnection } from '../database.ts';
import { newId } from '../ids.ts';
import { startProxy, type TcpProxy } from '../testing/proxy.ts';
import { type Stack, startStack } from '../testing/stack.ts';

let stack: Stack;
let database: Database;

beforeAll(async () => {
  stack = await startStack({});
  database = openDatabase(stack.config.mysql);
});
afterAll(async () => {
  await database.close();
  await stack.stop();
});

/** Two who lock the same two rows in opposite order: InnoDB ends one of them. `update` locks one row for the transaction that it is called in. */
async function deadlock(run: (work: (update: (key: number) => Promise<unknown>) => Promise<void>) => Promise<void>) {
  const first = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const runs = [0, 0];
  const one = (me: 0 | 1) =>
    run(async (update) => {
      runs[me] = (runs[me] as number) + 1;
      await update(me);
      first[me].resolve();
      await first[1 - me]?.promise;
      await update(1 - me);
    });
  // Both to their end: one that went on would keep the database from being dropped.
  const ends = await Promise.allSettled([one(0), one(1)]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  return runs;
}

const ids = [newId(), newId()];

beforeAll(async () => {
  const rows = ids.map((id) => ({ id, userName: id.slice(-12), name: 'Ada', createdAt: new Date() }));
  await database.prisma.userProfile.createMany({ data: rows });
});

test('a deadlock of two transactions of the driver is tried again', async () => {
  const runs = await deadlock((work) =>
    database.transaction((connection) =>
      work((key) => connection.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newId(), ids[key]])),
    ),
  );
  expect(runs.toSorted()).toEqual([1, 2]);
});

test('what was sent after the statement at which InnoDB ended a transaction is not kept', async () => {
  const sent: string[] = [];
  const add = (connection: PoolConnection) => {
    const id = newId();
    sent.push(id);
    return connection.query('INSERT INTO user_inserts (id) VALUES (?)', [id]);
  };
  await stack.mysql.query('CREATE TABLE user_inserts (id CHAR(36) PRIMARY KEY)');
  const runs = await deadlock((work) =>
    database.transaction((connection) =>
      work((key) =>
        Promise.all([
          connection.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newId(), ids[key]]),
          add(connection),
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
        work((key) => transaction.userProfile.update({ where: { id: ids[key] as string }, data: { bio: newId() } })),
      ),
    ),
  );
  expect(runs.toSorted()).toEqual([1, 2]);
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
    const update = (connection: PoolConnection) =>
      connection.query('UPDATE user_profiles SET bio = ? WHERE id = ?', [newId(), ids[0]]);
    const locked = Promise.withResolvers<void>();
    const silent = far.transaction(async (connection) => {
      await update(connection);
      proxy.silence();
      locked.resolve();
      await update(connection);
    });
    const end = expect(silent).rejects.toMatchObject({ fatal: true });
    await locked.promise;
    const begin = performance.now();
    await database.transaction(update);
    // Well below the 50 s that a transaction waits for a lock.
    expect(performance.now() - begin).toBeLessThan(30_000);
    proxy.mend();
    await end;
    // Who takes a connection after a transaction has it as it was.
    const [session] = await database.sql.query(
      'SELECT @@SESSION.wait_timeout = @@GLOBAL.wait_timeout AS isUsual, @@SESSION.autocommit AS commits',
    );
    expect(session).toEqual({ isUsual: 1, commits: 1 });
  }, 120_000);
});
