import { setTimeout as sleep } from 'node:timers/promises';
import { seedGroups } from '../testing/seed.ts';
import type { Stack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { latencyOf, short, table } from './figures.ts';
import { type Helper, startHelper } from './helper.ts';
import { profiled } from './inspect.ts';
import type { Lab } from './lab.ts';
import type { Clients, ClientsState } from './load/clients.ts';
import type { Sent, Steady } from './load/steady.ts';
import type { Options } from './options.ts';
import { cpuSeconds, peakKiB, resetPeak, residentKiB } from './proc.ts';
import { report, whereAndWhen } from './report.ts';

/** What a storm was like. Times are seconds since the kill. */
export interface StormFigures {
  clients: number;
  /** All have a subscription again; and each has every message that was committed by then. */
  resumed: number;
  whole: number;
  entries: number;
  /** Entries that came twice or not at all, over all clients. */
  doubled: number;
  lost: number;
  /** Attempts to come again that failed and were made anew, by what they ran into. */
  failures: Record<string, number>;
  /** MiB of the instance that all came to. */
  survivor: { before: number; peak: number; cpuSeconds: number };
  /** How long sends took, in ms, before the kill and from it until all were whole. */
  sends: { before: number[]; during: number[]; refused: number };
}

const GROUP_SIZE = 100;
const PROCESSES = 2;
/** Sends a second: a group gets one every few seconds. */
const RATE = 20;
/** Seconds before the kill in which everything is quiet. */
const CALM = 5;
const TIMEOUT = 180_000;

/**
 * Kills one of two instances of a service with `kill -9` while it has all the clients, each with its inbox,
 * and messages flow slowly through the other; and waits until all clients have come to the other and have
 * every message.
 */
export async function runStorm(
  stack: Stack,
  service: 'chat' | 'gateway',
  count: number,
  profile: boolean,
): Promise<StormFigures> {
  const helpers: Helper[] = [];
  const helper = (program: string) => {
    const started = startHelper(program);
    helpers.push(started);
    return started;
  };
  try {
    return await storming(stack, service, count, helper, profile);
  } finally {
    for (const one of helpers) await one.stop();
  }
}

async function storming(
  stack: Stack,
  service: 'chat' | 'gateway',
  count: number,
  helper: (program: string) => Helper,
  profile: boolean,
): Promise<StormFigures> {
  const [victim, survivor] = stack.services(service);
  if (!victim || !survivor) throw new Error(`the storm needs two instances of ${service}`);
  const sender = await stack.signIn();
  const people = await Promise.all(Array.from({ length: count }, () => stack.signIn()));
  const groups = Array.from({ length: Math.ceil(count / GROUP_SIZE) }, (_, index) => [
    sender.userId,
    ...people.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE).map(({ userId }) => userId),
  ]);
  const conversations = await seedGroups(stack.mysql, groups);
  const urls = [victim, survivor].map(({ url }) => `${url.replace('http', 'ws')}/graphql`);
  const clients = people.map(({ token }, index) => ({
    token,
    conversationId: conversations[Math.floor(index / GROUP_SIZE)] as string,
  }));

  const crowds = Array.from({ length: PROCESSES }, () => helper('load/clients.ts'));
  const states = (): Promise<ClientsState[]> => Promise.all(crowds.map((crowd) => crowd.ask('state')));
  await Promise.all(
    crowds.map((crowd, index) => {
      const own = clients.filter((_, place) => place % PROCESSES === index);
      return crowd.ask('start', { urls, clients: own } satisfies Clients);
    }),
  );
  const steady = helper('load/steady.ts');
  const sending: Steady = { url: `${survivor.url}/graphql`, token: sender.token, conversations, rate: RATE };
  await steady.ask('start', sending);
  await sleep(CALM * 1_000);

  const before = residentKiB(survivor.pid);
  resetPeak(survivor.pid);
  const cpu = cpuSeconds(survivor.pid);
  let killed = 0;
  const since = () => (Date.now() - killed) / 1_000;
  const wait = { timeout: TIMEOUT };
  const rage = async () => {
    killed = Date.now();
    await victim.kill();
    await waitFor(async () => total(await states(), 'resumed') < count, { ...wait, what: 'the clients to notice' });
    await waitFor(async () => total(await states(), 'resumed') === count, { ...wait, what: 'all clients to resume' });
    const resumed = since();
    await waitFor(await hasAll(stack, conversations, states), { ...wait, what: 'all clients to have every message' });
    return { resumed, whole: since() };
  };
  const { result, where } = profile ? await profiled(survivor.pid, rage) : { result: await rage(), where: null };
  const { resumed, whole } = result;
  if (where) console.log(`\nWhere the surviving ${service} spent its time:\n\n${where}\n`);
  const cpuOfStorm = cpuSeconds(survivor.pid) - cpu;
  const peak = peakKiB(survivor.pid);
  const over = Date.now();

  // What would come twice, and the last messages, come now.
  const { sent, refused }: { sent: Sent[]; refused: number } = await steady.ask('stop');
  await waitFor(await hasAll(stack, conversations, states), { ...wait, what: 'the last messages' });
  await sleep(1_000);
  const last = await states();
  const took = (from: number, to: number) => sent.filter(({ at }) => at >= from && at < to).map((one) => one.took);
  return {
    clients: count,
    resumed,
    whole,
    entries: total(last, 'entries'),
    doubled: total(last, 'doubled'),
    lost: total(last, 'gaps'),
    failures: failuresOf(last),
    survivor: { before: before / 1024, peak: peak / 1024, cpuSeconds: cpuOfStorm },
    sends: { before: took(0, killed), during: took(killed, over), refused },
  };
}

/** A question whether every client has what is committed now. */
async function hasAll(
  stack: Stack,
  conversations: string[],
  states: () => Promise<ClientsState[]>,
): Promise<() => Promise<boolean>> {
  const heads = await stack.mysql.query<{ id: string; head: number }[]>(
    'SELECT id, head_seq AS head FROM chat_conversations WHERE id IN (?)',
    [conversations],
  );
  return async () => {
    const now = await states();
    return heads.every(({ id, head }) => now.every(({ lowest }) => (lowest[id] ?? head) >= head));
  };
}

function total(states: ClientsState[], name: 'resumed' | 'entries' | 'doubled' | 'gaps'): number {
  return states.reduce((sum, state) => sum + state[name], 0);
}

function failuresOf(states: ClientsState[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { failures } of states) {
    for (const [reason, count] of Object.entries(failures)) sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
}

/**
 * One of two instances is killed and all its clients come to the other: two of chat, then two of the gateway.
 */
export async function storm(lab: Lab, options: Options): Promise<void> {
  const [count = 5_000] = options.points ?? [];
  const rows: { name: string; figures: StormFigures }[] = [];
  let description = '';
  for (const name of ['chat', 'gateway'] as const) {
    if (!options.isWanted(name)) continue;
    const stack = await lab.stack(name === 'chat' ? { chat: 2 } : { chat: 1, gateway: 2 });
    const figures = await runStorm(stack, name, count, options.profile === name);
    console.log(`${name}: ${count} clients, all whole after ${short(figures.whole)} s`);
    rows.push({ name, figures });
    description = await whereAndWhen(stack, options.command);
    await stack.stop();
  }
  const row = (title: string, value: (figures: StormFigures) => string) => [
    title,
    ...rows.map(({ figures }) => value(figures)),
  ];
  const listed = (failures: Record<string, number>) =>
    Object.entries(failures)
      .map(([reason, count]) => `${count} × ${reason}`)
      .join(', ') || 'none';
  const sends = (values: number[]) => {
    const { p50, p99, max } = latencyOf(values);
    return `${short(p50)} / ${short(p99)} / ${short(max)}`;
  };
  const text = [
    description,
    `${count.toLocaleString('en-US')} clients of one instance, which is killed with \`kill -9\`; ${RATE} messages a second are sent through the other one, each to ${GROUP_SIZE} of the clients. They come again as PROTOCOL.md says: after a random time of at most 2 s, which doubles with each attempt that fails.`,
    table(
      ['', ...rows.map(({ name }) => `one of two ${name}s killed`)],
      [
        row('all have resumed after, s', ({ resumed }) => short(resumed)),
        row('all have every message after, s', ({ whole }) => short(whole)),
        row('entries delivered', ({ entries }) => entries.toLocaleString('en-US')),
        row('lost', ({ lost }) => String(lost)),
        row('doubled', ({ doubled }) => String(doubled)),
        row('attempts that failed and were made anew', ({ failures }) => listed(failures)),
        row('survivor: MiB before', ({ survivor }) => short(survivor.before)),
        row('survivor: MiB at its peak', ({ survivor }) => short(survivor.peak)),
        row('survivor: CPU s until all were whole', ({ survivor }) => short(survivor.cpuSeconds)),
        row('a send before, p50 / p99 / longest ms', (figures) => sends(figures.sends.before)),
        row('a send in the storm, p50 / p99 / longest ms', (figures) => sends(figures.sends.during)),
        row('sends that were refused and sent again', (figures) => String(figures.sends.refused)),
      ],
    ),
  ].join('\n\n');
  report('storm', text, options.write);
}
