import { StoreRefused } from '../../domain/ports.ts';

/** What the system says of a disk that takes nothing now: no room, no room for this user, read-only. */
const TAKES_NOTHING = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** `error` as the domain knows it, where it comes from such a disk. */
export function asStoreFault(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  return TAKES_NOTHING.has(code) ? new StoreRefused(`the disk takes nothing: ${code}`, { cause: error }) : error;
}

/** Runs what writes to the disk. @throws StoreRefused, or what `write` throws */
export async function storing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw asStoreFault(error);
  }
}
