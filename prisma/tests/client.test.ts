import { execFile } from 'node:child_process';
import { serviceProgram } from '../../launch/services.ts';
import { SERVICE_NAMES } from '../../services.ts';

/** Loaded first: the generated client is not there, as in a clone after `npm install`. */
const NOT_GENERATED = `data:text/javascript,
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.endsWith('generated/client.ts')) return next(specifier, context);
      throw Object.assign(new Error('Cannot find module prisma/generated/client.ts'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });`;

/** What a program writes until it ends. */
function run(program: string): Promise<string> {
  const parameters = [`--import=${encodeURI(NOT_GENERATED)}`, program];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { timeout: 60_000 }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

test.each(SERVICE_NAMES)(
  '%s that is started by hand before the client is generated says what to run',
  async (name) => {
    const output = await run(serviceProgram(name));
    const sentence = /^The database client is not generated yet\. Run `npx prisma generate`, or `npm start`, .*\.\n$/;
    // A process without tables does without it.
    if (name === 'gateway' && !sentence.test(output)) expect(output).toMatch(/"level":"(WARN|FATAL)"/);
    else expect(output).toMatch(sentence);
  },
  90_000,
);
