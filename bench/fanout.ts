import { seedGroups } from '../testing/seed.ts';
import { latencyOf, middle, short, table, times } from './figures.ts';
import { profiled } from './inspect.ts';
import type { Lab } from './lab.ts';
import type { Opening, Published, Publishing } from './load/subscribers.ts';
import type { Options } from './options.ts';
import { report, whereAndWhen } from './report.ts';

/**
 * Deliveries that are measured at each point, about: so many that the CPU of each is more than the clock's 10
 * ms.
 */
const DELIVERIES = 200_000;
const WARM_UP = 5;
/**
 * Messages that are sent before there are subscribers, to know what the sending itself costs; as many come
 * before them, as the first cost more than those that follow.
 */
const SENDS = 100;
/**
 * How often everything is measured, in turns: the middle counts, as a machine that others use too is not the
 * same from one minute to the next.
 */
const ROUNDS = 3;
/** The gateway has a goal up to here. */
const GATEWAY_LIMIT = 1_000;

interface Row extends Published {
  name: string;
  subscribers: number;
  /** CPU us of one send, by process. */
  send: Record<string, number>;
}

/** One message to very many subscribers of one conversation, each with a socket of its own. */
export async function fanout(lab: Lab, options: Options): Promise<void> {
  const stack = await lab.stack({ chat: 1, gateway: 1 });
  const stock = lab.helper('stock/server.ts');
  const floor = lab.helper('floor/broadcast.ts');
  const socket = (name: 'chat' | 'gateway') => `${stack.services(name)[0]?.url.replace('http', 'ws')}/graphql`;
  const pids = {
    chat: stack.services('chat')[0]?.pid as number,
    gateway: stack.services('gateway')[0]?.pid as number,
    stock: stock.pid,
    floor: floor.pid,
  };
  const urls = {
    floor: (await floor.ask('listen')) as string,
    stock: (await stock.ask('listen', stack.config.mysql)) as string,
    chat: socket('chat'),
    gateway: socket('gateway'),
  };
  const measured: Row[] = [];
  for (const subscribers of options.points ?? [1_000, 10_000]) {
    // Anew for each: a token is good for ten minutes.
    const people = await Promise.all(Array.from({ length: subscribers + 1 }, () => stack.signIn()));
    const [conversationId] = await seedGroups(stack.mysql, [people.map(({ userId }) => userId)]);
    const [sender, ...readers] = people.map(({ token }) => token);
    const names = ['floor', 'stock', 'chat', 'gateway'] as const;
    for (const name of Array.from({ length: ROUNDS }, () => names).flat()) {
      if (!options.isWanted(name) || (name === 'gateway' && subscribers > GATEWAY_LIMIT)) continue;
      const url = urls[name];
      const load = lab.helper('load/subscribers.ts');
      const messages = Math.max(10, Math.round(DELIVERIES / subscribers / (name === 'floor' ? 1 : 2)));
      const publishing = {
        url,
        token: sender,
        conversationId,
        warmUp: WARM_UP,
        messages,
        pids: { ...pids, load: load.pid },
      };
      const quiet: Published = await load.ask('publish', {
        ...publishing,
        warmUp: SENDS,
        messages: SENDS,
      } as Publishing);
      await load.ask('open', { url, tokens: readers } satisfies Opening);
      const work = (): Promise<Published> => load.ask('publish', publishing as Publishing);
      const isProfiled = options.profile === name;
      const { result, where } = isProfiled ? await profiled(pids[name], work) : { result: await work(), where: null };
      const send = Object.fromEntries(Object.entries(quiet.cpu).map(([of, cpu]) => [of, (cpu / SENDS) * 1e6]));
      const row = { name, subscribers, send, ...result };
      measured.push(row);
      const rate = short(result.deliveries / result.elapsed);
      console.log(`${subscribers} subscribers, ${name.padEnd(8)} ${short(cpuOf(row))} us each, ${rate} deliveries/s`);
      if (where) console.log(`\nWhere ${name} spent its time:\n\n${where}\n`);
      await load.stop();
    }
  }
  const rows = middle(measured, ({ subscribers, name }) => `${subscribers} ${name}`, cpuOf);
  const points = [...new Set(rows.map((row) => row.subscribers))];
  const tables = points.map((point) => {
    const title = `### One message to ${point.toLocaleString('en-US')} subscribers`;
    return `${title}\n\n${pointTable(rows.filter(({ subscribers }) => subscribers === point))}`;
  });
  const text = [
    await whereAndWhen(stack, options.command),
    `Each subscriber has a socket and an operation id of their own. The next message is sent when all have the last. Each line is the middle one of ${ROUNDS} by its CPU, measured in turns with the others. A send itself, measured before there are subscribers, is not counted as delivery. Checked: each subscriber got each message once.`,
    ...tables,
  ].join('\n\n');
  report('fanout', text, options.write);
}

/** CPU us of one delivery in its own process, or in another. */
function cpuOf(row: Row, of = row.name): number {
  return ((row.cpu[of] ?? 0) * 1e6 - (row.send[of] ?? 0) * row.lasts.length) / row.deliveries;
}

function pointTable(rows: Row[]): string {
  /** With what chat does behind the gateway: all that the project spends on a delivery. */
  const whole = (row: Row) => cpuOf(row) + (row.name === 'gateway' ? cpuOf(row, 'chat') : 0);
  const find = (wanted: string) => rows.find(({ name }) => name === wanted);
  const [floor, stock, chat] = [find('floor'), find('stock'), find('chat')];
  return table(
    [
      '',
      'CPU us a delivery',
      'to floor',
      'stock to it',
      'with chat behind it, to chat alone',
      'deliveries/s',
      'last receipt p50 ms',
      'p99 ms',
      'messages',
      'CPU us a send',
      'chat behind it',
      'load',
    ],
    rows.map((row) => {
      const { p50, p99 } = latencyOf(row.lasts);
      const other = (name: string) => short(((row.cpu[name] ?? 0) / row.deliveries) * 1e6);
      return [
        row.name,
        short(cpuOf(row)),
        floor ? times(cpuOf(row) / cpuOf(floor)) : '–',
        stock ? times(cpuOf(stock) / cpuOf(row)) : '–',
        chat && row.name === 'gateway' ? times(whole(row) / cpuOf(chat)) : '–',
        short(row.deliveries / row.elapsed),
        short(p50),
        short(p99),
        String(row.lasts.length),
        short(row.send[row.name] ?? 0),
        row.name === 'gateway' ? short(cpuOf(row, 'chat')) : '–',
        other('load'),
      ];
    }),
  );
}
