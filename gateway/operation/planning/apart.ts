import { Worker } from 'node:worker_threads';
import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, print } from 'graphql';
import type { Log } from '../../../kit/observe/log.ts';

/** A plan that the thread made, and the processor time that it took. */
export interface PlannedApart {
  plan: QueryPlan;
  microseconds: number;
}

/**
 * Plans operations in a thread. Planning takes tens of milliseconds, and on the event loop all clients would
 * wait for the new text of one.
 */
export interface PlanningThread {
  /** Has the thread plan for this supergraph from now on; until it can, it plans for none. */
  use(supergraphSdl: string): void;
  /**
   * Plans an operation, as `Planner` does. Resolves to null where it has to be planned on this thread: the
   * other one is not ready for this supergraph, has failed, or found no plan, and the planner here says why.
   */
  plan(supergraphSdl: string, renamed: DocumentNode): Promise<PlannedApart | null>;
  close(): Promise<void>;
}

/** What the thread is told: the supergraph, or an operation to plan. */
export type PlanningJob = { supergraphSdl: string } | { text: string };
/** Its answers, in the order of the jobs. */
export type PlanningAnswer = { isReady: boolean } | { planned: PlannedApart | null };

/** How long after a supergraph was taken over the thread begins with it, in ms: a start has better to do. */
const DELAY = 5_000;

export function createPlanningThread(log: Log, delay = DELAY): PlanningThread {
  let worker: Worker | null = null;
  /** The supergraph that the thread is to plan for, and the one that it can. */
  let wanted: string | null = null;
  let ready: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  const waiting: ((answer: PlanningAnswer | null) => void)[] = [];
  let isClosed = false;

  function start(): Worker {
    const thread = new Worker(new URL('./planning-thread.ts', import.meta.url));
    thread.unref();
    thread.on('message', (answer: PlanningAnswer) => waiting.shift()?.(answer));
    thread.on('error', (error) => log.error({ err: error }, 'the thread that plans operations failed'));
    thread.once('exit', () => {
      worker = null;
      ready = null;
      for (const settle of waiting.splice(0)) settle(null);
      schedule();
    });
    return thread;
  }

  function ask(thread: Worker, job: PlanningJob): Promise<PlanningAnswer | null> {
    const { promise, resolve } = Promise.withResolvers<PlanningAnswer | null>();
    waiting.push(resolve);
    thread.postMessage(job);
    return promise;
  }

  async function prepare(): Promise<void> {
    const supergraphSdl = wanted as string;
    worker ??= start();
    const answer = await ask(worker, { supergraphSdl });
    if (answer && 'isReady' in answer && answer.isReady && supergraphSdl === wanted) ready = supergraphSdl;
  }

  function schedule(): void {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(() => void prepare(), delay).unref();
  }

  return {
    use(supergraphSdl) {
      wanted = supergraphSdl;
      ready = null;
      schedule();
    },
    async plan(supergraphSdl, renamed) {
      if (!worker || supergraphSdl !== ready) return null;
      const answer = await ask(worker, { text: print(renamed) });
      return answer && 'planned' in answer ? answer.planned : null;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await worker?.terminate();
    },
  };
}
