import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../lock.mjs';
import { type ServiceOptions, spawnService } from '../services.ts';
import { type Supervised, supervise } from '../supervise.ts';

/** Serves nothing, but says and does what a service does: ready, a warning, draining at SIGTERM. */
const WELL = `
  const say = (level, msg, more) => console.log(JSON.stringify({ level, msg, ...more }));
  say('WARN', 'the disk is nearly full');
  process.on('SIGTERM', () => setTimeout(() => { say('INFO', 'drained'); process.exit(0); }, 50));
  say('INFO', 'ready', { url: 'http://127.0.0.1:1234', given: process.env.GIVEN });
  setInterval(() => undefined, 1000);`;

describe('a service process', () => {
  let directory: string;
  let supervised: Supervised | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'beaver-services-'));
  });
  afterEach(async () => {
    await supervised?.kill();
    supervised = undefined;
    rmSync(directory, { recursive: true });
  });

  const write = (source: string) => {
    const program = join(directory, 'program.mjs');
    writeFileSync(program, source);
    return program;
  };
  const records = () => join(directory, 'records');
  const start = (source: string, more: Partial<ServiceOptions> = {}) =>
    spawnService({ name: 'chat', program: write(source), environment: { GIVEN: 'this' }, records: records(), ...more });

  it('is there when it says that it is ready, and drains when it is stopped', async () => {
    const seen: string[] = [];
    const logFile = join(directory, 'chat.log');
    const service = await start(WELL, { onLine: (line) => seen.push(line), logFile });
    expect(service).toMatchObject({ name: 'chat', url: 'http://127.0.0.1:1234' });
    expect(processIdentity(service.pid)).not.toBeNull();
    expect(readdirSync(records())).toHaveLength(1);
    await service.stop();
    expect(processIdentity(service.pid)).toBeNull();
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(seen.map((line) => JSON.parse(line).msg)).toEqual(['the disk is nearly full', 'ready', 'drained']);
    expect(JSON.parse(seen[1] ?? '').given).toBe('this');
    expect(service.lines).toEqual(seen);
    expect(readFileSync(logFile, 'utf8').trim().split('\n')).toEqual(seen);
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(records())).toEqual([]);
  });

  it('is gone at once when it is killed', async () => {
    const service = await start(WELL);
    await service.kill();
    expect(await service.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that ends before it is ready is refused with the end of its log', async () => {
    const failing = `console.log(JSON.stringify({ level: 'FATAL', msg: 'MYSQL_PASSWORD was refused' })); process.exitCode = 7;`;
    await expect(start(failing)).rejects.toThrow(/^chat ended with code 7.*\nFATAL MYSQL_PASSWORD was refused$/);
  });

  it('that is not ready in time is refused, and no longer runs', async () => {
    const slow = `console.log(process.pid); setInterval(() => undefined, 1000);`;
    const error = await start(slow, { readyTimeout: 500 }).catch((reason) => reason);
    expect(error.message).toMatch(/^chat was not ready after 0.5 s/);
    expect(processIdentity(Number(error.message.split('\n').at(-1)))).toBeNull();
  });

  it('keeps the last lines only', async () => {
    const service = await start(`for (let i = 0; i < 1000; i++) console.log('line ' + i);${WELL}`);
    await service.stop();
    expect(service.lines).toHaveLength(200);
    expect(service.lines[0]).toBe('line 803');
  });

  describe('that is supervised', () => {
    const keepRunning = (source: string) => {
      const said: string[] = [];
      const logFile = join(directory, 'chat.log');
      const options = {
        environment: {},
        program: write(source),
        records: records(),
        logFile,
        say: (line: string) => said.push(line),
      };
      supervised = supervise({ name: 'chat', ...options });
      return { service: supervised, said, logFile };
    };
    const running = () =>
      readdirSync(records()).map((name) => JSON.parse(readFileSync(join(records(), name), 'utf8')).pid);

    it('shows its warnings, and is started again when it dies, until it is stopped', async () => {
      const { service, said } = keepRunning(WELL);
      await service.ready;
      const [pid] = running();
      process.kill(pid, 'SIGKILL');
      while (!said.includes('chat serves again.')) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(said[0]).toBe('[chat] WARN the disk is nearly full');
      expect(said[1]).toMatch(/^chat was ended by SIGKILL/);
      expect(running()).not.toContain(pid);
      await service.stop();
      expect(running()).toEqual([]);
      expect(said.at(-1)).toBe('chat serves again.');
    });

    it('is not started again when it never served, and keeps the log of the start before', async () => {
      writeFileSync(join(directory, 'chat.log'), 'of before');
      const { service, logFile } = keepRunning('process.exit(9)');
      await expect(service.ready).rejects.toThrow('chat ended with code 9');
      expect(readFileSync(join(directory, 'chat.previous.log'), 'utf8')).toBe('of before');
      expect(existsSync(logFile)).toBe(true);
      expect(running()).toEqual([]);
    });
  });
});
