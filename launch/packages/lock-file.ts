import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** A package at a version, as the lock file has it. */
export interface LockedPackage {
  name: string;
  version: string;
  /** Its SPDX expression; null where the package does not say. */
  licence: string | null;
  /** Whether it is there for development alone, and so in no image. */
  isDev: boolean;
  /** Whether it wants to run a program of its own when it is installed. */
  hasInstallScript: boolean;
}

interface LockEntry {
  name?: string;
  version: string;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

/** The packages of package-lock.json, each version once, by name. */
export function readLockedPackages(file = join(ROOT, 'package-lock.json')): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockEntry> };
  const found = new Map<string, LockedPackage>();
  for (const [path, entry] of Object.entries(packages)) {
    const name = entry.name ?? path.split('node_modules/').at(-1);
    if (!path || !name) continue;
    const key = `${name}@${entry.version}`;
    const known = found.get(key);
    found.set(key, {
      name,
      version: entry.version,
      licence: entry.license ?? null,
      isDev: (entry.dev ?? false) && (known?.isDev ?? true),
      hasInstallScript: entry.hasInstallScript ?? false,
    });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}
