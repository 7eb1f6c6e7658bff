import type { Database } from '../mysql/database.ts';
import { type AnyTransaction, createWorkTable, type NewWork } from './table.ts';

/**
 * Durable work: what has to happen because something was committed, and may take time or fail. A row of
 * `<service>_work` is written in the transaction of its cause, and a worker of the same service does it.
 */
export interface WorkQueue {
  /** Adds work in the caller's transaction. Call `wake` when that is committed. */
  enqueue(transaction: AnyTransaction, work: readonly NewWork[]): Promise<void>;
  /**
   * Has the worker of this instance look at once; without it work waits for the next look, a second at most.
   */
  wake(): void;
  /** Calls back when work may be due. */
  onWake(callback: () => void): void;
}

export function createWorkQueue(service: string, database: Pick<Database, 'sql' | 'retrying'>): WorkQueue {
  const table = createWorkTable(service, database);
  const callbacks = new Set<() => void>();
  return {
    enqueue: (transaction, work) => table.add(transaction, work),
    wake() {
      for (const callback of callbacks) callback();
    },
    onWake(callback) {
      callbacks.add(callback);
    },
  };
}
