import { seedGroups } from '../testing/seed.ts';
import { latencyOf, middle, short, table, times } from './figures.ts';
import { type Memory, memoryOf } from './inspect.ts';
import type { Lab } from './lab.ts';
import type { Opening, Published, Publishing } from './load/subscribers.ts';
import type { Options } from './options.ts';
import { cpuSeconds } from './proc.ts';
import { report, whereAndWhen } from './report.ts';
import type { SocketsUnderTest } from './stock/sockets.ts';

const KINDS = ['graphql-ws', 'kit/socket'] as const;
const SUBSCRIBERS = 3_000;
/** Subscribed before anything is measured, so that code is compiled and caches and pools are there. */
const FIRST = 500;
const MESSAGES = 40;
const WARM_UP = 10;
/** Messages before there are subscribers, whose cost is that of sending alone. */
const SENDS = 100;
const ROUNDS = 5;

interface Row extends Published {
  name: string;
  subscribers: number;
  /** CPU us of one send. */
  send: number;
  /** CPU us to open one socket and its subscription. */
  opening: number;
  before: Memory;
  after: Memory;
}

/** What our own socket server costs beside that of graphql-ws, with the same back end and shared answers. */
export async function sockets(lab: Lab, options: Options): Promise<void> {
  const [subscribers = SUBSCRIBERS] = options.points ?? [];
  const stack = await lab.stack({});
  const rows: Row[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    // Anew for each: a token is good for ten minutes.
    const people = await Promise.all(Array.from({ length: FIRST + subscribers + 1 }, () => stack.signIn()));
    const [conversationId] = await seedGroups(stack.mysql, [people.map(({ userId }) => userId)]);
    const [sender, ...tokens] = people.map(({ token }) => token);
    for (const kind of round % 2 === 1 ? KINDS : KINDS.toReversed()) {
      if (!options.isWanted(kind)) continue;
      const server = lab.helper('stock/sockets.ts');
      const load = lab.helper('load/subscribers.ts');
      const { pid } = server;
      const url = await server.ask('listen', { kind, mysql: stack.config.mysql } satisfies SocketsUnderTest);
      const publish = (warmUp: number, messages: number): Promise<Published> =>
        load.ask('publish', {
          url,
          token: sender,
          conversationId,
          warmUp,
          messages,
          pids: { server: pid },
        } as Publishing);
      const quiet = await publish(SENDS, SENDS);
      await load.ask('open', { url, tokens: tokens.slice(0, FIRST) } satisfies Opening);
      const before = await memoryOf(pid);
      const cpu = cpuSeconds(pid);
      await load.ask('open', { url, tokens: tokens.slice(FIRST) } satisfies Opening);
      const opening = ((cpuSeconds(pid) - cpu) / subscribers) * 1e6;
      const after = await memoryOf(pid);
      const published = await publish(WARM_UP, MESSAGES);
      const send = ((quiet.cpu.server ?? 0) / SENDS) * 1e6;
      const row = { name: kind, subscribers, send, opening, before, after, ...published };
      rows.push(row);
      console.log(`${kind}: ${short(cpuOf(row))} us a delivery, ${short(opening)} us a connection`);
      await load.stop();
      await server.stop();
    }
  }
  const middles = middle(rows, ({ name }) => name, cpuOf);
  const text = [
    table(
      [
        '',
        'CPU us a delivery',
        'to ours',
        'all rounds',
        'CPU us a connection',
        'KiB a subscriber',
        'of it live',
        'deliveries/s',
        'last receipt p50 ms',
      ],
      middles.map((row) => tableRow(row, rows, middles.at(-1) as Row)),
    ),
    await whereAndWhen(stack, options.command),
    `${subscribers.toLocaleString('en-US')} subscribers of one conversation, each with a socket; ${FIRST} more were there before. ` +
      `${MESSAGES} messages, the next one when all have the last. The middle one of ${ROUNDS} rounds in turns, ` +
      'each with new processes. A send itself is not counted. Memory after a garbage collection.',
  ].join('\n\n');
  report('sockets', text, options.write);
}

/** CPU us of one delivery. */
function cpuOf({ cpu, send, lasts, deliveries }: Row): number {
  return ((cpu.server ?? 0) * 1e6 - send * lasts.length) / deliveries;
}

function tableRow(row: Row, all: Row[], ours: Row): string[] {
  const { name, before, after, subscribers } = row;
  const costs = all.filter((other) => other.name === name).map((other) => short(cpuOf(other)));
  return [
    name,
    short(cpuOf(row)),
    times(cpuOf(row) / cpuOf(ours)),
    costs.join(' '),
    short(row.opening),
    short((after.rss - before.rss) / subscribers),
    short((after.heap - before.heap) / subscribers),
    short(row.deliveries / row.elapsed),
    short(latencyOf(row.lasts).p50),
  ];
}
