import type { Stack } from '../../../kit/testing/stack.ts';
import { waitFor } from '../../../kit/testing/wait.ts';

/** Runs with conversations locked by somebody else: what is sent to them waits until it is over. */
export async function holding<T>(stack: Stack, conversationIds: string[], work: () => Promise<T>): Promise<T> {
  const connection = await stack.mysql.getConnection();
  try {
    await connection.beginTransaction();
    await connection.query('SELECT id FROM chat_conversations WHERE id IN (?) FOR UPDATE', [conversationIds]);
    return await work();
  } finally {
    await connection.rollback();
    await connection.release();
  }
}

/** Waits until the send path of an instance is as wanted. */
export function sendingOf(
  stack: Stack,
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
