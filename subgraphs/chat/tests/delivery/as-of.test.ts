import type { InboxEvent } from '../../../../testing/inbox.ts';
import { type Person, pair, people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import { collect } from '../../../../testing/socket.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { readLog } from '../log-rows.ts';
import { sendOn } from '../sends.ts';

/*
 * A list says as of which positions it is true. An inbox that begins there has what the list does not, while
 * others send all the time.
 */

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const NODE =
  'node { id headSeq messages(last: 100) { asOf { seq } edges { node { seq } } } log(last: 100) { edges { node { seq } } } }';
const LIST = `query ($first: Int) { conversations(first: $first) { asOf { conversationId seq } edges { ${NODE} } } }`;
const INBOX = `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) {
  __typename ... on LogEvent { conversationId seq } ... on InboxStarted { positions { conversationId seq } }
} }`;

interface Shown {
  id: string;
  headSeq: number;
  messages: { asOf: { seq: number }; edges: { node: { seq: number } }[] };
  log: { edges: { node: { seq: number } }[] };
}

const seqsOf = (edges: { node: { seq: number } }[]) => edges.map(({ node }) => node.seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test.each([100, 1])('nothing is lost and nothing doubled between a list of %d and the inbox', async (first) => {
  const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
  await ada.befriend(bob, carl);
  const ids = [await ada.group('Beavers', [bob, carl]), await ada.group('Beavers', [bob, carl])];
  const rounds: {
    list: { asOf: { conversationId: string; seq: number }[]; edges: { node: Shown }[] };
    events: InboxEvent[];
  }[] = [];
  const sendOne = (from: Person, turn: number) => from.at(turn % 2).send(ids[turn % ids.length] as string, `${turn}`);
  await sendOn([bob, carl, bob, carl], sendOne).during(async () => {
    for (let round = 0; round < 5; round += 1) {
      const { conversations: list } = await ada.at(round % 2).chat.data(LIST, { first });
      const client = stack.socket('chat', { token: ada.token, index: (round + 1) % 2 });
      const collected = collect<{ inbox: InboxEvent }>(client, INBOX, { positions: list.asOf });
      const isFurther = ({ inbox }: { inbox: InboxEvent }) => inbox.seq > list.asOf[0].seq + 5;
      await collected.until(isFurther);
      collected.stop();
      rounds.push({ list, events: collected.events.map(({ inbox }) => inbox) });
    }
  });
  const kinds = new Map<string, string[]>();
  for (const id of ids)
    kinds.set(
      id,
      (await readLog(stack, id)).map(({ kind }) => kind),
    );
  for (const { list, events } of rounds) {
    expect(list.asOf.map(({ conversationId }) => conversationId).sort()).toEqual([...ids].sort());
    // The inbox begins where the list ends.
    expect(events[0]).toEqual({ __typename: 'InboxStarted', positions: expect.arrayContaining(list.asOf) });
    for (const { conversationId, seq } of list.asOf) {
      const delivered = events.filter((event) => event.conversationId === conversationId).map((event) => event.seq);
      expect(delivered).toEqual(range(seq + 1, seq + delivered.length));
    }
    expect(list.edges).toHaveLength(Math.min(first, ids.length));
    for (const { node } of list.edges) {
      const seq = list.asOf.find(({ conversationId }) => conversationId === node.id)?.seq as number;
      expect([node.headSeq, node.messages.asOf.seq]).toEqual([seq, seq]);
      // Entry 1 is no message; a page has the last hundred.
      expect(seqsOf(node.messages.edges)).toEqual(range(2, seq).slice(-100));
      expect(seqsOf(node.log.edges)).toEqual(range(1, seq).slice(-100));
    }
  }
});

test('a list of some ids, of a kind or of what is unread says the positions of all', async () => {
  const { ada, bob, id } = await pair(stack);
  await bob.send(id, 'hello');
  const carl = await person(stack);
  await ada.befriend(carl);
  const group = await ada.group('Beavers', [bob, carl]);
  for (const args of ['first: 1', `ids: ["${id}"]`, 'kind: GROUP', 'isUnread: true', 'isUnread: false']) {
    const { conversations } = await ada.chat.data(
      `query { ...Page } fragment Page on Query { conversations(${args}) { ... { at: asOf { conversationId seq } } } }`,
    );
    expect(new Map(conversations.at.map((at: InboxEvent) => [at.conversationId, at.seq]))).toEqual(
      new Map([
        [id, 2],
        [group, 1],
      ]),
    );
  }
});
