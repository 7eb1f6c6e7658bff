import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { type Person, people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { startPushService, verifyVapid } from './push-service.ts';

let stack: SharedStack;
let service: Awaited<ReturnType<typeof startPushService>>;
beforeAll(async () => {
  stack = await sharedStack({ user: 2 });
  service = await startPushService();
});
afterAll(async () => {
  await service?.stop();
  await stack?.stop();
});

type Browser = ReturnType<typeof service.browser>;
const DEVICES = '{ viewer { pushDevices { id isThisSession registeredAt } } }';

async function register(who: Person, { webPush }: Browser): Promise<string> {
  const { device } = await who.perform('registerPushDevice', { webPush }, 'device { id }');
  return device.id;
}
const devicesOf = async (who: Person) => (await who.user.data(DEVICES)).viewer.pushDevices;

/** Waits until nothing is to be pushed any more because of a request. */
async function allPushed(requestId: string): Promise<void> {
  const left = () => stack.mysql.query('SELECT id FROM user_work WHERE job_key LIKE ?', [`${requestId}:%`]);
  await waitFor(async () => (await left()).length === 0, { what: 'all pushes of a request' });
}

async function ask(from: Person, to: Person): Promise<string> {
  const { request } = await from.perform('sendFriendRequest', { userId: to.id, message: 'Hello' }, 'request { id }');
  return request.id;
}

test('a friend request reaches the devices of the addressee, encrypted and signed, and says who may read what', async () => {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  const [phone, laptop, of] = [service.browser(), service.browser(), service.browser()];
  const other = await stack.signIn(bob.id);
  await register(bob, phone);
  await register(ada, of);
  const INPUT = `mutation ($input: RegisterPushDeviceInput!) { registerPushDevice(input: $input) { __typename } }`;
  await stack
    .client('user')
    .as(other.token)
    .data(INPUT, { input: { webPush: laptop.webPush } });
  const requestId = await ask(ada, bob);
  await Promise.all([phone.until(1), laptop.until(1)]);
  await allPushed(requestId);
  for (const browser of [phone, laptop]) {
    // Nothing of what she wrote: a push is read by whoever holds the device.
    expect(await browser.messages()).toEqual([{ kind: 'FRIEND_REQUEST', requestId }]);
    const { headers } = browser.pushes()[0] as ReturnType<Browser['pushes']>[number];
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'high' });
    const { webPushKey } = await bob.at(1).user.data('{ webPushKey }');
    const claims = await verifyVapid(headers.authorization as string, webPushKey);
    expect(claims).toMatchObject({ alg: 'ES256', aud: service.origin, sub: expect.stringMatching(/^mailto:/) });
    expect(Number(claims.exp) * 1_000 - Date.now()).toBeLessThan(24 * 3_600_000);
  }
  // Both have the same bytes in them and not on the way.
  expect(phone.pushes()[0]?.body.equals(laptop.pushes()[0]?.body as Buffer)).toBe(false);
  expect(of.pushes()).toEqual([]);

  // Sent again it is the same request.
  expect(await ask(ada, bob)).toBe(requestId);
  await allPushed(requestId);
  expect(phone.pushes()).toHaveLength(1);
});

test('nothing is pushed of a request that nobody sees', async () => {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  const browser = service.browser();
  await register(bob, browser);
  await bob.perform('blockUser', { userId: ada.id });
  await allPushed(await ask(ada, bob));
  expect(browser.pushes()).toEqual([]);
});

test('a device is gone with its session, and when it is removed', async () => {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  const [ended, removed] = [service.browser(), service.browser()];
  const session = await stack.signIn(bob.id);
  const client = stack.client('user').as(session.token);
  const INPUT = `mutation ($input: RegisterPushDeviceInput!) { registerPushDevice(input: $input) {
    ... on RegisterPushDevicePayload { device { id isThisSession } } } }`;
  const answer = await client.data(INPUT, { input: { webPush: ended.webPush } });
  expect(answer.registerPushDevice.device.isThisSession).toBe(true);
  const deviceId = await register(bob, removed);
  expect((await devicesOf(bob)).map((device: { isThisSession: boolean }) => device.isThisSession)).toEqual([
    true,
    false,
  ]);
  // Nobody else removes it.
  await ada.perform('removePushDevice', { deviceId });
  expect(await devicesOf(bob)).toHaveLength(2);
  await bob.perform('removePushDevice', { deviceId });
  await bob.perform('removePushDevice', { deviceId });
  await stack.endSession(session.sessionId);
  await waitFor(async () => (await devicesOf(bob)).length === 0, { what: 'the device of the ended session to go' });
  await allPushed(await ask(ada, bob));
  expect([...ended.pushes(), ...removed.pushes()]).toEqual([]);
});

test('a push that is not taken is tried again, and a device that is gone or not to be reached is forgotten', async () => {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  const inside = await startPushService('127.0.0.2');
  try {
    const [busy, gone, refused, secret] = [
      service.browser(503, 429),
      service.browser(410),
      service.browser(400),
      inside.browser(),
    ];
    const kept = [await register(bob, busy), await register(bob, refused)];
    for (const browser of [gone, secret]) await register(bob, browser);
    await allPushed(await ask(ada, bob));
    expect([busy, gone, refused, secret].map((browser) => browser.pushes().length)).toEqual([3, 1, 1, 0]);
    expect((await devicesOf(bob)).map(({ id }: { id: string }) => id).toSorted()).toEqual(kept.toSorted());
    expect(await busy.messages()).toHaveLength(3);
  } finally {
    await inside.stop();
  }
});

test('a browser is one device, of whoever registered it last, and a user has twenty', async () => {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  const shared = service.browser();
  const first = await register(ada, shared);
  expect(await register(bob, shared)).toBe(first);
  expect(await devicesOf(ada)).toEqual([]);
  for (let n = 0; n < 20; n += 1) await register(bob, service.browser());
  const devices = await devicesOf(bob);
  expect(devices).toHaveLength(20);
  expect(devices.map(({ id }: { id: string }) => id)).not.toContain(first);
});

test('devices are the business of their user alone', async () => {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  await register(ada, service.browser());
  const seen = await bob.user.data('query ($id: ID!) { user(id: $id) { pushDevices { id } } }', { id: ada.id });
  expect(seen.user.pushDevices).toBeNull();
  const anybody = await stack.client('user').send('{ webPushKey }');
  expect(anybody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('a wrong subscription is refused by its field, and does not come back in the error', async () => {
  const ada = await person(stack);
  const { webPush } = service.browser();
  const { p256dh } = webPush;
  const wrong: Record<string, string[]> = {
    endpoint: [
      '',
      'x',
      'ftp://push.example/',
      'https://a:b@push.example/',
      `https://push.example/${'x'.repeat(1_000)}`,
    ],
    p256dh: ['', 'x', p256dh.slice(2), `B${'A'.repeat(86)}`, `${p256dh}!`, `C${p256dh.slice(1)}`],
    auth: ['', 'x', `${webPush.auth}AA`, newUuid()],
  };
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const answer = await ada.attempt('registerPushDevice', { webPush: { ...webPush, [field]: value } });
      expect(answer).toMatchObject({ code: 'INVALID_INPUT', field: `webPush.${field}` });
      if (value.length > 1) expect(JSON.stringify(answer)).not.toContain(value);
    }
  expect(await ada.attempt('removePushDevice', { deviceId: newId('user') })).toMatchObject({ code: 'INVALID_INPUT' });
});
