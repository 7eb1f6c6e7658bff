import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canUseApt, unpackWithApt } from '../../../launch/base/apt.ts';
import { startChild } from '../../../launch/base/child.ts';
import { findProgram } from '../../../launch/base/programs.ts';
import { RECORDS_VARIABLE } from '../../../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../../../launch/workspace.ts';
import { freePorts } from '../../../testing/cluster.ts';
import { waitFor } from '../../../testing/wait.ts';

export const MONITORING = join(import.meta.dirname, '../../monitoring');
export const RULES = join(MONITORING, 'rules/beaver.yml');

/**
 * Programs of Debian's package `prometheus`, from apt where they are not there; null where they cannot be
 * had.
 */
export async function findPrometheus(name: 'prometheus' | 'promtool'): Promise<string | null> {
  const find = () => findProgram(name, [join(PROGRAMS, 'usr/bin')]) ?? null;
  const found = find();
  if (found || !canUseApt()) return found;
  await unpackWithApt('prometheus', PROGRAMS);
  return find();
}

/** A rule as Prometheus tells it. */
export interface Rule {
  name: string;
  query: string;
  type: 'alerting' | 'recording';
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
}

export type Labels = Record<string, string>;

export interface Prometheus {
  /** The result of an expression; throws with what Prometheus says where it is faulty. */
  query(expression: string): Promise<{ metric: Labels; value: [number, string] }[]>;
  /** All series of a metric, as label sets. */
  series(metric: string): Promise<Labels[]>;
  /** Whether some process names the metric, if only without a series. */
  isPublished(metric: string): Promise<boolean>;
  rules(): Promise<Rule[]>;
  /** Names and labels of alerts whose expression holds, whether or not for long enough. */
  alerts(): Promise<Labels[]>;
  stop(): Promise<void>;
}

/**
 * Runs Prometheus with the rules and jobs that are deployed. Only the intervals are a second, and `targets`
 * has the addresses (`host:port`) by job.
 */
export async function startPrometheus(program: string, targets: Record<string, string[]>): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'beaver-prometheus-'));
  const configuration = readFileSync(join(MONITORING, 'prometheus.yml'), 'utf8')
    .replace(/_interval: 15s/g, '_interval: 1s')
    .replace('/etc/prometheus/rules/*.yml', RULES)
    .replace(/job_name: (\S+)\n.*dns_sd_configs: .*/g, (_, job: string) => {
      return `job_name: ${job}\n    static_configs: [{ targets: ${JSON.stringify(targets[job] ?? [])} }]`;
    });
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, configuration);
  const [port] = await freePorts(1);
  const child = await startChild({
    name: 'prometheus',
    program,
    arguments: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    records: process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
  });
  const url = `http://127.0.0.1:${port}`;
  const ask = async (path: string, parameters: Record<string, string> = {}) => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await response.json()) as { status: string; error?: string; data: never };
    if (body.status !== 'success') throw new Error(`${parameters.query ?? path}: ${body.error}`);
    return body.data;
  };
  await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, {
    what: () => `Prometheus: ${child.lines.slice(-8).join('\n')}`,
    timeout: 30_000,
  });
  return {
    query: async (query) => ((await ask('query', { query })) as { result: never }).result,
    series: (metric) => ask('series', { 'match[]': metric }),
    isPublished: async (metric) => metric in ((await ask('metadata', { metric })) as Labels),
    rules: async () => ((await ask('rules')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules),
    alerts: async () => ((await ask('alerts')) as { alerts: { labels: Labels }[] }).alerts.map(({ labels }) => labels),
    async stop() {
      await child.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
