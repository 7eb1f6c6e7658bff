import { exposeMetrics } from '../observe/metrics.ts';
import type { Route } from './server.ts';

/** `GET /metrics` for Prometheus. For the operator: nginx does not lead here. */
export function metricsRoute(service: string): Route {
  const { contentType, text } = exposeMetrics(service);
  return {
    path: '/metrics',
    methods: ['GET'],
    async handle(_request, response) {
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(await text());
    },
  };
}
