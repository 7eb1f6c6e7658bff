// `npm run advisories [-- <file or folder of OSV records>]`: compares the locked packages with known
// vulnerabilities. Without records it asks the registry by `npm audit`; not every registry answers that.
// Ends with 0 where nothing is known, 1 where something is, 2 where nothing could be compared.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from 'semver';
import { type LockedPackage, ROOT, readLockedPackages } from './lock-file.ts';

/** What is read of a record in the OSV format (https://ossf.github.io/osv-schema). */
export interface OsvRecord {
  id: string;
  modified: string;
  withdrawn?: string;
  summary?: string;
  affected?: {
    package?: { ecosystem: string; name: string };
    versions?: string[];
    ranges?: { type: string; events: OsvEvent[] }[];
  }[];
}

type OsvEvent = { introduced?: string; fixed?: string; last_affected?: string };

/** The records that hold for a package at a version. */
export function advisoriesOf(
  { name, version }: Pick<LockedPackage, 'name' | 'version'>,
  records: readonly OsvRecord[],
): OsvRecord[] {
  return records.filter(
    ({ withdrawn, affected = [] }) =>
      !withdrawn &&
      affected.some(
        ({ package: about, versions = [], ranges = [] }) =>
          about?.ecosystem === 'npm' &&
          about.name === name &&
          (versions.includes(version) ||
            ranges.some(({ type, events }) => type === 'SEMVER' && isWithin(version, events))),
      ),
  );
}

/**
 * Whether a version lies in a range of events. They are in the order of their versions; `0` is before all.
 */
function isWithin(version: string, events: readonly OsvEvent[]): boolean {
  let isAffected = false;
  for (const { introduced, fixed, last_affected: last } of events) {
    if (introduced !== undefined && (introduced === '0' || compare(version, introduced) >= 0)) isAffected = true;
    if (fixed !== undefined && compare(version, fixed) >= 0) isAffected = false;
    if (last !== undefined && compare(version, last) > 0) isAffected = false;
  }
  return isAffected;
}

/** Reads a file with one record or a list of them, or all `.json` files below a folder. */
export function readRecords(path: string): OsvRecord[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(path, name))
    : [path];
  return files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as OsvRecord | OsvRecord[]);
}

function compareWith(path: string): number {
  const records = readRecords(path);
  const latest = records
    .map(({ modified }) => modified)
    .sort()
    .at(-1);
  if (!latest) {
    console.error(`${path} has no OSV records.`);
    return 2;
  }
  const packages = readLockedPackages();
  let count = 0;
  for (const one of packages) {
    for (const { id, summary } of advisoriesOf(one, records)) {
      count += 1;
      console.log(`${one.name}@${one.version}${one.isDev ? ' (development)' : ''}: ${id} ${summary ?? ''}`.trimEnd());
    }
  }
  console.log(
    `${packages.length} packages, ${records.length} records up to ${latest}: ${count} known vulnerabilities.`,
  );
  return count > 0 ? 1 : 0;
}

function askRegistry(): number {
  const { stdout, status } = spawnSync('npm', ['audit', '--audit=true', '--package-lock-only', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const answer = JSON.parse(stdout || '{}') as { vulnerabilities?: object };
  if (!answer.vulnerabilities) {
    console.error(
      'This registry does not answer npm audit. Name a file or a folder of OSV records: npm run advisories -- <path>.',
    );
    return 2;
  }
  const names = Object.keys(answer.vulnerabilities);
  console.log(
    `${new Date().toISOString()}: ${names.length} packages with known vulnerabilities${names.length ? `: ${names.join(', ')}` : ''}.`,
  );
  return status === 0 ? 0 : 1;
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  process.exitCode = path ? compareWith(path) : askRegistry();
}
