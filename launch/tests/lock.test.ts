import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, lockHolder, processIdentity, waitForLock } from '../lock.mjs';

describe('a lock between processes', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'beaver-lock-'));
    path = join(directory, 'lock');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('has one holder, who is known to the others, and can be taken again after it', () => {
    const first = acquireLock(path);
    expect(acquireLock(path)).toEqual({ heldBy: process.pid });
    expect(lockHolder(path)).toBe(process.pid);
    if ('release' in first) first.release();
    expect(lockHolder(path)).toBeNull();
    expect(acquireLock(path)).toHaveProperty('release');
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  it('is waited for', async () => {
    const first = acquireLock(path);
    const waitedFor: number[] = [];
    const second = waitForLock(path, (pid) => {
      waitedFor.push(pid);
      if ('release' in first) first.release();
    });
    expect(await second).toHaveProperty('release');
    expect(waitedFor).toEqual([process.pid]);
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, identity: 'x' }],
    ['a process whose number another one has now', { pid: process.pid, identity: 'of an earlier one' }],
  ])('of %s is taken over', (_what, owner) => {
    acquireLock(path);
    writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
    expect(acquireLock(path)).toHaveProperty('release');
    expect(lockHolder(path)).toBe(process.pid);
  });

  it('lets only one in when many come at once, the lock of a dead process lying there', async () => {
    acquireLock(path);
    writeFileSync(join(path, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, identity: 'x' }));
    const count = join(directory, 'count');
    writeFileSync(count, '0');
    const program = join(directory, 'program.mjs');
    const lock = JSON.stringify(new URL('../lock.mjs', import.meta.url).href);
    // Reading and writing apart loses additions unless the lock keeps them apart.
    writeFileSync(
      program,
      `import { waitForLock } from ${lock};
       import { readFileSync, writeFileSync } from 'node:fs';
       for (let i = 0; i < 5; i++) {
         const { release } = await waitForLock(${JSON.stringify(path)}, () => undefined);
         const value = Number(readFileSync(${JSON.stringify(count)}, 'utf8'));
         await new Promise((resolve) => setTimeout(resolve, 2));
         writeFileSync(${JSON.stringify(count)}, String(value + 1));
         release();
       }`,
    );
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, [program], { stdio: 'inherit' }));
    await Promise.all(children.map((child) => once(child, 'close')));
    expect(readFileSync(count, 'utf8')).toBe('20');
    expect(readdirSync(directory).sort()).toEqual(['count', 'program.mjs']);
  });

  it('counts a process as dead that has ended and was not collected by its parent', async () => {
    // The shell becomes a program that collects nobody.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text] = await once(parent.stdout, 'data');
    const pid = Number(text);
    while (processIdentity(pid) !== null) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await once(parent, 'close');
  });

  it('knows a process by its start, and a dead one as dead', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const identity = processIdentity(child.pid as number);
    expect(identity).not.toBeNull();
    expect(identity).not.toBe(processIdentity(process.pid));
    expect(processIdentity(child.pid as number)).toBe(identity);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(processIdentity(child.pid as number)).toBeNull();
  });
});
