import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitForLock } from '../lock.mjs';
import type { Progress } from '../progress.ts';
import { type BaseName, TITLES } from './names.ts';

/**
 * Packages that hold a server without a unit that would start it: nothing but the files is installed, so
 * nothing has to be kept from starting, now or at the next boot. etcd has no such package, so it's not
 * installed but unpacked into the project's own directory.
 */
const INSTALLED: Partial<Record<BaseName, string[]>> = {
  // The second holds my_print_defaults, which mariadb-install-db calls.
  mysql: ['mariadb-server-core', 'mariadb-client-core'],
  redis: ['redis-tools'],
};
const UNPACKED: Partial<Record<BaseName, string[]>> = { etcd: ['etcd-server'] };

/** How long to wait for another apt on this machine, in seconds. */
const LOCK_TIMEOUT = 300;

/** Whether this is Debian or Ubuntu and we may install: as root, or with a sudo that asks nothing. */
export function canUseApt(): boolean {
  return existsSync('/etc/debian_version') && spawnSync('apt-get', ['--version']).status === 0 && elevation() !== null;
}

/**
 * Brings the servers of the named services, without any of them being started by the system.
 * @throws Error with what apt said
 */
export async function installWithApt(names: BaseName[], cache: string, progress: Progress): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const lock = await waitForLock(`${cache}.lock`, (pid) =>
    progress.say(`Process ${pid} is installing programs; waiting for it …`),
  );
  try {
    const install = names.flatMap((name) => INSTALLED[name] ?? []);
    const unpack = names.flatMap((name) => UNPACKED[name] ?? []);
    if (![...install, ...unpack].every(knownAs))
      await progress.step('Reading the package lists (apt-get update)', update);
    await progress.step(`Installing ${names.map((name) => TITLES[name]).join(', ')} (apt-get)`, async () => {
      try {
        await bring(install, unpack, cache);
      } catch {
        // Lists that are too old name versions that the mirror no longer has.
        await update();
        await bring(install, unpack, cache);
      }
    });
  } finally {
    lock.release();
  }
}

/**
 * Installs a package that only tests need, and that needs too many others to be unpacked alone. @throws Error
 * with what apt said
 */
export function installPackageWithApt(name: string, cache: string): Promise<void> {
  return bringOne(name, [name], [], cache);
}

/**
 * Unpacks a package into a directory, without installing it: for a program that only tests need. @throws
 * Error with what apt said
 */
export function unpackWithApt(name: string, cache: string): Promise<void> {
  return bringOne(name, [], [name], cache);
}

async function bringOne(name: string, install: string[], unpack: string[], cache: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const lock = await waitForLock(`${cache}.lock`, () => undefined);
  try {
    if (!knownAs(name)) await update();
    await bring(install, unpack, cache);
  } finally {
    lock.release();
  }
}

async function bring(install: string[], unpack: string[], cache: string): Promise<void> {
  if (install.length > 0)
    await apt([
      'install',
      '--yes',
      '--no-install-recommends',
      '--no-remove',
      ...install.map((name) => knownAs(name) ?? name),
    ]);
  for (const name of unpack) {
    const download = mkdtempSync(join(cache, 'download-'));
    try {
      // apt fetches as its own user where it can; this folder is ours, so it's told to fetch as we are.
      await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', name], download);
      for (const file of readdirSync(download)) await run('dpkg-deb', ['--extract', file, cache], download);
    } finally {
      rmSync(download, { recursive: true, force: true });
    }
  }
}

/**
 * Reads the lists again. That one of the machine's sources doesn't answer is no reason to stop: if it
 * mattered, the installation says so.
 */
async function update(): Promise<void> {
  await apt(['update', '-qq']).catch(() => undefined);
}

/**
 * The package's name in the lists, which older releases write with a version behind it
 * (mariadb-server-core-10.6).
 */
function knownAs(name: string): string | undefined {
  const known = (command: string, parameter: string) =>
    spawnSync('apt-cache', [command, parameter], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).stdout ??
    '';
  if (/Candidate: (?!\(none\))/.test(known('policy', name))) return name;
  return known('pkgnames', `${name}-`).split('\n').filter(Boolean).sort().at(-1);
}

function apt(parameters: string[]): Promise<void> {
  const [command = 'env', ...prefix] = [...(elevation() ?? []), 'env'];
  const quiet = ['DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_SUSPEND=1', 'LC_ALL=C'];
  return run(
    command,
    [...prefix, ...quiet, 'apt-get', '-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT}`, ...parameters],
    '/',
  );
}

/** What to put before a command to run it as root; null when we can't. */
function elevation(): string[] | null {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : null;
}

export function run(command: string, parameters: string[], directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(said.trim().split('\n').slice(-8).join('\n'))),
    );
  });
}
