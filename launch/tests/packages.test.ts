import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advisoriesOf } from '../packages/advisories.ts';
import { licenceDocument, licenceFaults, scriptFaults } from '../packages/licences.ts';
import { type LockedPackage, ROOT, readLockedPackages } from '../packages/lock-file.ts';

const locked = (name: string, more: Partial<LockedPackage> = {}): LockedPackage => ({
  name,
  version: '1.0.0',
  licence: 'MIT',
  isDev: false,
  hasInstallScript: false,
  ...more,
});

describe('the lock file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'beaver-packages-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is read by name and version, wherever a package lies', () => {
    const file = join(folder, 'package-lock.json');
    const packages = {
      '': { version: '1.0.0' },
      'node_modules/b': { version: '1.0.0', license: 'MIT', dev: true },
      'node_modules/@x/a/node_modules/b': { version: '1.0.0', license: 'MIT' },
      'node_modules/@x/a': { version: '2.0.0', hasInstallScript: true },
      'node_modules/alias': { name: 'c', version: '3.0.0', license: 'ISC', dev: true },
    };
    writeFileSync(file, JSON.stringify({ packages }));
    expect(readLockedPackages(file)).toEqual([
      locked('@x/a', { version: '2.0.0', licence: null, hasInstallScript: true }),
      locked('b'),
      locked('c', { version: '3.0.0', licence: 'ISC', isDev: true }),
    ]);
  });

  test('a known vulnerability is found by a program that says when its records are from', () => {
    const [graphql] = readLockedPackages().filter(({ name }) => name === 'graphql');
    const record = (fixed: string) => ({
      id: 'TEST-1',
      modified: '2026-01-02T03:04:05Z',
      affected: [
        {
          package: { ecosystem: 'npm', name: 'graphql' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }],
        },
      ],
    });
    const run = (records: unknown) => {
      const file = join(folder, 'records.json');
      writeFileSync(file, JSON.stringify(records));
      const program = join(ROOT, 'launch/packages/advisories.ts');
      const { status, stdout } = spawnSync(process.execPath, [program, file], { encoding: 'utf8' });
      return { status, stdout };
    };
    expect(run([record('999.0.0')])).toEqual({
      status: 1,
      stdout: expect.stringMatching(
        /^graphql@\d+\.\d+\.\d+: TEST-1\n\d+ packages, 1 records up to 2026-01-02T03:04:05Z: 1 known vulnerabilities\.\n$/,
      ),
    });
    expect(run([record(graphql?.version as string)])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(': 0 known'),
    });
    expect(run([])).toMatchObject({ status: 2 });
  });
});

test.each([
  [
    'introduced and fixed',
    [{ introduced: '1.2.0' }, { fixed: '1.4.0' }],
    ['1.2.0', '1.3.9', '1.4.0-rc.1'],
    ['1.1.9', '1.4.0', '2.0.0'],
  ],
  [
    'two ranges',
    [{ introduced: '0' }, { fixed: '1.0.1' }, { introduced: '2.0.0' }, { fixed: '2.0.5' }],
    ['0.1.0', '1.0.0', '2.0.4'],
    ['1.0.1', '2.0.5'],
  ],
  ['the last that is affected', [{ introduced: '0' }, { last_affected: '1.5.0' }], ['1.5.0'], ['1.5.1']],
  ['never mended', [{ introduced: '3.0.0' }], ['3.0.0', '9.0.0'], ['2.9.9']],
])('versions are compared: %s', (_, events, affected, others) => {
  const records = [
    {
      id: 'A',
      modified: '',
      affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events }] }],
    },
  ];
  const isAffected = (version: string) => advisoriesOf({ name: 'a', version }, records).length > 0;
  expect([...affected, ...others].filter(isAffected)).toEqual(affected);
  expect(advisoriesOf({ name: 'b', version: affected[0] as string }, records)).toEqual([]);
});

test('what was withdrawn, or is of another ecosystem, holds for nobody', () => {
  const about = { package: { ecosystem: 'npm', name: 'a' }, versions: ['1.0.0'] };
  const one = { name: 'a', version: '1.0.0' };
  expect(advisoriesOf(one, [{ id: 'A', modified: '', affected: [about] }])).toHaveLength(1);
  expect(advisoriesOf(one, [{ id: 'A', modified: '', withdrawn: '2026-01-01', affected: [about] }])).toEqual([]);
  const elsewhere = { ...about, package: { ecosystem: 'PyPI', name: 'a' } };
  expect(advisoriesOf(one, [{ id: 'A', modified: '', affected: [elsewhere] }])).toEqual([]);
});

test('a licence that nobody agreed to is named, and one of another package than agreed as well', () => {
  const packages = [
    locked('fine'),
    locked('mariadb', { licence: 'LGPL-2.1-or-later' }),
    locked('busboy', { licence: null }),
    locked('copyleft', { licence: 'GPL-3.0-only' }),
    locked('other', { licence: 'LGPL-2.1-or-later' }),
    locked('silent', { licence: null }),
  ];
  expect(licenceFaults(packages)).toEqual([
    expect.stringContaining('copyleft@1.0.0 is under GPL-3.0-only'),
    expect.stringContaining('other@1.0.0 is under LGPL-2.1-or-later'),
    expect.stringContaining('silent@1.0.0 says no licence'),
  ]);
  expect(licenceDocument(packages)).toContain('## MIT\n\n`fine`, `busboy`\n');
});

test('an install script that package.json does not name is named', () => {
  const packages = [
    locked('named', { hasInstallScript: true }),
    locked('new', { hasInstallScript: true }),
    locked('none'),
  ];
  expect(scriptFaults(packages, { named: false })).toEqual([
    expect.stringContaining('new@1.0.0 has an install script'),
  ]);
});
