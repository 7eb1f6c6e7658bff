import type { Service } from '../../launch/services.ts';
import { startProxy, type TcpProxy } from '../../testing/proxy.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, healthUntil, startGateway } from './harness.ts';

describe('before its services are there', () => {
  let gateway: GatewayStack;
  beforeAll(async () => {
    gateway = await startGateway({ left: 0, right: 0 }, { GATEWAY_EXPECTS: 'left' }, { waitForReady: false });
  });
  afterAll(() => gateway?.stop());

  test('listens, says what is missing, and serves when it comes', async () => {
    const { status, body } = await gateway.health();
    expect(status).toBe(503);
    expect(body.checks.graph).toEqual({ status: 'failing', reason: 'No graph yet: waiting for left.' });
    const early = await gateway.client.send('{ leftInstance }');
    expect(early.status).toBe(503);
    expect(early.errors?.[0]).toEqual({
      message: 'Beaver is starting: waiting for left. Try again in a moment.',
      extensions: { code: 'UNAVAILABLE', requestId: early.headers.get('x-request-id') },
    });
    await gateway.add('left');
    await healthUntil(gateway, (_, code) => code === 200, 'the graph of left');
    expect(await gateway.client.data('{ leftInstance }')).toEqual({ leftInstance: expect.any(String) });
  });
});

describe('when schemas change', () => {
  let gateway: GatewayStack;
  beforeAll(async () => {
    gateway = await startGateway({ left: 1, right: 1 });
  });
  afterAll(() => gateway?.stop());

  test('no query fails while the graph is swapped, and the old instances can go', async () => {
    let stopped = false;
    const failures: unknown[] = [];
    let count = 0;
    const ask = async () => {
      while (!stopped) {
        const { data, errors } = await gateway.client.send('{ slow(milliseconds: 10) things(count: 2) { rightName } }');
        count += 1;
        if (errors || !data) failures.push(errors ?? data);
      }
    };
    const asking = Promise.all([ask(), ask(), ask(), ask()]);
    await waitFor(() => count > 20, { what: '20 answers' });

    const changed = await gateway.add('left', 'left-more');
    const { instance } = await gateway.state(changed);
    await waitFor(async () => (await gateway.client.send('{ added leftInstance }')).errors === undefined, {
      what: 'the fields of the new schema',
    });
    // Only the instance with the composed schema gets traffic.
    for (let i = 0; i < 5; i += 1) {
      expect(await gateway.client.data('{ leftInstance }')).toEqual({ leftInstance: instance });
    }
    await gateway.left[0]?.stop();
    const reached = count;
    await waitFor(() => count > reached + 20, { what: '20 more answers' });
    stopped = true;
    await asking;
    expect(failures).toEqual([]);
  });

  test('schemas that do not compose leave the last good graph, and health shows them', async () => {
    const broken = await gateway.add('left', 'left-broken');
    const health = await healthUntil(gateway, ({ status }) => status === 'degraded', 'a degraded graph');
    expect(health.checks.graph).toMatchObject({ status: 'degraded', failures: 1 });
    expect(health.checks.graph.reason).toMatch(/Thing\.rightName/);
    expect((await gateway.health()).status).toBe(200);
    expect(await gateway.client.data('{ added things(count: 1) { leftName rightName } }')).toEqual({
      added: null,
      things: [{ leftName: 'left t0', rightName: 'right t0' }],
    });
    await broken.stop();
    const well = await healthUntil(gateway, ({ status }) => status === 'ok', 'a graph that is well');
    expect(well.checks.graph.failures).toBe(1);
  });
});

describe('when the newest instance of a service dies', () => {
  let gateway: GatewayStack;
  beforeAll(async () => {
    gateway = await startGateway({ left: 1, right: 0 }, { GATEWAY_EXPECTS: 'left' });
  });
  afterAll(() => gateway?.stop());

  test('goes back to the schema that is alive, before etcd forgets the dead', async () => {
    const { instance } = await gateway.state(gateway.left[0] as Service);
    const changed = await gateway.add('left', 'left-more');
    await waitFor(async () => (await gateway.client.send('{ added }')).errors === undefined, {
      what: 'the field of the new schema',
    });
    await changed.kill();
    const killed = Date.now();
    const answer = await waitFor(async () => (await gateway.client.send('{ leftInstance }')).data?.leftInstance, {
      what: 'an answer of the left service',
    });
    expect(answer).toBe(instance);
    // The lease of the dead lasts ten seconds.
    expect(Date.now() - killed).toBeLessThan(5_000);
  });
});

describe('when etcd is away', () => {
  let gateway: GatewayStack;
  let etcd: TcpProxy;
  beforeAll(async () => {
    const server = new URL(process.env.ETCD_SERVER as string);
    etcd = await startProxy({ host: server.hostname, port: Number(server.port) });
    const own = { ETCD_SERVER: `http://127.0.0.1:${etcd.port}` };
    gateway = await startGateway({ left: 1, right: 1 }, {}, { own });
  });
  afterAll(async () => {
    await gateway?.stop();
    await etcd?.stop();
  });

  test('clients notice nothing, health says so, and what came meanwhile is found afterwards', async () => {
    const viewer = await gateway.stack.signIn();
    await waitFor(async () => (await gateway.client.as(viewer.token).send('{ me }')).status === 200, {
      what: 'the viewer in an answer',
    });
    etcd.cut();
    const health = await healthUntil(gateway, ({ status }) => status === 'degraded', 'a degraded etcd');
    expect(health.checks.etcd).toMatchObject({ status: 'degraded', reason: expect.stringMatching(/^etcd/) });
    expect((await gateway.health()).status).toBe(200);
    expect(await gateway.client.as(viewer.token).data('{ me things(count: 1) { rightName } }')).toEqual({
      me: viewer.userId,
      things: [{ rightName: 'right t0' }],
    });
    await gateway.add('left', 'left-more');
    expect((await gateway.client.send('{ added }')).status).toBe(400);
    etcd.mend();
    await waitFor(async () => (await gateway.client.send('{ added }')).errors === undefined, {
      what: 'the field of the new schema',
    });
    await healthUntil(gateway, ({ status }) => status === 'ok', 'a gateway that is well');
  });
});
