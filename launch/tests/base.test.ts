import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { readMysqlConfig } from '../../kit/base/config.ts';
import { driverOptions } from '../../kit/mysql/options.ts';
import { noteChild, stopLeftovers } from '../base/child.ts';
import { DATABASE_VARIABLE } from '../base/database.ts';
import { recordsOf, startBaseServices } from '../base/index.ts';
import type { BaseName } from '../base/names.ts';
import { describeDatabase, isListening, probe } from '../base/probe.ts';
import { processIdentity } from '../lock.mjs';
import { silentProgress } from '../progress.ts';
import { PROGRAMS, serviceRecordsOf, sweepTestDirectories, takeDirectory, takeTestDirectory } from '../workspace.ts';

describe('base services', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'beaver-base-'));
  });
  afterEach(async () => {
    await stopLeftovers(recordsOf(directory));
    rmSync(directory, { recursive: true, force: true });
  });

  const start = (only?: BaseName[], keep = false) =>
    startBaseServices({
      directory,
      programs: PROGRAMS,
      keep,
      environment: {},
      progress: silentProgress,
      ...(only ? { only } : {}),
    });
  const recorded = () =>
    readdirSync(recordsOf(directory)).map((name) => JSON.parse(readFileSync(join(recordsOf(directory), name), 'utf8')));

  it('start with all that a service needs to find them, and stop leaving no process and no listener', async () => {
    const base = await start();
    const { environment } = base;
    for (const name of ['mysql', 'redis', 'etcd'] as const) expect(await probe(name, environment)).toBeNull();
    const expected = process.env[DATABASE_VARIABLE] === 'mysql' ? /^MySQL \d+\.\d/ : /^(MariaDB|MySQL) \d+\.\d/;
    expect(await describeDatabase(environment)).toMatch(expected);
    const children = recorded();
    expect(children.map(({ name }) => name).sort()).toEqual(['etcd', 'mysql', 'redis']);
    const ports = [environment.MYSQL_PORT, environment.REDIS_PORT, new URL(environment.ETCD_SERVER ?? '').port].map(
      Number,
    );
    for (const port of ports) expect(await isListening(port)).toBe(true);

    await base.stop();
    for (const { pid } of children) expect(processIdentity(pid)).toBeNull();
    for (const port of ports) expect(await isListening(port)).toBe(false);
    expect(recorded()).toEqual([]);
  });

  it('keep their passwords off every command line, in files that only this user reads', async () => {
    const base = await start(['mysql', 'redis']);
    const secrets = [base.environment.MYSQL_PASSWORD ?? '', base.environment.REDIS_PASSWORD ?? ''];
    const commands = commandLines();
    await base.stop();
    const files = [directory, join(directory, 'mysql'), join(directory, 'redis')]
      .flatMap((folder) =>
        readdirSync(folder, { withFileTypes: true }).map((entry) => ({ entry, path: join(folder, entry.name) })),
      )
      .filter(
        ({ entry, path }) => entry.isFile() && secrets.some((secret) => readFileSync(path, 'utf8').includes(secret)),
      );
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(commands).not.toContain(secret);
    }
    expect(files.map(({ path }) => path.slice(directory.length + 1)).sort()).toEqual([
      'mysql/accounts.sql',
      'mysql/password',
      'redis/password',
      'redis/redis.conf',
    ]);
    for (const { path } of files) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('find their data and passwords again at the next start', async () => {
    const first = await start(['mysql'], true);
    await first.stop();
    const made = statSync(join(directory, 'mysql/data/ibdata1')).ino;
    const second = await start(['mysql'], true);
    await second.stop();
    expect(second.environment.MYSQL_PASSWORD).toBe(first.environment.MYSQL_PASSWORD);
    expect(statSync(join(directory, 'mysql/data/ibdata1')).ino).toBe(made);
  });

  it('include an etcd that lets in users only, where that is asked for, also when it was there before', async () => {
    const options = { directory, programs: PROGRAMS, keep: true, environment: {}, progress: silentProgress };
    // At first without users, as an older launcher made it.
    for (const etcdUsers of [false, true, true]) {
      const base = await startBaseServices({ ...options, only: ['etcd'], etcdUsers });
      const { environment } = base;
      expect(await probe('etcd', environment)).toBeNull();
      const asNobody = await probe('etcd', { ETCD_SERVER: environment.ETCD_SERVER });
      if (!etcdUsers) expect(asNobody).toBeNull();
      else {
        expect(asNobody).toMatch(/wants a user: set ETCD_USERNAME/);
        await base.services.get('etcd')?.kill();
        await base.services.get('etcd')?.start();
        expect(await probe('etcd', environment)).toBeNull();
      }
      await base.stop();
    }
  });

  it('go away one by one, and come back where they were with what they had', async () => {
    const deaths: string[] = [];
    const base = await startBaseServices({
      ...{ directory, programs: PROGRAMS, keep: true, environment: {}, progress: silentProgress },
      onDeath: (title) => deaths.push(title),
    });
    const { services, environment } = base;
    const before = { ...environment };
    const mysql = driverOptions(readMysqlConfig(environment));
    const connection = await createConnection(mysql);
    await connection.query('CREATE TABLE kept (id INT PRIMARY KEY)');
    await connection.query('INSERT INTO kept VALUES (1)');
    connection.on('error', () => undefined);
    for (const [name, service] of services) {
      await service.kill();
      expect([name, await probe(name, environment)]).not.toEqual([name, null]);
    }
    for (const [name, service] of services) {
      await service.start();
      expect([name, await probe(name, environment)]).toEqual([name, null]);
    }
    expect(environment).toEqual(before);
    const again = await createConnection(mysql);
    expect(await again.query('SELECT id FROM kept')).toEqual([{ id: 1 }]);
    await again.end();
    await services.get('redis')?.stop();
    expect(await probe('redis', environment)).toContain('No Redis answers');
    await base.stop();
    expect(recorded()).toEqual([]);
    expect(deaths).toEqual([]);
  });

  it('say what the server said when it does not start, and stop the others', async () => {
    const base = await start(['redis', 'mysql'], true);
    await base.stop();
    rmSync(join(directory, 'mysql/data'), { recursive: true });
    await expect(start(['redis', 'mysql'], true)).rejects.toThrow(
      /The private MySQL did not start: it ended.*\n.*data/s,
    );
    expect(recorded()).toEqual([]);
  });

  it('are told when one ends by itself', async () => {
    const deaths: string[] = [];
    const base = await startBaseServices({
      ...{
        directory,
        programs: PROGRAMS,
        keep: false,
        environment: {},
        progress: silentProgress,
        only: ['redis'] as BaseName[],
      },
      onDeath: (title) => deaths.push(title),
    });
    const [{ pid }] = recorded();
    process.kill(pid, 'SIGKILL');
    while (deaths.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(deaths).toEqual(['Redis']);
    await base.stop();
    expect(deaths).toEqual(['Redis']);
  });

  describe('left by a launcher that was killed', () => {
    let launcher: ChildProcess;
    afterEach(() => {
      launcher.kill('SIGKILL');
    });

    /** A launcher in a process of its own, that holds Redis in the directory until it's killed. */
    const launch = async (keep: string) => {
      const program = join(directory, 'launcher.ts');
      const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
      writeFileSync(
        program,
        `import { startBaseServices } from ${from('../base/index.ts')};
         import { silentProgress } from ${from('../progress.ts')};
         import { takeDirectory } from ${from('../workspace.ts')};
         const directory = ${JSON.stringify(keep)};
         await takeDirectory(directory);
         const options = { directory, programs: ${JSON.stringify(PROGRAMS)}, keep: false, environment: {}, progress: silentProgress };
         const base = await startBaseServices({ ...options, only: ['redis'] });
         console.log(base.environment.REDIS_PORT);`,
      );
      launcher = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [port] = await once(launcher.stdout as NodeJS.ReadableStream, 'data');
      return Number(port);
    };
    const kill = async () => {
      launcher.kill('SIGKILL');
      await once(launcher, 'close');
    };

    it('are stopped by the next one, and not while it lives', async () => {
      const port = await launch(directory);
      expect(await takeDirectory(directory)).toEqual({ heldBy: launcher.pid });
      launcher.stdout?.destroy();
      await kill();
      expect(await isListening(port)).toBe(true);
      const taken = await takeDirectory(directory);
      expect(taken).toMatchObject({ stopped: ['redis'] });
      expect(await isListening(port)).toBe(false);
    });

    it('are removed with their directory when it was a test run, while one that runs is left alone', async () => {
      const keep = join(directory, 'keep');
      const mine = await takeTestDirectory(keep);
      const port = await launch(join(keep, 'test-1'));
      expect(await sweepTestDirectories(keep)).toEqual([]);
      launcher.stdout?.destroy();
      await kill();
      expect(await sweepTestDirectories(keep)).toEqual(['redis']);
      expect(await isListening(port)).toBe(false);
      expect(readdirSync(keep)).toEqual([mine.directory.slice(keep.length + 1)]);
    });
  });

  it('leaves a process alone that only got the number of one it had started', async () => {
    const other = spawn('sleep', ['60']);
    await once(other, 'spawn');
    noteChild(serviceRecordsOf(directory), 'sleep', other.pid as number);
    const [name = ''] = readdirSync(serviceRecordsOf(directory));
    const path = join(serviceRecordsOf(directory), name);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), identity: 'of one that is gone' }));
    expect(await stopLeftovers(serviceRecordsOf(directory))).toEqual([]);
    expect(processIdentity(other.pid as number)).not.toBeNull();
    other.kill('SIGKILL');
    await once(other, 'close');
    expect(readdirSync(serviceRecordsOf(directory))).toEqual([]);
  });
});

/** The command lines of all processes: from /proc on Linux, where `ps` may not be installed. */
function commandLines(): string {
  if (process.platform !== 'linux') return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(commandLine).join('\n');
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
