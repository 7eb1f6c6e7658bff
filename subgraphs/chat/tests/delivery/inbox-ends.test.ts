import { newId } from '../../../../kit/base/ids.ts';
import { pair, people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import { collect } from '../../../../testing/socket.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

/** What an instance says of its inboxes on /health. */
async function counts(instance: number): Promise<{ subscribers: number; viewers: number; feeds: number }> {
  const response = await fetch(`${stack.services('chat')[instance]?.url}/health`);
  const { checks } = (await response.json()) as { checks: { inbox: Record<string, unknown> } };
  const { status: _, ...inbox } = checks.inbox;
  return inbox as { subscribers: number; viewers: number; feeds: number };
}

describe('ending', () => {
  const nothing = { subscribers: 0, viewers: 0, feeds: 0, opening: 0 };
  const isEmpty = async () => {
    for (const instance of [0, 1]) {
      const found = await counts(instance);
      if (JSON.stringify(found) !== JSON.stringify(nothing)) throw new Error(JSON.stringify(found));
    }
    return true;
  };

  test('a client that stops, closes or breaks off leaves nothing behind, also while it waits for an event', async () => {
    await waitFor(isEmpty, { what: 'no feed of other tests' });
    const { ada, bob, id } = await pair(stack);
    const inboxes = [
      ada.openInbox(),
      ada.openInbox(),
      bob.openInbox(),
      bob.openInbox([{ conversationId: id, seq: 0 }]),
    ];
    for (const inbox of inboxes) await inbox.started();
    expect(await counts(0)).toEqual({ subscribers: 4, viewers: 2, feeds: 1, opening: 0 });
    inboxes[0]?.stop();
    await waitFor(async () => (await counts(0)).subscribers === 3, { what: 'three subscribers at the first instance' });
    expect(await counts(0)).toEqual({ subscribers: 3, viewers: 2, feeds: 1, opening: 0 });
    await ada.send(id, 'still there');
    for (const inbox of inboxes.slice(1)) await inbox.text('still there');
    for (const inbox of inboxes) await inbox.close();
    await waitFor(isEmpty, { what: 'everything to be freed' });
    // Gone before they were even started.
    for (let i = 0; i < 20; i += 1) {
      const hasty = bob.at(i % 2).openInbox();
      if (i % 3) await new Promise((resolve) => setImmediate(resolve));
      await hasty.close();
    }
    await waitFor(isEmpty, { what: 'everything to be freed' });
  });

  test('the end of a session closes its sockets within a second, by name, and no others', async () => {
    const { ada, bob, id } = await pair(stack);
    const inbox = ada.at(1).openInbox();
    const others = await bob.at(1).inbox();
    await others.started();
    await stack.endSession(ada.sessionId);
    const begin = Date.now();
    await waitFor(() => inbox.ended, { what: 'the end' });
    expect(Date.now() - begin).toBeLessThan(1_000);
    expect(inbox.errors).toMatchObject([{ code: 4401, reason: 'SESSION_ENDED' }]);
    await waitFor(async () => (await counts(1)).subscribers === 1, { what: 'one subscriber at the second instance' });
    await bob.send(id, 'hello');
    await others.text('hello');
    expect(inbox.entries()).toEqual([]);
    await Promise.all([inbox.close(), others.close()]);
  });

  test('a socket of many viewers serves a session nothing after its end', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    // As the gateway does it: the token comes with each operation.
    const socket = new WebSocket(
      `${stack.services('chat')[0]?.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    const messages: { type: string; id?: string; payload?: unknown }[] = [];
    socket.onmessage = ({ data }) => messages.push(JSON.parse(data));
    const ask = (id: string, { token }: { token: string }, query = '{ conversations { edges { cursor } } }') => {
      const extensions = { authorization: `Bearer ${token}` };
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query, extensions } }));
      return answerTo(id);
    };
    const answerTo = (id: string, type?: string) =>
      waitFor(() => messages.find((message) => message.id === id && (!type || message.type === type)), {
        what: `answer ${id}`,
      });
    await waitFor(() => socket.readyState === WebSocket.OPEN, { what: 'the open socket' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await waitFor(() => messages.some(({ type }) => type === 'connection_ack'), {
      what: 'the acknowledgement of the socket',
    });
    const served = { type: 'next', payload: { data: { conversations: { edges: [] } } } };
    expect(await ask('before', ada)).toMatchObject(served);
    expect(await ask('inbox', ada, 'subscription { inbox { __typename } }')).toMatchObject({ type: 'next' });
    await stack.endSession(ada.sessionId);
    const refusal = { type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }] };
    expect(await answerTo('inbox', 'error')).toMatchObject(refusal);
    expect(await ask('after', ada)).toMatchObject(refusal);
    expect(await ask('other', bob)).toMatchObject(served);
    socket.close();
  });
});

describe('bad input', () => {
  const QUERY = 'subscription ($positions: [PositionInput!]) { inbox(positions: $positions) { __typename } }';
  const id = newId('conv');
  test.each([
    ['an id that is none', [{ conversationId: 'x', seq: 1 }], 'positions.0.conversationId'],
    [
      'a negative seq',
      [
        { conversationId: id, seq: 1 },
        { conversationId: newId('conv'), seq: -1 },
      ],
      'positions.1.seq',
    ],
    [
      'a conversation twice',
      [
        { conversationId: id, seq: 1 },
        { conversationId: id, seq: 2 },
      ],
      'positions',
    ],
    ['too many', Array.from({ length: 10_001 }, () => ({ conversationId: newId('conv'), seq: 1 })), 'positions'],
  ])('%s is refused by name', async (_what, positions, field) => {
    const ada = await person(stack);
    const inbox = ada.openInbox(positions);
    await waitFor(() => inbox.ended, { what: 'the end' });
    expect(inbox.errors.flat()).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field } }]);
    expect(inbox.events).toEqual([]);
    await inbox.close();
  });

  test('nobody has no inbox, and bad tokens no socket', async () => {
    const nobody = collect(stack.socket('chat'), QUERY);
    await waitFor(() => nobody.ended, { what: 'the end' });
    expect(nobody.errors.flat()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    const refusals = [
      [stack.expiredToken(), 4403],
      [stack.forgedToken(), 4403],
      ['x', 4400],
    ] as const;
    for (const [token, expected] of refusals) {
      let code = 0;
      const refused = collect(
        stack.socket('chat', {
          token,
          onClosed: (closed) => {
            code = closed;
          },
        }),
        QUERY,
      );
      await waitFor(() => refused.ended, { what: 'the end' });
      expect(code).toBe(expected);
    }
  });
});
