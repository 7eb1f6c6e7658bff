import { execFile } from 'node:child_process';
import { serviceProgram } from '../../launch/services.ts';
import { type ServiceName, SUBGRAPH_NAMES } from '../../services.ts';
import { waitFor } from '../../testing/wait.ts';

/** Loaded first: the generated client is not there, as in a clone after `npm install`. */
const NOT_GENERATED = `data:text/javascript,
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.endsWith('generated/client.ts')) return next(specifier, context);
      throw Object.assign(new Error('Cannot find module prisma/generated/client.ts'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });`;
const SENTENCE = /^The database client is not generated yet\. Run `npx prisma generate`, or `npm start`, .*\.\n$/;

/** What a program of ours writes until something in it fits, or it ends. */
async function run(name: ServiceName, fits: RegExp): Promise<string> {
  let output = '';
  const child = execFile(process.execPath, [`--import=${encodeURI(NOT_GENERATED)}`, serviceProgram(name)]);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      output += text;
    });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => {
    hasEnded = true;
  });
  try {
    await waitFor(() => hasEnded || fits.test(output), { what: () => `words of ${name}: ${output}`, timeout: 60_000 });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  return output;
}

test.each(SUBGRAPH_NAMES)(
  '%s that is started by hand before the client is generated says what to run',
  async (name) => expect(await run(name, SENTENCE)).toMatch(SENTENCE),
  90_000,
);

test('the gateway has no tables, and starts without it', async () => {
  const log = /^\{"level":"/;
  expect(await run('gateway', log)).toMatch(log);
}, 90_000);
