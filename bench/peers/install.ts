import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEEP } from '../../launch/workspace.ts';

/** A folder with packages that only a comparison needs: the product must not depend on them. */
export interface Peers {
  folder: string;
  /** What is really there, of the packages that were named. */
  versions: Record<string, string>;
}

/** Installs these exact versions from the registry under `.beaver/bench/<name>`, once. */
export function installPeers(name: string, packages: Record<string, string>): Peers {
  const folder = join(KEEP, 'bench', name);
  const part = `${folder}.part`;
  if (!isInstalled(folder, packages)) {
    console.log(`… Installing ${Object.keys(packages).join(', ')} into ${folder} (some minutes)`);
    rmSync(part, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    writeFileSync(
      join(part, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies: packages }),
    );
    const npm = process.env.npm_execpath;
    const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
    // Without their install scripts: none is needed, and what comes from a registry for a comparison gets no
    // right to run as it is unpacked.
    const parameters = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    execFileSync(command, [...first, ...parameters], { cwd: part, stdio: ['ignore', 'inherit', 'inherit'] });
    renameSync(part, folder);
  }
  const versions = Object.keys(packages).map((one) => [one, versionOf(folder, one)]);
  return { folder, versions: Object.fromEntries(versions) };
}

function isInstalled(folder: string, packages: Record<string, string>): boolean {
  return Object.entries(packages).every(([name, version]) => versionOf(folder, name) === version);
}

function versionOf(folder: string, name: string): string | undefined {
  const path = join(folder, 'node_modules', name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined;
}
