import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readBaseConfig, readSharedConfig } from '../../base/config.ts';
import { ConfigurationError, port, readEnvironment, readTogether } from '../../base/environment.ts';
import { StartupError } from '../../base/errors.ts';

const GOOD = {
  MYSQL_HOST: '10.0.20.7',
  MYSQL_USER: 'beaver',
  MYSQL_PASSWORD: ' a password ',
  MYSQL_DATABASE: 'beaver_im',
  REDIS_HOST: 'redis',
  ETCD_SERVER: 'http://etcd-1:2379,http://[fd00::7]:2379',
  TRUST_SECRET: 'x'.repeat(32),
};

const SECRET_RULE = 'must be at least 32 bytes of a random generator; several with commas, of which the first signs';

/** What is said to be wrong. */
function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

test('a good configuration is read', () => {
  const config = readBaseConfig({ ...GOOD, LOG_LEVEL: 'debug\r', MYSQL_PORT: ' 3307 ', REDIS_PASSWORD: '' });
  expect(config).toMatchObject({
    mysql: { host: '10.0.20.7', port: 3307, password: ' a password ' },
    redis: { host: 'redis', port: 6379, password: undefined },
    etcd: { servers: ['http://etcd-1:2379', 'http://[fd00::7]:2379'] },
    logLevel: 'debug',
  });
});

test.each([
  ['MYSQL_PORT', 'abc', 'must be a port: a whole number from 0 to 65535'],
  ['MYSQL_PORT', '65536', 'must be a port: a whole number from 0 to 65535'],
  ['MYSQL_PORT', '33.5', 'must be a port: a whole number from 0 to 65535'],
  ['MYSQL_PORT', '0x10', 'must be a port: a whole number from 0 to 65535'],
  ['MYSQL_PORT', '-1', 'must be a port: a whole number from 0 to 65535'],
  ['MYSQL_HOST', 'mysql://10.0.0.1', 'must be the name or address of a host, without a scheme and a port'],
  ['MYSQL_HOST', '10.0.0.1:3306', 'must be the name or address of a host, without a scheme and a port'],
  ['REDIS_HOST', 'redis/0', 'must be the name or address of a host, without a scheme and a port'],
  ['ETCD_SERVER', 'etcd:2379', 'must be http://host:port, or several with commas'],
  ['ETCD_SERVER', 'http://etcd', 'must be http://host:port, or several with commas'],
  ['ETCD_SERVER', 'http://etcd:2379/v3', 'must be http://host:port, or several with commas'],
  ['ETCD_SERVER', 'http://a:2379,https://b:2379', 'must be all http:// or all https://'],
  ['ETCD_SERVER', 'http://a:2379,', 'has an empty entry'],
  ['ETCD_SERVER', ',,', 'has an empty entry'],
  ['REDIS_CLUSTER_NODES', 'a:1,,b:2', 'has an empty entry'],
  ['REDIS_CLUSTER_NODES', 'redis-1', 'must be host:port, or several with commas'],
  ['OPEN_PORTS', 'yes', 'Invalid option: expected one of "on"|"off"'],
  ['TRUST_SECRET', 'x'.repeat(31), SECRET_RULE],
  ['TRUST_SECRET', `${'x'.repeat(32)},short`, SECRET_RULE],
  ['TRUST_SECRET', `${'x'.repeat(32)},`, 'has an empty entry'],
  ['BEAVER_NAMESPACE', 'A B', 'may hold a-z, 0-9, _ and -'],
])('%s=%s is refused by name', (name, value, rule) => {
  const { REDIS_HOST, ...rest } = GOOD;
  const environment = { ...rest, ...(name === 'REDIS_CLUSTER_NODES' ? {} : { REDIS_HOST }), [name]: value };
  const faults = faultsOf(() => readBaseConfig(environment));
  expect(faults).toEqual([`${name} ${rule}`]);
  expect(faults[0]).not.toContain(value);
});

test('a number that is none, and two ways to name Redis, are refused by name', () => {
  const count = z.coerce.number().int().positive();
  expect(faultsOf(() => readEnvironment({ COUNT: count }, { COUNT: 'many' }))).toEqual(['COUNT must be a number']);
  expect(faultsOf(() => readBaseConfig({ ...GOOD, REDIS_CLUSTER_NODES: 'redis-1:6379' }))).toEqual([
    'REDIS_HOST is set beside REDIS_CLUSTER_NODES: set one of the two',
  ]);
});

test('variables that mean nothing without another are told with the rest', () => {
  const environment = {
    MYSQL_PORT: 'abc',
    ETCD_SERVER: 'http://etcd:2379',
    ETCD_USERNAME: 'auth',
    ETCD_CA: 'ca.pem',
    REDIS_TLS_CERT: 'cert.pem',
  };
  const faults = faultsOf(() => readBaseConfig({ ...GOOD, ...environment }));
  expect(faults).toEqual([
    'MYSQL_PORT must be a port: a whole number from 0 to 65535',
    'REDIS_TLS must be on where REDIS_TLS_CA, REDIS_TLS_CERT or REDIS_TLS_KEY is set',
    'REDIS_TLS_CERT and REDIS_TLS_KEY belong together: set both',
    'ETCD_SERVER must be https:// where ETCD_CA, ETCD_CERT or ETCD_KEY is set',
    'ETCD_USERNAME is set without ETCD_PASSWORD',
  ]);
});

test('all faults are told at once, also those of the variables that a service alone has', () => {
  const environment = { AUTH_PORT: 'abc', LOG_LEVEL: 'loud', BEAVER_NAMESPACE: 'A B', MYSQL_HOST: 'h' };
  const faults = faultsOf(() =>
    readTogether(
      () => readBaseConfig(environment),
      () => readSharedConfig(environment),
      () => readEnvironment({ AUTH_PORT: port(8001) }, environment),
      () => {
        throw new StartupError('The list of operations cannot be read.');
      },
    ),
  );
  const names = faults.map((fault) => fault.split(' ')[0]);
  expect(names.sort()).toEqual(
    [
      ...['AUTH_PORT', 'BEAVER_NAMESPACE', 'ETCD_SERVER', 'LOG_LEVEL', 'MYSQL_DATABASE', 'MYSQL_PASSWORD'],
      ...['MYSQL_USER', 'REDIS_HOST', 'TRUST_SECRET', 'The'],
    ].sort(),
  );
  expect(new ConfigurationError(faults).message).toMatch(/^The configuration is not complete\. .* README\.md lists/);
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'beaver-config-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const { TRUST_SECRET: _, MYSQL_PASSWORD: __, ...rest } = GOOD;
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read without the end of its line', () => {
    const given = {
      ...rest,
      TRUST_SECRET_FILE: file('trust', `${'a'.repeat(32)},${'b'.repeat(40)}\n`),
      MYSQL_PASSWORD_FILE: file('mysql', ' with blanks \r\n'),
    };
    const config = readBaseConfig(given);
    expect(config.trustSecrets).toEqual(['a'.repeat(32), 'b'.repeat(40)]);
    expect(config.mysql.password).toBe(' with blanks ');
  });

  test('is refused by its name where it is beside the variable, is not there, or breaks the rule', () => {
    const password = file('password', 'pass');
    const both = { ...GOOD, MYSQL_PASSWORD_FILE: password };
    expect(faultsOf(() => readBaseConfig(both))).toEqual([
      'MYSQL_PASSWORD_FILE is set beside MYSQL_PASSWORD: set one of the two',
    ]);
    const away = { ...rest, MYSQL_PASSWORD_FILE: password, TRUST_SECRET_FILE: join(folder, 'away') };
    expect(faultsOf(() => readBaseConfig(away))).toEqual([
      'TRUST_SECRET_FILE names a file that cannot be read (ENOENT)',
    ]);
    const short = { ...rest, MYSQL_PASSWORD_FILE: password, TRUST_SECRET_FILE: file('short', 'short') };
    expect(faultsOf(() => readBaseConfig(short))).toEqual([`TRUST_SECRET ${SECRET_RULE}`]);
  });
});
