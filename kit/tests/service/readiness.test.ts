import { execFile } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { serviceProgram } from '../../../launch/services.ts';
import { migrate } from '../../../prisma/migrate.ts';
import { startProxy, type TcpProxy } from '../../../testing/proxy.ts';
import { onServer } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { type BaseConfig, readBaseConfig } from '../../base/config.ts';
import { newUuid } from '../../base/ids.ts';
import { checkMysql, examineMysql } from '../../service/preflight/mysql.ts';

const START_TIMEOUT = 45_000;
const config: BaseConfig = readBaseConfig();
const database = `beaver_im_t${newUuid().replaceAll('-', '').slice(-12)}`;
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  BEAVER_NAMESPACE: `t${newUuid()}`,
  MYSQL_DATABASE: database,
};

beforeAll(() => onServer(config, `CREATE DATABASE ${database}`));
afterAll(() => onServer(config, `DROP DATABASE ${database}`));

interface Run {
  output: string;
  ended: Promise<number | string>;
  isOver: boolean;
  signal(name: NodeJS.Signals): void;
}
const running: Run[] = [];
afterEach(async () => {
  for (const run of running) run.signal('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
});

/** Starts a process of the system; nobody waits for it to be ready. */
function start(name: 'chat' | 'gateway', variables: NodeJS.ProcessEnv): Run {
  const child = execFile(process.execPath, [serviceProgram(name)], { env: { ...environment, ...variables } });
  const run: Run = {
    output: '',
    isOver: false,
    ended: new Promise((resolve) =>
      child.once('close', (code, signal) => {
        run.isOver = true;
        resolve(code ?? (signal as string));
      }),
    ),
    signal: (signal) => void child.kill(signal),
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: string) => {
      run.output += text;
    });
  }
  running.push(run);
  return run;
}

/** Waits for a text in what the process writes. */
const says = (run: Run, text: string | RegExp) =>
  waitFor(() => (run.isOver ? Promise.reject(new Error(run.output)) : run.output.match(text)), {
    timeout: START_TIMEOUT,
    what: `the process to say ${text}`,
  });

test('a process waits for what is away, says for what, and serves when it is there', async () => {
  await migrate({ ...config.mysql, database });
  const etcd = new URL((process.env.ETCD_SERVER as string).split(',')[0] as string);
  const { host, port } = config.redis as { host: string; port: number };
  const proxies = await Promise.all([
    startProxy(config.mysql),
    startProxy({ host, port }),
    startProxy({ host: etcd.hostname, port: Number(etcd.port) }),
  ]);
  const [mysqlProxy, redisProxy, etcdProxy] = proxies as [TcpProxy, TcpProxy, TcpProxy];
  const variables = {
    MYSQL_HOST: '127.0.0.1',
    MYSQL_PORT: String(mysqlProxy.port),
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(redisProxy.port),
    ETCD_SERVER: `http://127.0.0.1:${etcdProxy.port}`,
  };
  try {
    for (const proxy of proxies) proxy.cut();
    const [chat, gateway] = [start('chat', variables), start('gateway', variables)];
    await says(chat, /Waiting\. MySQL at \S+ does not let us in yet .* No Redis answers .* No etcd answers/);
    await says(gateway, /Waiting\. No Redis answers .* No etcd answers/);
    mysqlProxy.mend();
    etcdProxy.mend();
    await says(
      chat,
      /Waiting\. No Redis answers at \S+ \([^)]*\): if it runs elsewhere, set REDIS_HOST and REDIS_PORT\."/,
    );
    redisProxy.mend();
    await says(chat, '"ready"');
    await says(gateway, '"listening"');
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  }
}, 120_000);

test('a process that waits ends at once when it is told to, as after work', async () => {
  const chat = start('chat', { MYSQL_HOST: 'no-such-host.invalid' });
  await says(chat, 'The name no-such-host.invalid leads nowhere: if that does not change, check MYSQL_HOST.');
  chat.signal('SIGTERM');
  expect(await chat.ended).toBe(0);
  expect(chat.output).toContain('"stopped"');
}, 60_000);

test('a process waits for its tables, and is not ready without them', async () => {
  const other = `${database}_late`;
  await onServer(config, `CREATE DATABASE ${other}`);
  try {
    const chat = start('chat', { MYSQL_DATABASE: other });
    await says(chat, /has no tables, or those of an older release: run `npm run migrate`/);
    expect(chat.output).not.toContain('"ready"');
    await migrate({ ...config.mysql, database: other });
    await says(chat, '"ready"');
    chat.signal('SIGTERM');
    await chat.ended;
  } finally {
    await onServer(config, `DROP DATABASE ${other}`);
  }
}, 120_000);

test('a process ends where a server says that what it was told is wrong', async () => {
  const chat = start('chat', { MYSQL_PASSWORD: 'not-the-password', ETCD_SERVER: 'http://127.0.0.1:1' });
  expect(await chat.ended).toBe(1);
  expect(chat.output).toContain('check MYSQL_USER and MYSQL_PASSWORD');
  expect(chat.output).not.toContain('not-the-password');
  const message = await checkMysql({ ...config.mysql, database: 'beaver_im_none' });
  expect(message).toContain('has no database beaver_im_none that user');
  const withoutKey = await examineMysql({ ...config.mysql, publicKeyFile: '/nowhere/key.pem' });
  expect(withoutKey).toMatchObject({ isFinal: true, message: expect.stringContaining('MYSQL_PUBLIC_KEY') });
}, 60_000);

test.each([
  [1129, "Host '10.0.0.7' is blocked because of many connection errors", false, /mysqladmin flush-hosts/],
  [1040, 'Too many connections', false, /raise max_connections/],
  [1053, 'Server shutdown in progress', false, /is stopping or starting/],
  [1130, "Host '10.0.0.7' is not allowed to connect to this MySQL server", true, /may come from here/],
  [1698, "Access denied for user 'beaver'@'%'", true, /check MYSQL_USER and MYSQL_PASSWORD/],
  [3159, 'Connections using insecure transport are prohibited', true, /MYSQL_SSL_CA/],
  [1234, 'A sentence of tomorrow', false, /A sentence of tomorrow/],
])('what MySQL says with %d is understood', async (errno, words, isFinal, message) => {
  // A server that refuses as MySQL does, before anybody has said who they are.
  const server = createServer((socket) => {
    const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(`#HY000${words}`)]);
    socket.on('error', () => undefined);
    socket.end(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fault = await examineMysql({ ...config.mysql, host: '127.0.0.1', port });
  expect(fault).toMatchObject({ isFinal, message: expect.stringMatching(message) });
  expect(fault?.message).toContain(`MySQL at 127.0.0.1:${port} `);
  await new Promise((resolve) => server.close(resolve));
});
