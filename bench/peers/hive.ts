// Hive Gateway by its own command line, in this process, so that it can be measured and profiled like the
// others. It is not among our packages: peers/install.ts puts it beside the checkout. In its favour: it
// verifies no token, limits nothing, and each service is one fixed address.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closeServer, listen as listenOn } from '../../kit/http/listening.ts';
import { waitFor } from '../../testing/wait.ts';
import { serveParent } from '../load/serve.ts';

export interface HiveOptions {
  /** Where it is installed. */
  folder: string;
  supergraphSdl: string;
  /** With Hive's native planner and its executor, in place of the stitching of GraphQL Tools. */
  isNative: boolean;
}

serveParent({ listen });

async function listen({ folder, supergraphSdl, isNative }: HiveOptions): Promise<string> {
  const port = await freePort();
  const supergraph = join(process.env.BENCH_DIRECTORY as string, `supergraph-${process.pid}.graphql`);
  writeFileSync(supergraph, supergraphSdl);
  const binary = join(folder, 'node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js');
  process.chdir(folder);
  process.env.LOG_LEVEL = 'error';
  process.argv = [
    process.execPath,
    binary,
    ...['supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port), '--fork', '1'],
    ...['--config-path', join(import.meta.dirname, 'hive-config.mjs')],
    ...(isNative ? ['--hive-router-runtime'] : []),
  ];
  await import(pathToFileURL(binary).href);
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/readiness`)).ok, {
    what: 'Hive Gateway to be ready',
    timeout: 60_000,
  });
  return `${url}/graphql`;
}

/** It takes no 0 for "any". */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server, '127.0.0.1', 0);
  await closeServer(server);
  return port;
}
