import { readFileSync } from 'node:fs';
import { SUBGRAPH_NAMES } from '../../services.ts';
import { type Check, type Found, failing, ok, skipped, warning } from '../check.ts';
import { judgeClock } from '../clock.ts';
import { type Instance, reasonsOf } from '../instances.ts';

const registered: Check = {
  id: 'services.registered',
  needs: ['etcd.login'],
  async look(world) {
    const instances = await world.instances();
    return SUBGRAPH_NAMES.map((name) => {
      const count = instances.filter(({ service }) => service === name).length;
      const where = `etcd /${world.namespace()}/services/${name}/`;
      return count > 0
        ? ok(`${name} has ${count} ${count === 1 ? 'instance' : 'instances'}.`, where)
        : failing(
            `No instance of ${name} is registered: none runs, or it still waits for something.`,
            where,
            `docker compose up -d ${name}_api`,
            `docker logs ${name}_api`,
          );
    });
  },
};

const ready: Check = {
  id: 'services.ready',
  needs: ['services.registered'],
  look: async (world) => (await world.instances()).map(judge),
};

function judge({ service, origin, health }: Instance): Found {
  if ('fault' in health)
    return failing(
      `An instance of ${service} is registered and does not answer (${health.fault}). ` +
        'If it runs elsewhere, the address by which it is registered is not reachable from here.',
      `${origin} ADVERTISE_HOST`,
      `curl ${origin}/health`,
      `docker restart ${service}_api`,
    );
  const { status, checks } = health;
  if (status === 'ok') return ok(`${service} is ready.`, origin);
  const more = [`curl ${origin}/health`, `docker logs ${service}_api`];
  return status === 'degraded'
    ? warning(`${service} serves, but: ${reasonsOf(checks)}.`, origin, ...more)
    : failing(`${service} is ${status}. ${reasonsOf(checks)}`, origin, ...more);
}

const versions: Check = {
  id: 'services.versions',
  needs: ['services.registered'],
  async look(world) {
    const instances = await world.instances();
    const own = readVersion();
    const seen = [...new Set(instances.map(({ version }) => version))];
    if (seen.length === 1 && seen[0] === own) return ok(`All instances are of version ${own}, as this program.`);
    return instances
      .filter(({ version }) => version !== own)
      .map(({ service, version, origin }) =>
        warning(
          `An instance of ${service} is of version ${version}, this program of ${own}: an update is under way, or stuck.`,
          origin,
          `docker compose up -d ${service}_api`,
        ),
      );
  },
};

const schemas: Check = {
  id: 'services.schemas',
  needs: ['services.registered'],
  async look(world) {
    const instances = await world.instances();
    return SUBGRAPH_NAMES.flatMap((name) => {
      const own = instances.filter(({ service }) => service === name);
      const hashes = new Set(own.map(({ schemaHash }) => schemaHash));
      if (own.length === 0) return [];
      return hashes.size === 1
        ? [ok(`All instances of ${name} have one schema.`)]
        : [
            warning(
              `Instances of ${name} have ${hashes.size} schemas: the gateway sends only to those of the newest that composes.`,
              own.map(({ origin }) => origin).join(', '),
              `docker compose up -d ${name}_api`,
            ),
          ];
    });
  },
};

const clocks: Check = {
  id: 'services.clock',
  needs: ['services.registered'],
  async look(world) {
    const found = (await world.instances()).flatMap(({ service, origin, health }) =>
      'fault' in health ? [] : [judgeClock(service, health.clockAhead, origin)],
    );
    return found.length > 0 ? found : skipped('No instance answers.');
  },
};

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const SERVICES_CHECKS = [registered, ready, versions, schemas, clocks];
