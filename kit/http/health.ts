import { within } from '../base/pause.ts';
import { HttpError, type Route, sendJson } from './server.ts';

/**
 * Throws, or rejects, with what is wrong. May resolve to details worth showing; `{status: 'degraded',
 * reason}` among them says that something is wrong although clients are served.
 */
export type HealthCheck = () => Promise<unknown> | unknown;

/** How long a check may take, in ms. */
const TIMEOUT = 2_000;
/** How long a check may take whose failure only degrades, in ms: less than `TIMEOUT`. */
const DEGRADED_AFTER = 1_500;

interface Health {
  status: 'ok' | 'degraded' | 'failing' | 'stopping';
  /** What each check found; left out where nothing was checked. */
  checks?: Record<string, object>;
}

/**
 * What probes and people ask a process. Each answers 200 or 503, with JSON that says why:
 * - `/health`, and `/status` as another name of it: what was checked, at most two seconds each. 200 where all
 *   is well or only degraded.
 * - `/health/ready`: the same for a load balancer, which stops sending as soon as the process is stopping.
 * - `/health/live`: 200 as long as the process answers. It checks nothing, so that a probe never restarts a
 *   process because something that it needs is away.
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

/** A check whose failure only degrades: clients are served without what it looks at, which `what` names. */
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
