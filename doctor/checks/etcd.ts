import { type EtcdUser, usersOf } from '../../kit/discovery/users.ts';
import { examineEtcd } from '../../kit/service/preflight/etcd.ts';
import { SERVICE_NAMES } from '../../services.ts';
import { type Check, failing, ok, warning } from '../check.ts';
import { isAtLeast } from '../version.ts';
import type { World } from '../world.ts';
import { ofFault } from './mysql.ts';

const TIMEOUT = 10_000;
const OLDEST = '3.4';
/** Bytes at which an etcd of the usual limit (2 GiB) takes no more writes soon. */
const LARGE = 1.6 * 1024 ** 3;

const whereOf = (world: World) => world.etcd().servers.join(', ');

const login: Check = {
  id: 'etcd.login',
  needs: ['etcd.network'],
  async look(world) {
    const fault = await examineEtcd(world.etcd(), TIMEOUT);
    const { user } = world.etcd();
    return fault
      ? ofFault(fault, whereOf(world))
      : ok(user ? `etcd lets user ${user.name} in.` : 'etcd answers; it has no users.', whereOf(world));
  },
};

const version: Check = {
  id: 'etcd.version',
  needs: ['etcd.login'],
  look: async (world) =>
    (await world.etcdLook().members()).flatMap((member) => {
      if ('fault' in member) return [];
      return isAtLeast(member.version, OLDEST)
        ? [ok(`It is etcd ${member.version}.`, member.url)]
        : [failing(`It is etcd ${member.version}; ${OLDEST} is the oldest that is supported.`, member.url)];
    }),
};

const members: Check = {
  id: 'etcd.members',
  needs: ['etcd.login'],
  look: async (world) =>
    (await world.etcdLook().members()).map((member) => {
      const client = `etcdctl --endpoints=${member.url}`;
      if ('fault' in member) return warning('This member does not answer.', member.url, `${client} endpoint health`);
      if (!member.hasLeader)
        return failing('This member knows no leader: most members are away.', member.url, `${client} endpoint status`);
      return member.bytes < LARGE
        ? ok('This member answers and knows the leader.', member.url)
        : warning(
            `Its data takes ${Math.round(member.bytes / 1024 ** 2)} MiB; at its limit it takes no writes.`,
            member.url,
            `${client} compact $(${client} endpoint status -w json | grep -o '"revision":[0-9]*' | grep -o '[0-9]*')`,
            `${client} defrag`,
          );
    }),
};

const roles: Check = {
  id: 'etcd.roles',
  needs: ['etcd.login'],
  async look(world) {
    const { user } = world.etcd();
    if (!user)
      return ok('No user: whoever reaches etcd may write there, and is believed only with a seal.', whereOf(world));
    const isOurs = (SERVICE_NAMES as readonly string[]).includes(user.name);
    const [{ reads, writes }] = usersOf(world.namespace(), { [user.name]: '' }) as [EtcdUser];
    const denied = await world.etcdLook().denied(reads, isOurs ? writes : []);
    if (denied === null) return ok(`User ${user.name} may everything.`, whereOf(world));
    return denied.length === 0
      ? ok(`User ${user.name} may what it needs.`, whereOf(world))
      : failing(
          `User ${user.name} lacks rights on ${denied.join(', ')}.`,
          `${whereOf(world)} ETCD_USERNAME`,
          'node deploy/etcd-users.ts',
        );
  },
};

export const ETCD = [login, version, members, roles];
