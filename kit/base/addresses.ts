import { BlockList, isIP } from 'node:net';

/** Networks that no stranger's address may lead to: IANA's special-purpose registry, and multicast. */
const SPECIAL_IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/**
 * All that is given out to the public. What maps or embeds IPv4 addresses lies outside of it, but for 6to4.
 */
const PUBLIC_IPV6 = ['2000::/3'];
/** Parts of that for protocols (Teredo among them), for documents, and for 6to4. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = networks([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const publicIpv6 = networks(PUBLIC_IPV6);

/** Networks as `10.0.0.0/8`. @throws Error where one is none */
export function networks(list: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of list) {
    const [address = '', prefix = '', ...rest] = network.split('/');
    const family = isIP(address);
    const bits = Number(prefix);
    const isValid = family > 0 && /^\d{1,3}$/.test(prefix) && bits <= (family === 4 ? 32 : 128) && rest.length === 0;
    if (!isValid) throw new Error('A network is an address, a slash and a number of bits, as in 10.0.0.0/8.');
    blocks.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return blocks;
}

/** Whether an address, written as Node gives it, lies in one of the networks. */
export function liesIn(blocks: BlockList, address: string): boolean {
  return blocks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** Whether an address is one of the public Internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !liesIn(special, address);
  return family === 6 && liesIn(publicIpv6, address) && !liesIn(special, address);
}
