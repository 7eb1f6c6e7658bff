import { execFile } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'process-program.ts');

/** How the process ended, and what it wrote. */
function run(fault: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, fault], (_, output) =>
      resolve({ code: child.exitCode as number, output }),
    );
  });
}

test.each([
  ['rejection of a client', 'ioredis'],
  ['socket without a listener', 'network'],
])('a process survives a %s, and says whose fault it was', async (fault, client) => {
  const { code, output } = await run(fault);
  expect(output).toContain('alive');
  expect(code).toBe(0);
  expect(output).toContain('a client library failed outside of every call');
  expect(output).toContain(`"client":"${client}"`);
});

test.each([
  'rejection of ours',
  'exception of ours',
  'exception of ours in a callback of a client',
  'rejection with no error',
])('a process ends at an %s', async (fault) => {
  const { code, output } = await run(fault);
  expect(output).not.toContain('alive');
  expect(code).toBe(1);
  expect(output).toContain('"FATAL"');
});
