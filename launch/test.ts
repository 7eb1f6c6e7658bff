// `npm test`: every test (or those its arguments name, or those of `--changed` files) on base services of its
// own, which are gone afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { readMysqlConfig } from '../kit/base/config.ts';
import { StartupError } from '../kit/base/errors.ts';
import { migrate } from '../prisma/migrate.ts';
import { noteChild, stopLeftovers } from './base/child.ts';
import { type BaseServices, startBaseServices } from './base/index.ts';
import { BASE_VARIABLES } from './base/named.ts';
import { describeDatabase } from './base/probe.ts';
import { newSecret } from './base/secret.ts';
import { changedFiles, testsOf } from './changed.ts';
import { onInterrupt } from './interrupt.ts';
import { terminalProgress as progress } from './progress.ts';
import { RECORDS_VARIABLE } from './services.ts';
import {
  COMPILE_CACHE,
  PROGRAMS,
  ROOT,
  serviceRecordsOf,
  sweepTestDirectories,
  takeTestDirectory,
} from './workspace.ts';

/** How long services that tests left running may drain, in ms. */
const LEFT_GRACE = 3_000;

/** What jest writes about a run, as far as it's counted. */
interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Test files that broke before any of their tests ran. */
  numRuntimeErrorTestSuites: number;
}

let jest: ChildProcess | undefined;
let base: BaseServices | undefined;
let asked: NodeJS.Signals | undefined;
const abort = new AbortController();
onInterrupt(
  (signal) => {
    asked = signal;
    abort.abort();
    jest?.kill('SIGTERM');
  },
  () => {
    jest?.kill('SIGKILL');
    void base?.kill();
  },
);

const parameters = jestParameters(process.argv.slice(2));
const left = await sweepTestDirectories();
if (left.length > 0) progress.say(`Stopped what a killed test run had left: ${left.join(', ')}`);
const { directory, lock } = await takeTestDirectory();
const result = join(directory, 'jest.json');
let code = 1;
let summary: string | null = null;
try {
  base = await startBaseServices({
    directory,
    programs: PROGRAMS,
    keep: false,
    environment: {},
    progress,
    signal: abort.signal,
  });
  const environment = { ...withoutOurs(process.env), ...base.environment, ...testEnvironment() };
  progress.say(`The tests run on ${await describeDatabase(environment)}.`);
  await progress.step('Migrating the database', () => migrate(readMysqlConfig(environment)));
  if (asked === undefined) code = await runJest(environment);
  summary = summarise();
} catch (error) {
  if (asked === undefined && !(error instanceof StartupError)) throw error;
  if (asked === undefined) console.error((error as Error).message);
} finally {
  await stopLeftovers(serviceRecordsOf(directory), LEFT_GRACE);
  await base?.stop();
  lock.release();
  rmSync(directory, { recursive: true, force: true });
}
if (asked !== undefined) process.exit(128 + constants.signals[asked]);
// Last of all lines, for whoever reads a run by machine.
if (summary !== null) console.log(summary);
process.exit(code);

/**
 * What jest gets: `--changed` becomes the tests of the changed files. Where there are none, the run is over.
 */
function jestParameters(given: string[]): string[] {
  if (!given.includes('--changed')) return given;
  const tests = testsOf(changedFiles());
  const others = given.filter((parameter) => parameter !== '--changed');
  if (tests === null) {
    console.log('All tests: something changed that all of them depend on.');
    return others;
  }
  if (tests.length === 0) {
    console.log('No file with tests beside it differs from the last commit.\n0 passed, 0 failed');
    process.exit(0);
  }
  console.log(`The tests of what changed: ${tests.join(' ')}`);
  return [...others, ...tests];
}

/** Nothing that belongs to another system reaches the tests: not its servers, not its ports. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = new Set(BASE_VARIABLES);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.has(name)));
}

function testEnvironment(): Record<string, string> {
  return {
    NODE_ENV: 'test',
    // For the programs that tests run, such as `fsck`.
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    TRUST_SECRET: newSecret(),
    ...Object.fromEntries(['AUTH', 'CHAT', 'USER', 'FILE', 'GATEWAY'].map((name) => [`${name}_PORT`, '0'])),
    LISTEN_HOST: '127.0.0.1',
    ADVERTISE_HOST: '127.0.0.1',
    FILE_STORE_DIR: join(directory, 'files'),
    [RECORDS_VARIABLE]: serviceRecordsOf(directory),
  };
}

function runJest(environment: NodeJS.ProcessEnv): Promise<number> {
  const node = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules/jest/bin/jest.js'),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, '--json', `--outputFile=${result}`, ...parameters], {
      cwd: ROOT,
      stdio: 'inherit',
      env: environment,
    });
    jest = child;
    child.once('error', reject);
    if (child.pid === undefined) return;
    const forget = noteChild(serviceRecordsOf(directory), 'jest', child.pid);
    child.once('close', (exit) => {
      forget();
      resolve(exit ?? 1);
    });
  });
}

/**
 * `N passed, N failed`, or null where jest ran no tests because it was asked for something else
 * (`--listTests`).
 */
function summarise(): string | null {
  if (!existsSync(result)) return code === 0 ? null : '0 passed, 1 failed';
  const counts: JestResult = JSON.parse(readFileSync(result, 'utf8'));
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  return `${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
