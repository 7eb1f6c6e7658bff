import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import {
  access,
  chmod,
  constants,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StartupError } from '../../../../kit/base/errors.ts';
import { freeSpace } from '../../../../kit/base/free-space.ts';
import { newUuid, uuidOf } from '../../../../kit/base/ids.ts';
import { type Pace, TooSlow } from '../../../../kit/http/pace.ts';
import { gauge } from '../../../../kit/observe/metrics.ts';
import { type ArrivingStream, type Blobs, type Received, StreamBroken } from '../../domain/ports.ts';
import { storing } from './disk-faults.ts';

/** What people upload is for the user of the service alone; other users of the host come by the service. */
const FOLDER_MODE = 0o700;

/** The bytes on this file system. */
export interface DiskBlobs extends Blobs {
  /** Where a variant of a stored file is, relative to the store. */
  path(id: string, variant: string): string;
  /**
   * Rejects where the store cannot be written to. Says how much room there is, and which store it is: all
   * instances must have the same.
   */
  check(): Promise<StoreHealth>;
}

interface StoreHealth {
  id: string | null;
  freeBytes: number;
  space: 'ok' | 'low' | 'full';
  status?: 'degraded';
  reason?: string;
}

/**
 * `<directory>/arriving/<id>/` holds what arrives and is worked on, `<directory>/stored/<last two of the
 * UUID>/<UUID>/` the original and its variants, by the UUID inside the file's id. Both are on one file
 * system, so that a rename moves a whole file at once.
 */
export async function openBlobs(directory: string): Promise<DiskBlobs> {
  const arriving = join(directory, 'arriving');
  const stored = join(directory, 'stored');
  try {
    for (const folder of [arriving, stored]) {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      // Also where an older release made it.
      await chmod(folder, FOLDER_MODE);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(
      `The file store ${directory} cannot be written to (${code}): give its folder to user ${process.getuid?.() ?? 'of this process'}, or set FILE_STORE_DIR to another.`,
    );
  }
  const id = await storeId(directory);
  let free = await freeSpace(stored);
  const look = async () => {
    free = await freeSpace(stored);
  };
  gauge('beaver_file_store_free_bytes', 'Free room for files, as it was when this was last asked.', () => {
    // To look takes a moment, or for ever where a network file system hangs.
    look().catch(() => undefined);
    return free.bytes;
  });
  // The beginning of a UUIDv7 is its time, which would put all of today's files in one folder; its end is
  // random. Folders keep the name that they had before ids had a type.
  const home = (id: string) => join('stored', uuidOf(id).slice(-2), uuidOf(id));

  return {
    async receive(id, stream, maxBytes, pace) {
      const folder = join(arriving, id);
      return storing(async () => {
        await mkdir(folder, FOLDER_MODE);
        return write(stream, join(folder, 'original'), maxBytes, pace);
      });
    },
    workplace: (id) => ({
      directory: join(arriving, id),
      original: join(arriving, id, 'original'),
    }),
    async publish(id) {
      const from = join(arriving, id);
      const to = join(directory, home(id));
      await storing(async () => {
        for (const name of await readdir(from)) await flush(join(from, name));
        await flush(from);
        await mkdir(dirname(to), { recursive: true, mode: FOLDER_MODE });
        await rename(from, to);
        await flush(dirname(to));
        await flush(stored);
      });
    },
    async discard(id) {
      await rm(join(arriving, id), { recursive: true, force: true });
      await rm(join(directory, home(id)), { recursive: true, force: true });
    },
    async discardUntouched(since) {
      let count = 0;
      for (const name of await readdir(arriving)) {
        const folder = join(arriving, name);
        if ((await lastTouched(folder)) >= since.getTime()) continue;
        await rm(folder, { recursive: true, force: true });
        count += 1;
      }
      return count;
    },
    path: (id, variant) => join(home(id), variant),
    async check() {
      await access(stored, constants.R_OK | constants.W_OK);
      await look();
      const health = { id, freeBytes: free.bytes, space: free.state };
      if (free.state === 'ok') return health;
      const reason = `The file store is ${free.state}: ${Math.floor(free.bytes / 1024 ** 2)} MiB are free.`;
      return { ...health, status: 'degraded', reason };
    },
  };
}

/**
 * What tells this store from others: made by the instance that came first. Null where nothing can be written,
 * as on a full disk.
 */
async function storeId(directory: string): Promise<string | null> {
  const path = join(directory, 'store-id');
  const own = `${path}.${newUuid()}`;
  try {
    // A link is made at once, and only where there is none: nobody reads half an id, or makes a second one.
    await writeFile(own, newUuid(), { mode: 0o600 });
    await link(own, path).catch(() => undefined);
  } catch {
    // The id of before may be there.
  }
  await rm(own, { force: true });
  return readFile(path, 'utf8').catch(() => null);
}

/** Streams to a new file, counting and hashing on the way. Null where more than `maxBytes` came. */
async function write(stream: ArrivingStream, path: string, maxBytes: number, pace: Pace): Promise<Received | null> {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of pace.read(stream)) {
      size += chunk.length;
      if (size > maxBytes) throw new TooLarge();
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    // A generator and no Transform: that would be fed by `pipe`, and at its limit the upload library calls
    // `unpipe`, after which nothing moves.
    await pipeline(measured, createWriteStream(path, { flags: 'wx', flush: true, mode: 0o600 }));
  } catch (error) {
    if (error instanceof TooLarge) return null;
    // Of the three the disk alone has errors with a system call; the others are the sender's.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw error instanceof TooSlow ? error : new StreamBroken('the upload broke off', { cause: error });
  }
  return stream.truncated ? null : { size, sha256: hash.digest('hex') };
}

class TooLarge extends Error {}

/** Waits until the disk has the content of a file, or the entries of a folder. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** When anything in the folder was last written to, in ms since 1970; infinity where it is gone. */
async function lastTouched(folder: string): Promise<number> {
  try {
    const names = await readdir(folder);
    const stats = await Promise.all([folder, ...names.map((name) => join(folder, name))].map((path) => stat(path)));
    return Math.max(...stats.map((one) => one.mtimeMs));
  } catch (error) {
    // It was published or discarded while this looked.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  }
}
