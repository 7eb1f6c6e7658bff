import { addressOf } from '../../kit/base/config.ts';
import { examineRedis } from '../../kit/service/preflight/redis.ts';
import { type Check, type Found, failing, ok, warning } from '../check.ts';
import { judgeClock } from '../clock.ts';
import type { RedisFacts } from '../redis-facts.ts';
import { isAtLeast } from '../version.ts';
import { ofFault } from './mysql.ts';

const TIMEOUT = 10_000;
/** The first with sharded channels, which carry the hints. */
const OLDEST = '7.0';
/** Slots of every Redis Cluster. */
const SLOTS = 16_384;
/** The share of its memory from which a Redis is nearly full. */
const NEARLY_FULL = 0.9;

type Known = Exclude<RedisFacts, { fault: string }>;

const login: Check = {
  id: 'redis.login',
  needs: ['redis.network'],
  async look(world) {
    const redis = world.redis();
    const where = 'clusterNodes' in redis ? redis.clusterNodes.map(addressOf).join(', ') : addressOf(redis);
    const fault = await examineRedis(redis, TIMEOUT);
    return fault ? ofFault(fault, where) : ok('Redis lets us in.', where);
  },
};

/** A check of what each Redis that answers says about itself. */
function fact(name: string, judge: (facts: Known, where: string, client: string) => Found): Check {
  return {
    id: `redis.${name}`,
    needs: ['redis.login'],
    async look(world) {
      const all = await world.redisFacts();
      return all.map((facts) => {
        const where = addressOf(facts.address);
        const client = `redis-cli -h ${facts.address.host} -p ${facts.address.port} --askpass`;
        if ('fault' in facts) return warning(`It does not answer: ${facts.fault}`, where, `${client} INFO`);
        return judge(facts, where, client);
      });
    },
  };
}

const version = fact('version', ({ version: number }, where) =>
  isAtLeast(number, OLDEST)
    ? ok(`It is Redis ${number}.`, where)
    : failing(`It is Redis ${number}; ${OLDEST} is the oldest that is supported.`, where, 'docker pull redis:7.4'),
);

const memory = fact('memory', ({ usedBytes, maxBytes }, where, client) => {
  const mib = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
  if (maxBytes === 0) return ok(`${mib(usedBytes)} are used; maxmemory sets no limit.`, where);
  const message = `${mib(usedBytes)} of ${mib(maxBytes)} are used`;
  return usedBytes < NEARLY_FULL * maxBytes
    ? ok(`${message}.`, where)
    : warning(
        `${message}: when it is full, limits are counted by each process alone.`,
        `${where} maxmemory`,
        `${client} CONFIG SET maxmemory ${2 * maxBytes}`,
      );
});

const eviction = fact('eviction', ({ policy, maxBytes }, where, client) =>
  policy === 'noeviction' || policy.startsWith('volatile-') || maxBytes === 0
    ? ok(`maxmemory-policy is ${policy}.`, where)
    : warning(
        `maxmemory-policy is ${policy}: Redis may forget counters of limits before their time.`,
        `${where} maxmemory-policy`,
        `${client} CONFIG SET maxmemory-policy noeviction`,
      ),
);

const writable = fact('writable', ({ isMaster, cluster }, where, client) =>
  isMaster || cluster !== null
    ? ok('It takes writes.', where)
    : failing(
        'It is a replica, which takes no writes: name its master.',
        `${where} REDIS_HOST`,
        `${client} INFO replication`,
      ),
);

const cluster = fact('cluster', ({ cluster: state }, where, client) => {
  if (state === null) return ok('It is a single server.', where);
  return state.isOk && state.slots === SLOTS
    ? ok('The cluster serves all slots.', where)
    : failing(`The cluster serves ${state.slots} of ${SLOTS} slots.`, where, `${client} CLUSTER NODES`);
});

const clock = fact('clock', ({ clockAhead }, where) => judgeClock('Redis', clockAhead, where));

export const REDIS = [login, version, memory, eviction, writable, cluster, clock];
