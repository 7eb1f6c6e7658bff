import { createServer, type Server } from 'node:http';
import { closeServer, listen } from '../../http/listening.ts';
import { metricsRoute } from '../../http/metrics-route.ts';
import { createHttpServer } from '../../http/server.ts';
import { createLog } from '../../observe/log.ts';
import { counter, gauge, histogram } from '../../observe/metrics.ts';

let server: Server = createServer();
let url = '';
beforeAll(async () => {
  server = createHttpServer([metricsRoute('test')], createLog('test', 'silent'));
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
});
afterAll(() => closeServer(server));

/** The lines of one metric, without what every line has. */
async function linesOf(name: string): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .map((line) => line.replace(/,?service="test"/, ''));
}

test('a counter has a line for each set of labels, and one without labels is there before anything was counted', async () => {
  const apples = counter('test_apples_total', 'Apples.', ['colour']);
  counter('test_pears_total', 'Pears.');
  apples.add('red');
  apples.of('red').count += 2;
  apples.add('a "quoted"\ngreen');
  expect(await linesOf('test_apples_total')).toEqual([
    'test_apples_total{colour="red"} 3',
    'test_apples_total{colour="a \\"quoted\\"\\ngreen"} 1',
  ]);
  expect(await linesOf('test_pears_total')).toEqual(['test_pears_total{} 0']);
});

test('the buckets of a histogram count all that is not above their bound', async () => {
  const sizes = histogram('test_sizes', 'Sizes.', [], [1, 10]).of();
  for (const size of [1, 2, 10, 11, 500]) sizes.observe(size);
  expect(await linesOf('test_sizes')).toEqual([
    'test_sizes_bucket{le="1"} 1',
    'test_sizes_bucket{le="10"} 3',
    'test_sizes_bucket{le="+Inf"} 5',
    'test_sizes_sum{} 524',
    'test_sizes_count{} 5',
  ]);
});

test('a gauge is read when somebody asks, and one of the same name takes its place', async () => {
  let level = 1;
  gauge('test_level', 'Level.', () => -1);
  gauge('test_level', 'Level.', () => level);
  gauge('test_rooms', 'Rooms.', 'state', () => ({ free: level, taken: 0 }));
  level = 7;
  expect(await linesOf('test_level')).toEqual(['test_level{} 7']);
  expect(await linesOf('test_rooms')).toEqual(['test_rooms{state="free"} 7', 'test_rooms{state="taken"} 0']);
});

test('labels that were thought to be few do not fill the memory', async () => {
  const names = counter('test_names_total', 'Names.', ['name']);
  for (let i = 0; i < 10_000; i += 1) names.add(`name ${i}`);
  const lines = await linesOf('test_names_total');
  expect(lines.length).toBe(201);
  expect(lines.at(-1)).toBe('test_names_total{name="other"} 9800');
});

test('a path that nobody serves is no label', async () => {
  await fetch(`${url}/whatever/somebody/made/up`);
  const lines = await linesOf('beaver_http_requests_total');
  expect(lines).toContain('beaver_http_requests_total{route="none",method="other",status="404"} 1');
  expect(lines.join()).not.toContain('whatever');
});
