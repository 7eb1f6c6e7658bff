// Writes the tree of a deployment for one host: beaver/ with a folder for each process of ours, docker/ with
// one for each base service. docs/deploy.md is about it. A second run keeps the secrets, the options and what
// operators wrote.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartupError } from '../../kit/base/errors.ts';
import { SERVICE_NAMES } from '../../services.ts';
import * as base from './base.ts';
import { nginxCompose, nginxConfiguration, tlsConfiguration } from './nginx.ts';
import { parseCommandLine, readOptions, USAGE } from './options.ts';
import { formatSecrets, readSecrets } from './secrets.ts';
import { composeOf, type Deployment, environmentOf, folderOf, imageSettings, OWN_ENVIRONMENT } from './services.ts';
import { Writer } from './write.ts';

/** The user in the images of ours. */
const IMAGE_USER = { uid: 1000, gid: 1000 };
const OPTIONS = 'beaver/deploy.json';
const SECRETS = 'beaver/secrets.env';

/** Writes or updates the tree. Returns what that changed, and the folders in the order of their start. */
export function writeTree(parameters: string[]): { target: string; changed: string[]; order: string[] } {
  const { target, given } = parseCommandLine(parameters);
  const before = existsSync(join(target, OPTIONS)) ? JSON.parse(readFileSync(join(target, OPTIONS), 'utf8')) : {};
  const request = readOptions(resolve(target), given, before);
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  // Without root nothing can be given to another user, and so the processes run as this one.
  const owner = uid === 0 ? IMAGE_USER : { uid, gid };
  const deployment = { options: request.options, secrets: readSecrets(join(target, SECRETS)), owner };
  const writer = new Writer(request.target);
  writer.file(SECRETS, formatSecrets(deployment.secrets), 0o600);
  writer.file(OPTIONS, `${JSON.stringify(request.given, null, 2)}\n`);
  const order = [
    ...writeBaseServices(writer, deployment, request.choosesImage),
    ...writeServices(writer, deployment, request.choosesImage),
  ];
  return { target: request.target, changed: writer.changed, order };
}

function writeServices(writer: Writer, deployment: Deployment, choosesImage: boolean): string[] {
  const folders = SERVICE_NAMES.map((service) => {
    const folder = `beaver/${folderOf(service)}`;
    writer.file(`${folder}/docker-compose.yml`, composeOf(deployment, service));
    writer.file(`${folder}/configs/env`, environmentOf(deployment, service), 0o600);
    writer.fileOnce(`${folder}/configs/own.env`, OWN_ENVIRONMENT, 0o600);
    writer.folderOf(deployment.owner, `${folder}/logs`);
    if (service === 'file') writer.folderOf(deployment.owner, `${folder}/files`);
    writeImage(writer, folder, deployment, choosesImage);
    return folder;
  });
  writer.file('beaver/nginx/docker-compose.yml', nginxCompose(deployment));
  writer.file('beaver/nginx/configs/beaver.conf', nginxConfiguration(deployment));
  writer.file('beaver/nginx/configs/tls.conf', tlsConfiguration(deployment));
  writer.folderOf(deployment.owner, 'beaver/nginx/acme');
  return [...folders, 'beaver/nginx'];
}

/** Those that run elsewhere have no folder. */
function writeBaseServices(writer: Writer, deployment: Deployment, choosesImage: boolean): string[] {
  const { options } = deployment;
  const folders: string[] = [];
  const write = (name: string, compose: string, environment: string) => {
    writer.file(`docker/${name}/docker-compose.yml`, compose);
    writer.file(`docker/${name}/configs/env`, environment, 0o600);
    folders.push(`docker/${name}`);
  };
  if (!options.mysqlHost) write('mysql', base.mysqlCompose(deployment), base.mysqlEnvironment(deployment));
  if (!options.redisHost) write('redis', base.redisCompose(deployment), base.redisEnvironment(deployment));
  if (!options.etcdServer) {
    write('etcd', base.etcdCompose(deployment), base.etcdEnvironment(deployment));
    writer.file('docker/etcd/configs/users.env', base.etcdUsersEnvironment(deployment), 0o600);
    writer.folderOf(deployment.owner, 'docker/etcd/data');
    writeImage(writer, 'docker/etcd', deployment, choosesImage);
  }
  return folders;
}

/**
 * `.env` belongs to whoever updates and rolls back: only a command line that names the image changes it.
 */
function writeImage(writer: Writer, folder: string, { options }: Deployment, choosesImage: boolean): void {
  if (choosesImage) writer.file(`${folder}/.env`, imageSettings(options));
  else writer.fileOnce(`${folder}/.env`, imageSettings(options));
}

if (import.meta.main) {
  try {
    if (process.argv.includes('--help')) {
      console.log(USAGE);
      process.exit(0);
    }
    const { target, changed, order } = writeTree(process.argv.slice(2));
    for (const path of changed) console.log(`wrote ${join(target, path)}`);
    if (changed.length === 0) console.log(`${target} is as it should be: nothing was written.`);
    console.log('\nStart, in this order (docs/deploy.md):');
    for (const folder of order) console.log(`  (cd ${join(target, folder)} && docker compose up -d)`);
  } catch (error) {
    // A fault of the file system has a reason that names the file.
    console.error(error instanceof StartupError || 'code' in (error as Error) ? (error as Error).message : error);
    process.exit(1);
  }
}
