import { join } from 'node:path';
import { pino } from 'pino';
import { openLogFile } from './log-file.ts';
import { currentRequest } from './request.ts';

/**
 * Where everybody writes what happened. Fields hold ids and reasons, never passwords, tokens, addresses or
 * what people write.
 */
export type Log = pino.Logger;

const standardOutput = pino.destination(1);
let destination: pino.DestinationStream = standardOutput;

/**
 * Writes the logs of this process to `<folder>/<service>.log` as well, for hosts whose operators look there.
 * @throws StartupError
 */
export function keepLogIn(folder: string, service: string): void {
  const file = openLogFile(join(folder, `${service}.log`));
  destination = {
    write(line) {
      standardOutput.write(line);
      file.write(line);
    },
  };
}

/**
 * One JSON line an event on standard output, with the seed's word for the level (`ERROR`), so that `docker
 * logs auth_api | grep ERROR` works. What is written while a request is worked on has its id, and where it is
 * traced that of its trace. Tokens and passwords are removed wherever they stand; message bodies are never
 * given to a logger.
 */
export function createLog(service: string, level: string): Log {
  const options: pino.LoggerOptions = {
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
  };
  return pino(options, destination);
}
