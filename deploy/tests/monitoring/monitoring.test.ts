import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'graphql-ws';
import { INBOX, SEND } from '../../../e2e/operations.ts';
import { newUuid } from '../../../kit/base/ids.ts';
import { type BaseServices, startBaseServices } from '../../../launch/base/index.ts';
import { silentProgress } from '../../../launch/progress.ts';
import { RECORDS_VARIABLE } from '../../../launch/services.ts';
import { PROGRAMS } from '../../../launch/workspace.ts';
import { SERVICE_NAMES } from '../../../services.ts';
import { type Person, registered } from '../../../testing/people.ts';
import { collect } from '../../../testing/socket.ts';
import { type Stack, startStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { findPrometheus, type Labels, MONITORING, type Prometheus, startPrometheus } from './prometheus.ts';
import { readExpression } from './promql.ts';

const program = await findPrometheus('prometheus');
const testLive = program ? test : test.skip;

/** Labels of metrics that have no series before something fails. */
const NOT_MADE: Record<string, string[]> = {
  beaver_event_fetches_late_total: ['service'],
  beaver_fetch_repeats_total: ['service'],
  beaver_picture_processes_killed_total: ['reason'],
  beaver_refusals_held_total: ['outcome'],
  beaver_sockets_closed_total: ['code'],
  beaver_work_failed_total: ['work'],
};
/** What Prometheus adds. */
const OF_TARGETS = ['job', 'instance'];
/** Panels that have nothing to show while all is well. */
const EMPTY_PANELS =
  /Errors a second|Sent to another|Decoders of pictures|without a service|Refusals for want|Sockets that ended/;
/** Alerts that a slow or full machine may raise. */
const OF_MACHINE = new Set([
  'BeaverFileStoreFull',
  'BeaverEventLoopLag',
  'BeaverSlowOperations',
  'BeaverDeliverySlow',
  'BeaverMysqlQueue',
]);
/** How long a provoked alert may take: longer than the longest age that one asks for. */
const PATIENCE = 60_000;

let base: BaseServices;
let directory: string;
let stack: Stack;
let prometheus: Prometheus;
let ada: Person;
let bob: Person;
let conversationId: string;
const clients: Client[] = [];

/** Two new friends, and their conversation. */
async function pair(): Promise<[Person, Person, string]> {
  const { ada: one, bob: other } = await registered(stack, ['ada', 'bob']);
  await one.befriend(other);
  return [one, other, await one.direct(other)];
}

const send = (from = ada, to = conversationId) =>
  from.gateway.send(SEND, {
    input: { conversationId: to, clientMessageId: newUuid(), content: { text: { text: 'Hello' } } },
  });

/** Opens an inbox on a socket of its own. */
function listen({ token }: Person, positions: object[] = []) {
  const client = stack.socket('gateway', { token });
  clients.push(client);
  return collect(client, INBOX, { positions });
}

beforeAll(async () => {
  if (!program) return;
  directory = mkdtempSync(join(tmpdir(), 'beaver-monitoring-'));
  const records = process.env[RECORDS_VARIABLE];
  base = await startBaseServices({
    directory,
    programs: PROGRAMS,
    keep: true,
    environment: {},
    progress: silentProgress,
    ...(records ? { records } : {}),
  });
  const { MYSQL_DATABASE: _, ...environment } = base.environment;
  stack = await startStack(
    { auth: 1, user: 1, chat: 1, file: 1, gateway: 1 },
    { ...environment, GATEWAY_MAX_SOCKETS: '4' },
  );
  const targets = SERVICE_NAMES.map((name) => [
    `beaver-${name}`,
    stack.services(name).map(({ url }) => new URL(url).host),
  ]);
  prometheus = await startPrometheus(program, Object.fromEntries(targets));
  [ada, bob, conversationId] = await pair();
  await listen(bob).until(() => true);
  // Rates want two scrapes with something between.
  for (let sent = 1; sent <= 3; sent += 1) {
    await send();
    const isScraped = async () => {
      const [found] = await prometheus.query('sum(beaver_send_group_messages_sum)');
      return Number(found?.value[1]) >= sent;
    };
    await waitFor(isScraped, { what: `a scrape after ${sent} messages` });
  }
});
afterAll(async () => {
  for (const client of clients) void client.dispose();
  await prometheus?.stop();
  await stack?.stop();
  await base?.kill();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

const dashboards = readdirSync(join(MONITORING, 'grafana/dashboards')).map((file) => {
  const text = readFileSync(join(MONITORING, 'grafana/dashboards', file), 'utf8');
  return { file, ...(JSON.parse(text) as { uid: string; panels: (Panel & { id: number })[] }) };
});
const panels = dashboards.flatMap(({ file, panels }) => panels.map((panel) => ({ file, ...panel })));
const expressionsOf = ({ targets = [] }: Panel) => targets.map(({ expr }) => expr.replaceAll('$job', 'beaver-.+'));

async function labelsOf(metric: string): Promise<Set<string>> {
  return new Set((await prometheus.series(metric)).flatMap((labels) => Object.keys(labels)));
}

/** Says what an expression names that no process has. */
async function unknownIn(expression: string): Promise<string[]> {
  const { metrics, grouping } = readExpression(expression);
  expect(metrics.size).toBeGreaterThan(0);
  const faults: string[] = [];
  const all = new Set(['le']);
  for (const [metric, labels] of metrics) {
    const isKnown = metric in NOT_MADE ? prometheus.isPublished(metric) : (await labelsOf(metric)).size > 0;
    if (!(await isKnown)) faults.push(`${metric} is not there`);
    const known = new Set([...OF_TARGETS, ...(await labelsOf(metric)), ...(NOT_MADE[metric] ?? [])]);
    for (const label of labels) if (!known.has(label)) faults.push(`${metric} has no label ${label}`);
    for (const label of known) all.add(label);
  }
  for (const label of grouping) if (!all.has(label)) faults.push(`nothing has the label ${label}`);
  return faults.map((fault) => `${fault}: ${expression}`);
}

/** Waits until all that expressions name is there: a rate takes two looks, what is made of it one more. */
async function untilKnown(expressions: string[]): Promise<void> {
  let faults: string[] = [];
  await waitFor(
    async () => {
      faults = (await Promise.all(expressions.map(unknownIn))).flat();
      return faults.length === 0;
    },
    { what: () => `what is not there: ${faults.join('; ')}`, timeout: PATIENCE },
  );
}

testLive('every metric and label of a rule is there, and nothing is alerted while all is well', async () => {
  const rules = await prometheus.rules();
  expect(rules.length).toBeGreaterThan(20);
  await untilKnown(rules.map(({ query }) => query));
  const names = (await prometheus.alerts()).map(({ alertname = '' }) => alertname);
  expect(names.filter((name) => !OF_MACHINE.has(name))).toEqual([]);
});

testLive('every metric and label of a dashboard is there, and its panels show something', async () => {
  await untilKnown(panels.flatMap(expressionsOf));
  const empty: string[] = [];
  for (const panel of panels) {
    const results = await Promise.all(expressionsOf(panel).map((expression) => prometheus.query(expression)));
    if (results.some((result) => result.length > 0) || results.length === 0 || EMPTY_PANELS.test(panel.title)) continue;
    empty.push(`${panel.file}: ${panel.title}`);
  }
  expect(empty).toEqual([]);
});

/** Waits for an alert that has these labels. */
async function alerted(alertname: string, labels: Labels = {}): Promise<void> {
  const wanted = Object.entries({ alertname, ...labels });
  await waitFor(
    async () => (await prometheus.alerts()).some((alert) => wanted.every(([name, value]) => alert[name] === value)),
    { what: `${alertname} ${JSON.stringify(labels)}`, timeout: PATIENCE },
  );
}

testLive('damage of a log and a wrong clock are alerted', async () => {
  // Nobody has listened to it yet: what is delivered to others stays in memory for a while.
  const [one, other, damaged] = await pair();
  await send(one, damaged);
  await stack.mysql.query(
    'UPDATE chat_conversations SET last_activity_at = last_activity_at + INTERVAL 1 HOUR WHERE id = ?',
    [damaged],
  );
  await send(one, damaged);
  await alerted('BeaverDatabaseClock');
  await stack.mysql.query('DELETE FROM chat_log WHERE conversation_id = ? AND seq = 2', [damaged]);
  listen(other, [{ conversationId: damaged, seq: 1 }]);
  await alerted('BeaverUnreadableLog');
  await stack.mysql.query('UPDATE chat_conversations SET head_seq = 1 WHERE id = ?', [damaged]);
  await stack.mysql.query('DELETE FROM chat_log WHERE conversation_id = ? AND seq > 1', [damaged]);
  await alerted('BeaverLogsWentBack');
});

testLive('a gateway that is nearly full is alerted', async () => {
  for (let i = 0; i < 4; i += 1) listen(ada);
  await alerted('BeaverSocketsNearLimit', { job: 'beaver-gateway' });
});

testLive('a record in etcd that is not ours is alerted', async () => {
  const { ETCD_SERVER = '' } = base.environment;
  const key = Buffer.from(`/${stack.config.namespace}/services/chat/forged`).toString('base64');
  const value = Buffer.from('{}').toString('base64');
  await fetch(`${ETCD_SERVER}/v3/kv/put`, { method: 'POST', body: JSON.stringify({ key, value }) });
  await alerted('BeaverEtcdRecordsRefused', { kind: 'services' });
});

testLive('Redis and etcd away are alerted, and that no end of a session is learned of', async () => {
  for (const name of ['redis', 'etcd'] as const) await base.services.get(name)?.kill();
  for (const name of SERVICE_NAMES) {
    await alerted('BeaverRedisAway', { job: `beaver-${name}` });
    await alerted('BeaverEtcdAway', { job: `beaver-${name}` });
    await alerted('BeaverRevocationsBlind', { job: `beaver-${name}` });
  }
  for (const name of ['redis', 'etcd'] as const) await base.services.get(name)?.start();
  const isOver = async () =>
    !(await prometheus.alerts()).some(({ alertname }) => /BeaverRedis|BeaverEtcdAway|Blind/.test(alertname ?? ''));
  await waitFor(isOver, { what: 'the alerts to end', timeout: PATIENCE });
});

testLive('MySQL away is alerted, and what clients are told meanwhile', async () => {
  await base.services.get('mysql')?.kill();
  const telling = setInterval(() => void send().catch(() => undefined), 300);
  try {
    await alerted('BeaverMysqlAway', { job: 'beaver-chat' });
    await alerted('BeaverServerErrors');
  } finally {
    clearInterval(telling);
    await base.services.get('mysql')?.start();
  }
});

testLive('a service that died is alerted', async () => {
  await stack.services('file')[0]?.kill();
  await alerted('BeaverServiceDown', { job: 'beaver-file' });
  await alerted('BeaverInstanceDown', { job: 'beaver-file' });
});

test('dashboards and panels have ids of their own', () => {
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  for (const { file, uid, panels } of dashboards) {
    expect(file).toBe(`${uid}.json`);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  }
});
