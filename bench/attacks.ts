import { once } from 'node:events';
import type { Server } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { listen } from '../kit/http/listening.ts';
import { createLog } from '../kit/observe/log.ts';
import { createRedis } from '../kit/redis/client.ts';
import { GATEWAY_ATTACKS, SERVICE_ATTACKS } from './attack-list.ts';
import { gatewayTarget, serviceTarget } from './attack-targets.ts';
import type { Attack, AttackJob, RawReply } from './attackers.ts';
import { short, table } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import { report } from './report.ts';

/** How long the event loop may be held by one attack, in ms. */
const GOAL = 50;
/**
 * Rounds of each attack, in texts that differ, so that nothing is remembered. The worst counts, after one
 * that makes the code warm.
 */
const ROUNDS = 5;

interface Cost extends RawReply {
  /** The longest that the event loop was held, and the CPU of its thread, in ms. */
  held: number;
  cpu: number;
}

/** What attacks cost the gateway and a service: their doors in this process, the clients in a thread. */
export async function attacks(_lab: Lab, { command, isWanted, write }: Options): Promise<void> {
  const { REDIS_HOST: host = '', REDIS_PORT, REDIS_PASSWORD: password } = process.env;
  const redis = createRedis({ host, port: Number(REDIS_PORT), password }, createLog('bench', 'silent'), 'bench');
  const clients = new Worker(new URL('./attackers.ts', import.meta.url));

  async function measure(url: string, attack: Attack): Promise<Cost> {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const before = process.threadCpuUsage();
    delay.enable();
    clients.postMessage({ url, attack } satisfies AttackJob);
    const [said] = (await once(clients, 'message')) as [RawReply];
    delay.disable();
    const { user, system } = process.threadCpuUsage(before);
    const cpu = (user + system) / 1000;
    // On a busy machine the loop waits for the processor too. What an attack holds is no more than its work.
    return { ...said, held: Math.min(delay.max / 1e6, cpu), cpu };
  }

  let worst = 0;
  async function measureAll(server: Server, list: typeof GATEWAY_ATTACKS): Promise<string> {
    const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/graphql`;
    const rows: string[][] = [];
    for (const [name, attack] of list.filter(([title]) => isWanted(title))) {
      const costs: Cost[] = [];
      const rounds = attack(0).kind === 'drip' ? 2 : ROUNDS + 1;
      for (let round = 0; round < rounds; round += 1) costs.push(await measure(url, attack(round)));
      const [first, ...warm] = costs;
      const most = (of: (cost: Cost) => number) => Math.max(...warm.map(of));
      worst = Math.max(
        worst,
        most(({ held }) => held),
      );
      const { answer = '', sent = 0 } = warm[0] ?? {};
      const sizes = [sent, most(({ received }) => received)].map((bytes) => short(bytes / 1000));
      rows.push([
        name,
        short(most(({ held }) => held)),
        short(first?.held ?? 0),
        short(most(({ cpu }) => cpu)),
        ...sizes,
        answer,
      ]);
    }
    server.close();
    server.closeAllConnections();
    return table(['attack', 'held, ms', 'the first time', 'CPU, ms', 'sent, kB', 'received, kB', 'answer'], rows);
  }

  const gateway = await measureAll(gatewayTarget(redis), GATEWAY_ATTACKS);
  const service = await measureAll(await serviceTarget(), SERVICE_ATTACKS);
  await clients.terminate();
  redis.disconnect();
  const where = `\`npm run bench -- ${command}\`, ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, Node ${process.versions.node}; load average at the end ${loadavg().map(short).join(', ')}.`;
  const verdict = worst <= GOAL ? `None held it for more than ${GOAL} ms.` : `The goal of ${GOAL} ms is missed.`;
  report(
    'attacks',
    `${where}\n\n### At the gateway\n\n${gateway}\n\n### At a service\n\n${service}\n\n${verdict}`,
    write,
  );
}
