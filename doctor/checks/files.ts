import { existsSync, readFileSync } from 'node:fs';
import { access, constants, mkdtemp, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../services.ts';
import { readFileConfig } from '../../subgraphs/file/config.ts';
import { type Check, failing, ok, skipped } from '../check.ts';
import { own, whoAnswers } from '../own.ts';
import { judgeSpace } from '../space.ts';
import { NothingToLookAt, type World } from '../world.ts';

/**
 * Which of ours a container was started for, by the command line of its first process; null where that is
 * something else.
 */
export function startedFor(command: string): ServiceName | null {
  const [, subgraph] = /\0(?:subgraphs\/(\w+)|gateway)\/index\.ts\0/.exec(command) ?? [null, null];
  return subgraph === null ? null : ((subgraph ?? 'gateway') as ServiceName);
}

function readFirstCommand(): string {
  try {
    return readFileSync('/proc/1/cmdline', 'utf8');
  } catch {
    return '';
  }
}

/**
 * The folder of the bytes. Only where the file service runs: the image sets its variable for all, and the
 * container of another service does not have the folder.
 */
async function storeOf({ environment }: World): Promise<string> {
  if (!environment.FILE_STORE_DIR?.trim())
    throw new NothingToLookAt('FILE_STORE_DIR is not set: run this where the file service runs.');
  // In a container that has the network of its host, file answers although it is in another container.
  const container = startedFor(readFirstCommand());
  if (container !== null && container !== 'file')
    throw new NothingToLookAt(`This is the container of ${container}: run this in that of file.`);
  const here = await Promise.all(
    SERVICE_NAMES.map((name) => {
      const { host, port } = own(name, SERVICES[name].port, environment);
      return port > 0 ? whoAnswers(`http://${host}:${port}`) : null;
    }),
  );
  if (here.some((name) => isService(name) && name !== 'file') && !here.includes('file'))
    throw new NothingToLookAt(`The file service does not run here, as ${here.find(isService)} does.`);
  return readFileConfig({ FILE_STORE_DIR: environment.FILE_STORE_DIR }).storeDirectory;
}

const isService = (name: string | null) => (SERVICE_NAMES as readonly (string | null)[]).includes(name);

/** The folder itself, or the nearest one above it that is there: the service makes what is missing. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

const writable: Check = {
  id: 'files.writable',
  async look(world) {
    const store = await storeOf(world);
    const folder = existing(store);
    try {
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      // What access says is not all: a file system may be mounted read-only, or full.
      await rmdir(await mkdtemp(join(folder, '.doctor-')));
      return ok('The file store can be written to.', store);
    } catch (error) {
      return failing(
        `The file store cannot be written to (${(error as NodeJS.ErrnoException).code}) by user ${process.getuid?.() ?? 'of this process'}.`,
        `${folder} FILE_STORE_DIR`,
        `sudo chown -R ${process.getuid?.() ?? '<user>'} ${folder} && chmod u+rwx ${folder}`,
        `ls -ld ${folder}; mount | grep ${folder}`,
      );
    }
  },
};

const space: Check = {
  id: 'files.space',
  look: async (world) => judgeSpace('the file store', existing(await storeOf(world)), 'FILE_STORE_DIR'),
};

const shared: Check = {
  id: 'files.shared',
  needs: ['services.registered'],
  async look(world) {
    const stores = (await world.instances()).flatMap(({ service, origin, health }) => {
      const id = service === 'file' && !('fault' in health) ? health.checks.store?.id : undefined;
      return typeof id === 'string' ? [{ origin, id }] : [];
    });
    if (stores.length === 0) return skipped('No instance of file says which store it has.');
    if (new Set(stores.map(({ id }) => id)).size === 1)
      return ok(`All instances of file (${stores.length}) have one store.`);
    return failing(
      'Instances of file have different stores: what one takes another cannot give.',
      stores.map(({ origin, id }) => `${origin} (${id.slice(0, 8)})`).join(', '),
      'FILE_STORE_DIR=<the one folder that all instances mount>',
      'cat $FILE_STORE_DIR/store-id # on each host: must be the same',
    );
  },
};

export const FILES = [writable, space, shared];
