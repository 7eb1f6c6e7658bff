import { statfs } from 'node:fs/promises';

const MIB = 1024 ** 2;
/** Free bytes below which somebody has to do something, and below which it is too late. */
const LOW = 2 * 1024 * MIB;
const FULL = 200 * MIB;

export interface FreeSpace {
  bytes: number;
  state: 'ok' | 'low' | 'full';
}

/** The room that an ordinary user has on the file system of a folder. */
export async function freeSpace(folder: string): Promise<FreeSpace> {
  const { bavail, bsize, ffree, files } = await statfs(folder);
  const bytes = bavail * bsize;
  // A file system without a limit of files says 0 of 0.
  const isFull = bytes < FULL || (files > 0 && ffree === 0);
  return { bytes, state: isFull ? 'full' : bytes < LOW ? 'low' : 'ok' };
}
