import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaseServicesOptions, startBaseServices } from '../base/index.ts';
import { BASE_VARIABLES, readNamed } from '../base/named.ts';
import { silentProgress } from '../progress.ts';
import { PROGRAMS } from '../workspace.ts';

/** What the environment of this run names: `npm test` put its own base services there. */
const RUNNING = Object.fromEntries(BASE_VARIABLES.map((name) => [name, process.env[name]]));

/** A port that nobody listens on. */
async function closedPort(): Promise<string> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

describe('base services that the environment names', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'beaver-named-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const start = (environment: NodeJS.ProcessEnv, more: Partial<BaseServicesOptions> = {}) =>
    startBaseServices({ directory, programs: PROGRAMS, keep: false, environment, progress: silentProgress, ...more });

  it('are used as they are', async () => {
    const base = await start(RUNNING);
    expect(base.environment).toEqual(RUNNING);
    await base.stop();
    expect((await start(RUNNING)).environment).toEqual(RUNNING);
  });

  it('are decided one by one: what is not named is started', async () => {
    const { MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE, ETCD_SERVER } = RUNNING;
    const given = { MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE, ETCD_SERVER, REDIS_PORT: '' };
    const base = await start(given);
    await base.stop();
    expect(base.environment).toMatchObject({ MYSQL_PORT, ETCD_SERVER, REDIS_HOST: '127.0.0.1' });
    expect(base.environment.REDIS_PORT).not.toBe(RUNNING.REDIS_PORT);
  });

  it('have the ports of the trade unless said', () => {
    const named = readNamed({
      MYSQL_HOST: 'h',
      MYSQL_USER: 'u',
      MYSQL_PASSWORD: 'p',
      MYSQL_DATABASE: 'd',
      REDIS_HOST: 'r',
    });
    expect(named.get('mysql')).toMatchObject({ MYSQL_PORT: '3306' });
    expect(named.get('redis')).toEqual({ REDIS_HOST: 'r', REDIS_PORT: '6379' });
    expect(named.has('etcd')).toBe(false);
  });

  it('may have their passwords in files', () => {
    const { MYSQL_PASSWORD: _, ...rest } = RUNNING;
    const named = readNamed({
      ...rest,
      MYSQL_PASSWORD_FILE: '/run/secrets/mysql',
      REDIS_PASSWORD_FILE: '/run/secrets/redis',
    });
    expect(named.get('mysql')).toMatchObject({ MYSQL_PASSWORD_FILE: '/run/secrets/mysql' });
    expect(named.get('redis')).toMatchObject({ REDIS_PASSWORD_FILE: '/run/secrets/redis' });
    expect(BASE_VARIABLES).toContain('ETCD_PASSWORD_FILE');
  });

  it('are refused when named in part, with every variable that is missing', async () => {
    const error = await start({ MYSQL_HOST: '10.0.0.1', MYSQL_USER: '', REDIS_PASSWORD: 'x' }).catch(
      (reason) => reason,
    );
    expect(error.message).toContain('MYSQL_HOST is set, but not MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE.');
    expect(error.message).toContain('REDIS_PASSWORD is set, but not REDIS_HOST.');
  });

  it('are refused with the variable to look at when they do not let us in', async () => {
    const error = await start({ ...RUNNING, MYSQL_PASSWORD: 'not-it', REDIS_PASSWORD: 'not-it' }).catch(
      (reason) => reason,
    );
    expect(error.message).toMatch(/MySQL at .* refused .*MYSQL_PASSWORD/);
    expect(error.message).toMatch(/Redis at .* refused .*REDIS_PASSWORD/);
    expect(error.message).not.toContain('not-it');
  });

  it('are refused with the variable to look at when nothing answers', async () => {
    const port = await closedPort();
    const closed = { ...RUNNING, MYSQL_PORT: port, REDIS_PORT: port, ETCD_SERVER: `http://127.0.0.1:${port}` };
    const error = await start(closed, { patience: 0 }).catch((reason) => reason);
    expect(error.message).toMatch(/MYSQL_HOST and MYSQL_PORT/);
    expect(error.message).toMatch(/REDIS_HOST and REDIS_PORT/);
    expect(error.message).toMatch(/ETCD_SERVER/);
  });

  it('are waited for while they do not answer, and it is said for which', async () => {
    const lent = await start({}, { only: ['redis'], keep: true });
    const redis = lent.services.get('redis');
    await redis?.stop();
    const said: string[] = [];
    const say = (line: string) => {
      said.push(line);
      if (said.length === 1) void redis?.start();
    };
    try {
      const base = await start({ ...RUNNING, ...lent.environment }, { progress: { ...silentProgress, say } });
      expect(base.environment).toMatchObject(lent.environment);
    } finally {
      await lent.stop();
    }
    expect(said[0]).toMatch(/^Waiting\. No Redis answers at .*REDIS_HOST and REDIS_PORT/);
  });

  it('are no longer waited for when the start is ended', async () => {
    const abort = new AbortController();
    const progress = { ...silentProgress, say: () => abort.abort() };
    const starting = start(
      { REDIS_HOST: '127.0.0.1', REDIS_PORT: await closedPort() },
      { progress, signal: abort.signal },
    );
    await expect(starting).rejects.toThrow('No Redis answers');
  });
});
