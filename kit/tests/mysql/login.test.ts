import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { readMysqlConfig } from '../../base/config.ts';
import { driverOptions } from '../../mysql/options.ts';
import { checkMysql } from '../../service/preflight/mysql.ts';

/*
 * The ways in which a password reaches MySQL, whose default login (caching_sha2_password) takes it only
 * encrypted. MariaDB as Debian builds it has another login, and no TLS of its own.
 */

/** Runs one statement on a connection with these variables beside those of the environment. */
async function ask(statement: string, variables: Record<string, string> = {}) {
  const connection = await createConnection(driverOptions(readMysqlConfig({ ...process.env, ...variables })));
  try {
    return await connection.query(statement);
  } finally {
    await connection.end();
  }
}

const [{ version }] = await ask('SELECT VERSION() AS version');
const onMysql = version.includes('MariaDB') ? describe.skip : describe;

onMysql('a login at MySQL', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'beaver-login-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  // The server keeps no digest of a password that was just set, and so wants the password itself. It stays
  // the same one.
  beforeEach(() => ask(`ALTER USER USER() IDENTIFIED BY '${process.env.MYSQL_PASSWORD}'`));
  const cipher = async (variables: Record<string, string>) =>
    (await ask("SHOW STATUS LIKE 'Ssl_cipher'", variables))[0].Value;

  it('goes under the key that the server gives, where nothing else is said', async () => {
    expect(await cipher({})).toBe('');
  });

  it('goes under a key that is pinned', async () => {
    const [{ Value: key }] = await ask("SHOW STATUS LIKE 'Caching_sha2_password_rsa_public_key'");
    const file = join(directory, 'key.pem');
    writeFileSync(file, key);
    await ask(`ALTER USER USER() IDENTIFIED BY '${process.env.MYSQL_PASSWORD}'`);
    expect(await cipher({ MYSQL_PUBLIC_KEY: file })).toBe('');
  });

  it('goes over TLS', async () => {
    expect(await cipher({ MYSQL_SSL_MODE: 'required' })).toMatch(/^TLS_/);
  });

  it('is refused at a server whose certificate nobody vouches for, and says which variables to look at', async () => {
    const config = readMysqlConfig({ ...process.env, MYSQL_SSL_MODE: 'verify_identity' });
    expect(await checkMysql(config)).toMatch(/MYSQL_SSL_MODE and MYSQL_SSL_CA/);
  });
});
