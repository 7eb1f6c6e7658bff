import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../kit/base/ids.ts';
import { seedGroups } from '../testing/seed.ts';
import { latencyOf, short, table, times } from './figures.ts';
import type { Helper } from './helper.ts';
import type { Lab } from './lab.ts';
import type { Answers, Attacker } from './load/attacker.ts';
import type { Bystander, Seen } from './load/bystander.ts';
import type { Options } from './options.ts';
import { cpuSecondsOfTree } from './proc.ts';
import { report, whereAndWhen } from './report.ts';

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
/**
 * Times that each attack is made, each right after a quiet time and a control. What else the machine does
 * then meets all three alike: single quiet times differ by the factor of four.
 */
const ROUNDS = 5;
/** How long each thing goes on in a round, in s: together long enough for 300 requests of each kind. */
const SECONDS = { warmUp: 20, quiet: 8, control: 4, attack: 8 };
/** How long it is left alone after each, in ms. */
const PAUSE = 1_000;
const BYSTANDER = '127.0.0.1';
const CHECKED = ['gateway', 'auth', 'user', 'chat', 'file'] as const;
const KINDS = ['read', 'page', 'send', 'log in', 'upload'];

const ACCOUNT = '{ tokens { accessToken } user { id } }';
const REGISTER = `mutation ($input: RegisterInput!) {
  result: register(input: $input) { ... on RegisterPayload ${ACCOUNT} ... on UserError { message } }
}`;
const LOG_IN = `mutation ($input: LogInInput!) {
  result: logIn(input: $input) { ... on LogInPayload ${ACCOUNT} ... on UserError { message } }
}`;

interface Account {
  token: string;
  userId: string;
}

/** An attack, and the quiet times and the controls by turns with it. */
interface Made {
  name: string;
  quiet: Row;
  control: Row;
  attack: Row;
}

/** What was seen in a time, and how many cores the servers used meanwhile. */
interface Row {
  seen: Seen;
  cores: number;
  answers: Answers;
}

/**
 * What attacks from one address cost others. Somebody at another address uses the product as usual, in quiet
 * and while each attack goes on, by turns. The control is the same attack against a server of its own that
 * refuses everything, which shows what the attacker's mere presence costs.
 * Attackers, bystander and servers share the machine, but an attacker elsewhere would take no processor of
 * ours. So its process runs when no other wants to.
 */
export async function bystanders(lab: Lab, { command, isWanted, write }: Options): Promise<void> {
  const stack = await lab.stack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 }, LIMITS);
  const url = `${stack.services('gateway')[0]?.url}/graphql`;
  const ended: string[] = [];
  const processes = CHECKED.flatMap((name) => stack.services(name));
  for (const { name, ended: end } of processes) void end.then(() => ended.push(name));
  const pids = [lab.mysqlPid, ...processes.map(({ pid }) => pid)];
  const cpu = () => pids.reduce((sum, pid) => sum + cpuSecondsOfTree(pid), 0);

  const bystander = lab.helper('load/bystander.ts');
  const attacker = lab.helper('load/attacker.ts', { isLast: true });
  const refuser = await lab.helper('load/refuser.ts', { isLast: true }).ask('listen');
  const reader = await register(url, 'reader');
  // Somebody else signs in: an account has so many sessions, and the oldest ends for the next one.
  await register(url, 'bystander');
  const [conversationId] = await seedGroups(stack.mysql, [[reader.userId, newId('user'), newId('user')]]);

  async function during(work: () => Promise<Answers>): Promise<Row> {
    // A token lives for ten minutes, and all of this takes longer.
    const { token } = await logIn(url, 'reader');
    const who: Bystander = {
      ...{ url, address: BYSTANDER, token, conversationId: conversationId as string },
      ...{ login: 'bystander', password: passwordOf('bystander') },
    };
    await bystander.ask('start', who);
    const [before, began] = [cpu(), performance.now()];
    const answers = await work();
    const cores = ((cpu() - before) / (performance.now() - began)) * 1_000;
    const seen = (await bystander.ask('stop')) as Seen;
    await sleep(PAUSE);
    return { seen, cores, answers };
  }
  const quiet = (seconds: number) => during(() => sleep(seconds * 1_000, {}));

  // Once without a look at it: texts are planned, and code is made warm.
  await quiet(SECONDS.warmUp);
  const made: Made[] = [];
  const names = ((await attacker.ask('names')) as string[]).filter(isWanted);
  for (const [index, name] of names.entries()) {
    // Whoever has spent nothing yet: somebody else for each attack, at another address.
    const { token } = await register(url, `attacker${index}`);
    const job = { name, address: `127.0.0.${66 + index}`, token };
    const rows: Record<'quiet' | 'control' | 'attack', Row[]> = { quiet: [], control: [], attack: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rows.quiet.push(await quiet(SECONDS.quiet));
      rows.control.push(await during(() => run(attacker, { ...job, url: refuser }, SECONDS.control)));
      rows.attack.push(await during(() => run(attacker, { ...job, url }, SECONDS.attack)));
    }
    const { quiet: before, control, attack } = rows;
    const one = { name, quiet: pooled(before), control: pooled(control), attack: pooled(attack) };
    made.push(one);
    console.log(rowOf(one).join(' | '));
  }

  const inQuiet = pooled(made.map((one) => one.quiet));
  const head = [
    ...['attack', ...KINDS.map((kind) => `${kind}, ms`), 'to quiet', 'to control', 'refused'],
    ...['cores of the servers', 'what the attacker gets'],
  ];
  const rows = [
    [...['quiet', ...KINDS.map((kind) => short(p99(inQuiet, kind)))], '–', '–', counted(inQuiet.seen.refused)],
    [...['quiet, least and most', ...KINDS.map((kind) => range(made, kind))], '–', '–', '–'],
  ].map((row, index) => [...row, index === 0 ? short(inQuiet.cores) : '–', '–']);
  rows.push(...made.map(rowOf));
  const fewest = Math.min(...made.flatMap(({ attack }) => KINDS.map((kind) => timesOf(attack, kind).length)));
  const died = ended.length > 0 ? `These processes ended: ${ended.join(', ')}.` : 'No process ended.';
  const text = `${table(head, rows)}

99th percentiles of at least ${fewest} requests of each kind in the row of an attack, of ${timesOf(inQuiet, 'send').length} in quiet. ${died}

${await whereAndWhen(stack, command)}`;
  report('bystanders', text, write);
}

function run(attacker: Helper, job: Omit<Attacker, 'milliseconds'>, seconds: number): Promise<Answers> {
  return attacker.ask('run', { ...job, milliseconds: seconds * 1_000 });
}

const timesOf = ({ seen }: Row, kind: string) => seen.times[kind] ?? [];
const p99 = (row: Row, kind: string) => latencyOf(timesOf(row, kind)).p99;

/** All that was seen in several rows, as if it were one. */
function pooled(rows: readonly Row[]): Row {
  return {
    seen: {
      times: Object.fromEntries(KINDS.map((kind) => [kind, rows.flatMap((row) => timesOf(row, kind))])),
      refused: sum(rows.map(({ seen }) => seen.refused)),
    },
    cores: rows.reduce((all, { cores }) => all + cores, 0) / rows.length,
    answers: sum(rows.map(({ answers }) => answers)),
  };
}

function sum(counts: readonly Record<string, number>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [name, count] of counts.flatMap(Object.entries<number>)) all[name] = (all[name] ?? 0) + count;
  return all;
}

/** The least and the most that the attacks had before them. */
function range(made: readonly Made[], kind: string): string {
  const all = made.map(({ quiet }) => p99(quiet, kind));
  return `${short(Math.min(...all))} to ${short(Math.max(...all))}`;
}

const counted = (all: Record<string, number>) =>
  Object.entries(all)
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `${what} ${count.toLocaleString('en-US')}`)
    .join(', ') || '–';

/** 99th percentiles; the worst of them beside its own in quiet, and in the control; and what was refused. */
function rowOf({ name, quiet, control, attack }: Made): string[] {
  const worst = (to: Row) => times(Math.max(...KINDS.map((kind) => p99(attack, kind) / p99(to, kind))));
  const { seen, cores, answers } = attack;
  return [
    ...[name, ...KINDS.map((kind) => short(p99(attack, kind))), worst(quiet), worst(control)],
    ...[counted(seen.refused), short(cores), counted(answers)],
  ];
}

const passwordOf = (userName: string) => `the password of ${userName}`;

function register(url: string, userName: string): Promise<Account> {
  const input = { userName, email: `${userName}@example.org`, password: passwordOf(userName) };
  return signIn(url, REGISTER, input);
}

function logIn(url: string, login: string): Promise<Account> {
  return signIn(url, LOG_IN, { login, password: passwordOf(login) });
}

async function signIn(url: string, query: string, input: object): Promise<Account> {
  const body = JSON.stringify({ query, variables: { input } });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data } = (await response.json()) as {
    data: { result: { tokens?: { accessToken: string }; user?: { id: string }; message?: string } };
  };
  const { tokens, user, message } = data.result;
  if (!tokens || !user) throw new Error(`Nobody could sign in: ${message}`);
  return { token: tokens.accessToken, userId: user.id };
}
