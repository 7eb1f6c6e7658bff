import { within } from '../base/pause.ts';
import { HttpError, type Route, sendJson } from './server.ts';

/**
 * A health check. Throws or rejects with the fault. May resolve to details to show; `{status: 'degraded',
 * reason}` among them reports a fault that does not affect clients.
 */
export type HealthCheck = () => Promise<unknown> | unknown;

/** Timeout of a check, in ms. */
const TIMEOUT = 2_000;
/** Timeout of a check whose failure only degrades, in ms. Below `TIMEOUT`. */
const DEGRADED_AFTER = 1_500;

interface Health {
  status: 'ok' | 'degraded' | 'failing' | 'stopping';
  /** The result of each check. Left out if nothing was checked. */
  checks?: Record<string, object>;
}

/**
 * Health endpoints. Each answers 200 or 503 with JSON that says why:
 * - `/health`, alias `/status`: the result of every check, each with a timeout of two seconds. 200 if all
 * pass
 *   or some only degrade.
 * - `/health/ready`: the same for a load balancer, but 503 as soon as shutdown begins.
 * - `/health/live`: 200 while the process answers. Checks nothing, so that a probe never restarts a process
 *   because a dependency is down.
 */
export function healthRoutes(
  service: string,
  checks: Record<string, HealthCheck>,
  shutdown: { readonly started: boolean },
): Route[] {
  const route = (path: string, answer: () => Promise<Health>): Route => ({
    path,
    methods: ['GET', 'HEAD'],
    async handle(_request, response) {
      const { status, ...rest } = await answer();
      const isUp = status === 'ok' || status === 'degraded';
      sendJson(response, isUp ? 200 : 503, { status, service, ...rest });
    },
  });
  const check = () => run(checks);
  return [
    route('/health', check),
    route('/status', check),
    route('/health/live', async () => ({ status: 'ok' })),
    route('/health/ready', async () => (shutdown.started ? { status: 'stopping' } : check())),
  ];
}

/** Wraps a check so that its failure only degrades: clients are served without `what`. */
export function degrading(what: string, check: () => Promise<unknown>): HealthCheck {
  return () =>
    within(DEGRADED_AFTER, check()).then(
      () => null,
      (error: Error) => ({ status: 'degraded', reason: `${what}: ${reason(error)}` }),
    );
}

async function run(checks: Record<string, HealthCheck>): Promise<Health> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        const detail = await within(TIMEOUT, check());
        return [name, { status: 'ok', ...(detail && typeof detail === 'object' ? detail : {}) }] as const;
      } catch (error) {
        return [
          name,
          { status: 'failing', reason: error instanceof HttpError ? error.message : reason(error) },
        ] as const;
      }
    }),
  );
  const worst = (['failing', 'degraded'] as const).find((status) => results.some(([, one]) => one.status === status));
  return { status: worst ?? 'ok', checks: Object.fromEntries(results) };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.split('\n').at(-1) || error.name : String(error);
}
