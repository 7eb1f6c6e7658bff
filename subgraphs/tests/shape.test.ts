import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUBGRAPH_NAMES } from '../../services.ts';

// Whoever knows one service knows all four: the same folders, the same names for the same things.

const ROOT = join(import.meta.dirname, '..');
/** What every service has. */
const PARTS = ['README.md', 'config.ts', 'context.ts', 'domain', 'index.ts', 'resolvers', 'schema', 'storage', 'tests'];
/** What one service has beside that, and why. */
const OWN: Record<string, string> = {
  'auth/background.ts': 'its work that repeats: keys, ends of sessions, missing profiles',
  'auth/role.ts': 'the program of `npm run role`',
  'auth/routes': 'its public keys over HTTP',
  'chat/delivery': 'feeds and subscribers: timers, limits and batches, which are no rules',
  'chat/events.ts': 'what it says over the bus',
  'chat/fsck.ts': 'the program of `npm run fsck`',
  'file/routes': 'downloads over HTTP',
  'user/background.ts': 'its durable work, and search terms of earlier rules',
  'user/restored.ts': 'what `npm run restore` runs for it',
};
/** Files of `domain/` that belong to no capability. */
const DOMAIN = ['errors.ts', 'policies.ts', 'input.ts', 'model.ts', 'ports.ts', 'types.ts'];
/** Files of `resolvers/` that belong to no capability. */
const RESOLVERS = ['index', 'types.generated', 'cursors', 'parents', 'loaded'];
const HEADINGS = ['Tables', 'Rules', 'Environment', 'Log'];

const list = (path: string) => readdirSync(join(ROOT, path)).sort();
const folders = (path: string) =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
const stems = (path: string) => list(path).map((name) => name.replace(/\.(ts|graphql)$/, ''));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe.each(SUBGRAPH_NAMES)('%s', (service) => {
  test('has the parts of every service, and each of its own for a reason', () => {
    const found = list(service);
    expect(found).toEqual(expect.arrayContaining(PARTS));
    expect(found.filter((name) => !PARTS.includes(name) && !(`${service}/${name}` in OWN))).toEqual([]);
  });

  test('has its errors and its permissions in one file each, and its rules by capability', () => {
    const names = list(`${service}/domain`);
    expect(names).toEqual(expect.arrayContaining(['errors.ts', 'policies.ts']));
    expect(names.filter((name) => name.endsWith('.ts') && !DOMAIN.includes(name))).toEqual([]);
  });

  test('has a resolver file for each schema file, and no other', () => {
    const schema = stems(`${service}/schema`).filter((name) => name !== 'common');
    expect(stems(`${service}/resolvers`).filter((name) => !RESOLVERS.includes(name))).toEqual(schema);
  });

  test('tests and stores what it has, under the same name', () => {
    const known = new Set([
      ...stems(`${service}/schema`),
      ...folders(`${service}/domain`),
      ...(existsSync(join(ROOT, service, 'delivery')) ? ['delivery', 'log'] : []),
      ...(service === 'file' ? ['pictures'] : []),
    ]);
    expect(
      [...folders(`${service}/storage`), ...folders(`${service}/tests`)].filter((name) => !known.has(name)),
    ).toEqual([]);
  });

  test('has an entry of 60 lines at most, which only puts things together', () => {
    expect(read(`${service}/index.ts`).split('\n').length).toBeLessThanOrEqual(61);
  });

  test('has a README with the headings of all four, and names only files that are there', () => {
    const text = read(`${service}/README.md`);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading as string);
    expect(headings).toEqual(expect.arrayContaining(HEADINGS));
    const paths = [...text.matchAll(/`([\w-]+(?:\/[\w.-]+)*(?:\.ts|\/))`/g)].map(([, path]) => path as string);
    const isThere = (path: string) => existsSync(join(ROOT, service, path)) || existsSync(join(ROOT, '..', path));
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });
});

test('nothing is excused that is not there', () => {
  expect(Object.keys(OWN).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
