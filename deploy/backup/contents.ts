import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { StartupError } from '../../kit/base/errors.ts';

/*
 * What a backup is: a folder with the manifest, the dump of the database, and the stored files with a list of
 * their checksums, which `sha256sum --check files.sha256` reads as well.
 */

export const MANIFEST = 'manifest.json';
export const DUMP = 'database.sql.gz';
export const FILES = 'files';
export const FILE_LIST = 'files.sha256';

/** A file that a program writes, with what it holds. */
const sealed = z.object({ bytes: z.int(), sha256: z.string() });

const manifestSchema = z.object({
  format: z.literal(1, { error: 'is of another release of this program' }),
  /** The release that made it. */
  version: z.string(),
  /** Nothing that was acknowledged before this moment is missing. */
  startedAt: z.string(),
  endedAt: z.string(),
  server: z.string(),
  migrations: z.array(z.string()),
  files: z.int(),
  contents: z.record(z.string(), sealed),
});

export type Manifest = z.output<typeof manifestSchema>;

/** Passes bytes on, and knows in the end what they were. */
export function measure(): { stream: Transform; result: () => { bytes: number; sha256: string } } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}

async function measureFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const { stream, result } = measure();
  stream.resume();
  await pipeline(createReadStream(path), stream);
  return result();
}

/** Copies a file and returns its checksum. Nobody ever sees half of it. */
async function copy(from: string, to: string): Promise<string> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const { stream, result } = measure();
  await pipeline(createReadStream(from), stream, createWriteStream(`${to}.part`, { mode: 0o600 }));
  await rename(`${to}.part`, to);
  return result().sha256;
}

/** The stored files of a store, by their paths in it; none where there is no folder. */
async function storedFiles(store: string): Promise<string[]> {
  const stored = join(store, 'stored');
  if (!existsSync(stored)) return [];
  const entries = await readdir(stored, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(store, join(entry.parentPath, entry.name)))
    .sort();
}

/** Copies the stored files into a backup. Returns the lines of their list. */
export async function copyFiles(store: string, backup: string): Promise<string[]> {
  const lines: string[] = [];
  for (const path of await storedFiles(store)) {
    try {
      lines.push(`${await copy(join(store, path), join(backup, FILES, path))}  ${FILES}/${path}\n`);
    } catch (error) {
      // Its owner has removed it since the folder was read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(join(store, path))) throw error;
      await rm(join(backup, FILES, `${path}.part`), { force: true });
    }
  }
  return lines;
}

/** Copies the files of a backup into a store. Those that are there stay: a stored file never changes. */
export async function copyFilesBack(backup: string, store: string): Promise<number> {
  let copied = 0;
  for (const [, path] of readFileList(backup)) {
    const to = join(store, relative(FILES, path));
    if (existsSync(to)) continue;
    await copy(join(backup, path), to);
    copied += 1;
  }
  return copied;
}

function readFileList(backup: string): [sha256: string, path: string][] {
  const lines = readFileSync(join(backup, FILE_LIST), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => [line.slice(0, 64), line.slice(66)]);
}

/** Reads a manifest. @throws StartupError where this is no backup */
export function readManifest(backup: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(backup, MANIFEST), 'utf8');
  } catch {
    throw new StartupError(`${backup} is no backup: it has no ${MANIFEST}, which is written last.`);
  }
  const result = manifestSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new StartupError(`${backup}/${MANIFEST}: ${issue?.path.join('.')} ${issue?.message}.`);
}

/** Compares all of a backup with its checksums. @throws StartupError that names what differs */
export async function verify(backup: string, manifest: Manifest): Promise<void> {
  const faults: string[] = [];
  const check = async (path: string, expected: { bytes?: number; sha256: string }) => {
    const found = await measureFile(join(backup, path)).catch(() => null);
    if (found?.sha256 !== expected.sha256) faults.push(`${path} ${found === null ? 'is missing' : 'was changed'}`);
  };
  for (const [path, expected] of Object.entries(manifest.contents)) await check(path, expected);
  // Its list of files can be believed only if it is whole itself.
  if (faults.length === 0) for (const [sha256, path] of readFileList(backup)) await check(path, { sha256 });
  if (faults.length === 0) return;
  const more = faults.length > 5 ? ` and ${faults.length - 5} more` : '';
  throw new StartupError(`The backup is damaged: ${faults.slice(0, 5).join(', ')}${more}. Nothing was restored.`);
}
