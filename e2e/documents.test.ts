import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSchema, parse, validate } from 'graphql';
import { examples } from '../gateway/edge/page/browser/example-tabs.js';
import { canUseApt, installPackageWithApt } from '../launch/base/apt.ts';
import { findProgram } from '../launch/base/programs.ts';
import { PROGRAMS } from '../launch/workspace.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import type { SharedStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';

const ROOT = join(import.meta.dirname, '..');

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const schema = buildSchema(read('gateway/supergraph/schema.graphql'));

/** The operations that a document shows. */
const operationsOf = (path: string) =>
  [...read(path).matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => match[1] as string);

describe.each(['README.md', 'PROTOCOL.md'])('what %s shows', (path) => {
  it('is valid in the graph as it is', () => {
    const operations = operationsOf(path);
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) expect(validate(schema, parse(operation)).map(String)).toEqual([]);
  });
});

it('what the page at /graphql begins with is valid', () => {
  expect(examples.length).toBeGreaterThan(0);
  for (const { query } of examples) expect(validate(schema, parse(query)).map(String)).toEqual([]);
});

describe('what README.md has somebody type into a shell', () => {
  let stack: SharedStack;
  let shell: ChildProcess;
  let output = '';

  beforeAll(async () => {
    if (!findProgram('curl') && canUseApt()) await installPackageWithApt('curl', PROGRAMS);
    stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
    shell = spawn('bash', { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    for (const stream of [shell.stdout, shell.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
  }, 180_000);
  afterAll(async () => {
    // What the shell runs beside it too.
    if (shell?.pid && shell.exitCode === null) process.kill(-shell.pid, 'SIGKILL');
    await stack?.stop();
  });

  const until = (text: string) =>
    waitFor(
      () => {
        if (!output.includes(text)) throw new Error(output.slice(-2_000));
        return true;
      },
      { what: `${text} in the shell`, timeout: 30_000 },
    );

  it('leads two people from their registration to a delivered message and a picture', async () => {
    const [, section] = /## Try it\n([\s\S]*?)\n## /.exec(read('README.md')) ?? [];
    const blocks = [...(section ?? '').matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] as string);
    expect(blocks.length).toBe(8);
    for (const [index, block] of blocks.entries()) {
      const text = block.replace('http://localhost:8000/graphql', stack.client('gateway').url);
      shell.stdin?.write(`${text}\necho "block ${index} ended with $?"\n`);
      await until(`block ${index} ended with 0`);
      // As the text says: wait until Bo listens.
      if (block.includes('inbox.mjs')) await until('"__typename":"InboxStarted"');
    }
    await until('"preview":"The dam is done","sender":{"name"');
    expect(output).toContain('"status":"ACCEPTED"');
    expect(output).toContain('"caption":"Look"');
    expect(output.match(/"refreshToken":/g)).toHaveLength(2);
    // In the inbox, and again in the log.
    expect(output.match(/"__typename":"MessageSent"/g)).toHaveLength(4);
    expect(output).toContain('{"log":{"asOf":{"seq":3},"edges":[{"node":{"__typename":"ConversationCreated"');
    expect(output).not.toMatch(/"code"|"errors"|undefined|command not found/);
  }, 120_000);

  it('has sample data, made once however often it is asked for', async () => {
    const client = stack.client('gateway');
    const run = promisify(execFile);
    for (const _ of [1, 2]) {
      const { stdout } = await run('node', ['examples/demo.mjs'], {
        cwd: ROOT,
        env: { ...process.env, GRAPH: client.url },
      });
      expect(stdout).toContain('chen_demo');
    }
    const { logIn } = await client.data(
      `mutation ($input: LogInInput!) { logIn(input: $input) { ... on LogInPayload { tokens { accessToken } } } }`,
      { input: { login: 'chen_demo', password: 'correct horse battery' } },
    );
    const { conversations } = await client
      .as(logIn.tokens.accessToken)
      .data(
        '{ conversations(first: 10) { edges { node { title messages(last: 20) { edges { node { preview } } } } } } }',
      );
    expect(conversations.edges).toHaveLength(1);
    const texts = conversations.edges[0].node.messages.edges.map(
      (edge: { node: { preview: string } }) => edge.node.preview,
    );
    expect(texts).toHaveLength(5);
    expect(texts[2]).toBe('早上好！我今天带树枝来。');
  }, 60_000);
});
