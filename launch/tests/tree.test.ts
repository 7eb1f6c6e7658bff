import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../workspace.ts';

const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
const tracked = spawnSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);

/** The paths of the annotated tree, each with all that it lies in. */
function treePaths(): string[] {
  const block = /## The tree\n\n```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const open: string[] = [];
  return block
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, indent, name] = /^( *)(\S+)/.exec(line) as unknown as [string, string, string];
      open.length = indent.length / 2;
      open.push(name);
      return open.join('');
    });
}

const NAMES = ['auth', 'chat', 'user', 'file'];
const spread = (path: string) =>
  path.includes('<service>') ? NAMES.map((name) => path.replace('<service>', name)) : [path];

describe('the tree of ARCHITECTURE.md', () => {
  const paths = treePaths().flatMap(spread);

  test('names only what is there', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('names every folder at the top, and every room of kit, gateway and the services', () => {
    const folders = new Set(
      tracked.flatMap((path) => {
        const parts = path.split('/').slice(0, -1);
        const depth = parts[0] === 'subgraphs' ? 3 : parts[0] === 'kit' || parts[0] === 'gateway' ? 2 : 1;
        return parts.slice(0, depth).map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
      }),
    );
    const below = (folder: string) => folder.startsWith('subgraphs/') && folder.endsWith('/routes/');
    const missing = [...folders].filter(
      (folder) => !folder.startsWith('.') && !paths.includes(folder) && !below(folder),
    );
    expect(missing.filter((folder) => !folder.startsWith('subgraphs/tests/'))).toEqual([]);
  });
});

test('documents name only files that are there', () => {
  const documents = tracked.filter(
    (path) => path.endsWith('.md') && path !== 'docs/tried.md' && path !== 'docs/licences.md',
  );
  const pattern =
    /`((?:kit|gateway|subgraphs|testing|launch|prisma|e2e|bench|deploy|docs|examples|clients)\/[\w./-]+)`/g;
  const missing = documents.flatMap((document) =>
    [...readFileSync(join(ROOT, document), 'utf8').matchAll(pattern)]
      .map(([, path]) => path as string)
      .filter((path) => !existsSync(join(ROOT, path)) && !tracked.some((file) => file.startsWith(path)))
      .map((path) => `${document}: ${path}`),
  );
  expect(missing).toEqual([]);
});
