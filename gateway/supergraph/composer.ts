import { Worker } from 'node:worker_threads';
import type { CompositionResult, ServiceSchema } from './compose.ts';

/** Composes in a thread, one set of schemas at a time. */
export interface Composer {
  /** Rejects where the thread fails; a set that does not compose is a result with `errors`. */
  compose(services: readonly ServiceSchema[]): Promise<CompositionResult>;
  close(): Promise<void>;
}

/**
 * How long the thread stays without work, in ms: schemas change in bursts, and between them its memory is
 * better given back.
 */
const IDLE = 30_000;

export function createComposer(): Composer {
  let worker: Worker | null = null;
  let job: PromiseWithResolvers<CompositionResult> | null = null;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(new URL('./worker.ts', import.meta.url));
    const fail = (error: Error) => {
      if (worker === started) worker = null;
      job?.reject(error);
    };
    started.on('message', (result: CompositionResult) => job?.resolve(result));
    started.on('error', fail);
    started.on('exit', () => fail(new Error('The thread that composes ended.')));
    return started;
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    await worker?.terminate();
  }

  return {
    async compose(services) {
      clearTimeout(idle);
      worker ??= start();
      job = Promise.withResolvers();
      try {
        worker.postMessage(services);
        return await job.promise;
      } finally {
        job = null;
        idle = setTimeout(() => void stop(), IDLE).unref();
      }
    },
    close: stop,
  };
}
