// A process that decodes pictures, one at a time, for the file service (pool.ts).
import { flushCompileCache } from 'node:module';
import { InvalidImage } from '../../domain/errors.ts';
import type { Failure, Job, Outcome } from './messages.ts';
import { inspectPicture } from './work.ts';

const [maxCpuMs = 0, maxMemory = 0] = process.argv.slice(2).map(Number);
/** How often that is looked at, in ms: decoders fill some 100 MB in this time. */
const INTERVAL = 50;
/** Memory that this process may keep between two pictures, in bytes. */
const MAX_KEPT = 250_000_000;

const end = () => process.kill(process.pid, 'SIGKILL');

/** Tells the service, and calls back when it is told. */
function send(message: Outcome, then?: () => void): void {
  process.send?.(message, () => then?.());
}

/**
 * Ends this process with a picture that takes too much. libvips works in threads, so this one is free to
 * look.
 */
function watch(): () => void {
  const before = process.cpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    const isTooLong = (user + system) / 1_000 > maxCpuMs;
    if (!isTooLong && process.memoryUsage.rss() < maxMemory) return;
    clearInterval(timer);
    send({ failure: { kind: 'exceeded', what: isTooLong ? 'time' : 'memory' } }, end);
  }, INTERVAL);
  return () => clearInterval(timer);
}

function describe(error: unknown): Failure {
  if (error instanceof InvalidImage) return { kind: 'refused', why: error.why };
  const { code, message } = error as NodeJS.ErrnoException;
  return { kind: 'system', code, message };
}

process.on('message', async (job: Job) => {
  const unwatch = watch();
  try {
    const result = await inspectPicture(job);
    send({ result, isSpent: process.memoryUsage.rss() > MAX_KEPT });
  } catch (error) {
    send({ failure: describe(error) });
  } finally {
    unwatch();
  }
});
// The service has ended, however it did: its channel closes with it.
process.on('disconnect', end);
// Ctrl-C reaches all processes of a terminal. The service ends this one when it has ended its uploads.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

// Node writes the compile cache when a process exits, and this one is always killed.
flushCompileCache();
