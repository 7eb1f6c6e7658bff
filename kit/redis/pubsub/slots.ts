import type { RedisAddress } from '../../base/config.ts';
import { askNode } from '../client.ts';
import type { RedisLogin } from '../login.ts';

const SLOTS = 16_384;

// CRC16-XMODEM, by which a Redis Cluster spreads names over its slots.
const CRC = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** The slot of a name in ASCII without braces, as those of channels are. */
export function slotOf(name: string): number {
  let crc = 0;
  for (let i = 0; i < name.length; i += 1) crc = (crc << 8) ^ (CRC[((crc >> 8) ^ name.charCodeAt(i)) & 0xff] as number);
  return crc & (SLOTS - 1);
}

/** The node that has each slot, as `host:port`; undefined where nobody has it. */
export type SlotOwners = (string | undefined)[];

/**
 * Asks nodes of a cluster, one after the other until one knows, who has which slots.
 * @throws the last one's error when none does
 */
export async function readOwners(nodes: RedisAddress[], login: RedisLogin): Promise<SlotOwners> {
  let last: unknown = new Error('no node to ask');
  for (const node of nodes) {
    try {
      const ranges = (await askNode(node, login, 'CLUSTER', 'SLOTS')) as [number, number, [string | null, number]][];
      const owners: SlotOwners = Array.from({ length: SLOTS });
      // A node that doesn't know its own name leaves it out: it's then the one that was asked.
      for (const [first, to, [host, port]] of ranges) owners.fill(`${host || node.host}:${port}`, first, to + 1);
      return owners;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
