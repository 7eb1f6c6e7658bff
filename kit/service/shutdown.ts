import type { Log } from '../observe/log.ts';

export interface Shutdown {
  /** Adds a step; steps run in the order they were added, each to its end, before the process exits. */
  add(name: string, step: () => Promise<void> | void): void;
  /** Whether shutting down has begun. */
  readonly started: boolean;
}

/**
 * The longest a clean end may take, in ms; the launcher and Kubernetes wait longer than this before they
 * kill.
 */
const LIMIT = 10_000;

/**
 * On SIGTERM and SIGINT runs the steps and exits 0; a step that fails is logged and the rest still runs; exit
 * 1 if it takes too long.
 */
export function createShutdown(log: Log): Shutdown {
  const steps: { name: string; step: () => Promise<void> | void }[] = [];
  let started = false;
  const run = async (signal: string) => {
    if (started) return;
    started = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('stopping took too long');
      process.exit(1);
    }, LIMIT).unref();
    for (const { name, step } of steps) {
      try {
        await step();
      } catch (error) {
        log.error({ err: error, step: name }, 'a step of stopping failed');
      }
    }
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => void run('SIGTERM'));
  process.on('SIGINT', () => void run('SIGINT'));
  return {
    add: (name, step) => void steps.push({ name, step }),
    get started() {
      return started;
    },
  };
}
