import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitForLock } from '../lock.mjs';
import type { Progress } from '../progress.ts';
import { run } from './apt.ts';

/*
 * Debian releases carry MariaDB and no MySQL; its unstable suite has MySQL, built against a newer C library.
 * So the server is unpacked with every library it needs, down to the C library and its loader, and runs with
 * those alone. Nothing is installed, and it needs no root.
 */

const PACKAGE = 'mysql-server-core';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The folder, among the programs that are unpacked without being installed, that holds `mysqld`. */
export function unpackedMysql(programs: string): string {
  return join(programs, 'mysql');
}

/** Whether this machine can fetch packages of Debian or Ubuntu. */
export function canUnpackMysql(): boolean {
  return (
    existsSync('/etc/debian_version') &&
    ['apt-get', 'dpkg-deb'].every((program) => spawnSync(program, ['--version']).status === 0)
  );
}

/**
 * Fetches MySQL unless it is there: from the machine's own archive on Ubuntu, from unstable at the machine's
 * own mirror on Debian.
 * @throws Error with what apt said
 */
export async function unpackMysql(programs: string, progress: Progress): Promise<void> {
  mkdirSync(programs, { recursive: true });
  const lock = await waitForLock(`${programs}.lock`, (pid) =>
    progress.say(`Process ${pid} is installing programs; waiting for it …`),
  );
  try {
    if (existsSync(join(unpackedMysql(programs), 'mysqld'))) return;
    await progress.step('Fetching MySQL (apt-get, some 50 MB)', () => fetchInto(unpackedMysql(programs)));
  } finally {
    lock.release();
  }
}

async function fetchInto(target: string): Promise<void> {
  const part = `${target}.part`;
  const reasons: string[] = [];
  for (const source of sources()) {
    rmSync(part, { recursive: true, force: true });
    try {
      const root = join(part, 'root');
      for (const archive of await download(source, join(part, 'apt')))
        await run('dpkg-deb', ['--extract', archive, root], part);
      writeLauncher(root);
      rmSync(target, { recursive: true, force: true });
      renameSync(root, target);
      return;
    } catch (error) {
      reasons.push((error as Error).message);
    } finally {
      rmSync(part, { recursive: true, force: true });
    }
  }
  throw new Error(reasons.join('\n') || 'apt has no source of packages');
}

/** Lines of a sources.list to try in turn; null stands for the machine's own lists. */
function sources(): (string | null)[] {
  if (!/^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'))) return [null];
  const { stdout } = spawnSync('apt-get', ['update', '--print-uris'], { encoding: 'utf8' });
  const mirrors = [...stdout.matchAll(/^'(\S+)\/dists\/\S+\/InRelease'/gm)].map(([, mirror]) => mirror);
  // A mirror without unstable, such as that of the security updates, is refused by apt or the signature.
  return [...new Set(mirrors)].map((mirror) => `deb [signed-by=${KEYRING}] ${mirror} sid main`);
}

/** Downloads the server and what it depends on, with state and cache of its own. Returns the archives. */
async function download(source: string | null, directory: string): Promise<string[]> {
  const archives = join(directory, 'cache/archives');
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(directory, folder), { recursive: true });
  const status = join(directory, 'status');
  const { stdout: architecture } = spawnSync('dpkg', ['--print-architecture'], { encoding: 'utf8' });
  // Nothing counts as installed, so every library comes along. Perl, for the server's scripts, is left out.
  writeFileSync(
    status,
    `Package: perl\nStatus: install ok installed\nVersion: 9999\nArchitecture: ${architecture.trim()}\nMulti-Arch: allowed\n`,
  );
  const own = [];
  if (source !== null) {
    const list = join(directory, 'sources.list');
    writeFileSync(list, `${source}\n`);
    own.push(`Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=/dev/null');
  }
  const settings = [
    ...own,
    'Dir::Etc::preferences=/dev/null',
    'Dir::Etc::preferencesparts=/dev/null',
    `Dir::State=${join(directory, 'state')}`,
    `Dir::State::status=${status}`,
    `Dir::Cache=${join(directory, 'cache')}`,
    'APT::Sandbox::User=root',
    'APT::Install-Recommends=false',
    // Nobody else uses these directories, and taking a lock needs root.
    'Debug::NoLocking=true',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
  ].flatMap((setting) => ['-o', setting]);
  await run('apt-get', ['update', '-qq', ...settings], directory);
  const names = spawnSync('apt-cache', ['pkgnames', PACKAGE, ...settings], { encoding: 'utf8' }).stdout.split('\n');
  // Ubuntu puts the version behind the name.
  const name = names.includes(PACKAGE) ? PACKAGE : names.filter(Boolean).sort().at(-1);
  if (name === undefined) throw new Error(`no package ${PACKAGE} in ${source ?? "this machine's package lists"}`);
  await run('apt-get', ['install', '-qq', '--yes', '--download-only', name, ...settings], directory);
  return readdirSync(archives)
    .filter((file) => file.endsWith('.deb'))
    .map((file) => join(archives, file));
}

/** Writes `mysqld`, which runs the unpacked server with its own loader and libraries. */
function writeLauncher(root: string): void {
  // Tools and manuals, a third of it all, are not used.
  for (const unused of ['usr/bin', 'usr/share/doc', 'usr/share/man'])
    rmSync(join(root, unused), { recursive: true, force: true });
  const libraries = ['lib', 'usr/lib']
    .flatMap((folder) => subfolders(root, folder))
    .filter((folder) => folder.includes('-linux-gnu'));
  const loader = libraries
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .find((path) => /\/ld(64|-linux[^/]*)?\.so\.\d+$/.test(path));
  if (loader === undefined) throw new Error('the packages of MySQL hold no loader of programs');
  const script = `#!/bin/sh
root=$(dirname "$0")
exec "$root/${loader}" --library-path "${libraries.map((folder) => `$root/${folder}`).join(':')}" \\
  "$root/usr/sbin/mysqld" "$@" --basedir="$root/usr" --plugin-dir="$root/usr/lib/mysql/plugin" \\
  --lc-messages-dir="$root/usr/share/mysql" --character-sets-dir="$root/usr/share/mysql/charsets"
`;
  writeFileSync(join(root, 'mysqld'), script, { mode: 0o755 });
}

function subfolders(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}
