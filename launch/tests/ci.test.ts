import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../workspace.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The words of an array of the script. */
function listOf(name: string): string[] {
  const [, body = ''] = new RegExp(`^${name}=\\(([^)]*)\\)`, 'm').exec(read('.ci/run')) ?? [];
  return body.split(/\s+/).filter(Boolean);
}

const [onMysql, notOnMysql] = [listOf('on_mysql'), listOf('not_on_mysql')];

test('every test in which docs/databases.md says that databases differ runs on MySQL too', () => {
  const paths = [...new Set(read('docs/databases.md').match(/[\w./-]+\.test\.ts/g))];
  expect(paths.length).toBeGreaterThan(10);
  const isRun = (path: string) =>
    onMysql.some((part) => path.startsWith(part)) && !notOnMysql.some((part) => path.startsWith(part));
  expect(paths.filter((path) => !isRun(path))).toEqual([]);
});

test('what is named there is there', () => {
  const all = [...onMysql, ...notOnMysql];
  expect(all.length).toBeGreaterThan(15);
  expect(all.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, `${path}.test.ts`)))).toEqual([]);
});

test('the files that start first are there', () => {
  const paths = [...read('testing/sequencer.cjs').matchAll(/^ {2}'([^']+)',$/gm)].map(([, path]) => `${path}.test.ts`);
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
