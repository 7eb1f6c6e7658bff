import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromTime } from '../../kit/mysql/times.ts';
import { migrate } from '../migrate.ts';
import { createScratchDatabase } from './database.ts';

const FIRST = 'CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1);\n';
const SECOND = 'CREATE TABLE b (id INT PRIMARY KEY);\n';

describe('migrate', () => {
  let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
  let directory: string;

  beforeEach(async () => {
    scratch = await createScratchDatabase();
    directory = mkdtempSync(join(tmpdir(), 'beaver-migrate-'));
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await scratch.drop();
  });

  const write = (name: string, sql: string) => {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'migration.sql'), sql);
  };
  const run = () => migrate(scratch.config, { directory });

  it('applies what is new, in order, once, and keeps the records that Prisma keeps', async () => {
    write('2_second', SECOND);
    write('1_first', FIRST);
    expect(await run()).toEqual(['1_first', '2_second']);
    write('3_third', 'INSERT INTO b SELECT id FROM a');
    expect(await run()).toEqual(['3_third']);
    expect(await run()).toEqual([]);

    const records = await scratch.sql.query('SELECT * FROM _prisma_migrations ORDER BY started_at, migration_name');
    expect(records).toHaveLength(3);
    expect(records[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update(FIRST).digest('hex'),
      finished_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
      migration_name: '1_first',
      logs: null,
      rolled_back_at: null,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
      applied_steps_count: 1,
    });
    expect(Math.abs(fromTime(records[0].finished_at).getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('lets many instances start at once', async () => {
    write('1_first', FIRST);
    write('2_second', SECOND);
    const applied = await Promise.all(Array.from({ length: 5 }, run));
    expect(applied.flat().sort()).toEqual(['1_first', '2_second']);
  });

  it('refuses a migration that was changed after it was applied, but not other line endings', async () => {
    write('1_first', FIRST);
    await run();
    write('1_first', FIRST.replaceAll('\n', '\r\n'));
    expect(await run()).toEqual([]);
    write('1_first', `${FIRST}-- more\n`);
    await expect(run()).rejects.toThrow('1_first was changed after it was applied');
  });

  it('stops at a migration that fails, and refuses to go on until somebody has looked', async () => {
    write('1_first', FIRST);
    write(
      '2_broken',
      'CREATE TABLE c (id INT PRIMARY KEY); INSERT INTO missing VALUES (1); CREATE TABLE d (id INT PRIMARY KEY);',
    );
    write('3_second', SECOND);
    await expect(run()).rejects.toThrow(/2_broken failed: .*missing/);
    const tables = await scratch.sql.query('SHOW TABLES');
    expect(tables.flatMap((row: object) => Object.values(row)).sort()).toEqual(['_prisma_migrations', 'a', 'c']);
    await expect(run()).rejects.toThrow('2_broken failed earlier');

    await scratch.sql.query('DROP TABLE c');
    await scratch.sql.query("UPDATE _prisma_migrations SET rolled_back_at = NOW(3) WHERE migration_name = '2_broken'");
    write('2_broken', 'CREATE TABLE c (id INT PRIMARY KEY)');
    expect(await run()).toEqual(['2_broken', '3_second']);
  });

  it('leaves alone what a newer release has applied', async () => {
    write('1_first', FIRST);
    write('2_second', SECOND);
    await run();
    rmSync(join(directory, '2_second'), { recursive: true });
    expect(await run()).toEqual([]);
  });
});
