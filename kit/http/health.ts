import { within } from '../base/pause.ts';
import { HttpError, type Route, sendJson } from './server.ts';

/**
 * Throws, or rejects, with what is wrong. May resolve to details worth showing; `{status: 'degraded',
 * reason}` among them says that something is wrong although clients are served.
 */
export type HealthCheck = () => Promise<unknown> | unknown;

const TIMEOUT = 2_000;

/**
 * `GET /health`: 200 with what was checked (also where that is degraded), 503 with what is wrong. Every check
 * is asked each time, at most two seconds.
 */
export function healthRoute(service: string, checks: Record<string, HealthCheck>): Route {
  return {
    path: '/health',
    methods: ['GET', 'HEAD'],
    async handle(_request, response) {
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
      const worst = ['failing', 'degraded'].find((status) => results.some(([, result]) => result.status === status));
      sendJson(response, worst === 'failing' ? 503 : 200, {
        status: worst ?? 'ok',
        service,
        checks: Object.fromEntries(results),
      });
    },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.split('\n').at(-1) || error.name : String(error);
}
