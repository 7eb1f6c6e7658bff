import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { addressOf, type RedisAddress } from '../../kit/base/config.ts';
import { type Check, type Found, failing, ok, warning } from '../check.ts';
import type { World } from '../world.ts';

const TIMEOUT = 5_000;

/** Null where something accepts a connection there, else what happened. */
async function reach({ host, port }: RedisAddress): Promise<Found | null> {
  const where = addressOf({ host, port });
  try {
    await lookup(host);
  } catch {
    return failing(`The name ${host} leads nowhere.`, where, `getent hosts ${host}`, 'cat /etc/resolv.conf');
  }
  const code = await new Promise<string | null>((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(TIMEOUT, () => settle('ETIMEDOUT'));
    socket.once('connect', () => settle(null));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
  if (code === null) return null;
  const why =
    code === 'ECONNREFUSED'
      ? 'Nothing listens there, or only for its own host'
      : code === 'ETIMEDOUT'
        ? 'Nothing comes back: a firewall, or a host that is away'
        : `The system says ${code}`;
  return failing(`No connection to ${where}. ${why}.`, where);
}

function networkCheck(name: 'mysql' | 'redis' | 'etcd', addresses: (world: World) => RedisAddress[]): Check {
  return {
    id: `${name}.network`,
    async look(world) {
      const all = addresses(world);
      const answers = await Promise.all(all.map(reach));
      const faults = answers.filter((answer) => answer !== null);
      const reached = all.filter((_, index) => answers[index] === null).map(addressOf);
      const commands = [`docker compose up -d ${name}`, 'docker ps -a', `docker logs ${name}`];
      if (reached.length === 0)
        return faults.map((found) => ({ ...found, commands: [...(found.commands ?? []), ...commands] }));
      return [
        ok(`A connection to ${reached.join(', ')} opens.`),
        ...faults.map(({ message, where = '' }) => warning(message, where, ...commands)),
      ];
    },
  };
}

export const NETWORK = [
  networkCheck('mysql', (world) => [world.mysql()]),
  networkCheck('redis', (world) => {
    const redis = world.redis();
    return 'clusterNodes' in redis ? redis.clusterNodes : [redis];
  }),
  networkCheck('etcd', (world) =>
    world.etcd().servers.map((server) => {
      const { hostname, port } = new URL(server);
      return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
    }),
  ),
];
