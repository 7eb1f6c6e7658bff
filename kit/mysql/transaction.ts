import type { PoolConnection } from 'mariadb';

/** What a statement takes for its question marks; a list stands for `IN (?)`. A time is text (`toTime`). */
export type SqlValue = string | number | bigint | boolean | null | Buffer | readonly SqlValue[];

/**
 * Runs statements. `query` sends text with the values in it, `execute` a prepared statement: cheaper where
 * the same text comes again and again.
 */
export interface Statements {
  query<Rows>(statement: string, values?: readonly SqlValue[]): Promise<Rows>;
  execute<Rows>(statement: string, values?: readonly SqlValue[]): Promise<Rows>;
}

/** What a statement that writes says. */
export interface Written {
  affectedRows: number;
}

/**
 * One transaction, as its work sees it. Statements may be sent without waiting for those before them.
 *
 * No statement outlives the transaction: it ends only when each statement that was sent is answered. MySQL is
 * sent a prepared statement when it has answered what prepares it, so a statement that nobody waits for could
 * otherwise reach the server after the ROLLBACK, and would be kept.
 *
 * A statement that fails ends the transaction, whatever the work makes of the failure.
 */
export class Transaction implements Statements {
  readonly #connection: PoolConnection;
  #unanswered = 0;
  #failure: { error: unknown } | null = null;
  #isEnded = false;
  #onAnswered: (() => void) | null = null;

  constructor(connection: PoolConnection) {
    this.#connection = connection;
  }

  query<Rows>(statement: string, values?: readonly SqlValue[]): Promise<Rows> {
    return this.#send(() => this.#connection.query<Rows>(statement, values));
  }

  execute<Rows>(statement: string, values?: readonly SqlValue[]): Promise<Rows> {
    return this.#send(() => this.#connection.execute<Rows>(statement, values));
  }

  #send<Rows>(send: () => Promise<Rows>): Promise<Rows> {
    if (this.#isEnded) return Promise.reject(new Error('the transaction has ended: this statement was not sent'));
    this.#unanswered += 1;
    const answer = send();
    answer.then(
      () => this.#answered(),
      (error) => {
        this.#failure ??= { error };
        this.#answered();
      },
    );
    return answer;
  }

  #answered(): void {
    this.#unanswered -= 1;
    if (this.#unanswered === 0) this.#onAnswered?.();
  }

  /**
   * Takes no further statement, and resolves when all that were sent are answered: to the first failure among
   * them, or null.
   */
  async end(): Promise<{ error: unknown } | null> {
    this.#isEnded = true;
    if (this.#unanswered > 0) await new Promise<void>((resolve) => (this.#onAnswered = resolve));
    return this.#failure;
  }
}
