import { degrading, type HealthCheck, healthRoutes } from '../../http/health.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer } from '../../http/server.ts';
import { createLog } from '../../observe/log.ts';

/* What each of the health routes answers, by what is wrong. */

const PATHS = ['/health', '/status', '/health/ready', '/health/live'];
const well = () => null;
const fails = async () => {
  throw new Error('first line\nnobody listens');
};
const never = () => new Promise(() => undefined);

async function ask(checks: Record<string, HealthCheck>, started = false) {
  const server = createHttpServer(healthRoutes('chat', checks, { started }), createLog('test', 'error'));
  const port = await listen(server, '127.0.0.1', 0);
  try {
    return await Promise.all(
      PATHS.map(async (path) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        return { code: response.status, ...((await response.json()) as { status: string; checks?: object }) };
      }),
    );
  } finally {
    await closeServer(server);
  }
}

test.each<[string, HealthCheck, { code: number; status: string; check: object }]>([
  ['all is well', well, { code: 200, status: 'ok', check: { status: 'ok' } }],
  [
    'what a check knows is shown',
    () => ({ waiting: 3 }),
    { code: 200, status: 'ok', check: { status: 'ok', waiting: 3 } },
  ],
  [
    'what only degrades does not take a process out',
    degrading('Redis', fails),
    { code: 200, status: 'degraded', check: { status: 'degraded', reason: 'Redis: nobody listens' } },
  ],
  [
    'nor does what only degrades and is silent',
    degrading('etcd', never),
    { code: 200, status: 'degraded', check: { status: 'degraded', reason: expect.stringMatching(/^etcd: ./) } },
  ],
  [
    'what fails takes it out',
    fails,
    { code: 503, status: 'failing', check: { status: 'failing', reason: 'nobody listens' } },
  ],
  [
    'what is silent takes it out',
    never,
    { code: 503, status: 'failing', check: { status: 'failing', reason: expect.stringMatching(/./) } },
  ],
])('%s, and never ends a process', async (_, check, { code, status, check: said }) => {
  const [health, alias, ready, live] = await ask({ one: check, other: well });
  const checks = { one: said, other: { status: 'ok' } };
  for (const whole of [health, alias, ready]) expect(whole).toEqual({ code, status, service: 'chat', checks });
  expect(live).toEqual({ code: 200, status: 'ok', service: 'chat' });
});

test('a process that stops is alive, and not ready', async () => {
  const answers = await ask({ one: well }, true);
  expect(answers.map(({ code }) => code)).toEqual([200, 200, 503, 200]);
  expect(answers[2]).toEqual({ code: 503, status: 'stopping', service: 'chat' });
});
