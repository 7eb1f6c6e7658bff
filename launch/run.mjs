// Installs and generates what is missing, and hands the program that bootstrap.mjs was given over to Node 24.
// Needs npm, and nothing installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitForLock } from './lock.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const BIN = join(MODULES, '.bin');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Seconds between signs of life of a step that prints nothing itself. */
const HEARTBEAT = 10;

// Prisma's engine is not used, and its download is skipped where this names a file that exists (any file).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
const environment = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` };
const [program, ...programArguments] = process.argv.slice(2);
let child;
let asked;
// One Ctrl-C arrives up to three times (the terminal tells the whole group, npm passes it on): programs have
// to tell a repeat from a second one.
for (const signal of SIGNALS) {
  process.on(signal, () => {
    asked = signal;
    child?.kill(signal);
  });
}

// npm passes a signal that only it was sent to the shell it started us by, which dies of it without a word to
// us.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.emit('SIGTERM', 'SIGTERM');
  }, 1_000);
  watch.unref();
}

if (program === undefined) fail('Usage: node launch/bootstrap.mjs <program.ts> [arguments]');
await prepare();
const { code, signal } = await run(nodeProgram(), [program, ...programArguments], {
  env: { ...environment, BEAVER_BOOTSTRAP: String(process.pid) },
});
process.exit(signal === null ? code : 128 + constants.signals[signal]);

/** Installs and generates what is missing or out of date, one process at a time. */
async function prepare() {
  if (isInstalled() && isGenerated()) return;
  const lock = await waitForLock(join(ROOT, '.beaver', 'bootstrap.lock'), (pid) =>
    console.log(`Process ${pid} is preparing this checkout; waiting for it …`),
  );
  try {
    if (!isInstalled()) await install();
    if (!isGenerated()) await generate();
  } finally {
    lock.release();
  }
}

async function install() {
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // Not `npm ci`: it refuses a lock that lacks the optional packages of other systems (a lock only has what
  // its maker's registry had), and it begins by removing everything. What the lock names is installed as it's
  // named there, and the lock is left as it is.
  const parameters = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  await step('Installing packages (npm install)', command, [...first, ...parameters], process.env);
  writeStamp('install', lockHash());
}

async function generate() {
  await step(
    'Generating the database client (prisma generate)',
    nodeProgram(),
    [join(BIN, 'prisma'), 'generate'],
    environment,
  );
  await step('Bundling the page', nodeProgram(), [join('gateway', 'edge', 'page', 'bundle.ts')], environment);
  writeStamp('generate', generationHash());
}

/** Runs a slow command, shows that it lives, and shows what it said only when it fails. */
async function step(title, command, commandArguments, env) {
  const begin = Date.now();
  const seconds = () => ((Date.now() - begin) / 1000).toFixed(1);
  console.log(`… ${title}`);
  const heartbeat = setInterval(() => console.log(`… ${title}: ${Math.round(seconds())} s`), HEARTBEAT * 1000);
  const output = [];
  const result = await run(command, commandArguments, { env, stdio: ['ignore', 'pipe', 'pipe'] }, (text) =>
    output.push(text),
  );
  clearInterval(heartbeat);
  if (asked !== undefined) process.exit(128 + constants.signals[asked]);
  if (result.code === 0) return console.log(`✓ ${title} (${seconds()} s)`);
  process.stderr.write(output.join(''));
  fail(`✗ ${title} failed after ${seconds()} s; what it said is above.`);
}

function run(command, commandArguments, options, onOutput) {
  return new Promise((resolve) => {
    child = spawn(command, commandArguments, { cwd: ROOT, stdio: 'inherit', ...options });
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.on('error', (error) => fail(`${command} could not be run: ${error.message}`));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Node 24: this one if it is new enough, else the one that the `node` package brings. */
function nodeProgram() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const own = join(BIN, 'node');
  if (!existsSync(own)) {
    fail(
      'The package "node" did not bring Node 24: are install scripts switched off? Try: npm rebuild node --ignore-scripts=false',
    );
  }
  return own;
}

function isInstalled() {
  const hash = lockHash();
  if (readStamp('install') === hash) return true;
  if (!matchesLock()) return false;
  writeStamp('install', hash);
  return true;
}

/**
 * Whether somebody installed exactly what package-lock.json says, by hand: npm notes what it installed in a
 * lock file of its own.
 */
function matchesLock() {
  const noted = join(MODULES, '.package-lock.json');
  if (!existsSync(noted)) return false;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  const { '': _root, ...wanted } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const same = (path) =>
    wanted[path]?.version === installed[path]?.version && wanted[path]?.integrity === installed[path]?.integrity;
  return (
    Object.keys(installed).every(same) &&
    Object.keys(wanted).every(
      (path) => same(path) || (!(path in installed) && (wanted[path].optional || wanted[path].peer)),
    )
  );
}

function isGenerated() {
  const made = [join('prisma', 'generated', 'client.ts'), join('gateway', 'edge', 'page', 'bundle', 'index.html')];
  return made.every((path) => existsSync(join(ROOT, path))) && readStamp('generate') === generationHash();
}

function lockHash() {
  return hash(['package-lock.json']);
}

function generationHash() {
  const filesOf = (folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);
  return hash([
    'package-lock.json',
    'prisma.config.ts',
    'prisma/schema.prisma',
    'gateway/edge/page/bundle.ts',
    ...[...filesOf('prisma/models'), ...filesOf('gateway/edge/page/browser')].sort(),
  ]);
}

function hash(paths) {
  const sum = createHash('sha256');
  for (const path of paths)
    sum
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)));
  return sum.digest('hex');
}

function stampPath(name) {
  return join(MODULES, '.beaver', name);
}

function readStamp(name) {
  return existsSync(stampPath(name)) ? readFileSync(stampPath(name), 'utf8') : null;
}

function writeStamp(name, value) {
  mkdirSync(dirname(stampPath(name)), { recursive: true });
  writeFileSync(stampPath(name), value);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
