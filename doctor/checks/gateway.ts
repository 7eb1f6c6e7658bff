import { SERVICES } from '../../services.ts';
import { type Check, failing, ok, skipped, warning } from '../check.ts';
import { askHealth, type Health, reasonsOf } from '../instances.ts';
import { own } from '../own.ts';
import type { World } from '../world.ts';

function originOf({ environment, options }: World): string {
  if (options.gateway !== undefined) return options.gateway.replace(/\/+$/, '');
  const { host, port } = own('gateway', SERVICES.gateway.port, environment);
  return `http://${host}:${port}`;
}

const asked = new WeakMap<World, Promise<Health>>();
function healthOf(world: World): Promise<Health> {
  const health = asked.get(world) ?? askHealth(originOf(world));
  asked.set(world, health);
  return health;
}

const ready: Check = {
  id: 'gateway.ready',
  async look(world) {
    const origin = originOf(world);
    const health = await healthOf(world);
    const more = [`curl ${origin}/health`, 'docker logs gateway'];
    if ('fault' in health) {
      if (world.options.gateway === undefined)
        return warning(
          `No gateway answers at ${origin} (${health.fault}). If it runs on another host, say where.`,
          origin,
          'npm run doctor -- --gateway http://<host>:8000',
          'docker compose up -d gateway',
        );
      return failing(`The gateway does not answer (${health.fault}).`, origin, ...more);
    }
    if (health.status === 'ok') return ok('The gateway is ready.', origin);
    return health.status === 'degraded'
      ? warning(`The gateway serves, but: ${reasonsOf(health.checks)}.`, origin, ...more)
      : failing(`The gateway is ${health.status}. ${reasonsOf(health.checks)}`, origin, ...more);
  },
};

const graph: Check = {
  id: 'graph.composed',
  needs: ['gateway.ready'],
  async look(world) {
    const health = await healthOf(world);
    if ('fault' in health) return skipped('No gateway answers.');
    const { status, reason } = health.checks.graph ?? {};
    if (status === 'ok') return ok('The schemas of all services compose, and their graph is served.');
    const more = [`curl ${originOf(world)}/health`];
    const message = `The graph is not whole: ${reason ?? 'the gateway does not say why'}`;
    return status === 'degraded'
      ? warning(message, originOf(world), ...more)
      : failing(message, originOf(world), ...more);
  },
};

export const GATEWAY = [ready, graph];
