import { type Check, failing, ok, skipped } from '../check.ts';
import type { World } from '../world.ts';

const whereOf = (world: World) => `etcd /${world.namespace()}/`;
const TRUST = 'TRUST_SECRET=<the one that all processes have; the old one behind it with a comma>';

const sealed: Check = {
  id: 'records.sealed',
  needs: ['etcd.login'],
  async look(world) {
    const all = await Promise.all(['services/', 'keys/', 'schemas/'].map((prefix) => world.records(prefix)));
    const unsealed = all.flatMap((one) => one.unsealed);
    const count = all.reduce((sum, one) => sum + one.sealed.size, 0);
    if (unsealed.length === 0) return ok(`All ${count} records carry the seal of TRUST_SECRET.`, whereOf(world));
    return failing(
      `${unsealed.length} of ${count + unsealed.length} records do not carry the seal of this TRUST_SECRET, and count as ` +
        `absent: ${unsealed.slice(0, 3).join(', ')}. Processes with another secret wrote them, or a stranger.`,
      `${whereOf(world)} TRUST_SECRET`,
      TRUST,
      `etcdctl del <path> # where a stranger wrote it`,
    );
  },
};

const signing: Check = {
  id: 'keys.signing',
  needs: ['etcd.login'],
  async look(world) {
    const { sealed: keys, unsealed } = await world.records('keys/auth/');
    if (keys.size > 0) return ok(`${keys.size} public keys of auth verify tokens.`, `${whereOf(world)}keys/auth/`);
    const isThere = [...(await world.records('services/')).sealed.keys()].some((path) => path.startsWith('auth/'));
    if (!isThere && unsealed.length === 0) return skipped('auth has not written its keys yet: start it first.');
    return failing(
      'No public key of auth is believed: every token is refused.',
      `${whereOf(world)}keys/auth/ TRUST_SECRET`,
      TRUST,
      'docker restart auth_api',
    );
  },
};

export const RECORDS = [sealed, signing];
