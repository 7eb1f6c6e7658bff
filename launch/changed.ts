import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
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
 * less: the tests of a service start it as a process, and nearly all import the kit. Null where a file
 * changed that all tests depend on.
 */
export function testsOf(paths: readonly string[]): string[] | null {
  if (paths.some((path) => SHARED.test(path) && !path.endsWith('.test.ts'))) return null;
  return [...new Set(paths.flatMap(testsOfOne))].sort();
}

/**
 * Of a service, the kit or another part of the repository with `tests/`: the folder there that is named after
 * the capability, layer or part. Where none is, the files that are named so, or else all.
 */
function testsOfOne(path: string): string[] {
  // What was removed has no tests to run.
  if (path.endsWith('.test.ts')) return exists(path) ? [path] : [];
  const [, root, rest] = /^(subgraphs\/[^/]+|kit|gateway|launch|prisma|deploy)\/(.+)$/.exec(path) ?? [];
  if (root === undefined || rest === undefined || /\.md$/.test(rest) || !exists(`${root}/tests/`)) return [];
  const names = rest.replace(/\.[^/.]+$/, '').split('/');
  const inner = names[0] === 'tests' ? names.slice(1) : names;
  const folder = inner.map((name) => `${root}/tests/${name}/`).findLast(exists);
  if (folder !== undefined) return [folder];
  const files = globSync(`${root}/tests/**/*.test.ts`, { cwd: ROOT });
  for (const name of inner.toReversed()) {
    const named = files.filter(
      (file) => basename(file).startsWith(`${name}.`) || basename(file).startsWith(`${name}-`),
    );
    if (named.length > 0) return named;
  }
  return [`${root}/tests/`];
}

function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}
