import { createHash, randomBytes } from 'node:crypto';
import { pause } from '../../kit/base/pause.ts';
import { SERVICE_NAMES } from '../../services.ts';
import type { GraphClient } from '../../testing/client.ts';
import { upload } from '../../testing/files.ts';
import { PASSWORD, type Person, registered } from '../../testing/people.ts';
import { messageInput } from '../../testing/person.ts';
import { type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

/*
 * An update of each service: a new instance first, then the old one is told to stop, while people sign in,
 * change their profiles, send messages and files. Whatever a client sends is answered, and kept. Messages and
 * subscriptions have a scenario of their own (scenarios.ts).
 */

const KINDS = ['auth', 'user', 'chat', 'file'] as const;
type Kind = (typeof KINDS)[number];
/** Clients of each kind: so many that an instance always has something under way. */
const CLIENTS: Record<Kind, number> = { auth: 1, user: 6, chat: 6, file: 6 };
/**
 * Between two operations of one client, in ms, and while a process starts: under full load on two processors
 * it would start for as long as all the rest takes.
 */
const PAUSE = 25;
const PAUSE_OF_START = 250;
const FILE_BYTES = 500_000;
/** Operations of each kind before and after an instance is replaced. */
const SOME = 20;

let stack: Stack;
let ada: Person;
/** Signs in again and again, by which an account's oldest sessions end. */
let bob: Person;
let conversation: string;
/** The gateway to which clients send: in production nginx knows. */
let gateway = 0;
const sent: string[] = [];
const uploaded = new Map<string, string>();

beforeAll(async () => {
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  ({ ada, bob } = await registered(stack, ['ada', 'bob']));
  await ada.befriend(bob);
  conversation = await ada.direct(bob);
}, 180_000);
afterAll(() => stack?.stop());

const client = (): GraphClient => stack.client('gateway', gateway).as(ada.token);

/** One operation of each kind, whose answer says that it was done. */
const WORK: Record<Kind, () => Promise<void>> = {
  async auth() {
    const input = { login: bob.userName, password: PASSWORD, deviceName: 'test' };
    const { tokens } = await client().as().perform('logIn', input, 'tokens { refreshToken }');
    await client().as().perform('refreshSession', { refreshToken: tokens.refreshToken }, 'tokens { accessToken }');
  },
  async user() {
    const name = `Ada ${randomBytes(4).toString('hex')}`;
    await client().perform('updateProfile', { name });
    await client().data('{ viewer { id name } }');
  },
  async chat() {
    const { sentMessage } = await client().perform(
      'sendMessage',
      messageInput(conversation, 'hello'),
      'sentMessage { id }',
    );
    sent.push(sentMessage.id);
  },
  async file() {
    const content = randomBytes(FILE_BYTES);
    const { file } = await upload(client(), content);
    uploaded.set(file.id, createHash('sha256').update(content).digest('hex'));
  },
};

/** Works steadily until it is told to end. */
function startWork() {
  const done: Record<Kind, number> = { auth: 0, user: 0, chat: 0, file: 0 };
  const failures: string[] = [];
  let isOver = false;
  let rest = PAUSE;
  const clients = KINDS.flatMap((kind) => Array.from({ length: CLIENTS[kind] }, () => kind));
  const loops = clients.map(async (kind) => {
    while (!isOver) {
      await WORK[kind]().then(
        () => {
          done[kind] += 1;
        },
        (error: Error) => failures.push(`${kind}: ${error.message}`),
      );
      await pause(rest);
    }
  });
  return {
    failures,
    /** Works less hard while something starts. */
    async during<T>(starting: Promise<T>): Promise<T> {
      rest = PAUSE_OF_START;
      return starting.finally(() => {
        rest = PAUSE;
      });
    },
    async some() {
      const before = { ...done };
      const isDone = () =>
        failures.length > 0 || KINDS.every((kind) => done[kind] >= before[kind] + (kind === 'auth' ? 2 : SOME));
      await waitFor(isDone, { what: () => `work of each kind; done is ${JSON.stringify(done)}`, timeout: 90_000 });
    },
    async end() {
      isOver = true;
      await Promise.all(loops);
    },
  };
}

test.each(SERVICE_NAMES)(
  '%s is replaced under load, and every request is answered',
  async (name) => {
    const work = startWork();
    try {
      const old = stack.services(name).at(-1);
      await work.during(stack.add(name));
      await work.some();
      if (name === 'gateway') gateway = stack.services('gateway').length - 1;
      await old?.stop();
      // It ends with 1 where it could not end what it had begun within ten seconds.
      expect(await old?.ended).toEqual({ code: 0, signal: null });
      await work.some();
    } finally {
      await work.end();
    }
    expect(work.failures).toEqual([]);
  },
  240_000,
);

test('everything that was answered is there', async () => {
  const { viewer } = await client().data('{ viewer { name } }');
  expect(viewer.name).toMatch(/^Ada [0-9a-f]{8}$/);
  const rows = await stack.mysql.query('SELECT seq FROM chat_log WHERE conversation_id = ? ORDER BY seq', [
    conversation,
  ]);
  const messages = await stack.mysql.query('SELECT id FROM chat_messages WHERE conversation_id = ?', [conversation]);
  expect(rows.map(({ seq }: { seq: number }) => seq)).toEqual(rows.map((_: unknown, index: number) => index + 1));
  const stored = new Set(messages.map(({ id }: { id: string }) => id));
  expect(sent.filter((id) => !stored.has(id))).toEqual([]);
  for (const [id, sha256] of uploaded) {
    const { node } = await client().data('query ($id: ID!) { node(id: $id) { ... on File { url } } }', { id });
    const bytes = Buffer.from(await (await fetch(node.url)).arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
});
