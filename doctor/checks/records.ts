import { type Check, failing, ok, skipped } from '../check.ts';
import type { World } from '../world.ts';

const whereOf = (world: World) => `etcd /${world.namespace()}/`;
/** How long auth may take to answer, in ms. */
const TIMEOUT = 5_000;
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

/** The ids of the keys of access tokens that an instance of auth publishes; null where it does not answer. */
async function publishedBy(origin: string): Promise<string[] | null> {
  try {
    const response = await fetch(`${origin}/.well-known/jwks.json`, { signal: AbortSignal.timeout(TIMEOUT) });
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  } catch {
    return null;
  }
}

const signing: Check = {
  id: 'keys.signing',
  needs: ['etcd.login'],
  async look(world) {
    const { sealed: keys, unsealed } = await world.records('keys/auth/');
    const where = `${whereOf(world)}keys/auth/ TRUST_SECRET`;
    if (keys.size === 0 && unsealed.length > 0)
      return failing(
        'No public key of auth is believed: every token is refused.',
        where,
        TRUST,
        'docker restart auth_api',
      );
    const instances = (await world.instances()).filter(({ service }) => service === 'auth');
    const published = await Promise.all(instances.map(({ origin }) => publishedBy(origin)));
    const wanted = [...new Set(published.flatMap((kids) => kids ?? []))];
    if (wanted.length === 0) return skipped('No instance of auth says with which keys it signs.');
    // Beside them is the key of each instance, with which it calls other services.
    const missing = wanted.filter((kid) => !keys.has(kid));
    return missing.length === 0
      ? ok(
          `The ${wanted.length === 1 ? 'key' : `${wanted.length} keys`} of access tokens can be verified by all.`,
          where,
        )
      : failing(
          `auth signs with keys that are not in etcd: ${missing.join(', ')}. Their tokens are refused.`,
          where,
          'docker restart auth_api',
        );
  },
};

export const RECORDS = [sealed, signing];
