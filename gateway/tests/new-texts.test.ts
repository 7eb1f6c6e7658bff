import { readFileSync } from 'node:fs';
import { newUuid } from '../../kit/base/ids.ts';
import { createSlowdown } from '../../kit/base/slowdown.ts';
import { createLog } from '../../kit/observe/log.ts';
import { createRedis, type Redis } from '../../kit/redis/client.ts';
import { waitFor } from '../../testing/wait.ts';
import { Graph, type Prepared } from '../operation/graph.ts';
import { readProtectionConfig } from '../operation/limits/config.ts';
import { type Asker, createProtection, type Meter, type Protection } from '../operation/limits/index.ts';
import { createPlanningThread } from '../operation/planning/apart.ts';
import { createPipeline } from '../pipeline.ts';
import { createSubgraphRequests } from '../upstream/request-coalescing.ts';
import type { Upstreams } from '../upstream/socket-pool.ts';

/**
 * A text that is new to a gateway is read and planned in its payer's turn, and its payer pays for the time.
 */

const log = createLog('test', 'silent');
let redis: Redis;
let protection: Protection;
beforeAll(async () => {
  const { REDIS_HOST: host = '', REDIS_PORT, REDIS_PASSWORD: password } = process.env;
  redis = createRedis({ host, port: Number(REDIS_PORT), password }, log, 'test');
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  const config = readProtectionConfig({ GATEWAY_BUDGET: '10000', GATEWAY_BUDGET_PER_SECOND: '1' });
  protection = createProtection(config, redis, `t${newUuid()}`, log, createSlowdown());
});

const viewer = (userId: string): Asker => ({
  viewer: { userId, sessionId: userId, scopes: [], expiresAt: Number.POSITIVE_INFINITY },
  address: '',
});

test('one text of each payer is read at a time, and so many wait', async () => {
  const running = { ada: 0, bo: 0 };
  const most = { ada: 0, bo: 0 };
  const read = (who: 'ada' | 'bo') =>
    protection.readNew(viewer(who), async () => {
      running[who] += 1;
      most[who] = Math.max(most[who], running[who]);
      await new Promise((resolve) => setImmediate(resolve));
      running[who] -= 1;
    });
  const settled = await Promise.allSettled([...Array.from({ length: 60 }, () => read('ada')), read('bo')]);
  expect(most).toEqual({ ada: 1, bo: 1 });
  expect(settled.at(-1)?.status).toBe('fulfilled');
  const refused = settled.filter((result) => result.status === 'rejected');
  // One runs and thirty wait.
  expect(refused).toHaveLength(29);
  for (const { reason } of refused)
    expect(reason.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1, http: { status: 429 } });
});

test('the time of the processor is paid, also of a text that fails', async () => {
  const work = ({ measure }: Meter) =>
    measure(() => {
      const until = process.threadCpuUsage().user + 250_000;
      while (process.threadCpuUsage().user < until);
      throw new Error('failed');
    });
  await expect(protection.readNew(viewer('ada'), async (meter) => work(meter))).rejects.toThrow('failed');
  // 250 ms are 12,500 units, and 10,000 is all that she has.
  const refused = await protection.admitText('x', viewer('ada'));
  expect(refused?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
  expect(await protection.admitText('x', viewer('bo'))).toBeNull();
});

test('reading and planning are measured, of what is new only', async () => {
  const calls = createSubgraphRequests({ begin: () => () => {} } as unknown as Upstreams);
  const sdl = readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8');
  const graph = new Graph(sdl, calls);
  let measured = 0;
  const watched: Protection = {
    ...protection,
    readNew: (asker, work) =>
      protection.readNew(asker, (meter) =>
        work({
          ...meter,
          measure(busy) {
            measured += 1;
            return meter.measure(busy);
          },
        }),
      ),
  };
  const pipeline = createPipeline(calls, watched, log);
  const understand = async (query: string) => {
    measured = 0;
    const operation = { query, operationName: null, variables: {}, bytes: 100 };
    await pipeline.understand(graph, operation, viewer('ada'));
    return measured;
  };
  expect(await understand('{ viewer { id name } }')).toBe(2);
  expect(await understand('{ viewer { id name } }')).toBe(0);
  expect(await understand('{ viewer { nothing } }')).toBe(1);
});

describe('the thread that plans', () => {
  const sdl = readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8');
  const calls = createSubgraphRequests({ begin: () => () => {} } as unknown as Upstreams);
  const texts = [
    '{ viewer { id name avatarUrl sessions { id } } }',
    'query ($c: Boolean = true) { ... on Query @include(if: $c) { a: viewer { id avatarUrl friends { edges { node { name } } } } } }',
    'subscription { inbox { __typename ... on MessageSent { message { id sender { name avatarUrl } } } } }',
    'mutation { logOut { __typename } }',
  ];
  const planOf = (found: Prepared) => (found.errors ? found.errors : found.prepared.plan);
  let isHere: boolean;
  let elsewhere: number;
  const meter: Meter = {
    measure: (work) => work(),
    add(microseconds) {
      elsewhere += microseconds;
    },
  };

  /** Whether a new text is planned by the thread. */
  async function plansApart(graph: Graph, text: string): Promise<Prepared> {
    const found = graph.read(text, null);
    if (found.errors) return found;
    elsewhere = 0;
    const planned = await graph.planApart(found.valid, null, meter);
    isHere = elsewhere === 0;
    return planned;
  }

  test('makes the same plans, which their payer pays', async () => {
    const thread = createPlanningThread(log, 0);
    try {
      const [graph, other] = [new Graph(sdl, calls, undefined, undefined, thread), new Graph(sdl, calls)];
      let count = 0;
      await waitFor(
        async () => {
          count += 1;
          await plansApart(graph, `{ viewer { id } } # ${count}`);
          return !isHere;
        },
        { what: 'the thread', timeout: 60_000 },
      );
      for (const text of texts) {
        const planned = await plansApart(graph, text);
        expect(isHere).toBe(false);
        expect(planOf(planned)).toEqual(planOf(other.prepare(text, null, null)));
      }
      // What is known is not planned again.
      await plansApart(graph, texts[0] as string);
      expect(isHere).toBe(true);
    } finally {
      await thread.close();
    }
  });

  test('is not needed: until it is ready, and when it has ended, texts are planned here', async () => {
    const thread = createPlanningThread(log, 60_000);
    const [graph, other] = [new Graph(sdl, calls, undefined, undefined, thread), new Graph(sdl, calls)];
    const planned = await plansApart(graph, texts[0] as string);
    expect(isHere).toBe(true);
    expect(planOf(planned)).toEqual(planOf(other.prepare(texts[0] as string, null, null)));
    await thread.close();
    expect(planOf(await plansApart(graph, texts[1] as string))).toMatchObject({ kind: 'QueryPlan' });
  });
});
