import { SERVICE_NAMES } from '../../services.ts';
import { type Deployment, HEAD, IMAGE, LOGGING, nameOf } from './services.ts';

/* The base services that run on this host: one folder each in docker/, published at the host's address. */

const common = `    restart: unless-stopped
    security_opt: ["no-new-privileges:true"]
    env_file: [configs/env]
${LOGGING}`;

export function mysqlCompose({ options }: Deployment): string {
  const container = nameOf(options, 'mysql');
  return `${HEAD}name: ${container}
services:
  ${container}:
    image: mysql:8.4
    container_name: ${container}
    # Without names of hosts: where no name server answers, each connection would wait seconds for one.
    command: ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci", "--skip-name-resolve"]
    ports: ["${options.host}:${options.mysqlPort}:3306"]
    volumes: ["./data:/var/lib/mysql"]
    mem_limit: 4g
    stop_grace_period: 2m
    healthcheck:
      # Over TCP: the server that initialises the data directory listens on its socket only.
      test: ["CMD-SHELL", 'mysqladmin ping -h 127.0.0.1 -u beaver -p"$$MYSQL_PASSWORD" --silent']
      interval: 10s
      timeout: 5s
      retries: 5
      start_period: 2m
${common}
`;
}

export function mysqlEnvironment({ secrets }: Deployment): string {
  return `${HEAD}# Read when the data folder is made; later, change a password in MySQL as well.
MYSQL_ROOT_PASSWORD=${secrets.MYSQL_ROOT_PASSWORD}
MYSQL_DATABASE=beaver_im
MYSQL_USER=beaver
MYSQL_PASSWORD=${secrets.MYSQL_PASSWORD}
`;
}

export function redisCompose({ options }: Deployment): string {
  const container = nameOf(options, 'redis');
  // The configuration goes through standard input, so that no command line shows the password.
  return `${HEAD}name: ${container}
services:
  ${container}:
    image: redis:7.4
    container_name: ${container}
    user: "999:999"
    command:
      - sh
      - -c
      - printf 'requirepass %s\\nsave ""\\nappendonly no\\nmaxmemory-policy noeviction\\n' "$$REDISCLI_AUTH" > /tmp/redis.conf && exec redis-server /tmp/redis.conf
    ports: ["${options.host}:${options.redisPort}:6379"]
    read_only: true
    tmpfs: [/tmp, /data]
    cap_drop: [ALL]
    mem_limit: 1g
    healthcheck:
      test: ["CMD-SHELL", "redis-cli ping | grep -q PONG"]
      interval: 10s
      timeout: 5s
      retries: 5
${common}
`;
}

export function redisEnvironment({ secrets }: Deployment): string {
  return `${HEAD}REDISCLI_AUTH=${secrets.REDIS_PASSWORD}\n`;
}

export function etcdCompose({ options, owner }: Deployment): string {
  const container = nameOf(options, 'etcd');
  return `${HEAD}name: ${container}
services:
  ${container}:
    image: beaver-etcd:latest
    container_name: ${container}
    user: "${owner.uid}:${owner.gid}"
    command:
      - etcd
      - --data-dir=/etcd-data
      - --listen-client-urls=http://0.0.0.0:1900
      - --advertise-client-urls=http://${options.host}:${options.etcdPort}
      - --auto-compaction-retention=1
    ports: ["${options.host}:${options.etcdPort}:1900"]
    volumes: ["./data:/etcd-data"]
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    mem_limit: 1g
    healthcheck:
      test: ["CMD", "etcdctl", "--endpoints=http://127.0.0.1:1900", "endpoint", "health"]
      interval: 10s
      timeout: 5s
      retries: 5
${common}

  # Lets nobody into etcd but the users of our processes; again at each start, so that a changed password takes effect.
  users:
${IMAGE}
    container_name: ${container}_users
    command: ["node", "deploy/etcd-users.ts"]
    env_file: [configs/users.env]
    depends_on:
      ${container}: { condition: service_healthy }
${LOGGING}
`;
}

export function etcdEnvironment({ secrets }: Deployment): string {
  return `${HEAD}ETCDCTL_USER=root:${secrets.ETCD_ROOT_PASSWORD}\n`;
}

export function etcdUsersEnvironment({ options, secrets }: Deployment): string {
  const passwords = ['ROOT', ...SERVICE_NAMES.map((name) => name.toUpperCase())].map((name) => `ETCD_${name}_PASSWORD`);
  return `${HEAD}ETCD_SERVER=http://${nameOf(options, 'etcd')}:1900
${options.name ? `BEAVER_NAMESPACE=${options.name}\n` : ''}${passwords.map((name) => `${name}=${secrets[name]}\n`).join('')}`;
}
