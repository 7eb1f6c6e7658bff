import { newUuid } from '../../../../kit/base/ids.ts';
import type { Redis } from '../../../../kit/redis/client.ts';
import type { DeviceStore, DevicesChanged } from '../../domain/presence/ports.ts';
import type { Device, DeviceKind } from '../../domain/presence/state.ts';

/** How long an instance lives that says nothing, in ms. It says something every 3 s. */
const LIFE = 9_000;
/** How long an instance has for burying another, in ms. */
const BURIAL = 10_000;

// A hash for each person. `c:<instance>:<id>` is a connection: "<session> <kind>". `a:<session>` is there
// while the user is away from that session.

/**
 * Changes the hash of a person. Answers all of it before and after, and the time of the change in
 * microseconds by the clock of Redis, which orders the changes of one person.
 */
const CHANGE = `
local before = redis.call('HGETALL', KEYS[1])
local what, name, value = ARGV[1], ARGV[2], ARGV[3]
if what == 'connect' then
  redis.call('HSET', KEYS[1], name, value)
elseif what == 'away' then
  for at = 2, #before, 2 do
    if before[at - 1]:sub(1, 2) == 'c:' and before[at]:sub(1, #name + 1) == name .. ' ' then
      redis.call('HSET', KEYS[1], 'a:' .. name, '1')
    end
  end
elseif what == 'back' then
  redis.call('HDEL', KEYS[1], 'a:' .. name)
else
  for at = 1, #before, 2 do
    if before[at]:sub(1, #name) == name then redis.call('HDEL', KEYS[1], before[at]) end
  end
  local sessions, rest = {}, redis.call('HGETALL', KEYS[1])
  for at = 2, #rest, 2 do
    local session = rest[at]:match('^(%S+) ')
    if session then sessions['a:' .. session] = true end
  end
  for at = 1, #rest, 2 do
    if rest[at]:sub(1, 2) == 'a:' and not sessions[rest[at]] then redis.call('HDEL', KEYS[1], rest[at]) end
  end
end
local time = redis.call('TIME')
return {before, redis.call('HGETALL', KEYS[1]), time[1] * 1000000 + time[2]}`;

/** Says until when an instance lives. Answers whether it was known, and which are dead, with their ends. */
const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return {known and 1 or 0, redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES')}`;

/** The devices that are connected, in Redis (any version with sharded pub/sub, or a cluster). */
export function createDeviceStore(redis: Redis, namespace: string): DeviceStore {
  const instance = newUuid();
  const person = (userId: string) => `${namespace}:presence:${userId}`;
  const instances = `${namespace}:presence-instances`;
  /** Those who have been connected to an instance, whom others look through when it is dead. */
  const peopleOf = (one: string) => `${namespace}:presence-people:${one}`;
  /** Ids of the connections of each person to this instance. */
  const own = new Map<string, Set<string>>();
  // Ends with a character that is in no id: the name of one is never the beginning of another.
  const nameOf = (id: string) => `c:${instance}:${id};`;

  async function change(userId: string, what: string, name: string, value = ''): Promise<DevicesChanged> {
    const [before, after, version] = (await redis.eval(CHANGE, 1, person(userId), what, name, value)) as [
      string[],
      string[],
      number,
    ];
    return { userId, before: toDevices(before), after: toDevices(after), version };
  }

  return {
    async connect(connections) {
      if (connections.length === 0) return [];
      for (const { userId, id } of connections) own.set(userId, (own.get(userId) ?? new Set()).add(id));
      // First of all, so that nobody stays connected to an instance that dies right now.
      await redis.sadd(peopleOf(instance), ...new Set(connections.map(({ userId }) => userId)));
      return Promise.all(
        connections.map(({ id, userId, device: { sessionId, kind } }) =>
          change(userId, 'connect', nameOf(id), `${sessionId} ${kind}`),
        ),
      );
    },

    async disconnect({ id, userId }) {
      const changed = await change(userId, 'disconnect', nameOf(id));
      const ids = own.get(userId);
      ids?.delete(id);
      if (ids?.size === 0) {
        own.delete(userId);
        // Whoever connects from now on is added after this: commands keep their order.
        await redis.srem(peopleOf(instance), userId);
      }
      return changed;
    },

    setAway: (userId, sessionId, isAway) => change(userId, isAway ? 'away' : 'back', sessionId),

    find: (userIds) =>
      Promise.all(userIds.map(async (userId) => toDevices(Object.entries(await redis.hgetall(person(userId))).flat()))),

    async beat() {
      const [known, dead] = (await redis.eval(BEAT, 1, instances, instance, LIFE)) as [number, string[]];
      const ends = dead.flatMap((name, at) => (at % 2 === 0 ? [{ name, end: Number(dead[at + 1]) }] : []));
      return {
        isKnown: known === 1,
        dead: ends.map(({ name, end }) => ({ instance: name, diedAt: new Date(end - LIFE) })),
      };
    },

    async bury(dead) {
      const isMine = await redis.set(`${instances}:buried:${dead}`, instance, 'PX', BURIAL, 'NX');
      if (!isMine) return [];
      const people = await redis.smembers(peopleOf(dead));
      const changes = await Promise.all(people.map((userId) => change(userId, 'disconnect', `c:${dead}:`)));
      // Last: whoever dies in the middle of this leaves it to the next.
      await redis.del(peopleOf(dead));
      await redis.zrem(instances, dead);
      return changes;
    },

    async leave() {
      await redis.del(peopleOf(instance));
      await redis.zrem(instances, instance);
    },
  };
}

/** A hash as Redis tells it: names and values by turns. */
function toDevices(hash: readonly string[]): Device[] {
  const fields = new Map<string, string>();
  for (let at = 0; at < hash.length; at += 2) fields.set(hash[at] as string, hash[at + 1] as string);
  return [...fields].flatMap(([name, value]) => {
    if (!name.startsWith('c:')) return [];
    const [sessionId = '', kind = 'OTHER'] = value.split(' ');
    return [{ sessionId, kind: kind as DeviceKind, isAway: fields.has(`a:${sessionId}`) }];
  });
}
