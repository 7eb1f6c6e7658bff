import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, findDatabase, readDatabase } from '../base/database.ts';
import { prepareMysql } from '../base/mysql.ts';

const MARIADB = 'Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)';
const MYSQL = 'Ver 9.7.4-2 for Linux on x86_64 ((Debian))';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'beaver-database-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A folder with programs, each of which tells a version. Returns the folder. */
function folder(name: string, programs: Record<string, string>): string {
  const path = join(directory, name);
  mkdirSync(path);
  for (const [program, version] of Object.entries(programs))
    writeFileSync(join(path, program), `#!/bin/sh\necho "${program} ${version}"\n`, { mode: 0o755 });
  return path;
}

describe('the program of a private database', () => {
  it.each<[Database | undefined, string, string[]]>([
    [undefined, 'debian/mariadbd', ['mysql', 'debian']],
    [undefined, 'mysql/mysqld', ['mysql']],
    [undefined, 'debian/mariadbd', ['debian', 'mysql']],
    ['mariadb', 'debian/mariadbd', ['mysql', 'debian']],
    ['mariadb', 'old/mysqld', ['mysql', 'old']],
    ['mysql', 'mysql/mysqld', ['debian', 'broken', 'mysql']],
    ['mysql', 'mysql/mysqld', ['old', 'mysql']],
  ])('asked for %s it is %s, of %s', async (wanted, expected, names) => {
    const folders: Record<string, string> = {
      debian: folder('debian', { mariadbd: MARIADB, mysqld: MARIADB }),
      old: folder('old', { mysqld: MARIADB }),
      mysql: folder('mysql', { mysqld: MYSQL }),
      broken: folder('broken', {}),
    };
    writeFileSync(join(directory, 'broken/mysqld'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const found = await findDatabase(
      wanted,
      names.map((name) => folders[name] ?? ''),
    );
    expect(found?.path).toBe(join(directory, expected));
  });

  it.each<[Database, Record<string, string>]>([
    ['mysql', { mariadbd: MARIADB, mysqld: MARIADB }],
    ['mariadb', { mysqld: MYSQL }],
  ])('is none where %s is asked for and only the other is there', async (wanted, programs) => {
    expect(await findDatabase(wanted, [folder('bin', programs)])).toBeUndefined();
  });

  it('is named by BEAVER_DATABASE, which has two values', () => {
    expect(readDatabase({ BEAVER_DATABASE: 'mysql' })).toBe('mysql');
    expect(readDatabase({ BEAVER_DATABASE: 'mariadb' })).toBe('mariadb');
    expect(readDatabase({ BEAVER_DATABASE: '' })).toBeUndefined();
    expect(readDatabase({})).toBeUndefined();
    expect(() => readDatabase({ BEAVER_DATABASE: 'postgres' })).toThrow('BEAVER_DATABASE must be mysql or mariadb');
  });

  it.each([
    ['mariadb', MYSQL, /was made by MariaDB, and .*mysqld is MySQL.* Set BEAVER_DATABASE=mariadb /],
    ['mysql', MARIADB, /was made by MySQL, and .*mysqld is MariaDB.* Set BEAVER_DATABASE=mysql /],
  ])('refuses data that %s made where it is the other', async (maker, version, message) => {
    writeFileSync(join(directory, `made-by-${maker}`), '');
    const program = { path: join(folder('bin', { mysqld: version }), 'mysqld') };
    const options = { directory, keep: true, port: 1, password: 'p' };
    await expect(prepareMysql(program, options, 'u', 'd')).rejects.toThrow(message);
  });
});
