import { newUuid } from '../../../../kit/base/ids.ts';
import { pair } from '../../../../testing/people.ts';
import { SENT_MESSAGE } from '../../../../testing/person.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { createSendRate } from '../../domain/messages/send-rate.ts';
import { readLog } from '../log-rows.ts';

const BURST = 5;

test('a sender has so many messages at once and so many a second, in each conversation', () => {
  let now = 0;
  const rate = createSendRate({ burst: 3, perSecond: 2 }, () => now);
  const send = (count: number, sender = 'ada', conversation = 'c') =>
    Array.from({ length: count }, () => rate.take(sender, conversation));
  expect(send(5)).toEqual([0, 0, 0, 1, 1]);
  expect([send(1, 'bob'), send(1, 'ada', 'd')]).toEqual([[0], [0]]);
  now = 500;
  expect(send(2)).toEqual([0, 1]);
  now = 60_000;
  expect(send(4)).toEqual([0, 0, 0, 1]);
});

test('who never pauses gets the rate, whatever else they send in vain', () => {
  let now = 0;
  const rate = createSendRate({ burst: 2, perSecond: 20 }, () => now);
  let sent = 0;
  for (; now <= 10_000; now += 7) if (rate.take('ada', 'c') === 0) sent += 1;
  expect(sent).toBeGreaterThanOrEqual(190);
  expect(sent).toBeLessThanOrEqual(202);
});

describe('a flood of one sender', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ chat: 1, user: 1 }, { CHAT_SEND_BURST: `${BURST}`, CHAT_SENDS_PER_SECOND: '1' });
  });
  afterAll(() => stack?.stop());

  test('is refused by name, costs nobody else a message, and retries are free', async () => {
    const { ada: eager, bob: other, id } = await pair(stack);
    const message = (clientMessageId: string) => ({
      conversationId: id,
      clientMessageId,
      content: { text: { text: 'hello' } },
    });
    const start = performance.now();
    const ids = Array.from({ length: 60 }, () => newUuid());
    const results = await Promise.all(
      ids.map((clientMessageId) => eager.attempt('sendMessage', message(clientMessageId), SENT_MESSAGE)),
    );
    const seconds = (performance.now() - start) / 1000;
    const sent = ids.filter((_, i) => results[i].__typename === 'SendMessagePayload');
    const refused = results.filter(({ __typename }) => __typename === 'RateLimited');
    expect(sent.length).toBeGreaterThanOrEqual(BURST);
    expect(sent.length).toBeLessThanOrEqual(BURST + Math.ceil(seconds));
    expect(sent.length + refused.length).toBe(ids.length);
    expect(refused[0]).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringContaining('send it again in 1 s'),
    });
    for (const again of await Promise.all(
      sent.map((clientMessageId) => eager.attempt('sendMessage', message(clientMessageId), SENT_MESSAGE)),
    ))
      expect(again.__typename).toBe('SendMessagePayload');
    expect((await other.attempt('sendMessage', message(newUuid()), SENT_MESSAGE)).__typename).toBe(
      'SendMessagePayload',
    );
    const log = await readLog(stack, id);
    expect(log.filter(({ kind }) => kind === 'MESSAGE_SENT')).toHaveLength(sent.length + 1);
  });
});
