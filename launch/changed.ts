import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace.ts';

/** What all tests depend on: the test kit, and what says how everything is built and run. */
const SHARED = /^(testing\/|e2e\/|services\.ts$|package(-lock)?\.json$|tsconfig\.json$)/;

/** The files that differ from the last commit, or are new. */
export function changedFiles(): string[] {
  const { status, stdout, stderr } = spawnSync('git', ['status', '--porcelain', '-z', '--untracked-files=all'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git can't say what changed: ${stderr}`);
  const entries = stdout.split('\0').filter(Boolean);
  // A renamed file's old name follows as an entry of its own.
  return entries.map((entry) => (/^[ MTADRCU?!]{2} /.test(entry) ? entry.slice(3) : entry));
}

/**
 * The test files and folders that a developer runs for changed files, as far as paths tell. Imports tell
 * less: the tests of a service start it as a process, and nearly all import the kit. Of the folders
 * `tests/<part>/` of a service or of the kit, it is the one named after the capability, layer or part; all of
 * `tests/` where none is. Null where a file changed that all tests depend on.
 */
export function testsOf(
  paths: readonly string[],
  exists = (path: string) => existsSync(join(ROOT, path)),
): string[] | null {
  if (paths.some((path) => SHARED.test(path) && !path.endsWith('.test.ts'))) return null;
  return [...new Set(paths.map((path) => testOf(path, exists)))].filter((test) => test !== null).sort();
}

function testOf(path: string, exists: (path: string) => boolean): string | null {
  // What was removed has no tests to run.
  if (path.endsWith('.test.ts')) return exists(path) ? path : null;
  const [, root, rest] = /^(subgraphs\/[^/]+|kit|gateway|launch|prisma|deploy)\/(.+)$/.exec(path) ?? [];
  if (root === undefined || rest === undefined || /\.md$/.test(rest)) return null;
  const names = rest.replace(/\.[^/.]+$/, '').split('/');
  const inner = names[0] === 'tests' ? names.slice(1) : names;
  const named = inner.map((name) => `${root}/tests/${name}/`).findLast(exists);
  if (named !== undefined) return named;
  return exists(`${root}/tests/`) ? `${root}/tests/` : null;
}
