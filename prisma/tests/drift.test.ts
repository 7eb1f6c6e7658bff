import { join } from 'node:path';
import { migrate } from '../migrate.ts';
import { createScratchDatabase, readTables } from './database.ts';
import { readModels } from './models.ts';

describe('the migrations', () => {
  let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
  beforeAll(async () => {
    scratch = await createScratchDatabase();
  });
  afterAll(() => scratch.drop());

  it('make the database that the Prisma models describe, column by column and key by key', async () => {
    await migrate(scratch.config);
    const tables = await readTables(scratch.sql, scratch.config.database);
    const models = readModels(join(import.meta.dirname, '../models'));
    expect(Object.keys(models).length).toBeGreaterThan(0);
    expect(tables).toEqual(models);
  });
});
