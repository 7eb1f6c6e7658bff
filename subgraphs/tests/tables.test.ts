import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUBGRAPH_NAMES } from '../../services.ts';

/*
 * A service reads and writes its own tables only. The walls check imports; SQL and Prisma's models are text
 * and properties to them, so this looks at the sources. Remedy: ask the service that owns the table over
 * GraphQL (kit/service/client.ts), or hear of it over the bus.
 */

const ROOT = join(import.meta.dirname, '../..');
/**
 * Folders whose code runs in production, with the service whose tables it may name; kit and gateway have
 * none.
 */
const FOLDERS: { folder: string; owner: string | null }[] = [
  ...SUBGRAPH_NAMES.map((owner) => ({ folder: `subgraphs/${owner}`, owner })),
  { folder: 'kit', owner: null },
  { folder: 'gateway', owner: null },
];

/** What a service owns: the tables in MySQL, and the properties of Prisma's client that stand for them. */
function owned(service: string): { tables: string[]; models: string[] } {
  const text = readFileSync(join(ROOT, `prisma/models/${service}.prisma`), 'utf8');
  const names = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] as string);
  const models = names(/^model (\w+)/gm).map((name) => name.charAt(0).toLowerCase() + name.slice(1));
  return { tables: names(/@@map\("(\w+)"\)/g), models };
}

/** The sources below a folder, without tests and what is generated. */
function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(tests|testing)\/|\.generated\.ts$/.test(file))
    .map((file) => join(folder, file));
}

test.each(SUBGRAPH_NAMES)('the tables of %s have its name in front', (service) => {
  const { tables, models } = owned(service);
  expect(tables.length).toBeGreaterThan(0);
  expect(models).toHaveLength(tables.length);
  for (const table of tables) expect(table).toMatch(new RegExp(`^${service}_`));
});

test.each(FOLDERS)('$folder names no table of another service', ({ folder, owner }) => {
  const foreign = SUBGRAPH_NAMES.filter((name) => name !== owner).map(owned);
  const tables = foreign.flatMap((other) => other.tables).join('|');
  const models = foreign.flatMap((other) => other.models).join('|');
  const pattern = new RegExp(`\\b(?:${tables})\\b|\\.(?:${models})\\b`, 'g');
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(0);
  const found = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(pattern)].map((match) => `${file}: ${match[0]}`),
  );
  expect(found).toEqual([]);
});
