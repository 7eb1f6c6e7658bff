import type { Service } from '../../launch/services.ts';
import { type ClusterNode, startCluster, type TestCluster } from '../../testing/cluster.ts';
import { type EtcdMembers, startEtcdMembers } from '../../testing/etcd-members.ts';
import { type ReplicatedMysql, startReplicatedMysql } from '../../testing/replicated-mysql.ts';
import { startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';
import { testScenarios } from './expect.ts';
import type { Home, Scenario } from './run.ts';
import { COUNTS, controlOf, inhabit, type System } from './system.ts';

/*
 * Base services of which each has somebody to take over: MySQL with a semi-synchronous replica, three members
 * of etcd, a Redis Cluster whose masters have replicas.
 */

let mysql: ReplicatedMysql;
let etcd: EtcdMembers;
let redis: TestCluster;

async function startReplicatedSystem(): Promise<System> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    [mysql, etcd, redis] = await Promise.all([startReplicatedMysql(), startEtcdMembers(), startCluster()]);
    stops.push(mysql.stop, etcd.stop, redis.stop);
    const environment = { ...mysql.environment, ...etcd.environment, ...redis.environment };
    const stack = await startStack(COUNTS, environment);
    stops.push(stack.stop);
    const base: System['base'] = (name) => {
      throw new Error(`${name} has several servers here.`);
    };
    return { ...(await inhabit(stack)), ...controlOf(stack), base, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const atGateways: Home = (system, index) => {
  const urls = system.running('gateway').map(({ url }) => `${url.replace('http', 'ws')}/graphql`);
  return index % 2 === 0 ? urls : urls.toReversed();
};
const residents = Array.from({ length: 6 }, () => ({ home: atGateways, isSending: true }));
const now = () => performance.now();

/** Replaces an instance of chat: it has to be registered, and found, with what is left. */
async function replaceChat(system: System): Promise<void> {
  const old = system.running('chat')[0] as Service;
  await system.stack.add('chat');
  await old.stop();
}

const SCENARIOS: Scenario[] = [
  {
    name: 'the leader of three etcd members killed, and an instance of chat replaced',
    residents,
    prepare: async (system) => ({
      async strike() {
        const begin = now();
        await etcd.killLeader();
        await replaceChat(system);
        return begin;
      },
    }),
  },
  {
    name: 'a master of the Redis Cluster killed, and its replica takes over',
    residents,
    async prepare() {
      const master = redis.nodes[0] as ClusterNode;
      const replica = await redis.addReplica(master);
      return {
        async strike() {
          const begin = now();
          await master.kill();
          await waitFor(async () => /role:master/.test(String(await replica.ask('INFO', 'replication'))), {
            what: 'the replica to take over',
            timeout: 30_000,
          });
          return begin;
        },
      };
    },
  },
  {
    name: 'the primary of MySQL killed, the replica promoted, and the address moved there',
    residents,
    prepare: async () => ({
      async strike() {
        await mysql.failOver();
        return now();
      },
    }),
  },
];

testScenarios(
  'nothing is lost, doubled or out of order when another server takes over',
  SCENARIOS,
  startReplicatedSystem,
);
