import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { type Person, pair, person } from '../../../../testing/people.ts';
import { SENT_MESSAGE } from '../../../../testing/person.ts';
import { startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { mutation } from '../../../../testing/schema.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { expectWholeLog, messagesIn } from '../log-rows.ts';
import { holding, sendingOf } from '../sends.ts';

/*
 * What was sent while an instance stops, or loses its database. The second instance reaches MySQL through a
 * proxy that the tests cut.
 */

const FRAGILE = 1;

let stack: Stack;
let proxy: TcpProxy;
const SEND = mutation('sendMessage', SENT_MESSAGE);
/** How often the second instance has asked for the locks of a group. */
let attempts = 0;
let people: [Person, ...Person[]];
beforeAll(async () => {
  proxy = await startProxy({ host: process.env.MYSQL_HOST as string, port: Number(process.env.MYSQL_PORT) }, (data) => {
    if (data.includes('FOR UPDATE')) attempts += 1;
  });
  stack = await startStack({ chat: 1, user: 1 });
  await stack.add('chat', { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(proxy.port) });
  people = [await person(stack), await person(stack), await person(stack), await person(stack)];
  const [owner, ...members] = people;
  await owner.befriend(...members);
});
afterAll(async () => {
  await stack.stop();
  await proxy.stop();
});

const group = () => people[0].group('Beavers', people.slice(1));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/**
 * Sends as a client does: the same id again, at the next of the instances, until there is an answer. Returns
 * the codes of the answers that were none.
 */
async function sendUntilAnswered(from: Person, conversationId: string, text: string, instances: number[]) {
  const input = { conversationId, clientMessageId: newUuid(), content: { text: { text } } };
  const failures: string[] = [];
  await waitFor(
    async () => {
      const instance = instances[failures.length % instances.length] as number;
      try {
        const { data, errors } = await from.at(instance).chat.send(SEND, { input });
        if (data?.sendMessage?.sentMessage) return true;
        failures.push(errors?.[0]?.extensions?.code ?? JSON.stringify(data));
      } catch {
        failures.push('NO_ANSWER');
      }
      return false;
    },
    { what: `an answer to ${text}`, timeout: 60_000 },
  );
  return failures;
}

/** Everybody sends so many messages, one after the other; returns the codes of all answers that were none. */
async function converse(conversationId: string, each: number, instances: number[]): Promise<string[]> {
  const failures = await Promise.all(
    people.map(async (from, index) => {
      const codes: string[] = [];
      for (let i = 0; i < each; i += 1) {
        codes.push(...(await sendUntilAnswered(from, conversationId, `${index}.${i}`, instances)));
      }
      return codes;
    }),
  );
  return failures.flat();
}

/** Each message once, those of one sender in their order. */
async function expectConversation(conversationId: string, each: number): Promise<void> {
  const texts = (await messagesIn(stack, conversationId)).map(({ text }) => text);
  expect(texts).toHaveLength(people.length * each);
  for (const [index] of people.entries()) {
    expect(texts.filter((text) => text.startsWith(`${index}.`))).toEqual(
      range(0, each - 1).map((i) => `${index}.${i}`),
    );
  }
  await expectWholeLog(stack, conversationId);
}

test('an instance that is asked to stop commits and answers what it has taken', async () => {
  const id = await group();
  const stopping = await stack.add('chat');
  const index = stack.services('chat').length - 1;
  const asked = await holding(stack, [id], async () => {
    const asked = range(1, 20).map((i) => people[0].at(index).send(id, `${i}`));
    await sendingOf(stack, index, ({ running }) => running === 1);
    void stopping.stop();
    await waitFor(() => stopping.lines.some((line) => line.includes('"stopping"')), { what: 'it to begin to stop' });
    return asked;
  });
  expect((await Promise.all(asked)).map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(range(2, 21));
  expect(await stopping.ended).toEqual({ code: 0, signal: null });
});

test('what came over a socket is committed, also where the socket is closed before the answer', async () => {
  const id = await group();
  const stopping = await stack.add('chat');
  const index = stack.services('chat').length - 1;
  const closed = Promise.withResolvers<number>();
  const client = stack.socket('chat', { token: people[0].token, index, onClosed: closed.resolve });
  await holding(stack, [id], async () => {
    for (const i of range(1, 20)) {
      const variables = {
        input: { conversationId: id, clientMessageId: `m${i}`, content: { text: { text: `${i}` } } },
      };
      client.subscribe({ query: SEND, variables }, { next: () => {}, error: () => {}, complete: () => {} });
    }
    await sendingOf(stack, index, ({ running }) => running === 1);
    void stopping.stop();
    // Whether it closes sockets at once or waits for their answers is not what this is about.
    await Promise.race([closed.promise, new Promise((resolve) => setTimeout(resolve, 3_000))]);
  });
  expect(await stopping.ended).toEqual({ code: 0, signal: null });
  await client.dispose();
  expect(await messagesIn(stack, id)).toHaveLength(20);
  await expectWholeLog(stack, id);
});

test('nothing is lost or doubled when an instance stops in the middle of a conversation', async () => {
  const id = await group();
  const stopping = await stack.add('chat');
  const instances = [stack.services('chat').length - 1, 0];
  const talk = converse(id, 30, instances);
  await waitFor(async () => (await messagesIn(stack, id)).length > 10, { what: 'the conversation to go on' });
  await stopping.stop();
  await talk;
  await expectConversation(id, 30);
});

test('nothing is lost or doubled when the database is cut off again and again', async () => {
  const id = await group();
  const talk = converse(id, 25, [FRAGILE]);
  const failures: string[] = [];
  for (const cut of range(1, 6)) {
    await waitFor(async () => (await messagesIn(stack, id)).length >= cut * 10, { what: 'the conversation to go on' });
    proxy.cut();
    // Long enough for an answer that it cannot be reached, now and then.
    if (cut % 3 === 0) failures.push(await refusal());
    proxy.mend();
  }
  failures.push(...(await talk));
  await expectConversation(id, 25);
  expect(failures).not.toHaveLength(0);
  expect(new Set(failures)).toEqual(new Set(['UNAVAILABLE']));
});

/** What is said to a message to another conversation. */
async function refusal(): Promise<string> {
  const input = {
    conversationId: await group(),
    clientMessageId: newUuid(),
    content: { text: { text: 'while it is away' } },
  };
  const { errors } = await people[0].at(FRAGILE).chat.send(SEND, { input });
  return errors?.[0]?.extensions?.code ?? 'none';
}

test('where nobody knows whether a message was committed the answer says so, and a retry finds out', async () => {
  const id = await group();
  const input = { conversationId: id, clientMessageId: newUuid(), content: { text: { text: 'in the dark' } } };
  await holding(stack, [id], async () => {
    const sent = people[0].at(FRAGILE).chat.send(SEND, { input });
    await sendingOf(stack, FRAGILE, ({ running }) => running === 1);
    proxy.cut();
    const { errors } = await sent;
    proxy.mend();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('may or may not'), extensions: { code: 'UNAVAILABLE' } },
    ]);
  });
  const first = await people[0].at(FRAGILE).send(id, input.content.text.text, input.clientMessageId);
  expect(await people[0].send(id, input.content.text.text, input.clientMessageId)).toEqual(first);
  expect(await messagesIn(stack, id)).toHaveLength(1);
  await expectWholeLog(stack, id);
});

test('a message whose connection breaks is tried again, more than once, before anybody is told', async () => {
  const id = await group();
  const { sent } = await holding(stack, [id], async () => {
    const sent = people[0].at(FRAGILE).send(id, 'hello');
    await sendingOf(stack, FRAGILE, ({ running }) => running === 1);
    for (const _ of range(1, 2)) {
      const before = attempts;
      proxy.cut();
      proxy.mend();
      await waitFor(() => attempts > before, { what: 'the next attempt' });
    }
    return { sent };
  });
  expect((await sent).content.text).toBe('hello');
  expect(await messagesIn(stack, id)).toHaveLength(1);
  await expectWholeLog(stack, id);
});

test('an image is not attached for one who is not in the conversation, nor sent while the file service is away', async () => {
  // This system has no file service.
  const { ada, id } = await pair(stack);
  const eve = await person(stack);
  const input = { conversationId: id, clientMessageId: 'm', content: { image: { fileId: newId('file') } } };
  expect(await eve.attempt('sendMessage', input, SENT_MESSAGE)).toMatchObject({ __typename: 'NotAMember' });
  expect(await ada.attempt('sendMessage', input, SENT_MESSAGE)).toMatchObject({
    __typename: 'Unavailable',
    code: 'UNAVAILABLE',
  });
  expect(await messagesIn(stack, id)).toEqual([]);
});
