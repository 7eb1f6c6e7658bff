import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '../../../services.ts';
import { findPrometheus, MONITORING, RULES } from './prometheus.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const runbook = read('../../../docs/runbook.md');
const alerts = [...readFileSync(RULES, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name as string);
const promtool = await findPrometheus('promtool');
const testWithPromtool = promtool ? test : test.skip;

testWithPromtool.each([
  ['check', 'rules', RULES],
  ['check', 'config', '--syntax-only', join(MONITORING, 'prometheus.yml')],
  ['test', 'rules', join(import.meta.dirname, 'alerts.yml')],
])('promtool %s %s', (...parameters) => {
  const { status, stdout, stderr } = spawnSync(promtool as string, parameters, { encoding: 'utf8' });
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
});

test('each alert has its entry in the runbook, with what users see, what to look at and what to do', () => {
  const entries = runbook.split(/^##+ /m).filter((entry) => entry.startsWith('Beaver'));
  expect(entries.map((entry) => entry.split('\n')[0])).toEqual(alerts);
  for (const entry of entries)
    for (const part of ['- **Users see**:', '- **Look**:', '- **Do**:'])
      if (!entry.includes(part)) throw new Error(`The runbook does not say "${part}" for ${entry.split('\n')[0]}.`);
});

test('each alert leads to its own entry, and its severity is the one that the runbook names', () => {
  const rules = readFileSync(RULES, 'utf8').split('- alert: ').slice(1);
  for (const rule of rules) {
    const [, name] = /^(\w+)/.exec(rule) ?? [];
    expect(rule).toContain(`runbook_url: docs/runbook.md#${name?.toLowerCase()}\n`);
    const [, severity] = /severity: (\w+)/.exec(rule) ?? [];
    expect(runbook).toContain(`### ${name}\n\n\`${severity}\`.`);
  }
});

test('each alert is tried: in a running system, or by series', () => {
  const tried = new Set(
    [...`${read('monitoring.test.ts')}${read('alerts.yml')}`.matchAll(/(?:alerted\('|alertname: )(\w+)/g)].map(
      ([, name]) => name,
    ),
  );
  expect(alerts.filter((name) => !tried.has(name))).toEqual([]);
});

test('compose knows the containers that are scraped and traced, and the networks of this part', () => {
  const compose = read('../../../docker-compose.yml');
  const part = ['docker-compose.yml', 'traced.yml']
    .map((file) => readFileSync(join(MONITORING, file), 'utf8'))
    .join('');
  const jobs = readFileSync(join(MONITORING, 'prometheus.yml'), 'utf8');
  const scraped = [...jobs.matchAll(/names: \[(\w+)\], type: A, port: (\d+)/g)];
  expect(scraped.map(([, , port]) => Number(port)).sort()).toEqual(
    Object.values(SERVICES)
      .map(({ port }) => port)
      .sort(),
  );
  const traced = [...part.matchAll(/^ {2}(\w+): \*traced$/gm)].map(([, name]) => name);
  expect(traced.sort()).toEqual(scraped.map(([, name]) => name).sort());
  for (const name of traced) expect(compose).toMatch(new RegExp(`^  ${name}:$`, 'm'));
  for (const [, network] of part.matchAll(/networks: \[(\w+)\]/g)) expect(compose).toContain(`\n  ${network}:`);
});
