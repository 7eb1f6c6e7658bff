import type { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { within } from '../../../kit/base/pause.ts';
import { refusal } from '../../../kit/graph/refusal.ts';
import type { Log } from '../../../kit/observe/log.ts';
import type { Redis } from '../../../kit/redis/client.ts';

/** What somebody may spend, in the unit of the cost estimate. */
export interface BudgetSize {
  /** What may be spent at once after a pause. 0 turns budgets off. */
  burst: number;
  perSecond: number;
}

/**
 * A token bucket for each who asks, shared by all gateways. It is in Redis and may be lost with it. While
 * Redis is away or silent each gateway has a bucket of the same size of its own: an outage of Redis refuses
 * nobody who asks at the usual rate, and opens no door to those who do not.
 */
export interface Budgets {
  /**
   * Takes the cost from the bucket, at once where this process has some of it in reserve. Resolves to the
   * refusal where there is too little.
   */
  spend(who: string, cost: number): GraphQLError | null | Promise<GraphQLError | null>;
  /** Takes the cost of what is done already, or what is left where that is less. Never rejects. */
  charge(who: string, cost: number): Promise<void>;
}

/**
 * Takes at least ARGV[3] and up to ARGV[4] out of the bucket. Answers what was taken, and where that is 0,
 * the milliseconds until there is enough. The clock is Redis's own: those of the gateways may differ.
 */
const TAKE = `
local burst, rate, need, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(bucket[1]) or burst
left = math.min(burst, left + math.max(0, now - (tonumber(bucket[2]) or now)) * rate / 1000)
local taken = 0
if left >= need then taken = math.max(need, math.min(math.floor(left), want)) end
redis.call('HSET', KEYS[1], 'left', tostring(left - taken), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000))
return {taken, taken > 0 and 0 or math.ceil((need - left) / rate * 1000)}`;

/** The part of a bucket that a process takes in reserve, so that not every operation has to ask Redis. */
const RESERVE = 1 / 50;
/**
 * How many payers a process remembers. Who is not among them asks Redis again, or begins anew while Redis is
 * away.
 */
const MAX_PAYERS = 20_000;
/** How long an operation waits for Redis, and how long nobody asks it after it failed, in ms. */
const PATIENCE = 300;
const PAUSE = 1_000;

/** `patience`: how long an operation waits for Redis, in ms. */
export function createBudgets(
  size: BudgetSize,
  redis: Redis,
  namespace: string,
  log: Log,
  patience = PATIENCE,
): Budgets {
  const { burst, perSecond } = size;
  const reserves = new LRUCache<string, number>({ max: MAX_PAYERS });
  /** The buckets of this process, for as long as Redis is away; `at` by the monotonic clock, in ms. */
  const alone = new LRUCache<string, { left: number; at: number }>({ max: MAX_PAYERS });
  let awayUntil = 0;

  /** What is left in the bucket of this process, before `take` is taken out of it, as far as it goes. */
  function takeAlone(who: string, take: (left: number) => number): number {
    const now = performance.now();
    const bucket = alone.get(who) ?? { left: burst, at: now };
    const left = Math.min(burst, bucket.left + ((now - bucket.at) * perSecond) / 1000);
    alone.set(who, { left: Math.max(0, left - take(left)), at: now });
    return left;
  }

  function spendAlone(who: string, cost: number): GraphQLError | null {
    const left = takeAlone(who, (enough) => (enough >= cost ? cost : 0));
    return left >= cost ? null : overspent(cost, ((cost - left) / perSecond) * 1000);
  }

  /** What Redis answers to TAKE; null where it cannot be asked. */
  async function ask(who: string, need: number, want: number): Promise<[taken: number, wait: number] | null> {
    try {
      const key = `${namespace}:budget:${who}`;
      return (await within(patience, redis.eval(TAKE, 1, key, burst, perSecond, need, want))) as [number, number];
    } catch (error) {
      if (Date.now() >= awayUntil)
        log.warn({ err: error }, 'budgets cannot be asked in Redis: this gateway counts them alone');
      awayUntil = Date.now() + PAUSE;
      return null;
    }
  }

  async function take(who: string, cost: number): Promise<GraphQLError | null> {
    const reserve = Math.max(1, Math.floor(burst * RESERVE));
    const answer = await ask(who, cost, cost + reserve);
    if (!answer) return spendAlone(who, cost);
    const [taken, wait] = answer;
    if (taken < cost) return overspent(cost, wait);
    reserves.set(who, (reserves.get(who) ?? 0) + taken - cost);
    return null;
  }

  return {
    spend(who, cost) {
      if (burst === 0 || cost <= 0) return null;
      const left = reserves.get(who) ?? 0;
      if (left >= cost) {
        reserves.set(who, left - cost);
        return null;
      }
      if (Date.now() < awayUntil) return spendAlone(who, cost);
      // Whole units: what a script answers is cut to them.
      return take(who, Math.ceil(cost));
    },

    async charge(who, cost) {
      if (burst === 0) return;
      const left = reserves.get(who) ?? 0;
      reserves.set(who, Math.max(0, left - cost));
      if (left >= cost) return;
      const rest = Math.ceil(cost - left);
      const answer = Date.now() < awayUntil ? null : await ask(who, 0, rest);
      if (!answer) takeAlone(who, () => rest);
    },
  };

  function overspent(cost: number, wait: number): GraphQLError {
    const retryAfterSeconds = Math.max(1, Math.ceil(wait / 1000));
    const what =
      cost > burst ? 'This operation costs more than anybody may spend at once' : 'Too much was asked in a short time';
    const message = `${what}: it costs ${cost}. Try again in ${retryAfterSeconds} s, or ask for less.`;
    return refusal('RATE_LIMITED', message, { fields: { retryAfterSeconds }, status: 429 });
  }
}
