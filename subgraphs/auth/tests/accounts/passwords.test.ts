import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPasswords, type Hasher } from '../../domain/accounts/passwords.ts';
import { createHasher } from '../../storage/accounts/hasher.ts';

const stranger = (address: string) => ({ address, person: null, isKnown: false });

test('hashes of one address leave half of the places to others', async () => {
  const ends: (() => void)[] = [];
  let begun = 0;
  const hasher: Hasher = {
    hash: async () => 'a hash',
    async verify() {
      begun += 1;
      await new Promise<void>((resolve) => ends.push(resolve));
      return false;
    },
  };
  const passwords = await createPasswords(hasher);
  const check = (address: string) => passwords.check(stranger(address), (verify) => verify(null, 'a password'));
  const flood = Array.from({ length: 20 }, () => check('192.0.2.1'));
  await sleep(0);
  const ofOne = begun;
  const other = check('192.0.2.2');
  await sleep(0);
  expect(begun).toBe(ofOne + 1);
  const all = Promise.all([...flood, other]);
  const timer = setInterval(() => ends.splice(0).map((end) => end()), 1);
  await all;
  clearInterval(timer);
});

test('a hash is made in a thread that yields to all others of the process', async () => {
  const threads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : []);
  const yielding = () => threads().filter((id) => getPriority(id) > getPriority(0)).length;
  const before = yielding();
  const hasher = createHasher();
  const [one, two] = await Promise.all([hasher.hash('seven badgers dig'), hasher.hash('seven badgers dig')]);
  expect(one).not.toBe(two);
  expect(await hasher.verify(one, 'seven badgers dig')).toBe(true);
  expect(await hasher.verify(two, 'eight badgers dig')).toBe(false);
  await expect(hasher.verify('no hash', 'seven badgers dig')).rejects.toThrow();
  expect(await hasher.verify(two, 'seven badgers dig')).toBe(true);
  if (process.platform === 'linux') expect(yielding()).toBe(before + 2);
});

test('it yields in a process that has a low priority itself', () => {
  if (process.platform !== 'linux') return;
  const program = `
    import { readdirSync } from 'node:fs';
    import { getPriority } from 'node:os';
    import { createHasher } from '${new URL('../../storage/accounts/hasher.ts', import.meta.url)}';
    await createHasher().hash('seven badgers dig');
    const lowest = Math.max(...readdirSync('/proc/self/task').map((id) => getPriority(Number(id))));
    console.log(lowest > getPriority());`;
  const { stdout, stderr } = spawnSync('nice', ['-n', '12', process.execPath, '--eval', program], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' });
});
