import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../../launch/base/child.ts';
import { findSources } from '../../launch/base/programs.ts';
import { terminalProgress } from '../../launch/progress.ts';
import { RECORDS_VARIABLE } from '../../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../../launch/workspace.ts';
import { addressOf, type RedisAddress, type RedisConfig } from '../config.ts';
import { askNode } from '../redis.ts';
import { waitFor } from './wait.ts';

const PASSWORD = 'of-the-test-cluster';
const SLOTS = 16_384;

/** A master of the cluster. */
export interface ClusterNode {
  address: RedisAddress;
  /** Its first slot; it has a third of all, until they are moved. */
  firstSlot: number;
  ask(command: string, ...parameters: string[]): Promise<unknown>;
  kill(): Promise<void>;
  /** Starts it again where it was, and waits until all slots are served. */
  start(): Promise<void>;
}

/** A Redis Cluster of three masters on this machine. */
export interface TestCluster {
  config: RedisConfig & { clusterNodes: RedisAddress[] };
  /** What tells a process of it. */
  environment: Record<string, string>;
  nodes: ClusterNode[];
  /** Gives a slot without keys from one node to another. */
  moveSlot(slot: number, from: ClusterNode, to: ClusterNode): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<TestCluster> {
  const source = (await findSources(['redis'], PROGRAMS, terminalProgress)).get('redis');
  if (source?.kind !== 'program')
    throw new Error('This test needs redis-server as a program: a container has other addresses.');
  const { program } = source;
  const directory = mkdtempSync(join(tmpdir(), 'beaver-cluster-'));
  const children = new Map<number, Child>();

  const launch = async (port: number, busPort: number) => {
    const own = join(directory, String(port));
    mkdirSync(own, { recursive: true });
    const lines = [
      'bind 127.0.0.1',
      `port ${port}`,
      'cluster-enabled yes',
      `cluster-port ${busPort}`,
      'cluster-node-timeout 2000',
      `requirepass ${PASSWORD}`,
      `masterauth ${PASSWORD}`,
      `dir "${own}"`,
      'save ""',
    ];
    writeFileSync(join(own, 'redis.conf'), `${lines.join('\n')}\n`, { mode: 0o600 });
    const child = await startChild({
      name: 'redis-cluster',
      program: program.path,
      arguments: [join(own, 'redis.conf')],
      records: process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
      argv0: program.argv0,
    });
    children.set(port, child);
  };
  const ask = (address: RedisAddress, command: string, ...parameters: string[]) =>
    askNode(address, PASSWORD, command, ...parameters);
  const nodes: ClusterNode[] = [];
  const untilWhole = () =>
    waitFor(
      async () => {
        const infos = await Promise.all(nodes.map((node) => node.ask('CLUSTER', 'INFO')));
        return infos.every((info) => /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(info)));
      },
      { timeout: 40_000, what: 'the cluster to serve all slots' },
    );

  const stop = async () => {
    await Promise.all([...children.values()].map((child) => child.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const ports = await freePorts(6);
    for (let i = 0; i < 3; i += 1) {
      const [port, busPort] = [ports[2 * i] as number, ports[2 * i + 1] as number];
      const address = { host: '127.0.0.1', port };
      await launch(port, busPort);
      nodes.push({
        address,
        firstSlot: Math.floor((i * SLOTS) / 3),
        ask: (command, ...parameters) => ask(address, command, ...parameters),
        kill: async () => children.get(port)?.kill(),
        async start() {
          await launch(port, busPort);
          await untilWhole();
        },
      });
      const node = nodes[i] as ClusterNode;
      await waitFor(() => node.ask('PING'), { what: 'a node of the cluster' });
      const last = Math.floor(((i + 1) * SLOTS) / 3) - 1;
      await node.ask('CLUSTER', 'ADDSLOTSRANGE', String(node.firstSlot), String(last));
      await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
      if (i > 0) await node.ask('CLUSTER', 'MEET', '127.0.0.1', String(ports[0]), String(ports[1]));
    }
    await untilWhole();
  } catch (error) {
    await stop();
    throw error;
  }

  const clusterNodes = nodes.map(({ address }) => address);
  return {
    config: { clusterNodes, password: PASSWORD },
    environment: {
      REDIS_HOST: '',
      REDIS_PORT: '',
      REDIS_CLUSTER_NODES: clusterNodes.map(addressOf).join(','),
      REDIS_PASSWORD: PASSWORD,
    },
    nodes,
    async moveSlot(slot, from, to) {
      const [fromId, toId] = (await Promise.all([from, to].map((node) => node.ask('CLUSTER', 'MYID')))).map(String);
      await to.ask('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', fromId as string);
      await from.ask('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', toId as string);
      for (const node of [to, from]) await node.ask('CLUSTER', 'SETSLOT', String(slot), 'NODE', toId as string);
    },
    stop,
  };
}

/** Ports of the loopback address that nobody has now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
