import { SERVICES, type ServiceName } from '../../services.ts';
import type { Options } from './options.ts';
import type { Secrets } from './secrets.ts';
import type { Owner } from './write.ts';

/** What every part of the tree is made from. */
export interface Deployment {
  options: Options;
  secrets: Secrets;
  owner: Owner;
}

/** Folder, container and Compose project of a process, as operators know them: `auth_api`. */
export const folderOf = (service: ServiceName) => (service === 'gateway' ? service : `${service}_api`);

/** A name that only this deployment has on its machine. */
export const nameOf = (options: Options, name: string) => (options.name ? `${options.name}_${name}` : name);

export const portOf = (options: Options, service: ServiceName) =>
  options.firstPort + SERVICES[service].port - SERVICES.gateway.port;

export const etcdServerOf = (options: Options) => options.etcdServer ?? `http://${options.host}:${options.etcdPort}`;

/** The address that clients use. */
export function publicUrlOf(options: Options): string {
  if (options.publicUrl) return options.publicUrl;
  if (options.certificates) return `https://${options.host}`;
  return `http://${options.host}${options.httpPort === 80 ? '' : `:${options.httpPort}`}`;
}

/** Log lines that Docker keeps of a container. */
export const LOGGING = `    logging:
      driver: json-file
      options: { max-size: 10m, max-file: "5" }`;

/** What a container of ours may not do. */
const HARDENED = `    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    pids_limit: 512`;

/** `.env` of a folder, which Compose reads. */
export function imageSettings({ image, tag, pull }: Options): string {
  return `# Which release runs here. To update or roll back, change the tag and run: docker compose up -d
BEAVER_IMAGE=${image}
BEAVER_TAG=${tag}
BEAVER_PULL_POLICY=${pull}
`;
}

export const IMAGE = `    image: \${BEAVER_IMAGE}:\${BEAVER_TAG}
    pull_policy: \${BEAVER_PULL_POLICY}`;

export const HEAD = '# Written by `npm run deploy`, which writes it again.\n';

/** `docker-compose.yml` of one of the five processes. */
export function composeOf({ options, owner }: Deployment, service: ServiceName): string {
  const container = nameOf(options, folderOf(service));
  const port = portOf(options, service);
  const network =
    options.network === 'host'
      ? '    network_mode: host'
      : `    ports: ["127.0.0.1:${port}:${port}", "${options.host}:${port}:${port}"]`;
  const volumes = ['./logs:/app/logs', ...(service === 'file' ? ['./files:/data/files'] : [])];
  const program = service === 'gateway' ? 'gateway/index.ts' : `subgraphs/${service}/index.ts`;
  const user = `    user: "${owner.uid}:${owner.gid}"`;
  return `${HEAD}name: ${container}
services:
  ${container}:
${IMAGE}
    container_name: ${container}
    command: ["node", "${program}"]
${user}
${network}
    restart: unless-stopped
    env_file: [configs/env, configs/own.env]
    volumes: [${volumes.map((volume) => `"${volume}"`).join(', ')}]
${HARDENED}
    mem_limit: 1g
    # A process of ours ends within 10 s.
    stop_grace_period: 20s
${LOGGING}
${service === 'auth' ? migration(container, network, user) : ''}`;
}

/** Auth is the first that is deployed: it applies the migrations of its release before it starts. */
function migration(container: string, network: string, user: string): string {
  const isHost = network.includes('host');
  return `    depends_on:
      migrate: { condition: service_completed_successfully }

  migrate:
${IMAGE}
    container_name: ${container}_migrate
    command: ["node", "prisma/migrate.ts"]
${user}
${isHost ? `${network}\n` : ''}    env_file: [configs/env, configs/own.env]
${HARDENED}
${LOGGING}
`;
}

/** `configs/env` of one of the five processes. */
export function environmentOf({ options, secrets }: Deployment, service: ServiceName): string {
  const own = service.toUpperCase();
  const mysql = `# MySQL
MYSQL_HOST=${options.mysqlHost ?? options.host}
MYSQL_PORT=${options.mysqlPort}
MYSQL_USER=beaver
MYSQL_PASSWORD=${secrets.MYSQL_PASSWORD}
MYSQL_DATABASE=beaver_im

`;
  const more: Partial<Record<ServiceName, string>> = {
    file: `FILE_STORE_DIR=/data/files\nFILE_PUBLIC_URL=${publicUrlOf(options)}\n`,
    gateway: '# nginx is in front, and says who calls.\nGATEWAY_PROXIES=1\n',
  };
  return `${HEAD}# Change and add variables in own.env beside it. README.md of the release lists them all.
${service === 'gateway' ? '' : mysql}# Redis
REDIS_HOST=${options.redisHost ?? options.host}
REDIS_PORT=${options.redisPort}
REDIS_PASSWORD=${secrets.REDIS_PASSWORD}

# etcd, and who this process is there
ETCD_SERVER=${etcdServerOf(options)}
ETCD_USERNAME=${service}
ETCD_PASSWORD=${secrets[`ETCD_${own}_PASSWORD`]}
TRUST_SECRET=${secrets.TRUST_SECRET}
${options.name ? `BEAVER_NAMESPACE=${options.name}\n` : ''}
# Where this process listens, and where the others reach it
${own}_PORT=${portOf(options, service)}
ADVERTISE_HOST=${options.host}
ADVERTISE_PORT=${portOf(options, service)}

LOG_DIR=/app/logs
${more[service] ?? ''}`;
}

export const OWN_ENVIRONMENT = `# Variables that you set for this process, as NAME=value. They win over those in env; \`npm run deploy\` keeps this file.
`;
