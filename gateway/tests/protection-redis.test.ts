import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { newUuid } from '../../kit/base/ids.ts';
import { createLog, type Log } from '../../kit/observe/log.ts';
import { connectRedis, createRedis, type Redis } from '../../kit/redis/client.ts';
import { startProxy, type TcpProxy } from '../../testing/proxy.ts';
import { waitFor } from '../../testing/wait.ts';
import { createBudgets } from '../operation/limits/budget.ts';
import { readProtectionConfig } from '../operation/limits/config.ts';
import { type Manifest, readManifest } from '../operation/limits/manifest.ts';
import { createPersistedOperations, type OperationRequest } from '../operation/limits/persisted.ts';

/** What needs Redis, on a real one that can be cut off. */

const log = createLog('test', 'silent');
let proxy: TcpProxy;
let redis: Redis;
let namespace: string;

beforeEach(async () => {
  const password = process.env.REDIS_PASSWORD;
  proxy = await startProxy({ host: process.env.REDIS_HOST as string, port: Number(process.env.REDIS_PORT) });
  redis = createRedis({ host: '127.0.0.1', port: proxy.port, password }, log, 'test');
  await connectRedis(redis);
  namespace = `t${newUuid()}`;
});
afterEach(async () => {
  redis.disconnect();
  await proxy.stop();
});

describe('a budget', () => {
  const create = (size: { burst: number; perSecond: number }) => createBudgets(size, redis, namespace, log, 10_000);

  it('is refused by name when it is spent, and fills again', async () => {
    const budgets = create({ burst: 100, perSecond: 50 });
    expect(await budgets.spend('a', 90)).toBeNull();
    const refused = await budgets.spend('a', 90);
    expect(refused?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 2, http: { status: 429 } });
    expect(await budgets.spend('b', 90)).toBeNull();
    await waitFor(async () => (await budgets.spend('a', 40)) === null, {
      what: 'a budget that has filled up',
      timeout: 5_000,
    });
  });

  it('is one for all gateways, whatever each has in reserve', async () => {
    const gateways = Array.from({ length: 5 }, () => create({ burst: 1_000, perSecond: 1 }));
    let spent = 0;
    await Promise.all(
      gateways.map(async (budgets) => {
        for (let n = 0; n < 400; n += 1) if ((await budgets.spend('a', 1)) === null) spent += 1;
      }),
    );
    // What flows in meanwhile comes on top; what a gateway still holds in reserve is missing.
    expect(spent).toBeGreaterThan(1_000 - gateways.length * 20);
    expect(spent).toBeLessThan(1_000 + 30);
  });

  it('does not ask Redis for each operation', async () => {
    const budgets = create({ burst: 1_000, perSecond: 1 });
    expect(budgets.spend('a', 1)).toBeInstanceOf(Promise);
    await waitFor(() => budgets.spend('a', 1) === null, { what: 'a reserve of the budget' });
    expect(budgets.spend('a', 1)).toBeNull();
  });

  it('refuses for good what is more than all of it', async () => {
    const refused = await create({ burst: 10, perSecond: 1 }).spend('a', 11);
    expect(refused?.message).toMatch(/more than anybody may spend/);
  });

  it('counts fractions and nothing', async () => {
    const budgets = create({ burst: 10, perSecond: 1 });
    expect(budgets.spend('a', 0)).toBeNull();
    expect(await budgets.spend('a', 9.5)).toBeNull();
    expect(await budgets.spend('a', 9.5)).not.toBeNull();
  });

  it.each(['cut', 'silence'] as const)(
    "is one of this process while Redis is away (%s), and then Redis's again",
    async (how) => {
      const budgets = createBudgets({ burst: 10, perSecond: 1 }, redis, namespace, log);
      await budgets.spend('a', 10);
      expect(await budgets.spend('a', 10)).not.toBeNull();
      proxy[how]();
      expect(await budgets.spend('a', 10)).toBeNull();
      expect(await budgets.spend('a', 10)).toMatchObject({
        extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 10 },
      });
      // Who asks as usual is refused nothing.
      expect(await budgets.spend('b', 1)).toBeNull();
      await waitFor(() => budgets.spend('a', 1) === null, { what: 'it to fill' });
      proxy.mend();
      await waitFor(
        async () => {
          await budgets.spend('c', 10);
          return (await redis.exists(`${namespace}:budget:c`)) === 1;
        },
        { what: 'the bucket in Redis', timeout: 10_000 },
      );
    },
  );

  it('pays for what is done already with what it has, and no more', async () => {
    const budgets = create({ burst: 1_000, perSecond: 1 });
    await budgets.charge('a', 400);
    expect(await budgets.spend('a', 700)).not.toBeNull();
    // Leaves a reserve in this process.
    expect(await budgets.spend('a', 100)).toBeNull();
    await budgets.charge('a', 2_000);
    expect((await budgets.spend('a', 10))?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await create({ burst: 1_000, perSecond: 1 }).spend('a', 10)).not.toBeNull();
    proxy.cut();
    await budgets.charge('b', 2_000);
    expect((await budgets.spend('b', 10))?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is off where its size is 0', () => {
    expect(create({ burst: 0, perSecond: 1 }).spend('a', 1_000_000)).toBeNull();
  });
});

describe('persisted operations', () => {
  const text = '{ viewer { id } }';
  const id = hash('sha256', text, 'hex');
  const other = '{ viewer { name } }';
  const persisted = (sha256Hash: unknown, query?: string): OperationRequest => ({
    query: query ?? '',
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  });
  const manifest = readManifest(
    JSON.stringify({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'viewer-1', name: 'Viewer', type: 'query', body: text }],
    }),
  );
  const create = (
    options: { learnsOperations?: boolean; manifest?: Manifest | null; unlisted?: 'refuse' | 'log' } = {},
    to: Log = log,
  ) =>
    createPersistedOperations(
      { learnsOperations: true, manifest: null, unlisted: 'refuse', ...options },
      redis,
      namespace,
      to,
    );
  /** The text, or the code of the refusal. */
  async function found(operations: ReturnType<typeof create>, request: OperationRequest): Promise<string> {
    try {
      return (await operations.find(request)).text;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return error.extensions.code as string;
    }
  }
  async function learn(operations: ReturnType<typeof create>, query = text): Promise<void> {
    const { remember } = await operations.find(persisted(hash('sha256', query, 'hex'), query));
    remember?.();
  }

  it('are learnt by their hash when they have turned out to be valid, for all gateways', async () => {
    const operations = create();
    expect(await found(operations, persisted(id))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await found(operations, persisted(id, text))).toBe(text);
    expect(await found(operations, persisted(id))).toBe('PERSISTED_QUERY_NOT_FOUND');
    await learn(operations);
    expect(await found(operations, persisted(id))).toBe(text);
    await waitFor(async () => (await found(create(), persisted(id))) === text, { what: 'the text in Redis' });
    expect(await redis.ttl(`${namespace}:operation:${id}`)).toBeGreaterThan(86_000);
  });

  it('are answered without Redis by who knows them, and asked for again by who does not', async () => {
    const operations = create();
    await learn(operations);
    proxy.cut();
    expect(await found(operations, persisted(id))).toBe(text);
    expect(await found(create(), persisted(id))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await found(create(), persisted(id, text))).toBe(text);
    proxy.mend();
  });

  it('are not taken from a Redis that somebody has written to', async () => {
    await redis.set(`${namespace}:operation:${id}`, other);
    expect(await found(create(), persisted(id))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it.each<[string, OperationRequest]>([
    ['the hash of another text', persisted(id, other)],
    ['a hash that is none', persisted(7)],
    ['another version', { query: '', extensions: { persistedQuery: { version: 2, sha256Hash: id } } }],
    ['neither text nor hash', { query: '' }],
  ])('%s is refused', async (_what, request) => {
    expect(await found(create(), request)).toBe('BAD_REQUEST');
  });

  it('can be turned off', async () => {
    const operations = create({ learnsOperations: false });
    await learn(operations);
    expect(await found(operations, persisted(id))).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });

  it('of a manifest are found by their id, and nothing else is taken', async () => {
    const operations = create({ manifest });
    expect(await found(operations, persisted('viewer-1'))).toBe(text);
    expect(await found(operations, { query: '', documentId: 'viewer-1' })).toBe(text);
    expect(await found(operations, { query: text })).toBe(text);
    expect(await found(operations, persisted(id, text))).toBe(text);
    expect(await found(operations, persisted('viewer-1', other))).toBe('BAD_REQUEST');
    expect(await found(operations, { query: other })).toBe('QUERY_NOT_IN_SAFELIST');
    expect(await found(operations, persisted('viewer-2'))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
    await learn(operations);
    await learn(create(), other);
    const otherId = hash('sha256', other, 'hex');
    expect(await found(operations, persisted(otherId))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
  });

  it('that are not in the manifest are only logged, where that is asked for', async () => {
    const lines: unknown[] = [];
    const warn = (fields: unknown) => void lines.push(fields);
    const operations = create({ manifest, unlisted: 'log' }, { ...log, warn } as unknown as Log);
    expect(await found(operations, { query: text })).toBe(text);
    expect(lines).toEqual([]);
    expect(await found(operations, { query: other })).toBe(other);
    expect(await found(operations, { query: other })).toBe(other);
    expect(lines).toEqual([{ sha256: hash('sha256', other, 'hex'), text: other }]);
    await learn(operations, other);
    expect(await found(operations, persisted(hash('sha256', other, 'hex')))).toBe(other);
  });

  describe('from a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'beaver-manifest-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it.each([
      ['is missing', null, 'no such file'],
      ['is not JSON', '{', 'JSON'],
      ['has another format', '{"format":"other","version":1,"operations":[]}', 'format'],
      [
        'gives two texts one id',
        JSON.stringify({
          format: 'apollo-persisted-query-manifest',
          version: 1,
          operations: ['a', 'b'].map((name) => ({ id: 'same', name, type: 'query', body: `{ ${name} }` })),
        }),
        'two operations have the id same',
      ],
    ])('that %s: the gateway does not start', (_what, content, message) => {
      const path = join(folder, 'manifest.json');
      if (content !== null) writeFileSync(path, content);
      const read = () => readProtectionConfig({ GATEWAY_OPERATION_MANIFEST: path });
      expect(read).toThrow(message);
      expect(read).toThrow('GATEWAY_OPERATION_MANIFEST');
    });
  });

  it('takes the one of the examples, by the hash of each text', () => {
    const { texts } = readManifest(
      readFileSync(new URL('../../examples/persisted-operations.json', import.meta.url), 'utf8'),
    );
    expect(texts.size).toBeGreaterThan(5);
    for (const [id, text] of texts) expect(hash('sha256', text, 'hex')).toBe(id);
  });
});
