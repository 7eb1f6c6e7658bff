import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../../launch/services.ts';
import { SERVICE_NAMES } from '../../services.ts';
import { startProxy } from '../../testing/proxy.ts';
import { waitFor } from '../../testing/wait.ts';
import type { Home, Resident, Scenario } from './run.ts';
import type { System } from './system.ts';

/** How long things are away, in ms. */
const AWAY = 5_000;
const ETCD_AWAY = 60_000;
const CUT = 20_000;
/**
 * Within so many seconds everything goes on without what is cut off: well before the cut ends, so that who
 * just waits for that is too late.
 */
const BOUND_OF_CUT = 16;
/** Commits after which an instance with a fault dies of it. */
const COMMITS = 100;

const socketOf = ({ url }: Service) => `${url.replace('http', 'ws')}/graphql`;
const turned = <T>(list: readonly T[], by: number) => list.map((_, i) => list[(i + by) % list.length] as T);

/** The chat instance that a scenario is about is the newest. */
const victimOf = (system: System) => system.running('chat').at(-1) as Service;
const atVictim: Home = (system) => system.running('chat').map(socketOf).reverse();
const atOthers: Home = (system) => system.running('chat').map(socketOf);
/** Some begin at one gateway, some at the next. */
const atGateways: Home = (system, index) => turned(system.running('gateway').map(socketOf), index);

const people = (count: number, home: Home, isSending = true): Resident[] =>
  Array.from({ length: count }, () => ({ home, isSending }));
const everybodyAtGateways = people(6, atGateways);

const now = () => performance.now();

/** Three who send at an instance, and three elsewhere who listen. */
const sendersAtVictim = [...people(3, atVictim), ...people(2, atOthers, false), ...people(1, atGateways, false)];

/** Instances that die at once. */
export const KILLS: Scenario[] = [
  {
    name: 'chat killed that has the senders',
    residents: sendersAtVictim,
    prepare: async (system) => ({ strike: () => killed(victimOf(system)) }),
  },
  {
    name: 'chat killed that has the receivers',
    residents: [...people(3, atVictim, false), ...people(3, atOthers)],
    prepare: async (system) => ({ strike: () => killed(victimOf(system)) }),
  },
  {
    name: 'chat killed between commit and publication',
    residents: sendersAtVictim,
    async prepare(system) {
      const fault = { NODE_ENV: 'test', BEAVER_FAULT: `chat.committed:${COMMITS}` };
      const victim = await system.stack.add('chat', fault);
      return { strike: () => victim.ended.then(now) };
    },
  },
  {
    name: 'gateway killed',
    residents: everybodyAtGateways,
    prepare: async (system) => ({ strike: () => killed(system.running('gateway')[0] as Service) }),
  },
];

/**
 * MySQL and Redis, which lose what they had in memory. MySQL goes at the worst moment: with messages that are
 * written and not committed.
 */
export const STORES: Scenario[] = [
  {
    name: 'Redis killed, back empty after 5 s',
    residents: everybodyAtGateways,
    prepare: async (system) => ({
      async strike() {
        const redis = system.base('redis');
        await redis.kill();
        await sleep(AWAY);
        redis.empty();
        await redis.start();
        return now();
      },
    }),
  },
  ...(['kill', 'stop'] as const).map(
    (how): Scenario => ({
      name: `MySQL ${how === 'kill' ? 'killed' : 'stopped'}, back after 5 s`,
      residents: everybodyAtGateways,
      prepare: async (system) => ({
        async strike() {
          const mysql = system.base('mysql');
          await amidCommits(system);
          await mysql[how]();
          await sleep(AWAY);
          await mysql.start();
          return now();
        },
      }),
    }),
  ),
];

/**
 * Without etcd everything goes on; so every message counts from when it was sent. Those who were at the
 * gateway that dies come to the other with tokens that it has never seen, whose keys etcd does not tell now.
 */
export const REGISTRY: Scenario[] = [
  {
    name: 'etcd away for 60 s, chat and a gateway killed meanwhile',
    residents: everybodyAtGateways,
    prepare: async (system) => ({
      async strike() {
        const begin = now();
        const etcd = system.base('etcd');
        await etcd.kill();
        await sleep(ETCD_AWAY / 2);
        await killed(victimOf(system));
        await killed(system.running('gateway')[0] as Service);
        await sleep(ETCD_AWAY / 2);
        await etcd.start();
        return begin;
      },
    }),
  },
];

/**
 * What a deployment does to a system: everything in turn, a new instance first, then the old one is asked to
 * stop. Every message counts from when it was sent.
 */
export const ROLLING: Scenario[] = [
  {
    name: 'rolling restart of every instance',
    residents: everybodyAtGateways,
    prepare: async (system) => ({
      async strike() {
        const begin = now();
        for (const name of SERVICE_NAMES) {
          for (const old of system.running(name)) {
            await system.stack.add(name);
            await old.stop();
          }
        }
        return begin;
      },
    }),
  },
];

/**
 * A network that swallows: connections stay open, and nothing comes through, in front of an instance and
 * behind it. The second time at the worst moment: while the instance holds the locks of conversations, which
 * only MySQL can take from it.
 */
export const NETWORK: Scenario[] = [false, true].map((isWorst) => ({
  name: `network of a chat instance silent for 20 s${isWorst ? ', amid a commit' : ''}`,
  residents: [...people(2, atVictim), ...people(4, atGateways)],
  bound: BOUND_OF_CUT,
  async prepare(system) {
    const { service, proxies } = await behindProxies(system);
    const silence = () => proxies.forEach((proxy) => void proxy.silence());
    const mend = () => proxies.forEach((proxy) => void proxy.mend());
    return {
      async strike() {
        for (silence(); isWorst && !(await isLocked(system)); silence()) {
          mend();
          await sleep(Math.random() * 100);
        }
        await sleep(CUT);
        mend();
        return now();
      },
      async clear() {
        mend();
        await service.stop();
        for (const proxy of proxies) await proxy.stop();
      },
    };
  },
}));

/** Whether somebody holds the lock of a conversation for much longer than a transaction takes. */
async function isLocked({ stack, groups }: System): Promise<boolean> {
  for (const id of groups) {
    const isFree = () =>
      stack.mysql.query('SELECT id FROM chat_conversations WHERE id = ? FOR UPDATE NOWAIT', [id]).then(
        () => true,
        () => false,
      );
    const held = await waitFor(isFree, { what: 'the lock of the conversation', timeout: 400 }).then(
      () => false,
      () => true,
    );
    if (held) return true;
  }
  return false;
}

/** Resolves when messages are written and wait to be committed, which they do until the database goes. */
async function amidCommits({ stack: { mysql } }: System): Promise<void> {
  const holder = await mysql.getConnection();
  // It ends with its server.
  holder.on('error', () => undefined);
  const isAmid = async (transactions: number) => {
    const [{ written }] = await mysql.query(
      'SELECT COUNT(*) AS written FROM information_schema.innodb_trx WHERE trx_rows_modified > 0',
    );
    return written >= transactions;
  };
  const what = 'messages that wait to be committed';
  const [{ version }] = await mysql.query('SELECT VERSION() AS version');
  if (version.includes('MariaDB')) {
    await holder.query('BACKUP STAGE START');
    await holder.query('BACKUP STAGE BLOCK_COMMIT');
    await waitFor(() => isAmid(2), { what });
    return;
  }
  // MySQL can hold up commits only together with writes, so the lock has to come between the two: of one
  // transaction, as two at once are rare.
  const isHeld = async () => {
    await holder.query('FLUSH TABLES WITH READ LOCK');
    if (await isAmid(1)) return true;
    await holder.query('UNLOCK TABLES');
    return false;
  };
  await waitFor(isHeld, { what, timeout: 120_000 });
}

async function killed(service: Service): Promise<number> {
  await service.kill();
  return now();
}

/** A chat instance with a proxy before each of its connections. */
async function behindProxies(system: System) {
  const { environment } = system;
  const { MYSQL_HOST = '', REDIS_HOST = '', ETCD_SERVER = '' } = environment;
  const port = await freePort();
  const etcd = new URL(ETCD_SERVER);
  const proxies = await Promise.all([
    startProxy({ host: '127.0.0.1', port }),
    startProxy({ host: MYSQL_HOST, port: Number(environment.MYSQL_PORT) }),
    startProxy({ host: REDIS_HOST, port: Number(environment.REDIS_PORT) }),
    startProxy({ host: etcd.hostname, port: Number(etcd.port) }),
  ]);
  const [front, mysql, redis, registry] = proxies.map((proxy) => String(proxy.port)) as [
    string,
    string,
    string,
    string,
  ];
  const service = await system.stack.add('chat', {
    CHAT_PORT: String(port),
    ADVERTISE_PORT: front,
    MYSQL_PORT: mysql,
    REDIS_PORT: redis,
    ETCD_SERVER: `http://127.0.0.1:${registry}`,
  });
  return { service, proxies };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
