import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, type RedisAddress, type RedisConfig } from '../kit/base/config.ts';
import { askNode } from '../kit/redis/client.ts';
import { loginOf } from '../kit/redis/login.ts';
import { type Child, startChild } from '../launch/base/child.ts';
import { findSources } from '../launch/base/sources.ts';
import { terminalProgress } from '../launch/progress.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../launch/workspace.ts';
import type { Certificates } from './certificates.ts';
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
  /** Adds a node that takes over should this one die; resolves when it's ready to. */
  addReplica(of: ClusterNode): Promise<ClusterNode>;
  /** Gives a slot without keys from one node to another. */
  moveSlot(slot: number, from: ClusterNode, to: ClusterNode): Promise<void>;
  stop(): Promise<void>;
}

/** With certificates it takes TLS only, among its nodes too, and certificates of clients. */
export async function startCluster(certificates?: Certificates): Promise<TestCluster> {
  const source = (await findSources(['redis'], { programs: PROGRAMS, progress: terminalProgress })).get('redis');
  if (source?.kind !== 'program')
    throw new Error('This test needs redis-server as a program: a container has other addresses.');
  const { program } = source;
  const directory = mkdtempSync(join(tmpdir(), 'beaver-cluster-'));
  const children = new Map<number, Child>();
  const { ca: caFile, cert: certFile, key: keyFile } = certificates ?? {};
  const secrets = { password: PASSWORD, ...(caFile ? { tls: { caFile, certFile, keyFile } } : {}) };
  const nodes: ClusterNode[] = [];

  const launch = async (port: number, busPort: number) => {
    const own = join(directory, String(port));
    mkdirSync(own, { recursive: true });
    const lines = [
      'bind 127.0.0.1',
      ...(caFile
        ? ['port 0', `tls-port ${port}`, 'tls-cluster yes', 'tls-replication yes', `tls-ca-cert-file ${caFile}`]
        : [`port ${port}`]),
      ...(caFile ? [`tls-cert-file ${certFile}`, `tls-key-file ${keyFile}`] : []),
      'cluster-enabled yes',
      `cluster-port ${busPort}`,
      'cluster-node-timeout 2000',
      'cluster-allow-replica-migration no',
      'repl-diskless-sync-delay 0',
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
  const untilWhole = (all = nodes) =>
    waitFor(
      async () => {
        const infos = await Promise.all(all.map((node) => node.ask('CLUSTER', 'INFO')));
        return infos.every((info) => {
          const [, known] = /cluster_state:ok[\s\S]*cluster_known_nodes:(\d+)/.exec(String(info)) ?? [];
          return Number(known) === children.size;
        });
      },
      { timeout: 40_000, what: 'the cluster to serve all slots' },
    );
  const enter = async (firstSlot: number): Promise<ClusterNode> => {
    const [port, busPort] = (await freePorts(2)) as [number, number];
    const address = { host: '127.0.0.1', port };
    const node: ClusterNode = {
      address,
      firstSlot,
      ask: (command, ...parameters) => askNode(address, loginOf({ ...address, ...secrets }), command, ...parameters),
      kill: async () => children.get(port)?.kill(),
      async start() {
        await launch(port, busPort);
        await untilWhole();
      },
    };
    await launch(port, busPort);
    await waitFor(() => node.ask('PING'), { what: 'a node of the cluster' });
    for (const { ask } of nodes.slice(0, 1)) await ask('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort));
    return node;
  };

  const stop = async () => {
    await Promise.all([...children.values()].map((child) => child.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    for (let i = 0; i < 3; i += 1) {
      const node = await enter(Math.floor((i * SLOTS) / 3));
      const last = Math.floor(((i + 1) * SLOTS) / 3) - 1;
      await node.ask('CLUSTER', 'ADDSLOTSRANGE', String(node.firstSlot), String(last));
      nodes.push(node);
    }
    await untilWhole();
  } catch (error) {
    await stop();
    throw error;
  }

  const clusterNodes = nodes.map(({ address }) => address);
  return {
    config: { clusterNodes, ...secrets },
    environment: {
      REDIS_HOST: '',
      REDIS_PORT: '',
      REDIS_CLUSTER_NODES: clusterNodes.map(addressOf).join(','),
      REDIS_PASSWORD: PASSWORD,
    },
    nodes,
    async addReplica(of) {
      const replica = await enter(of.firstSlot);
      const id = String(await of.ask('CLUSTER', 'MYID'));
      // It needs the votes of masters that it knows and that know it.
      await untilWhole([...nodes, replica]);
      await replica.ask('CLUSTER', 'REPLICATE', id);
      await waitFor(async () => /master_link_status:up/.test(String(await replica.ask('INFO', 'replication'))), {
        what: 'the replica to follow its master',
        timeout: 30_000,
      });
      return replica;
    },
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
export async function freePorts(count: number): Promise<number[]> {
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
