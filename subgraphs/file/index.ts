import { repeat, untilDone } from '../../kit/service/background.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { readFileConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { createLinks } from './domain/files/links.ts';
import { sweep } from './domain/uploads/sweep.ts';
import { createUploads } from './domain/uploads/uploads.ts';
import { resolvers } from './resolvers/index.ts';
import { downloadRoute } from './routes/download.ts';
import { openKeys } from './storage/files/keys.ts';
import { createInspector } from './storage/pictures/inspector.ts';
import { createPicturePool } from './storage/pictures/pool.ts';
import { openBlobs } from './storage/uploads/blobs.ts';
import { createRecords } from './storage/uploads/records.ts';

/** Room for the operation and the map of a multipart request, in bytes: there is one file in it. */
const MAX_FIELD = 64 * 1024;
const SWEEP_INTERVAL = 10 * 60_000;
const KEY_INTERVAL = 60_000;

await startSubgraph<Context>('file', () => {
  const config = readFileConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    // One byte more than a file may have: the parser calls a file truncated that has as many bytes as its
    // limit.
    uploads: { maxFileSize: config.maxBytes + 1, maxFiles: 1, maxFieldSize: MAX_FIELD },
    async open({ database, verifier, revocations, log, url }) {
      const records = createRecords(database);
      const blobs = await openBlobs(config.storeDirectory);
      const keys = await untilDone('read the file keys', () => openKeys(database), log);
      const links = createLinks(keys, () => config.publicUrl ?? url());
      const pictures = createPicturePool(log);
      const uploads = createUploads(
        { records, blobs, inspector: createInspector(pictures), sessions: revocations, log },
        config,
      );
      const read = async (id: string) => (await records.read([id]))[0] ?? null;

      const sweeping = repeat('sweep uploads', SWEEP_INTERVAL, () => sweep(records, blobs, log), log);
      // What this process left when it crashed.
      sweeping.now();
      const background = [sweeping, repeat('keys of file URLs', KEY_INTERVAL, keys.maintain, log)];

      return {
        context: (caller) => createContext(caller, uploads, { records, links, verifier }),
        routes: [downloadRoute({ links, read, root: config.storeDirectory, path: blobs.path })],
        health: { store: () => blobs.check() },
        async close() {
          await Promise.all([pictures.close(), ...background.map((work) => work.stop())]);
        },
      };
    },
  };
});
