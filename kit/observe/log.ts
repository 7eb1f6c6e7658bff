import { pino } from 'pino';
import { currentRequest } from './request.ts';

/**
 * Where everybody writes what happened. Fields hold ids and reasons, never passwords, tokens, addresses or
 * what people write.
 */
export type Log = pino.Logger;

/**
 * One JSON line an event on standard output, with the seed's word for the level (`ERROR`), so that `docker
 * logs auth_api | grep ERROR` works. What is written while a request is worked on has its id, and where it is
 * traced that of its trace. Tokens and passwords are removed wherever they stand; message bodies are never
 * given to a logger.
 */
export function createLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    mixin() {
      const { requestId, span } = currentRequest.getStore() ?? {};
      if (requestId === undefined) return {};
      return span ? { requestId, traceId: span.traceId } : { requestId };
    },
    serializers: { err: pino.stdSerializers.err },
    redact: {
      paths: [
        'password',
        'token',
        'authorization',
        'refreshToken',
        'accessToken',
        '*.password',
        '*.token',
        '*.authorization',
      ],
      censor: '[removed]',
    },
  });
}
