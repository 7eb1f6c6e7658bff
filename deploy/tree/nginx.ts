import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, folderOf, HEAD, LOGGING, nameOf, portOf } from './services.ts';

const CONFIGURATION = join(import.meta.dirname, '../nginx/beaver.conf');
const TLS = join(import.meta.dirname, '../nginx/tls.conf');

/** nginx' configuration for this host: that of docker-compose.yml, with addresses instead of names. */
export function nginxConfiguration({ options }: Deployment): string {
  let text = readFileSync(CONFIGURATION, 'utf8').replace(/^resolver .*$/m, '');
  for (const service of ['gateway', 'auth', 'file'] as const)
    text = text.replace(
      new RegExp(`http://${folderOf(service)}:\\d+`),
      `http://${options.host}:${portOf(options, service)}`,
    );
  return `${HEAD}${options.network === 'host' ? text.replace('listen 80;', `listen ${options.httpPort};`) : text}`;
}

/** TLS where there are certificates; the file says how those of an ACME authority get there. */
export function tlsConfiguration({ options }: Deployment): string {
  return options.certificates ? readFileSync(TLS, 'utf8') : '# TLS: npm run deploy -- --certificates <folder>\n';
}

export function nginxCompose({ options }: Deployment): string {
  const container = nameOf(options, 'nginx');
  const ports = [`"${options.httpPort}:80"`, ...(options.certificates ? ['"443:443"'] : [])].join(', ');
  const volumes = [
    './configs/beaver.conf:/etc/nginx/conf.d/default.conf:ro',
    './configs/tls.conf:/etc/nginx/beaver/tls.conf:ro',
    './acme:/var/www/acme:ro',
    ...(options.certificates ? [`${options.certificates}:/etc/nginx/certificates:ro`] : []),
  ];
  return `${HEAD}name: ${container}
services:
  ${container}:
    image: nginx:1.27
    container_name: ${container}
    ${options.network === 'host' ? 'network_mode: host' : `ports: [${ports}]`}
    restart: unless-stopped
    volumes: [${volumes.map((volume) => `"${volume}"`).join(', ')}]
    read_only: true
    tmpfs: [/tmp, /run, /var/cache/nginx]
    cap_drop: [ALL]
    cap_add: [CHOWN, SETGID, SETUID, NET_BIND_SERVICE]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 512m
    healthcheck:
      test: ["CMD-SHELL", "nginx -t -q"]
      interval: 30s
${LOGGING}
`;
}
