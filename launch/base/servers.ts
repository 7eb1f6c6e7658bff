import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpUsers } from '../../kit/discovery/users.ts';
import type { ChildOptions } from './child.ts';
import { dockerRun } from './docker.ts';
import { prepareMysql } from './mysql.ts';
import type { BaseName } from './names.ts';
import type { Source } from './sources.ts';

/** What a private base service is started from. */
export interface ServerOptions {
  source: Source;
  /** Its own directory. */
  directory: string;
  /**
   * Whether the data is kept between starts: then nothing that was acknowledged may be lost, not even when
   * the machine dies.
   */
  keep: boolean;
  /** What the account of MySQL may beyond its own databases. */
  privileges?: string;
  /** Whether etcd lets in users only. */
  etcdUsers?: boolean;
  port: number;
  /** A second free port, for the one service that needs it. */
  peerPort: number;
  password: string;
}

export interface Server {
  child: Pick<ChildOptions, 'program' | 'arguments' | 'argv0' | 'environment'>;
  /** What tells others where it is. */
  variables: Record<string, string>;
  /** What is to be done each time it listens, before it lets us in. */
  prepare?: () => Promise<void>;
}

const HOST = '127.0.0.1';
const USER = 'beaver';
const DATABASE = 'beaver_im';

/** Prepares one service: its directory, its configuration, the command that runs it. */
export const SERVERS: Record<BaseName, (options: ServerOptions) => Promise<Server>> = {
  async mysql(options) {
    const { port, password } = options;
    const variables = {
      MYSQL_HOST: HOST,
      MYSQL_PORT: String(port),
      MYSQL_USER: USER,
      MYSQL_PASSWORD: password,
      MYSQL_DATABASE: DATABASE,
    };
    if (options.source.kind === 'program')
      return { variables, child: await prepareMysql(options.source.program, options, USER, DATABASE) };
    const image = {
      MYSQL_RANDOM_ROOT_PASSWORD: 'yes',
      MYSQL_USER: USER,
      MYSQL_PASSWORD: password,
      MYSQL_DATABASE: DATABASE,
    };
    return { variables, child: dockerRun('mysql', { ...options, variables: image, command: ['--skip-log-bin'] }) };
  },

  async redis(options) {
    const { source, port, password, directory, keep } = options;
    const variables = { REDIS_HOST: HOST, REDIS_PORT: String(port), REDIS_PASSWORD: password };
    const save = keep ? 'save 60 1' : 'save ""';
    if (source.kind === 'docker') {
      // The password comes by the environment and goes into a file inside the container, so that it's on no
      // command line.
      const write = `umask 077; printf 'requirepass %s\\n${save}\\n' "$REDIS_PASSWORD" > /etc/redis.conf; exec redis-server /etc/redis.conf`;
      const child = dockerRun('redis', {
        ...options,
        variables: { REDIS_PASSWORD: password },
        command: ['sh', '-c', write],
      });
      return { variables, child };
    }
    const configuration = join(directory, 'redis.conf');
    const lines = [
      `bind ${HOST}`,
      `port ${port}`,
      `requirepass ${password}`,
      `dir "${directory}"`,
      save,
      'daemonize no',
    ];
    writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 });
    return {
      variables,
      child: { program: source.program.path, argv0: source.program.argv0, arguments: [configuration] },
    };
  },

  async etcd(options) {
    const { source, port, peerPort, directory, password, etcdUsers } = options;
    const server = `http://${HOST}:${port}`;
    const variables: Record<string, string> = {
      ETCD_SERVER: server,
      ...(etcdUsers ? { ETCD_USERNAME: 'root', ETCD_PASSWORD: password } : {}),
    };
    const guarded = etcdUsers ? { prepare: () => setUpUsers({ servers: [server] }, password, []) } : {};
    const addresses = (listen: string, client: number, peer: number) => [
      `--listen-client-urls=http://${listen}:${client}`,
      `--advertise-client-urls=${server}`,
      `--listen-peer-urls=http://${HOST}:${peer}`,
      `--initial-advertise-peer-urls=http://${HOST}:${peer}`,
      `--initial-cluster=beaver=http://${HOST}:${peer}`,
    ];
    const common = [
      ...['--name=beaver', '--auto-compaction-mode=periodic', '--auto-compaction-retention=1h'],
      // Passwords here are random, so that an expensive hash would only slow down every login.
      '--bcrypt-cost=4',
    ];
    if (source.kind === 'docker') {
      const command = ['etcd', '--data-dir=/etcd-data', ...common, ...addresses('0.0.0.0', 2379, 2380)];
      return { variables, ...guarded, child: dockerRun('etcd', { ...options, variables: {}, command }) };
    }
    const data = join(directory, 'data');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    return {
      variables,
      ...guarded,
      child: {
        program: source.program.path,
        arguments: [`--data-dir=${data}`, ...common, ...addresses(HOST, port, peerPort)],
        // etcd 3.4 starts on ARM only when it is told to; ETCD_* variables of the machine would override the
        // arguments' meaning.
        environment: {
          ...withoutEtcdVariables(),
          ...(process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {}),
        },
      },
    };
  },
};

function withoutEtcdVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_')));
}
