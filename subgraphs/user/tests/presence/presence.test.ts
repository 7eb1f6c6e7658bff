import { newId } from '../../../../kit/base/ids.ts';
import { type Person, people } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { act } from '../relations.ts';
import { connect, presenceOf, watch } from './people.ts';

let stack: SharedStack;
beforeAll(async () => {
  // Two instances: who is connected to one is seen at the other.
  stack = await sharedStack({ user: 2 });
});
afterAll(() => stack.stop());

const isOnline = (presence: { state: string | null } | null) => presence?.state === 'ONLINE';
const isOffline = (presence: { state: string | null } | null) => presence?.state === 'OFFLINE';

async function friends(): Promise<{ ada: Person; bob: Person }> {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  await ada.befriend(bob);
  return { ada, bob: bob.at(1) };
}

describe('who is connected', () => {
  test('is seen by friends, by all devices together, on every instance', async () => {
    const { ada, bob } = await friends();
    expect(await presenceOf(ada, bob)).toEqual({ state: 'OFFLINE', devices: [], lastSeenAt: null });
    const phone = await connect(bob, 'MOBILE');
    const heard = await connect(ada, 'WEB');
    // Who is connected already is told first.
    await heard.until(bob, isOnline, 'Bob online');
    const computer = await connect(bob.at(0), 'DESKTOP');
    await heard.until(bob, (now) => now?.devices.join() === 'DESKTOP,MOBILE', 'both devices');
    for (const at of [0, 1])
      expect(await presenceOf(ada.at(at), bob)).toEqual({
        ...{ state: 'ONLINE', devices: ['DESKTOP', 'MOBILE'], lastSeenAt: null },
      });
    await phone.until(ada, isOnline, 'Ada online');

    await phone.stop();
    await heard.until(bob, (now) => now?.devices.join() === 'DESKTOP', 'the computer alone');
    const before = Date.now();
    await computer.stop();
    const gone = await heard.until(bob, isOffline, 'Bob offline');
    expect(gone?.devices).toEqual([]);
    expect(Math.abs(Date.parse(gone?.lastSeenAt as string) - before)).toBeLessThan(20_000);
    // It is kept, too.
    await waitFor(async () => (await presenceOf(ada.at(1), bob))?.lastSeenAt === gone?.lastSeenAt, {
      what: 'the time to be kept',
    });
    // Nobody is told of themself.
    expect(heard.of(ada)).toEqual([]);
    expect(heard.errors).toEqual([]);
    await heard.stop();
  });

  test('is away where they are away from all their devices', async () => {
    const { ada, bob } = await friends();
    const other = await bob.onOtherDevice();
    const [phone, computer] = [await connect(bob, 'MOBILE'), await connect(other, 'DESKTOP')];
    const heard = await connect(ada, 'WEB');
    await heard.until(bob, (now) => now?.devices.length === 2, 'both devices');
    // Said at another instance than the one where the device is connected.
    expect(await bob.at(0).perform('setAway', { isAway: true }, 'isAway')).toMatchObject({ isAway: true });
    expect((await presenceOf(ada, bob))?.state).toBe('ONLINE');
    await other.perform('setAway', { isAway: true }, 'isAway');
    await heard.until(bob, (now) => now?.state === 'AWAY', 'Bob away');
    await bob.perform('setAway', { isAway: false }, 'isAway');
    await heard.until(bob, isOnline, 'Bob back');
    // A device that comes again is not away any more.
    await computer.stop();
    await heard.until(bob, (now) => now?.devices.join() === 'MOBILE', 'the phone alone');
    const again = await connect(other, 'DESKTOP');
    await phone.stop();
    await heard.until(bob, (now) => now?.devices.join() === 'DESKTOP' && now.state === 'ONLINE', 'the computer');
    await again.stop();
    // Somebody who is not connected is away from nothing.
    await heard.until(bob, isOffline, 'Bob offline');
    await bob.perform('setAway', { isAway: true }, 'isAway');
    expect((await presenceOf(ada, bob))?.state).toBe('OFFLINE');
    await heard.stop();
  });

  test('is seen as far as friendship, blocks and settings allow, from the moment that they change', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const [bobs, heard, chosen] = [await connect(bob.at(1), 'MOBILE'), await connect(ada, 'WEB'), watch(ada, [bob.id])];
    await chosen.until(bob, (now) => now === null, 'nothing of a stranger');
    expect(await presenceOf(ada, bob)).toBeNull();
    await ada.befriend(bob);
    await Promise.all([heard, chosen].map((one) => one.until(bob, isOnline, 'a new friend')));

    await act(bob, 'blockUser', { userId: ada.id });
    await Promise.all([heard, chosen].map((one) => one.until(bob, (now) => now === null, 'nothing after a block')));
    expect(await presenceOf(ada, bob)).toBeNull();
    await act(bob, 'unblockUser', { userId: ada.id });
    await Promise.all([heard, chosen].map((one) => one.until(bob, isOnline, 'the friend again')));

    await bob.perform('updatePrivacySettings', { whoMaySeePresence: 'NOBODY' });
    // When they were last seen is another setting, and they are there.
    await Promise.all([heard, chosen].map((one) => one.until(bob, (now) => now === null, 'nothing by the setting')));
    await bobs.stop();
    const left = await heard.until(bob, (now) => now?.lastSeenAt != null, 'when Bob was last seen');
    expect(left).toMatchObject({ state: null, devices: [] });
    await bob.perform('updatePrivacySettings', { whoMaySeeLastSeen: 'NOBODY', whoMaySeePresence: 'FRIENDS' });
    await heard.until(bob, (now) => now?.state === 'OFFLINE' && now.lastSeenAt === null, 'the state without the time');

    await act(bob, 'removeFriend', { userId: ada.id });
    await Promise.all([heard, chosen].map((one) => one.until(bob, (now) => now === null, 'nothing of no friend')));
    await bob.perform('updatePrivacySettings', { whoMaySeePresence: 'EVERYONE' });
    await chosen.until(bob, isOffline, 'what everyone sees');
    expect((await presenceOf(ada, bob))?.state).toBe('OFFLINE');
    // The list of friends has nobody in it any more.
    expect(heard.of(bob).at(-1)).toBeNull();
    for (const one of [heard, chosen]) await one.stop();
  });

  test('ends with their session', async () => {
    const { ada, bob } = await friends();
    const [bobs, heard] = [await connect(bob, 'MOBILE'), await connect(ada, 'WEB')];
    await heard.until(bob, isOnline, 'Bob online');
    await stack.endSession(bob.sessionId);
    await heard.until(bob, isOffline, 'Bob offline');
    await waitFor(() => bobs.ended, { what: 'the end of the subscription' });
    await heard.stop();
  });

  test('counts only where the client says what it runs on', async () => {
    const { ada, bob } = await friends();
    const silent = await connect(bob, undefined as never);
    expect((await presenceOf(ada, bob))?.state).toBe('OFFLINE');
    await silent.stop();
  });
});

describe('presenceEvents', () => {
  test('tells first of each, in any number up to 500, and refuses what is no user', async () => {
    const { ada, bob } = await friends();
    const strangers = Array.from({ length: 499 }, () => newId('user'));
    const chosen = watch(ada, [bob.id, ...strangers]);
    await chosen.until(bob, isOffline, 'Bob');
    await chosen.stop();
    for (const [ids, field] of [
      [[...strangers, bob.id, newId('user')], 'userIds'],
      [[bob.id, newId('conv')], 'userIds.1'],
      [['x'], 'userIds.0'],
    ] as const) {
      const refused = watch(ada, [...ids]);
      await waitFor(() => refused.ended, { what: 'a refusal' });
      expect(refused.errors.flat()).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field } }]);
      await refused.stop();
    }
  });

  test('is for whoever is signed in', async () => {
    const { bob } = await friends();
    const nobody = watch(bob, [bob.id], stack.socket('user'));
    await waitFor(() => nobody.ended, { what: 'a refusal' });
    expect(nobody.errors.flat()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const { errors } = await stack.client('user').send('mutation { setAway(input: {isAway: true}) { __typename } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
