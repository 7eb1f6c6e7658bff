import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';

/** Runs with conversations locked by somebody else: what is sent to them waits until it is over. */
export async function holding<T>(stack: SharedStack, conversationIds: string[], work: () => Promise<T>): Promise<T> {
  const connection = await stack.mysql.getConnection();
  try {
    await connection.beginTransaction();
    // One by one: with `IN`, all rows of a small table would be read, and so locked.
    for (const id of conversationIds)
      await connection.query('SELECT id FROM chat_conversations WHERE id = ? FOR UPDATE', [id]);
    return await work();
  } finally {
    await connection.rollback();
    await connection.release();
  }
}

/** Waits until the send path of an instance is as wanted. */
export function sendingOf(
  stack: SharedStack,
  instance: number,
  isWanted: (counts: { waiting: number; running: number }) => boolean,
): Promise<unknown> {
  return waitFor(
    async () => {
      const response = await fetch(`${stack.services('chat')[instance]?.url}/health`);
      const { checks } = (await response.json()) as { checks: { sending: { waiting: number; running: number } } };
      if (!isWanted(checks.sending)) throw new Error(JSON.stringify(checks.sending));
      return true;
    },
    { what: `what is sent by instance ${instance}` },
  );
}

/**
 * Lets each of some people send one message after the other, all of them at once, as long as `during` lasts.
 */
export function sendOn<One>(people: readonly One[], sendOne: (from: One, turn: number) => Promise<unknown>) {
  return {
    async during(work: () => Promise<void>): Promise<void> {
      let isOver = false;
      const sending = people.map(async (from, index) => {
        for (let turn = index; !isOver; turn += 1) await sendOne(from, turn);
      });
      try {
        await work();
      } finally {
        isOver = true;
        await Promise.all(sending);
      }
    },
  };
}
