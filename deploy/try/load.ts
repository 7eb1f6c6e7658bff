// People who write to each other through nginx until this program gets SIGTERM. Then it compares what the
// senders were told, and what all were given, with the log in MySQL. It ends with 1 where a message was lost,
// came twice or out of order, and prints `flowing` once messages are accepted.
//   node deploy/try/load.ts <address of nginx>
// The environment says how MySQL is reached, as for the processes of the system.
import { check, type Receiver, readLogs } from '../../e2e/faults/checker.ts';
import { ChatClient } from '../../e2e/faults/client.ts';
import { Traffic } from '../../e2e/faults/traffic.ts';
import { connectTo } from '../../testing/connect.ts';
import { type Person, registered } from '../../testing/people.ts';
import type { Stack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

/** Messages that are accepted before it says that it flows, and after it was told to end. */
const SOME = 30;
const PATIENCE = 120_000;

const door = new URL(process.argv[2] as string);
const stack = connectTo(process.env as Record<string, string>, new Map(), () => [{ url: door.origin }]);
const told = new Promise((resolve) => process.once('SIGTERM', resolve));

/** One after another: so many at once from one address are refused on a busy machine. */
const people: Person[] = [];
for (const name of ['ada', 'bob', 'carl', 'dora'] as const)
  people.push(
    await waitFor(async () => (await registered(stack as Stack, [name]))[name], {
      timeout: PATIENCE,
      what: `the account of ${name}`,
    }),
  );
const [ada, bob, carl, dora] = people as [Person, Person, Person, Person];
await ada.befriend(bob, carl, dora);
const conversations = [await ada.group('All', [bob, carl, dora]), await ada.direct(bob)];

const started = performance.now();
const listeners = people.map((person) => {
  const receiver = { name: person.name, arrivals: [] as Receiver['arrivals'][number][], violations: [] as string[] };
  let { token, refreshToken } = person;
  let isFresh = true;
  const client = new ChatClient({
    userId: person.id,
    addresses: () => [`ws://${door.host}/graphql`],
    async token() {
      if (isFresh) {
        isFresh = false;
        return token;
      }
      const fields = 'tokens { accessToken refreshToken }';
      const { tokens } = await person.gateway.as().perform('refreshSession', { refreshToken }, fields);
      ({ accessToken: token, refreshToken } = tokens);
      return token;
    },
    onEntry: ({ isPaged: _, ...entry }) => receiver.arrivals.push({ ...entry, at: performance.now() }),
    onFault: (what) => receiver.violations.push(what),
  });
  return { person, client, receiver };
});
await waitFor(() => listeners.every(({ client }) => client.isStarted), { timeout: PATIENCE, what: 'all inboxes' });
const starts = listeners.map(({ client }) => new Map(client.positions));
const traffic = new Traffic(
  listeners.map(({ person, client }, index) => ({
    client,
    userId: person.id,
    conversationIds: [...(starts[index] as Map<string, number>).keys()],
  })),
);
await traffic.flows(SOME);
console.log('flowing');

await told;
await traffic.flows(SOME);
await traffic.end();
const logs = await readLogs(stack, conversations);
const hasAll = (client: ChatClient) =>
  client.paging === 0 && [...client.positions].every(([id, seq]) => seq === logs.get(id)?.headSeq);
// That some never have all is for the checker to say.
await waitFor(() => listeners.every(({ client }) => hasAll(client)), {
  timeout: PATIENCE,
  what: 'all to have all',
}).catch(() => undefined);
const receivers = listeners.map(({ receiver }, index) => ({
  ...receiver,
  starts: starts[index] as Map<string, number>,
}));
const verdict = check(logs, traffic.sendings, receivers, started);
verdict.faults.push(...traffic.refusals);
console.log(JSON.stringify(verdict, null, 1));
for (const { client } of listeners) client.stop();
await stack.stop();
process.exitCode = verdict.lost + verdict.doubled + verdict.outOfOrder + verdict.faults.length === 0 ? 0 : 1;
