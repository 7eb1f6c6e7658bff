import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../../../launch/base/child.ts';
import { isListening } from '../../../launch/base/probe.ts';
import { findSources } from '../../../launch/base/sources.ts';
import { terminalProgress } from '../../../launch/progress.ts';
import { RECORDS_VARIABLE } from '../../../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../../../launch/workspace.ts';
import { type Certificates, makeCertificates } from '../../../testing/certificates.ts';
import { freePorts, startCluster } from '../../../testing/cluster.ts';
import { waitFor } from '../../../testing/wait.ts';
import type { RedisConfig } from '../../base/config.ts';
import { createLog } from '../../observe/log.ts';
import { createBus } from '../../redis/bus.ts';
import { connectRedis, createRedis, pingRedis } from '../../redis/client.ts';
import { slotOf } from '../../redis/pubsub/slots.ts';
import { examineRedis } from '../../service/preflight/redis.ts';

/** A Redis that takes TLS only, with client certificates. */

const PASSWORD = 'of-the-test-redis';
const log = createLog('test', 'silent');
let directory: string;
let child: Child;
let port: number;
let certificates: Certificates;

beforeAll(async () => {
  const source = (await findSources(['redis'], { programs: PROGRAMS, progress: terminalProgress })).get('redis');
  if (source?.kind !== 'program') throw new Error('This test needs redis-server as a program.');
  const { program } = source;
  directory = mkdtempSync(join(tmpdir(), 'beaver-redis-tls-'));
  certificates = await makeCertificates(directory);
  [port] = (await freePorts(1)) as [number];
  const { ca, cert, key } = certificates;
  child = await startChild({
    name: 'redis-tls',
    program: program.path,
    argv0: program.argv0,
    arguments: [
      ...['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory],
      ...['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key, '--requirepass', PASSWORD],
    ],
    records: process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
  });
  await waitFor(() => isListening(port), { what: 'Redis to listen' });
});
afterAll(async () => {
  await child?.kill();
  rmSync(directory, { recursive: true, force: true });
});

const config = (tls?: RedisConfig['tls']): RedisConfig => ({ host: '127.0.0.1', port, password: PASSWORD, tls });
const ours = () => ({ caFile: certificates.ca, certFile: certificates.cert, keyFile: certificates.key });

test('commands and hints go over TLS, both ways', async () => {
  const redis = createRedis(config(ours()), log, 'test');
  await connectRedis(redis);
  await pingRedis(redis);
  await redis.set('a', 'b');
  expect(await redis.get('a')).toBe('b');
  const [one, other] = await Promise.all([
    createBus(config(ours()), 'tls', log),
    createBus(config(ours()), 'tls', log),
  ]);
  const heard: string[] = [];
  other.subscribe('fruit', (message) => heard.push(message));
  await waitFor(
    () => {
      one.publish('fruit', 'apple 🦫');
      return heard.length > 0;
    },
    { what: 'a hint' },
  );
  expect(heard[0]).toBe('apple 🦫');
  one.close();
  other.close();
  redis.disconnect();
});

test('a start says which variable is wrong', async () => {
  expect(await examineRedis(config(ours()))).toBeNull();
  const fault = async (tls?: RedisConfig['tls']) => await examineRedis(config(tls));
  expect(await fault({})).toMatchObject({ message: expect.stringMatching(/TLS.*REDIS_TLS_CA/), isFinal: true });
  expect(await fault({ caFile: '/nowhere' })).toMatchObject({
    message: expect.stringMatching(/cannot be read: check REDIS_TLS_CA/),
    isFinal: true,
  });
  for (const tls of [undefined, { caFile: certificates.ca }]) expect(await fault(tls)).not.toBeNull();
});

test('a cluster, too: commands and hints reach every node over TLS', async () => {
  const cluster = await startCluster(certificates);
  const redis = createRedis(cluster.config, log, 'test');
  const [one, other] = await Promise.all([
    createBus(cluster.config, 'tls', log),
    createBus(cluster.config, 'tls', log),
  ]);
  try {
    expect(await examineRedis(cluster.config)).toBeNull();
    expect(await examineRedis({ ...cluster.config, tls: undefined })).not.toBeNull();
    await connectRedis(redis);
    await pingRedis(redis);
    const names = Array.from({ length: 50 }, (_, at) => `name${at}`);
    const owners = new Set(names.map((name) => Math.floor((slotOf(`tls:${name}`) * 3) / 16_384)));
    expect(owners.size).toBe(3);
    for (const name of names) await redis.set(`tls:${name}`, name);
    expect(await Promise.all(names.map((name) => redis.get(`tls:${name}`)))).toEqual(names);
    const heard = new Set<string>();
    await Promise.all(names.map((name) => other.subscribe(name, (message) => heard.add(message))));
    await waitFor(
      () => {
        for (const name of names) one.publish(name, name);
        return heard.size === names.length;
      },
      { what: 'a hint in each channel' },
    );
  } finally {
    one.close();
    other.close();
    redis.disconnect();
    await cluster.stop();
  }
});
