import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

let gateway: GatewayStack;
beforeAll(async () => {
  gateway = await startGateway({ left: 2, right: 1 });
});
afterAll(() => gateway?.stop());

/** The value of the line that begins so. */
async function read(line: string): Promise<number | undefined> {
  const text = await (await fetch(gateway.client.url.replace(/graphql$/, 'metrics'))).text();
  const found = text.split('\n').find((one) => one.startsWith(line));
  return found === undefined ? undefined : Number(found.split(' ').at(-1));
}

test('operations are counted by kind and outcome, and errors by code', async () => {
  await gateway.client.data('{ things(count: 2) { id leftName rightName } }');
  await gateway.client.send('{ fail(how: "named") leftInstance }');
  await gateway.client.send('{ nothingOfThisName }');
  expect(await read('beaver_operations_total{kind="query",outcome="ok"')).toBe(1);
  expect(await read('beaver_operations_total{kind="query",outcome="errors"')).toBe(1);
  expect(await read('beaver_operations_total{kind="unknown",outcome="refused"')).toBe(1);
  expect(await read('beaver_errors_total{code="FULL"')).toBe(1);
  expect(await read('beaver_errors_total{code="GRAPHQL_VALIDATION_FAILED"')).toBe(1);
  expect(await read('beaver_fetch_duration_seconds_count{service="left",outcome="answered"')).toBeGreaterThanOrEqual(2);
  expect(await read('beaver_fetch_duration_seconds_count{service="right",outcome="answered"')).toBe(1);
});

test('an instance that dies shows as an ejection, and a graph that does not compose as a failure', async () => {
  expect(await read('beaver_instances{service="left"')).toBe(2);
  expect(await read('beaver_composition_failures_total')).toBe(0);
  await gateway.left[0]?.kill();
  await waitFor(
    async () => {
      await gateway.client.send('{ leftInstance }');
      return ((await read('beaver_ejections_total{service="left"')) ?? 0) > 0;
    },
    { what: 'an ejection' },
  );
  await gateway.add('left', 'left-broken');
  await waitFor(async () => ((await read('beaver_composition_failures_total')) ?? 0) > 0, { what: 'a failure' });
  expect(await read('beaver_graph_is_old')).toBe(1);
});
