import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../launch/base/programs.ts';
import { type Stack, startStack } from '../testing/stack.ts';

/**
 * Today's clients, each as its own documentation begins, against a whole system. Each folder here is an app
 * of its own with pinned packages; it is copied into `.beaver/clients` and installed there. An app writes a
 * line `ok …` or `FAIL …` for each of its checks. Not a part of `npm test`: it needs package registries.
 */

const ROOT = join(import.meta.dirname, '..');
const WORK = join(ROOT, '.beaver/clients');
const PICTURE =
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364f8cf500f0003860180' +
  '5a347d6b0000000049454e44ae426082';
/** How long an install or an app may take, in ms. */
const PATIENCE = 600_000;

interface Tool {
  /** The program without which the client cannot run. */
  program: string;
  install: string[][];
  run: string[];
}

const NODE: Tool = {
  program: 'npm',
  install: [['npm', 'install', '--no-audit', '--no-fund', '--no-package-lock']],
  run: [process.execPath, 'app.mjs'],
};
const CLIENTS: Record<string, Tool> = {
  'apollo-client-4': NODE,
  'apollo-client-3': NODE,
  urql: NODE,
  'graphql-request': NODE,
  'graphql-ws': NODE,
  relay: NODE,
  'graphql-codegen': NODE,
  'gql-tada': NODE,
  'graphql-inspector': NODE,
  java: { program: 'java', install: [], run: ['java', 'App.java'] },
  'python-gql': {
    program: 'python3',
    install: [
      ['python3', '-m', 'venv', 'packages'],
      ['packages/bin/pip', 'install', '--quiet', '--requirement', 'requirements.txt'],
    ],
    run: ['packages/bin/python', 'app.py'],
  },
  genqlient: {
    program: 'go',
    install: [['go', 'tool', 'genqlient']],
    run: ['go', 'run', '.'],
  },
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 }, { GATEWAY_BUDGET: '0' });
  mkdirSync(WORK, { recursive: true });
  cpSync(join(import.meta.dirname, 'lib'), join(WORK, 'lib'), { recursive: true });
}, PATIENCE);
afterAll(() => stack?.stop());

async function run(directory: string, command: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const [program, ...rest] = command;
  const options = { cwd: directory, env: environment, timeout: PATIENCE, maxBuffer: 100_000_000 };
  try {
    return (await promisify(execFile)(program as string, rest, options)).stdout;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout.slice(-5_000)}\n${stderr.slice(-5_000)}`);
  }
}

/**
 * Copies an app and installs its packages, which are kept for the next run while nothing of the app changes.
 */
async function prepare(name: string, { install }: Tool, environment: NodeJS.ProcessEnv): Promise<string> {
  const directory = join(WORK, name);
  const source = join(import.meta.dirname, name);
  cpSync(source, directory, { recursive: true });
  cpSync(join(ROOT, 'gateway/supergraph/schema.graphql'), join(directory, 'schema.graphql'));
  const manifest = ['package.json', 'requirements.txt', 'go.mod'].find((file) => existsSync(join(source, file)));
  const wanted = manifest ? readFileSync(join(source, manifest), 'utf8') : '';
  const stamp = join(directory, '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return directory;
  for (const command of install) await run(directory, command, environment);
  writeFileSync(stamp, wanted);
  return directory;
}

for (const [name, tool] of Object.entries(CLIENTS)) {
  // The only ones that may be missing are those of other languages.
  const isThere = findProgram(tool.program) !== undefined;
  const test = isThere ? it : it.skip;
  test(
    isThere ? name : `${name}, not run: ${tool.program} is not on this machine`,
    async () => {
      const environment = {
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: process.env.HOME,
        GRAPH: `${stack.services('gateway')[0]?.url}/graphql`,
        SCHEMA: join(ROOT, 'gateway/supergraph/schema.graphql'),
        POSSIBLE_TYPES: join(ROOT, 'gateway/supergraph/possibleTypes.json'),
        PICTURE,
      };
      // Package managers are configured by variables of their own; those of the system under test stay out.
      const settings = Object.entries(process.env).filter(([key]) =>
        /^(npm_config|pip|go|ssl|node_extra|https?_proxy|no_proxy)/i.test(key),
      );
      const all = { ...Object.fromEntries(settings), ...environment };
      const said = await run(await prepare(name, tool, all), tool.run, all);
      const lines = said.split('\n').filter((line) => /^(ok|FAIL) /.test(line));
      expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
      expect(lines).not.toEqual([]);
    },
    2 * PATIENCE,
  );
}
