import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../kit/base/ids.ts';
import type { Stack } from '../testing/stack.ts';
import { latencyOf, short, table, times } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Answers, Attacker } from './load/attacker.ts';
import type { Bystander, Seen } from './load/bystander.ts';
import type { Options } from './options.ts';
import { report, whereAndWhen } from './report.ts';
import { seedGroups } from './seed.ts';

/**
 * The limits as they are without a word of the operator, but for the places of sockets, so that one machine
 * can fill them.
 */
const LIMITS = {
  GATEWAY_BUDGET: '100000',
  GATEWAY_MAX_SOCKETS: '100',
  GATEWAY_SOCKETS_PER_ADDRESS: '50',
  GATEWAY_SOCKETS_PER_USER: '20',
  AUTH_REGISTRATIONS_PER_HOUR: '40',
  AUTH_WRONG_PASSWORDS: '60',
  CHAT_SEND_BURST: '100',
};
/** How long an attack goes on, and each quiet time before and after. */
const SECONDS = 8;
/** How long it is left alone after each attack. */
const PAUSE = 2_000;

const ATTACKER = '127.0.0.66';
/** The control: an attack on a server that is not ours. */
const CONTROL = 'control: log-ins at a server of its own';
const CONTROLLED = 'log-ins with made-up names';

const REGISTER = `mutation ($input: RegisterInput!) {
  register(input: $input) { ... on RegisterPayload { tokens { accessToken } user { id } } ... on UserError { message } }
}`;

/**
 * What attacks from one address cost others. Somebody at another address uses the product as usual, first in
 * quiet and then while each attack goes on. Attackers, bystander and servers share the machine. An attacker
 * elsewhere would take no processor of ours, so its process has the lowest priority; and a control row has it
 * do the same to a server of its own that refuses everything: what is left there is what its mere presence
 * costs.
 */
export async function bystanders(lab: Lab, { command, isWanted, write }: Options): Promise<void> {
  const stack = await lab.stack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 }, LIMITS);
  const url = `${stack.services('gateway')[0]?.url}/graphql`;
  const who = await bystanderOf(stack, url);
  const attackerToken = (await register(url, 'attacker')).token;
  const bystander = lab.helper('load/bystander.ts');
  const attacker = lab.helper('load/attacker.ts');
  setPriority(attacker.pid, 19);
  const control = await refuser();

  async function during(work: () => Promise<Answers>): Promise<{ seen: Seen; answers: Answers }> {
    await bystander.ask('start', who);
    const answers = await work();
    const seen = (await bystander.ask('stop')) as Seen;
    await sleep(PAUSE);
    return { seen, answers };
  }
  const quiet = () => during(() => sleep(SECONDS * 1_000, {}));

  // Once without a look at it: texts are planned, and code is made warm.
  await quiet();
  const before = (await quiet()).seen;
  const rows: string[][] = [rowOf('quiet', before, before, {})];
  if (isWanted(CONTROL)) {
    const job = { name: CONTROLLED, url: control.url, address: ATTACKER, token: attackerToken };
    const { seen, answers } = await during(
      () => attacker.ask('run', { ...job, milliseconds: SECONDS * 1_000 }) as Promise<Answers>,
    );
    rows.push(rowOf(CONTROL, seen, before, answers));
    console.log(rows.at(-1)?.join(' | '));
  }
  for (const name of ((await attacker.ask('names')) as string[]).filter(isWanted)) {
    const job: Attacker = { name, url, address: ATTACKER, token: attackerToken, milliseconds: SECONDS * 1_000 };
    const { seen, answers } = await during(() => attacker.ask('run', job) as Promise<Answers>);
    rows.push(rowOf(name, seen, before, answers));
    console.log(rows.at(-1)?.join(' | '));
  }
  rows.push(rowOf('quiet again', (await quiet()).seen, before, {}));

  const head = ['attack', ...KINDS.map((kind) => `${kind}, ms`), 'worst', 'refused', 'what the attacker gets'];
  const text = `${table(head, rows)}

${await whereAndWhen(stack, command)}`;
  control.close();
  report('bystanders', text, write);
}

/** A server that does nothing but refuse. */
async function refuser(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(429).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const KINDS = ['read', 'page', 'send', 'log in', 'upload'];

/** 99th percentiles, the worst of them beside its own in quiet, and what was refused. */
function rowOf(name: string, { times: now, refused }: Seen, { times: quiet }: Seen, answers: Answers): string[] {
  const p99 = (values: number[] = []) => latencyOf(values).p99;
  const worst = Math.max(...KINDS.map((kind) => p99(now[kind]) / p99(quiet[kind])));
  const counted = (all: Record<string, number>) =>
    Object.entries(all)
      .toSorted(([, a], [, b]) => b - a)
      .map(([what, count]) => `${what} ${count.toLocaleString('en-US')}`)
      .join(', ') || '–';
  return [name, ...KINDS.map((kind) => short(p99(now[kind]))), times(worst), counted(refused), counted(answers)];
}

async function register(url: string, userName: string): Promise<{ token: string; userId: string }> {
  const input = { userName, email: `${userName}@example.org`, password: `the password of ${userName}` };
  const body = JSON.stringify({ query: REGISTER, variables: { input } });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data } = (await response.json()) as {
    data: { register: { tokens?: { accessToken: string }; user?: { id: string }; message?: string } };
  };
  const { tokens, user, message } = data.register;
  if (!tokens || !user) throw new Error(`${userName} could not be registered: ${message}`);
  return { token: tokens.accessToken, userId: user.id };
}

async function bystanderOf(stack: Stack, url: string): Promise<Bystander> {
  const { token, userId } = await register(url, 'reader');
  // Somebody else signs in: an account has so many sessions, and the oldest ends for the next one.
  await register(url, 'bystander');
  const [conversationId] = await seedGroups(stack.mysql, [[userId, newId(), newId()]]);
  return {
    ...{ url, address: '127.0.0.1', token, conversationId: conversationId as string },
    ...{ login: 'bystander', password: 'the password of bystander' },
  };
}
