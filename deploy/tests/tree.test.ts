import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readGatewayConfig } from '../../gateway/config.ts';
import { readBaseConfig } from '../../kit/base/config.ts';
import { SERVICE_NAMES, SUBGRAPH_NAMES } from '../../services.ts';
import { readAuthConfig } from '../../subgraphs/auth/config.ts';
import { readChatConfig } from '../../subgraphs/chat/config.ts';
import { readFileConfig } from '../../subgraphs/file/config.ts';
import { readUserConfig } from '../../subgraphs/user/config.ts';
import { writeTree } from '../tree/index.ts';
import { folderOf } from '../tree/services.ts';

const PORTS = { auth: 8001, chat: 8002, user: 8003, file: 8004, gateway: 8000 };
const READERS = { auth: readAuthConfig, chat: readChatConfig, user: readUserConfig, file: readFileConfig };

const folders: string[] = [];
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'beaver-tree-')));
  return folders.at(-1) as string;
};
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
});

const write = (target: string, ...options: string[]) => writeTree(['--target', target, ...options]);
const files = (target: string) =>
  (readdirSync(target, { recursive: true }) as string[]).filter((path) => statSync(join(target, path)).isFile()).sort();
const contents = (target: string) =>
  Object.fromEntries(files(target).map((path) => [path, readFileSync(join(target, path), 'utf8')]));
// biome-ignore lint/suspicious/noExplicitAny: a file of Compose, of which the tests look at parts
const composeIn = (target: string, path: string): any => {
  const text = readFileSync(join(target, path, 'docker-compose.yml'), 'utf8');
  return parse(text, { uniqueKeys: true });
};
const environmentIn = (target: string, path: string): Record<string, string> =>
  Object.fromEntries(
    readFileSync(join(target, path), 'utf8')
      .split('\n')
      .filter((line) => /^\w/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

describe('a tree for one host', () => {
  const target = folder();
  beforeAll(() => write(target, '--host', '10.0.20.7'));

  test('has the folders and names that operators know', () => {
    expect(readdirSync(join(target, 'beaver')).sort()).toEqual(
      ['auth_api', 'chat_api', 'deploy.json', 'file_api', 'gateway', 'nginx', 'secrets.env', 'user_api'].sort(),
    );
    expect(readdirSync(join(target, 'docker')).sort()).toEqual(['etcd', 'mysql', 'redis']);
    for (const service of SERVICE_NAMES) {
      const name = folderOf(service);
      expect(readdirSync(join(target, 'beaver', name))).toEqual(
        expect.arrayContaining(['configs', 'docker-compose.yml', 'logs']),
      );
      const { services } = composeIn(target, `beaver/${name}`);
      expect(services[name]).toMatchObject({ container_name: name, network_mode: 'host', read_only: true });
    }
  });

  test.each(SERVICE_NAMES)('%s reads its configuration from configs/env, and all is there', (service) => {
    const environment = environmentIn(target, `beaver/${folderOf(service)}/configs/env`);
    if (service === 'gateway') expect(readGatewayConfig(environment)).toMatchObject({ port: 8000 });
    else {
      expect(readBaseConfig(environment)).toMatchObject({ advertiseHost: '10.0.20.7', mysql: { host: '10.0.20.7' } });
      expect(READERS[service](environment)).toMatchObject({ port: PORTS[service] });
    }
  });

  test.each(SUBGRAPH_NAMES)('%s has the nine variables of every service', (service) => {
    expect(environmentIn(target, `beaver/${folderOf(service)}/configs/env`)).toMatchObject({
      MYSQL_HOST: '10.0.20.7',
      MYSQL_PORT: '3306',
      MYSQL_USER: 'beaver',
      MYSQL_PASSWORD: expect.stringMatching(/^\w{64}$/),
      MYSQL_DATABASE: 'beaver_im',
      REDIS_HOST: '10.0.20.7',
      REDIS_PORT: '6379',
      REDIS_PASSWORD: expect.stringMatching(/^\w{64}$/),
      ETCD_SERVER: 'http://10.0.20.7:1900',
    });
  });

  test('nobody else on the machine reads a secret', () => {
    const secrets = Object.values(environmentIn(target, 'beaver/secrets.env'));
    expect(new Set(secrets).size).toBe(secrets.length);
    const holders = files(target).filter((path) =>
      secrets.some((secret) => readFileSync(join(target, path), 'utf8').includes(secret)),
    );
    expect(holders.length).toBeGreaterThan(8);
    for (const path of holders) expect([path, statSync(join(target, path)).mode & 0o777]).toEqual([path, 0o600]);
  });

  test('the containers may write their logs and files, and keep little', () => {
    const mine = process.getuid?.() === 0 ? 1000 : process.getuid?.();
    for (const path of [...SERVICE_NAMES.map((service) => `${folderOf(service)}/logs`), 'file_api/files'])
      expect(statSync(join(target, 'beaver', path)).uid).toBe(mine);
    for (const path of [
      ...SERVICE_NAMES.map((service) => `beaver/${folderOf(service)}`),
      'beaver/nginx',
      'docker/mysql',
    ])
      for (const service of Object.values<{ logging: unknown }>(composeIn(target, path).services))
        expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
  });

  test('nginx leads to the processes of this host', () => {
    const configuration = readFileSync(join(target, 'beaver/nginx/configs/beaver.conf'), 'utf8');
    for (const port of [8000, 8001, 8004]) expect(configuration).toContain(`http://10.0.20.7:${port};`);
    expect(configuration).not.toMatch(/^resolver/m);
  });
});

test('a second run changes nothing, and options of the first are kept', () => {
  const target = folder();
  write(target, '--host', '10.0.20.7', '--network', 'bridge', '--http-port', '8080');
  const before = contents(target);
  expect(write(target).changed).toEqual([]);
  expect(contents(target)).toEqual(before);
});

test('an option changes what it is about, and neither secrets nor what operators wrote', () => {
  const target = folder();
  write(target, '--host', '10.0.20.7');
  writeFileSync(join(target, 'beaver/chat_api/configs/own.env'), 'LOG_LEVEL=debug\n');
  writeFileSync(
    join(target, 'beaver/chat_api/.env'),
    'BEAVER_IMAGE=beaver-im\nBEAVER_TAG=0.9\nBEAVER_PULL_POLICY=missing\n',
  );
  const before = contents(target);
  const { changed } = write(target, '--public-url', 'https://chat.example');
  expect(changed.sort()).toEqual(['beaver/deploy.json', 'beaver/file_api/configs/env']);
  const after = contents(target);
  for (const path of Object.keys(before)) if (!changed.includes(path)) expect(after[path]).toBe(before[path]);

  write(target, '--tag', '1.0.0');
  for (const name of ['auth_api', 'chat_api', 'gateway'])
    expect(environmentIn(target, `beaver/${name}/.env`)).toMatchObject({ BEAVER_TAG: '1.0.0' });
});

test('a secret that is set by hand is used, and one that is missing is made', () => {
  const target = folder();
  write(target, '--host', '10.0.20.7');
  const path = join(target, 'beaver/secrets.env');
  const { TRUST_SECRET } = environmentIn(target, 'beaver/secrets.env');
  const edited = readFileSync(path, 'utf8')
    .replace(/^MYSQL_PASSWORD=.*$/m, 'MYSQL_PASSWORD=of-another-server')
    .replace(/^REDIS_PASSWORD=.*\n/m, '');
  writeFileSync(path, edited);
  chmodSync(path, 0o644);
  write(target);
  expect(environmentIn(target, 'beaver/auth_api/configs/env')).toMatchObject({
    MYSQL_PASSWORD: 'of-another-server',
    REDIS_PASSWORD: expect.stringMatching(/^\w{64}$/),
    TRUST_SECRET,
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('base services that run elsewhere have no folder', () => {
  const target = folder();
  write(target, '--host', '10.0.20.7', '--mysql-host', 'db.example', '--etcd-server', 'https://a:2379,https://b:2379');
  expect(readdirSync(join(target, 'docker'))).toEqual(['redis']);
  expect(environmentIn(target, 'beaver/user_api/configs/env')).toMatchObject({
    MYSQL_HOST: 'db.example',
    ETCD_SERVER: 'https://a:2379,https://b:2379',
  });
});

test('with certificates the door has TLS, and links lead there', () => {
  const target = folder();
  write(target, '--host', '10.0.20.7');
  expect(readFileSync(join(target, 'beaver/nginx/configs/tls.conf'), 'utf8')).not.toContain('listen');
  write(target, '--certificates', '/etc/beaver/certificates');
  expect(readFileSync(join(target, 'beaver/nginx/configs/tls.conf'), 'utf8')).toContain('listen 443 ssl');
  expect(composeIn(target, 'beaver/nginx').services.nginx.volumes).toContain(
    '/etc/beaver/certificates:/etc/nginx/certificates:ro',
  );
  expect(environmentIn(target, 'beaver/file_api/configs/env').FILE_PUBLIC_URL).toBe('https://10.0.20.7');
});

test('two deployments on one machine share no name, no port and no keys', () => {
  const [one, two] = [folder(), folder()];
  write(one, '--host', '10.0.20.7');
  const ports = ['--first-port', '9000', '--http-port', '9080', '--mysql-port', '9306', '--redis-port', '9379'];
  write(two, '--host', '10.0.20.7', '--name', 'trial', '--network', 'bridge', ...ports, '--etcd-port', '9900');
  const taken = (target: string) =>
    files(target)
      .filter((path) => path.endsWith('docker-compose.yml'))
      .flatMap((path) => {
        const { name, services } = composeIn(target, path.replace('/docker-compose.yml', ''));
        // biome-ignore lint/suspicious/noExplicitAny: parts of Compose
        const parts = Object.values<any>(services);
        return [name, ...parts.flatMap(({ container_name, ports = [] }) => [container_name, ...ports])];
      });
  const both = [...new Set(taken(one)), ...new Set(taken(two))];
  expect(new Set(both).size).toBe(both.length);
  expect(both).toContain('trial_auth_api');
  expect(environmentIn(two, 'beaver/auth_api/configs/env')).toMatchObject({
    AUTH_PORT: '9001',
    ADVERTISE_PORT: '9001',
    BEAVER_NAMESPACE: 'trial',
  });
});

test.each([
  [['--hots', '10.0.20.7'], "Unknown option '--hots'"],
  [['--host', 'http://10.0.20.7'], '--host must be the name or address of a host'],
  [['--host', '127.0.0.1'], '--host must be an address that other machines and containers reach'],
  [['--network', 'overlay', '--tag', 'a b'], '--network must be host or bridge; --tag must be the tag of an image'],
  [['--first-port', '65535'], '--first-port leaves no room for five ports'],
  [['--http-port', '8003'], 'These would share a port: port 3 from --first-port, --http-port.'],
  [['--name', 'A B'], '--name may hold a-z, 0-9 and -'],
  [['more'], "Unexpected argument 'more'"],
])('%j is refused by name, and nothing is written', (options, message) => {
  const target = folder();
  const program = join(import.meta.dirname, '../tree/index.ts');
  const { status, stderr } = spawnSync(process.execPath, [program, '--target', target, ...options], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(stderr).not.toContain('overlay');
  expect(readdirSync(target)).toEqual([]);
});

test('a faulty file of secrets stops the run before it writes', () => {
  const target = folder();
  write(target, '--host', '10.0.20.7');
  const path = join(target, 'beaver/secrets.env');
  writeFileSync(path, `${readFileSync(path, 'utf8')}TRUST_SECERT=x\n`);
  const before = contents(target);
  expect(() => write(target, '--http-port', '81')).toThrow(/^Line \d+ of .*secrets.env is not one of its secrets\.$/);
  writeFileSync(path, 'MYSQL_PASSWORD=pa$$word\n');
  expect(() => write(target)).toThrow('MYSQL_PASSWORD in ');
  expect(contents(target)).toEqual({ ...before, 'beaver/secrets.env': 'MYSQL_PASSWORD=pa$$word\n' });
  expect(existsSync(join(target, 'beaver/secrets.env.new'))).toBe(false);
});
