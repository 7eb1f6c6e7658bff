import { isSecret } from '../kit/base/environment.ts';

/*
 * Names of variables: the command that sets one, and those that look like one of ours but are none.
 */

/** Beginnings of our names. */
const OURS = /^(MYSQL|REDIS|ETCD|TRUST|BEAVER|AUTH|CHAT|USER|FILE|GATEWAY|UPLOAD|LISTEN|ADVERTISE|OPEN|CORS|LOG)_/;
/**
 * Names that programs beside the five processes read: Compose, the images of base services, the launcher, the
 * tests; and those that Kubernetes makes of services.
 */
const OTHERS =
  /^(MYSQL_ROOT_PASSWORD|ETCD_(ROOT|AUTH|CHAT|USER|FILE|GATEWAY)_PASSWORD|(AUTH|CHAT|USER|FILE|GATEWAY)_PORTS|BEAVER_(DATABASE|HTTP_PORT|BOOTSTRAP|CHILD_RECORDS|SHARED_STACKS|TEST_\w+))$|_(SERVICE_(HOST|PORT)\w*|PORT_\d+_\w+)$/;
/** Changes of a letter after which a name is still taken for a slip. */
const SLIPS = 2;

export function commandForVariable(name: string): string[] {
  if (name === 'TRUST_SECRET') return ['echo "TRUST_SECRET=$(openssl rand -hex 32)" >> .env'];
  return /^[A-Z_]+$/.test(name) ? [`export ${name}=<value>`] : [];
}

/**
 * The variable that somebody may have meant by a name that none of our processes reads, or null. `read`: the
 * names that they read.
 */
export function lookalikeOf(name: string, read: ReadonlySet<string>): string | null {
  const known = [...read].flatMap((one) => (isSecret(one) ? [one, `${one}_FILE`] : [one]));
  if (!OURS.test(name) || OTHERS.test(name) || known.includes(name)) return null;
  const near = known
    .map((one) => ({ one, distance: distanceOf(name, one) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near && near.distance <= SLIPS) return near.one;
  return known.find((one) => one.startsWith(name) || name.startsWith(one)) ?? null;
}

/** Letters to insert, remove or replace (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
