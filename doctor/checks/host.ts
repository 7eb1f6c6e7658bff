import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { readGatewayConfig } from '../../gateway/config.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../services.ts';
import { type Check, type Found, failing, ok, skipped, warning } from '../check.ts';
import { own, whoAnswers } from '../own.ts';
import { judgeSpace } from '../space.ts';

const MIB = 1024 ** 2;
/** What a process of ours takes, and the file service with its pictures, in MiB. */
const LEAST_MEMORY = 512;
/** Files that a process needs beside the sockets of clients. */
const SPARE_FILES = 1_000;

async function lookAtPort(name: ServiceName, environment: NodeJS.ProcessEnv): Promise<Found[]> {
  const { host, port } = own(name, SERVICES[name].port, environment);
  if (port === 0 || Number.isNaN(port)) return [];
  const where = `${host}:${port}`;
  const owner = await whoAnswers(`http://${where}`);
  if (owner === null) return [ok(`Port ${port} is free for ${name}.`, where)];
  if (owner === name) return [ok(`Port ${port} is held by our ${name}.`, where)];
  return [
    failing(
      `Port ${port} of ${name} is taken by ${owner === 'other' ? 'another program' : `our ${owner}`}.`,
      `${where} ${name.toUpperCase()}_PORT`,
      `ss -ltnp 'sport = :${port}'`,
      `export ${name.toUpperCase()}_PORT=<a free port>`,
    ),
  ];
}

const ports: Check = {
  id: 'host.ports',
  async look({ environment }) {
    const found = (await Promise.all(SERVICE_NAMES.map((name) => lookAtPort(name, environment)))).flat();
    return found.length > 0 ? found : skipped('Every process takes a free port.');
  },
};

const disk: Check = { id: 'host.disk', look: () => judgeSpace('this program', process.cwd()) };

const files: Check = {
  id: 'host.files',
  async look({ environment }) {
    const text = await readFile('/proc/self/limits', 'utf8').catch(() => null);
    const [, limit] = /^Max open files\s+(\d+)/m.exec(text ?? '') ?? [];
    if (limit === undefined) return skipped('This system does not say how many files a process may open.');
    const sockets = readSockets(environment);
    if (Number(limit) >= sockets + SPARE_FILES) return ok(`A process may open ${limit} files.`);
    return warning(
      `A process may open ${limit} files, and a gateway takes ${sockets} sockets.`,
      'ulimit -n, GATEWAY_MAX_SOCKETS',
      `ulimit -n ${2 * (sockets + SPARE_FILES)}`,
      `docker run --ulimit nofile=${2 * (sockets + SPARE_FILES)} …`,
    );
  },
};

function readSockets(environment: NodeJS.ProcessEnv): number {
  try {
    return readGatewayConfig(environment).maxSockets;
  } catch {
    return 20_000;
  }
}

const memory: Check = {
  id: 'host.memory',
  async look() {
    const text = await readFile('/sys/fs/cgroup/memory.max', 'utf8').catch(() => 'max');
    const limit = /^\d+/.test(text) ? Math.min(Number(text.trim()), totalmem()) : totalmem();
    const mib = Math.floor(limit / MIB);
    return mib >= LEAST_MEMORY
      ? ok(`${mib} MiB of memory are allowed here.`)
      : warning(
          `${mib} MiB of memory are allowed here; a process of ours takes up to ${LEAST_MEMORY} MiB, file 2 GiB.`,
          'memory limit of the container',
          `docker update --memory ${LEAST_MEMORY}m <container>`,
        );
  },
};

/**
 * The client of etcd goes through the proxy that these variables name, and a proxy for the web does not take
 * it to a host of one's own.
 */
const proxy: Check = {
  id: 'host.proxy',
  look({ environment, ...world }) {
    const name = ['grpc_proxy', 'https_proxy', 'http_proxy'].find((one) => environment[one]);
    if (name === undefined) return ok('No proxy stands between a process and etcd.');
    const hosts = world.etcd().servers.map((server) => new URL(server).hostname);
    const excepted = (environment.no_grpc_proxy ?? environment.no_proxy ?? '').split(',').map((host) => host.trim());
    const through = hosts.filter(
      (host) => !excepted.some((one) => one !== '' && host.endsWith(one.replace(/^\./, ''))),
    );
    return through.length === 0
      ? ok(`${name} is set, with exceptions for etcd.`)
      : warning(
          `${name} is set: connections to etcd at ${through.join(', ')} go through that proxy.`,
          `${name} no_proxy`,
          `export no_proxy=${[...new Set([...excepted.filter(Boolean), ...through])].join(',')}`,
        );
  },
};

export const HOST = [ports, disk, files, memory, proxy];
