import type { GraphQLFormattedError } from 'graphql';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

// A service that has a part of every event hangs, or is gone. Events go out without it.

const TICKS = 'subscription ($channel: ID!) { ticks(channel: $channel) { number thing { id rightName } } }';
const TICK = 'mutation ($c: ID!, $from: Int!, $to: Int!) { tick(channel: $c, from: $from, to: $to, thing: "each") }';
const VIEWERS = 5;
/** More than may wait for a slow reader. */
const EVENTS = 300;

let gateway: GatewayStack;
let right: Service;
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 }, {}, { own: { GATEWAY_EVENT_TIMEOUT_MS: '1000' } });
  right = gateway.right[0] as Service;
});
afterAll(() => gateway?.stop());

const tick = (c: string, from: number, to = from) => gateway.client.data(TICK, { c, from, to });

async function crowd(channel: string) {
  const codes: number[] = [];
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => gateway.stack.signIn()));
  const clients = viewers.map(({ token }) => gateway.socket({ token, onClosed: (code) => codes.push(code) }));
  const members = clients.map((client) => collect(client, TICKS, { channel }));
  await waitFor(async () => (await gateway.state(gateway.left[0] as Service)).subscriptions === VIEWERS, {
    what: 'the subscriptions of all viewers',
  });
  return { members, codes, leave: () => Promise.all(clients.map((client) => client.dispose())) };
}

async function metric(line: RegExp): Promise<number> {
  const text = await (await fetch(gateway.client.url.replace(/graphql$/, 'metrics'))).text();
  return Number(line.exec(text)?.[1] ?? 0);
}

const numbersOf = (events: { ticks: { number: number } }[]) => events.map(({ ticks }) => ticks.number);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('events go out in order without a service that hangs, and with it again when it answers', async () => {
  const { members, codes, leave } = await crowd('hung');
  process.kill(right.pid, 'SIGSTOP');
  try {
    await tick('hung', 1, EVENTS);
    for (const { until } of members) await until(({ ticks }) => ticks.number === EVENTS);
    // Those that follow do not wait at all: a second each would be a minute.
    for (const number of range(EVENTS + 1, EVENTS + 60)) {
      await tick('hung', number);
      await members[0]?.until(({ ticks }) => ticks.number === number);
    }
    for (const { until } of members) await until(({ ticks }) => ticks.number === EVENTS + 60);
  } finally {
    process.kill(right.pid, 'SIGCONT');
  }
  for (const { events, errors } of members) {
    expect(numbersOf(events)).toEqual(range(1, EVENTS + 60));
    expect(events.map(({ ticks }) => ticks.thing)).toEqual(
      numbersOf(events).map((number) => ({ id: `t${number}`, rightName: null })),
    );
    expect(errors).toHaveLength(EVENTS + 60);
    for (const { path, extensions } of errors as GraphQLFormattedError[]) {
      expect(path?.slice(0, 2)).toEqual(['ticks', 'thing']);
      expect(extensions).toMatchObject({ code: 'UNAVAILABLE', serviceName: 'right' });
    }
  }
  // What all see alike is left out once for all.
  expect(await metric(/^beaver_event_fetches_late_total\S* (\d+)/m)).toBeLessThan(EVENTS + 60 + VIEWERS);
  let number = EVENTS + 60;
  const isWhole = async () => {
    number += 1;
    await tick('hung', number);
    const event = await members[0]?.until(({ ticks }) => ticks.number === number);
    return event?.ticks.thing.rightName === `right t${number}`;
  };
  await waitFor(isWhole, { timeout: 15_000, what: 'an event with all its parts' });
  expect(codes).toEqual([]);
  await leave();
}, 120_000);

test('events go out without a service that is gone, which is asked once for all who see the same', async () => {
  const { members, codes, leave } = await crowd('gone');
  await right.kill();
  await tick('gone', 1, 20);
  for (const { until, events, errors } of members) {
    await until(({ ticks }) => ticks.number === 20);
    expect(events.map(({ ticks }) => ticks.thing)).toEqual(
      numbersOf(events).map((number) => ({ id: `t${number}`, rightName: null })),
    );
    for (const { extensions } of errors as GraphQLFormattedError[])
      expect(extensions).toMatchObject({ code: 'UNAVAILABLE', serviceName: 'right' });
  }
  const refused = /^beaver_fetch_duration_seconds_count\{(?=[^}]*service="right")(?=[^}]*outcome="refused")\S* (\d+)/m;
  expect(await metric(refused)).toBeLessThanOrEqual(20);
  expect(codes).toEqual([]);
  await leave();
}, 60_000);
