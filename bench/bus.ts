import { Redis } from 'ioredis';
import { type RedisConfig, readBaseConfig } from '../kit/base/config.ts';
import { createLog } from '../kit/observe/log.ts';
import { createBus } from '../kit/redis/bus.ts';
import { loginOf } from '../kit/redis/login.ts';
import { short, table, times } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import { report, whereAndWhen } from './report.ts';

/** A hint about a message of some words, in bytes. */
const SIZE = 600;
const CHANNELS = 200;
/**
 * Messages published in one turn of the event loop, as a group of sends does, and turns of one measurement.
 */
const GROUP = 64;
const GROUPS = 400;
/** Measurements of each client, in turns. */
const ROUNDS = 12;

/** A client of pub/sub, as the bus needs one. */
interface Client {
  publish(channel: string, message: string): void;
  close(): void;
}

type Open = (config: RedisConfig, onMessage: () => void, subscribes: boolean) => Promise<Client>;

const channel = (index: number) => `c${index % CHANNELS}`;

const ours: Open = async (config, onMessage, subscribes) => {
  const bus = await createBus(config, 'bench', createLog('bench', 'silent'));
  if (subscribes)
    await Promise.all(Array.from({ length: CHANNELS }, (_, index) => bus.subscribe(channel(index), onMessage)));
  return { publish: (name, message) => bus.publish(name, message), close: () => bus.close() };
};

const theirs: Open = async (config, onMessage, subscribes) => {
  if ('clusterNodes' in config) throw new Error('This is measured on one Redis.');
  const redis = new Redis({ host: config.host, port: config.port, ...loginOf(config), enableAutoPipelining: true });
  if (subscribes) {
    await redis.ssubscribe(...Array.from({ length: CHANNELS }, (_, index) => `bench:${channel(index)}`));
    redis.on('smessage', onMessage);
  }
  return { publish: (name, message) => void redis.spublish(`bench:${name}`, message), close: () => redis.disconnect() };
};

const OPEN = { 'kit/redis/pubsub': ours, ioredis: theirs };

/**
 * What a hint costs the process that publishes it, and the one that gets it, by our own client and by
 * ioredis. Both ends are in this process, one at a time: the other end is always ioredis, so that its cost is
 * the same in both rows.
 */
export async function bus(lab: Lab, { command, write }: Options): Promise<void> {
  const stack = await lab.stack({});
  const config = readBaseConfig(stack.environment as NodeJS.ProcessEnv).redis;
  const message = 'x'.repeat(SIZE);
  const spent: Record<string, { publish: number[]; deliver: number[] }> = {};

  /** CPU of this process for each message, in us. */
  async function measure(publisher: Open, subscriber: Open): Promise<number> {
    let count = 0;
    const to = await subscriber(config, () => (count += 1), true);
    const from = await publisher(config, () => {}, false);
    const run = async (groups: number) => {
      const wanted = count + groups * GROUP;
      for (let group = 0; group < groups; group += 1) {
        for (let index = 0; index < GROUP; index += 1) from.publish(channel(group + index), message);
        await new Promise(setImmediate);
      }
      while (count < wanted) await new Promise(setImmediate);
    };
    await run(GROUPS / 4);
    const before = process.cpuUsage();
    await run(GROUPS);
    const { user, system } = process.cpuUsage(before);
    from.close();
    to.close();
    return (user + system) / (GROUPS * GROUP);
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, open] of Object.entries(OPEN)) {
      const of = spent[name] ?? { publish: [], deliver: [] };
      spent[name] = of;
      of.publish.push(await measure(open, theirs));
      of.deliver.push(await measure(theirs, open));
    }
  }
  const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const base = spent.ioredis as { publish: number[]; deliver: number[] };
  const rows = Object.entries(spent).map(([name, { publish, deliver }]) => [
    name,
    short(mean(publish)),
    times(mean(publish) / mean(base.publish)),
    short(mean(deliver)),
    times(mean(deliver) / mean(base.deliver)),
  ]);
  const head = [
    'client at this end, ioredis at the other',
    'publishing, us',
    'to ioredis',
    'receiving, us',
    'to ioredis',
  ];
  report('bus', `${table(head, rows)}\n\n${await whereAndWhen(stack, command)}`, write);
}
