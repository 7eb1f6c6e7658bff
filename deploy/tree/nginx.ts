import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, folderOf, HEAD, LOGGING, nameOf, portOf } from './services.ts';

const CONFIGURATION = join(import.meta.dirname, '../nginx/beaver.conf');

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

export function nginxCompose({ options }: Deployment): string {
  const container = nameOf(options, 'nginx');
  return `${HEAD}name: ${container}
services:
  ${container}:
    image: nginx:1.27
    container_name: ${container}
    ${options.network === 'host' ? 'network_mode: host' : `ports: ["${options.httpPort}:80"]`}
    restart: unless-stopped
    volumes: ["./configs/beaver.conf:/etc/nginx/conf.d/default.conf:ro"]
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
