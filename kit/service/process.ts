import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { z } from 'zod';
import { readEnvironment } from '../base/environment.ts';
import { StartupError } from '../base/errors.ts';
import { createLog, keepLogIn, type Log } from '../observe/log.ts';
import { startTracing } from '../observe/tracing.ts';
import { clientFaultOf, countClientFault } from './client-faults.ts';

/** Files of these processes are of their user alone: what people upload, logs, caches. */
const UMASK = 0o077;
/**
 * Frames that an error keeps: whether it comes from a client library alone is read from them
 * (`clientFaultOf`).
 */
const STACK_FRAMES = 50;

/**
 * Runs one of the system's processes. `start` gets a log before the configuration is read, and gives the one
 * to use from then on to `useLog`. A fault at start is one line that names what to change, and exit 1; an
 * error that nobody caught later is logged and ends the process, because nobody knows what it left half done.
 * An error of a client library alone is logged and counted, and the process goes on.
 */
export async function startProcess(name: string, start: (useLog: (log: Log) => void) => Promise<void>): Promise<void> {
  process.umask(UMASK);
  keepYoung();
  // Ten frames may all be a library's, and ours behind them.
  Error.stackTraceLimit = STACK_FRAMES;
  let log: Log = createLog(name, 'info');
  const crash = (error: unknown, message: string): never => {
    log.fatal({ err: error }, message);
    process.exit(1);
  };
  const onUncaught = (error: unknown, message: string) => {
    const client = clientFaultOf(error);
    if (client === null) crash(error, message);
    countClientFault(client as string);
    log.error({ err: error, client }, 'a client library failed outside of every call; the process goes on');
  };
  process.on('uncaughtException', (error) => onUncaught(error, 'an error was not caught'));
  process.on('unhandledRejection', (error) => onUncaught(error, 'a rejection was not handled'));
  try {
    const { LOG_DIR } = readEnvironment({ LOG_DIR: z.string().optional() });
    if (LOG_DIR !== undefined) {
      keepLogIn(LOG_DIR, name);
      log = createLog(name, 'info');
    }
    await startTracing(name);
    await start((given) => {
      log = given;
    });
    // Node writes its compile cache when a process exits by itself, and not when it is killed.
    flushCompileCache();
  } catch (error) {
    if (!(error instanceof StartupError)) crash(error, `${name} could not start`);
    log.fatal((error as Error).message);
    process.exit(1);
  }
}

/**
 * V8 makes objects directly in the old generation where most of those that code has made before were still
 * there at a collection. In a server that is so of all that requests under way are made of, whenever a
 * collection comes. They end soon, but nothing in the old generation is collected before the next full
 * collection, nor is anything that it points to: young collections then copy requests that are long answered.
 * Of a large query that was a quarter of the CPU of the gateway and a third of that of the chat service.
 */
function keepYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
