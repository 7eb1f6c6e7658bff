import { seedGroups } from '../testing/seed.ts';
import type { Stack } from '../testing/stack.ts';
import { short, table, times } from './figures.ts';
import type { BatchLoad } from './floor/batches.ts';
import { profiled } from './inspect.ts';
import type { Lab } from './lab.ts';
import type { SendFigures, SendLoad } from './load/senders.ts';
import type { Options } from './options.ts';
import { report, whereAndWhen } from './report.ts';
import { verifyLogs } from './seed.ts';

const CONVERSATIONS = 200;
const SENDERS = 16;
const WARM_UP = 2;

const FLOOR = 'floor: driver batches';
const STOCK = 'stock, socket';

interface Row extends SendFigures {
  name: string;
  inFlight: number;
}

/**
 * Committed sends a second into 200 conversations, through every way in, beside the stock server and the
 * floor.
 */
export async function sends(lab: Lab, options: Options): Promise<void> {
  const stack = await lab.stack({ chat: 1, gateway: 1 });
  const load = lab.helper('load/senders.ts');
  const stock = lab.helper('stock/server.ts');
  const floor = lab.helper('floor/batches.ts');
  const people = await Promise.all(Array.from({ length: SENDERS }, () => stack.signIn()));
  const userIds = people.map(({ userId }) => userId);
  const pids = {
    chat: stack.services('chat')[0]?.pid as number,
    gateway: stack.services('gateway')[0]?.pid as number,
    stock: stock.pid,
    mysql: lab.mysqlPid,
    load: load.pid,
  };
  const urls = {
    chat: `${stack.services('chat')[0]?.url}/graphql`,
    gateway: `${stack.services('gateway')[0]?.url}/graphql`,
    stock: (await stock.ask('listen', stack.config.mysql)) as string,
  };

  const over = (transport: SendLoad['transport'], url: string) => (conversations: string[], inFlight: number) => {
    const tokens = people.map(({ token }) => token);
    const parameters: SendLoad = {
      transport,
      url: transport === 'socket' ? url.replace('http', 'ws') : url,
      tokens,
      conversations,
      inFlight,
      warmUp: WARM_UP,
      seconds: options.seconds,
      pids,
    };
    return load.ask('send', parameters);
  };
  const all: { name: string; run(conversations: string[], inFlight: number): Promise<SendFigures> }[] = [
    { name: FLOOR, run: batches },
    { name: STOCK, run: over('socket', urls.stock) },
    { name: 'chat, socket', run: over('socket', urls.chat) },
    { name: 'chat, HTTP', run: over('http', urls.chat) },
    { name: 'gateway, socket', run: over('socket', urls.gateway) },
    { name: 'gateway, HTTP', run: over('http', urls.gateway) },
  ];
  const ways = all.filter(({ name }) => options.isWanted(name));

  async function batches(conversations: string[], inFlight: number): Promise<SendFigures> {
    const heads = await stack.mysql.query<{ id: string; headSeq: number }[]>(
      'SELECT id, head_seq AS headSeq FROM chat_conversations WHERE id IN (?)',
      [conversations],
    );
    const { seconds } = options;
    const parameters: BatchLoad = { mysql: stack.config.mysql, userIds, conversations: heads, inFlight, seconds, pids };
    return floor.ask('write', parameters);
  }

  const conversationsOf = new Map<string, string[]>();
  for (const { name } of ways) {
    const groups = Array.from({ length: CONVERSATIONS }, () => userIds);
    conversationsOf.set(name, await seedGroups(stack.mysql, groups));
  }
  const rows: Row[] = [];
  const committed = new Map<string, number>();
  for (const inFlight of options.points ?? [1, 8, 64, 512]) {
    for (const { name, run } of ways) {
      const conversations = conversationsOf.get(name) as string[];
      const pid = options.profile && name.startsWith(options.profile) ? pids[options.profile as 'chat'] : undefined;
      const work = () => run(conversations, inFlight);
      const { result, where } = pid ? await profiled(pid, work) : { result: await work(), where: null };
      rows.push({ name, inFlight, ...result });
      const rate = short(result.inWindow / result.elapsed);
      console.log(`${String(inFlight).padStart(4)} in flight, ${name.padEnd(22)} ${rate.padStart(8)} sends/s`);
      if (where) console.log(`\nWhere ${options.profile} spent its time:\n\n${where}\n`);
      committed.set(name, (committed.get(name) ?? 0) + result.acknowledged);
      await verifyLogs(stack.mysql, conversations, committed.get(name) as number);
    }
  }
  report('sends', await section(stack, rows, committed, options), options.write);
}

async function section(stack: Stack, rows: Row[], committed: Map<string, number>, options: Options): Promise<string> {
  const points = [...new Set(rows.map(({ inFlight }) => inFlight))];
  const tables = points.map((point) => {
    const ofPoint = rows.filter(({ inFlight }) => inFlight === point);
    const stock = ofPoint.find(({ name }) => name === STOCK);
    return `### ${point} in flight\n\n${pointTable(ofPoint, stock)}`;
  });
  const total = [...committed.values()].reduce((sum, count) => sum + count, 0);
  const overloaded = rows.reduce((sum, row) => sum + row.overloaded, 0);
  return [
    await whereAndWhen(stack, options.command),
    `Each point ${options.seconds} s after ${WARM_UP} s of warm-up, ${CONVERSATIONS} conversations, ${SENDERS} senders, each with a socket. Checked after each point: ${total.toLocaleString('en-US')} sends were acknowledged in all, so many messages are in MySQL, and no log has a gap. Answered with \`OVERLOADED\` and sent again: ${overloaded}.`,
    ...tables,
  ].join('\n\n');
}

function pointTable(rows: Row[], stock: Row | undefined): string {
  const head = ['', 'sends/s', 'to stock', 'p50 ms', 'p99 ms', 'CPU us a send: its server', 'gateway', 'MySQL', 'load'];
  const rate = (row: Row) => row.inWindow / row.elapsed;
  return table(
    head,
    rows.map((row) => {
      const cpu = (name: string) => short(((row.cpu[name] ?? 0) / row.inWindow) * 1e6);
      const server = row.name === FLOOR ? 'floor' : row.name === STOCK ? 'stock' : 'chat';
      return [
        row.name,
        short(rate(row)),
        stock ? times(rate(row) / rate(stock)) : '–',
        short(row.p50),
        short(row.p99),
        cpu(server),
        row.name.startsWith('gateway') ? cpu('gateway') : '–',
        cpu('mysql'),
        row.name === FLOOR ? '–' : cpu('load'),
      ];
    }),
  );
}
