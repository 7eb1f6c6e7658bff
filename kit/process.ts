import { StartupError } from './errors.ts';
import { isEtcdClientFault } from './etcd.ts';
import { createLog, type Log } from './log.ts';
import { startTracing } from './tracing.ts';

/**
 * Runs one of the system's processes. `start` gets a log before the configuration is read, and gives the one to use from then on to `useLog`. A fault at start is one line
 * that names what to change, and exit 1; an error that nobody caught later is logged and ends the process, because nobody knows what it left half done.
 */
export async function startProcess(name: string, start: (useLog: (log: Log) => void) => Promise<void>): Promise<void> {
  let log: Log = createLog(name, 'info');
  const crash = (error: unknown, message: string): never => {
    log.fatal({ err: error }, message);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => {
    if (isEtcdClientFault(error))
      log.warn({ err: error }, 'the etcd client lost an answer; what is known of etcd is compared with it anyway');
    else crash(error, 'an error was not caught');
  });
  process.on('unhandledRejection', (error) => crash(error, 'a rejection was not handled'));
  try {
    await startTracing(name);
    await start((given) => {
      log = given;
    });
  } catch (error) {
    if (!(error instanceof StartupError)) crash(error, `${name} could not start`);
    log.fatal((error as Error).message);
    process.exit(1);
  }
}
