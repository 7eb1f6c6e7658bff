import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { StartupError } from '../../kit/base/errors.ts';
import type { Progress } from '../progress.ts';
import type { ChildOptions } from './child.ts';
import type { BaseName } from './names.ts';

/**
 * The images, by the services' major versions that deployments run. etcd's is made here, as in
 * docker-compose.yml.
 */
const IMAGES: Record<BaseName, string> = { mysql: 'mysql:8.4', redis: 'redis:7', etcd: 'beaver-etcd:latest' };
const BUILT: Partial<Record<BaseName, string>> = {
  etcd: join(import.meta.dirname, '../../deploy/images/etcd.Dockerfile'),
};
const PORTS: Record<BaseName, number> = { mysql: 3306, redis: 6379, etcd: 2379 };
const DATA: Record<BaseName, string> = { mysql: '/var/lib/mysql', redis: '/data', etcd: '/etcd-data' };

export function canUseDocker(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/**
 * Downloads or builds a service's image unless it's here.
 * @throws StartupError with what Docker said
 */
export async function pullImage(name: BaseName, progress: Progress): Promise<void> {
  const image = IMAGES[name];
  if (spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore' }).status === 0) return;
  const file = BUILT[name];
  const how = file ? ['build', '--quiet', '--tag', image, '--file', file, dirname(file)] : ['pull', '--quiet', image];
  await progress.step(`Getting ${image} (docker ${how[0]})`, async () => {
    const docker = spawn('docker', how, { stdio: ['ignore', 'ignore', 'pipe'] });
    const said = text(docker.stderr);
    const code = await new Promise((resolve) => docker.on('close', resolve));
    if (code !== 0) throw new StartupError(`Docker could not get ${image}: ${(await said).trim()}`);
  });
}

/**
 * How to run a service as a container that lives as long as the `docker run` in front of it: SIGTERM to that
 * stops the container, which then removes itself. Kept data is in a named volume, other data in one that goes
 * with the container.
 * @param variables given to the container through a file that only this user can read, so that no password is
 * on a command line
 */
export function dockerRun(
  name: BaseName,
  options: { directory: string; keep: boolean; port: number; variables: Record<string, string>; command: string[] },
): Pick<ChildOptions, 'program' | 'arguments'> {
  const container = `beaver-${createHash('sha256').update(options.directory).digest('hex').slice(0, 12)}-${name}`;
  const variables = join(options.directory, `${name}.env`);
  const lines = Object.entries(options.variables).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(variables, lines.join(''), { mode: 0o600 });
  spawnSync('docker', ['rm', '--force', container], { stdio: 'ignore' });
  return {
    program: 'docker',
    arguments: [
      ...['run', '--rm', '--name', container, '--env-file', variables],
      ...['--publish', `127.0.0.1:${options.port}:${PORTS[name]}`],
      ...['--volume', options.keep ? `${container}:${DATA[name]}` : DATA[name]],
      IMAGES[name],
      ...options.command,
    ],
  };
}
