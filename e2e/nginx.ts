import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canUseApt, unpackWithApt } from '../launch/base/apt.ts';
import { startChild } from '../launch/base/child.ts';
import { findProgram } from '../launch/base/programs.ts';
import { PROGRAMS } from '../launch/workspace.ts';
import { waitFor } from '../testing/wait.ts';

const CONFIGURATION = join(import.meta.dirname, '../deploy/nginx/beaver.conf');

/** The path of nginx on this machine, from apt where it is not there; null where it cannot be had. */
export async function findNginx(): Promise<string | null> {
  const find = () => findProgram('nginx', [join(PROGRAMS, 'usr/sbin')]) ?? null;
  const found = find();
  if (found || !canUseApt()) return found;
  await unpackWithApt('nginx', PROGRAMS);
  return find();
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface Nginx {
  url: string;
  /** All that is in its logs. */
  logs(): string;
  stop(): Promise<void>;
}

/**
 * Runs nginx with the configuration that is deployed; only the addresses and paths are other ones.
 * `upstreams`: URL by the name of its container. `edit` makes limits smaller.
 */
export async function startNginx(
  program: string,
  port: number,
  upstreams: Record<string, string>,
  edit = (configuration: string) => configuration,
): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'beaver-nginx-'));
  let server = edit(readFileSync(CONFIGURATION, 'utf8'))
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replaceAll('/var/log/nginx', `${directory}/logs`)
    // Docker's resolver is not here, and addresses need none.
    .replace(/^resolver .*$/m, '');
  for (const [name, url] of Object.entries(upstreams)) server = server.replace(new RegExp(`http://${name}:\\d+`), url);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  mkdirSync(join(directory, 'logs'));
  const main = `
    daemon off; pid ${directory}/pid; error_log ${directory}/logs/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {}
    http { ${temporary.join(' ')} ${server} }`;
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, main);
  const child = await startChild({
    name: 'nginx',
    program,
    arguments: ['-c', file, '-p', directory],
    records: join(directory, 'run'),
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/.well-known/jwks.json`, { redirect: 'manual' })).status < 400, {
    what: `nginx: ${child.lines.join('\n')}`,
  });
  return {
    url,
    logs: () => ['access', 'error'].map((name) => readFileSync(join(directory, `logs/${name}.log`), 'utf8')).join(''),
    async stop() {
      await child.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
