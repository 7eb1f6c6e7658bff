import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogFile } from '../../observe/log-file.ts';

const PROGRAM = join(import.meta.dirname, '../service/process-program.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beaver-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The files of a log, oldest first. */
const filesOf = (name: string) =>
  [4, 3, 2, 1, 0].map((age) => (age ? `${name}.${age}` : name)).filter((file) => readdirSync(folder).includes(file));
const contents = (name: string) => filesOf(name).map((file) => readFileSync(join(folder, file), 'utf8'));

test('a log rotates by size, keeps five files, and no line is torn or out of order', () => {
  const file = openLogFile(join(folder, 'auth.log'), 100);
  for (let i = 0; i < 200; i += 1) file.write(`line ${i} ${'x'.repeat(i % 40)}\n`);
  expect(filesOf('auth.log')).toHaveLength(5);
  for (const name of filesOf('auth.log')) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(100);
  const numbers = contents('auth.log')
    .join('')
    .trim()
    .split('\n')
    .map((line) => Number(/^line (\d+) x*$/.exec(line)?.[1]));
  expect(numbers).toEqual(Array.from(numbers, (_, i) => 200 - numbers.length + i));
});

test('a process that starts again appends, and counts what is there already', () => {
  writeFileSync(join(folder, 'auth.log'), 'of an earlier start\n');
  openLogFile(join(folder, 'auth.log'), 30).write('of this start\n');
  expect(contents('auth.log')).toEqual(['of an earlier start\n', 'of this start\n']);
});

test('a rotation that is not possible now loses no later line', () => {
  const file = openLogFile(join(folder, 'auth.log'), 20);
  file.write('the first line\n');
  renameSync(folder, `${folder}-away`);
  file.write('lost\n'.repeat(4));
  renameSync(`${folder}-away`, folder);
  file.write('again\n');
  expect(contents('auth.log').join('')).toBe('the first line\nagain\n');
});

test('LOG_DIR has the lines of standard output, to the last one before the end', () => {
  const env = { ...process.env, LOG_DIR: join(folder, 'logs') };
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'exception of ours'], { env, encoding: 'utf8' });
  expect(stdout).toContain('"FATAL"');
  expect(readFileSync(join(folder, 'logs/test.log'), 'utf8')).toBe(stdout);
});

test('a folder that cannot be written is named at start', () => {
  writeFileSync(join(folder, 'file'), '');
  const env = { ...process.env, LOG_DIR: join(folder, 'file') };
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, 'none'], { env, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, expect.stringContaining('LOG_DIR names a folder that cannot be written')]);
});

test('without LOG_DIR nothing is written to a file', () => {
  execFileSync(process.execPath, [PROGRAM, 'none'], { cwd: folder });
  expect(readdirSync(folder)).toEqual([]);
});
