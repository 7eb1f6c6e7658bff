import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crowd, type Person } from '../../testing/people.ts';
import { collect } from '../../testing/socket.ts';
import { type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

/*
 * The user service hangs, or is gone, while messages flow to clients that ask for their senders' names, with
 * the subscription that PROTOCOL.md shows.
 */

const PROTOCOL = readFileSync(join(import.meta.dirname, '../../PROTOCOL.md'), 'utf8');
const INBOX = /```graphql\n(subscription [\s\S]*?)```/.exec(PROTOCOL)?.[1] as string;
/** More than may wait for a slow reader. */
const BURST = 300;

let stack: Stack;
beforeAll(async () => {
  const own = { GATEWAY_EVENT_TIMEOUT_MS: '1000' };
  stack = await startStack({ chat: 1, user: 1, file: 1, gateway: 1 }, own);
});
afterAll(() => stack?.stop());

async function listeners(people: readonly Person[], codes: number[]) {
  const inboxes = people.map(({ token }) => {
    const client = stack.socket('gateway', { token, onClosed: (code) => codes.push(code) });
    return { ...collect(client, INBOX), client };
  });
  for (const inbox of inboxes) await inbox.until(({ inbox: { __typename } }) => __typename === 'InboxStarted');
  return inboxes;
}

test.each([
  ['hangs', 'SIGSTOP'],
  ['is gone', 'SIGKILL'],
] as const)(
  'messages reach everybody while the user service %s, with the ids that chat knows',
  async (_how, signal) => {
    const people = await crowd(stack, 3);
    const [ada, ...others] = people as [Person, ...Person[]];
    await ada.befriend(...others);
    const id = await ada.group('Beavers', others);
    const codes: number[] = [];
    const inboxes = await listeners(people, codes);
    const user = stack.services('user').at(-1);
    const pid = user?.pid as number;
    process.kill(pid, signal);
    try {
      await Promise.all(Array.from({ length: BURST }, (_, index) => ada.send(id, `burst ${index}`)));
      for (let turn = 0; turn < 40; turn += 1) {
        const sent = await ada.send(id, `turn ${turn}`);
        for (const inbox of inboxes) await inbox.until((event) => event.inbox.message?.id === sent.id);
      }
      // All of them are here while the service is still away.
      for (const { events } of inboxes) {
        const messages = events.map(({ inbox }) => inbox.message).filter((message) => message !== undefined);
        expect(messages).toHaveLength(BURST + 40);
        for (const message of messages) expect(message).toMatchObject({ senderId: ada.id, sender: null });
      }
      expect(codes).toEqual([]);
    } finally {
      if (signal === 'SIGSTOP') process.kill(pid, 'SIGCONT');
      else await stack.add('user');
    }
    const isWhole = async () => {
      const sent = await ada.send(id, 'after');
      const event = await inboxes[0]?.until(({ inbox }) => inbox.message?.id === sent.id);
      return event?.inbox.message.sender?.name === 'Ada';
    };
    await waitFor(isWhole, { timeout: 30_000, what: 'a message with the name of its sender' });
    expect(codes).toEqual([]);
  },
  180_000,
);
