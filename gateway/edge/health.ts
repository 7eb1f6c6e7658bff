import type { Etcd } from '../../kit/discovery/etcd.ts';
import { degrading, healthRoutes } from '../../kit/http/health.ts';
import type { Route } from '../../kit/http/server.ts';
import { pingRedis, type Redis } from '../../kit/redis/client.ts';
import type { Shutdown } from '../../kit/service/shutdown.ts';
import type { Supergraph } from '../supergraph/follow.ts';

/**
 * The health routes of a gateway. 503 as long as the graph is not complete, because a load balancer should
 * then ask another gateway. Schemas that do not compose, and an etcd or a Redis that is away, are shown as
 * degraded with 200: clients are served by what is known.
 */
export function gatewayHealth(supergraph: Supergraph, etcd: Etcd, redis: Redis, shutdown: Shutdown): Route[] {
  const checks = {
    graph: () => {
      const { current, fault, failures } = supergraph;
      const services = Object.fromEntries(current?.hashes ?? []);
      const missing = supergraph.missing();
      const unfit = fault ? `The registered schemas do not compose: ${fault.errors.join(' ')}` : null;
      if (!current) throw new Error(unfit ?? `No graph yet: waiting for ${missing.join(', ') || 'a service'}.`);
      if (missing.length > 0) throw new Error(`Missing in the graph: ${missing.join(', ')}. ${unfit ?? ''}`.trim());
      if (fault) {
        const reason = `${unfit} The last good graph is served.`;
        return { status: 'degraded', reason, since: fault.at, failures, services };
      }
      const { away } = current;
      if (away.length > 0) {
        const reason = `Not registered: ${away.join(', ')}. The last complete graph is served, where their fields are null.`;
        return { status: 'degraded', reason, away, failures, services };
      }
      return { failures, services };
    },
    etcd: degrading('etcd', () => etcd.check()),
    redis: degrading('Redis', () => pingRedis(redis)),
  };
  return healthRoutes('gateway', checks, shutdown);
}
