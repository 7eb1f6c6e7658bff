// `npm run licences`: writes docs/licences.md. With `--check` it compares, and ends with 1 where a package
// has a licence that nobody has agreed to, or wants to run a program when it is installed and is not named
// in package.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, ROOT, readLockedPackages } from './lock-file.ts';

const DOCUMENT = join(ROOT, 'docs', 'licences.md');

/** Licences that ask for their text to be kept and for nothing else. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
  '(MIT AND BSD-3-Clause)',
  'MIT and ISC',
]);

/** What others ask for, and which packages they may be of. */
const NAMED: Record<string, { packages: RegExp; note: string }> = {
  'Elastic-2.0': {
    packages: /^@apollo\//,
    note: 'Composition, query planning and the gateway of Apollo. They may be used, also for profit, but not be offered to others as a hosted service of their own.',
  },
  'LGPL-3.0-or-later': {
    packages: /^@img\/sharp-libvips-/,
    note: 'libvips, a library that sharp loads. It may be replaced by another build of it.',
  },
  'Apache-2.0 AND LGPL-3.0-or-later': {
    packages: /^@img\/sharp-/,
    note: 'sharp with libvips in one file, for other systems.',
  },
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT': {
    packages: /^@img\/sharp-/,
    note: 'sharp with libvips in one file, for other systems.',
  },
  'LGPL-2.1-or-later': { packages: /^mariadb$/, note: 'The driver of MySQL and MariaDB, used as it is.' },
  'EPL-2.0': { packages: /^elkjs$/, note: "Part of Prisma's own tools. Nothing of ours loads it." },
};

/** Packages whose package.json does not say it in today's form: what their LICENSE file says. */
const READ: Record<string, string> = { busboy: 'MIT', streamsearch: 'MIT', 'seq-queue': 'MIT' };

const licenceOf = ({ name, licence }: LockedPackage) => licence ?? READ[name] ?? null;

/** What nobody has agreed to. */
export function licenceFaults(packages: readonly LockedPackage[]): string[] {
  return packages.flatMap((one) => {
    const licence = licenceOf(one);
    const at = `${one.name}@${one.version}`;
    if (licence === null) return [`${at} says no licence. Read its LICENSE file, and put what it says into READ.`];
    if (PERMISSIVE.has(licence) || NAMED[licence]?.packages.test(one.name)) return [];
    return [
      `${at} is under ${licence}, which nobody has agreed to. Take another package, or decide and put it into NAMED.`,
    ];
  });
}

/**
 * Packages that want to run a program when they are installed, of which package.json does not say whether
 * they may.
 */
export function scriptFaults(packages: readonly LockedPackage[], allowed: Readonly<Record<string, boolean>>): string[] {
  return packages
    .filter(({ name, hasInstallScript }) => hasInstallScript && !Object.hasOwn(allowed, name))
    .map(
      ({ name, version }) =>
        `${name}@${version} has an install script: say in allowScripts of package.json whether it may run.`,
    );
}

/** docs/licences.md. */
export function licenceDocument(packages: readonly LockedPackage[]): string {
  const byLicence = Map.groupBy(packages, (one) => licenceOf(one) ?? 'unknown');
  const parts = [...byLicence]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, some]) => {
      const names = [...new Set(some.map(({ name }) => name))];
      const note = NAMED[licence]?.note;
      return [
        `## ${licence}`,
        ...(note ? [wrap(note.split(' '), ' ')] : []),
        wrap(
          names.map((name) => `\`${name}\``),
          ', ',
        ),
      ].join('\n\n');
    });
  const head = `# Licences of the packages in production

Written by \`npm run licences\` from package-lock.json, and compared by \`npm run check\`. Packages for development are not in it: no
image has them.`;
  return `${[head, ...parts].join('\n\n')}\n`;
}

const WIDTH = 110;

/** Joins words into lines of at most `WIDTH` columns. */
function wrap(words: readonly string[], separator: string): string {
  const lines = [''];
  for (const [i, word] of words.entries()) {
    const text = i === words.length - 1 ? word : `${word}${separator}`;
    const line = lines.at(-1) as string;
    if (line.length + text.trimEnd().length > WIDTH && line) lines.push(text);
    else lines[lines.length - 1] = line + text;
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

if (import.meta.main) {
  const packages = readLockedPackages();
  const inProduction = packages.filter(({ isDev }) => !isDev);
  const { allowScripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    allowScripts: Record<string, boolean>;
  };
  const faults = [...licenceFaults(inProduction), ...scriptFaults(packages, allowScripts)];
  const document = licenceDocument(inProduction);
  if (!process.argv.includes('--check')) writeFileSync(DOCUMENT, document);
  else if (readFileSync(DOCUMENT, 'utf8') !== document)
    faults.push('docs/licences.md is not what package-lock.json says.');
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
