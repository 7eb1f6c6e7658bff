import { startCluster, type TestCluster } from '../../../../testing/cluster.ts';
import { pair } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

/** The same service where Redis is a cluster. */

let cluster: TestCluster;
let stack: Stack;
beforeAll(async () => {
  cluster = await startCluster();
  stack = await startStack({ chat: 2, user: 1 }, cluster.environment);
});
afterAll(async () => {
  await stack?.stop();
  await cluster?.stop();
});

/** Less than the look at the heads takes, which finds what no hint told of: it's every 3 s. */
const BY_HINT = 1_500;

test('what one instance commits another pushes, whichever node has the conversation', async () => {
  const told: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    const { ada, bob, id } = await pair(stack);
    const inboxes = [ada.at(1).openInbox(), bob.openInbox()];
    for (const inbox of inboxes) await inbox.started();
    for (const [turn, from] of [ada, bob].entries()) {
      const sent = performance.now();
      await from.at(turn).send(id, `message ${turn}`);
      for (const inbox of inboxes) await inbox.text(`message ${turn}`);
      told.push(performance.now() - sent);
    }
    for (const inbox of inboxes) {
      expect(inbox.entries().map(({ seq }) => seq)).toEqual([2, 3]);
      await inbox.close();
    }
  }
  // Not each of them: the machine may be busy.
  expect(told.filter((time) => time < BY_HINT).length).toBeGreaterThan(told.length * 0.75);
});

test('a session that ends is refused and closed at every instance', async () => {
  const { ada } = await pair(stack);
  const inboxes = [0, 1].map((instance) => ada.at(instance).openInbox());
  for (const inbox of inboxes) await inbox.started();
  await stack.endSession(ada.sessionId);
  for (const instance of [0, 1]) {
    await waitFor(
      async () => (await ada.at(instance).chat.send('{ conversations(first: 1) { edges { cursor } } }')).errors,
      {
        what: `the refusal at instance ${instance}`,
      },
    );
  }
  for (const inbox of inboxes) await inbox.close();
});
