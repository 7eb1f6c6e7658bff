import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Where a client calls from, for those who have not signed in. Behind `proxies` proxies of ours it is what
 * the outermost of them wrote into `X-Forwarded-For`, where each adds who called it: what stands before that
 * a client can have written itself. An IPv6 address counts by its first 64 bits, because one house has all of
 * the rest.
 */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  proxies: number,
): string {
  const forwarded = headers['x-forwarded-for'];
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').map((hop) => hop.trim());
  const address = (proxies > 0 ? hops.at(-proxies) : undefined) || (socket.remoteAddress ?? 'unknown');
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(plain) ? `${firstGroups(plain)}::/64` : plain;
}

/** The first four groups of an IPv6 address, written out. */
function firstGroups(address: string): string {
  const [before = '', after] = address.split('::');
  const head = before ? before.split(':') : [];
  const tail = after ? after.split(':') : [];
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
