// A load generator: sends one query over HTTP, on so many connections, each the next request when its last is
// answered.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { latencyOf } from '../figures.ts';
import { cpuBetween, cpuOf } from '../proc.ts';
import { serveParent } from './serve.ts';

/** One who asks and what with; the query is the same for all. */
export interface Asking {
  token: string;
  variables: Record<string, unknown>;
}

export interface QueryLoad {
  url: string;
  query: string;
  /** In this order, and again from the first. */
  askings: Asking[];
  connections: number;
  /** Seconds before and within the window that is measured. */
  warmUp: number;
  seconds: number;
  /** The processes whose CPU is measured over the window. */
  pids: Record<string, number>;
}

export interface QueryFigures {
  /** Answered within the window. */
  answers: number;
  elapsed: number;
  /** Answered with errors, at any time, and what the first of them said. */
  failed: number;
  fault: string | null;
  /** Mean of an answer. */
  bytes: number;
  p50: number;
  p99: number;
  max: number;
  /** Seconds of CPU within the window. */
  cpu: Record<string, number>;
}

serveParent({ query });

async function query(load: QueryLoad): Promise<QueryFigures> {
  const { origin, pathname: path } = new URL(load.url);
  const pool = new Pool(origin, { connections: load.connections, pipelining: 1 });
  // Made before: what the load generator does not do meanwhile, it does not take from what is measured.
  const requests = load.askings.map(({ token, variables }) => ({
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: load.query, variables }),
  }));
  const latencies: number[] = [];
  let bytes = 0;
  let failed = 0;
  let fault: string | null = null;
  let next = 0;
  let isMeasuring = false;
  let isOver = false;

  async function connection(): Promise<void> {
    while (!isOver) {
      const { headers, body } = requests[next++ % requests.length] as (typeof requests)[number];
      const began = performance.now();
      const answer = await pool.request({ path, method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.includes('"errors"')) {
        failed += 1;
        fault ??= `HTTP ${answer.statusCode}: ${text.slice(Math.max(0, text.indexOf('"errors"'))).slice(0, 500)}`;
        continue;
      }
      if (!isMeasuring) continue;
      latencies.push(performance.now() - began);
      bytes += Buffer.byteLength(text);
    }
  }

  const all = Promise.all(Array.from({ length: load.connections }, connection));
  const broken = all.then(() => undefined);
  broken.catch(() => {});
  await Promise.race([sleep(load.warmUp * 1_000), broken]);
  const before = cpuOf(load.pids);
  const began = performance.now();
  isMeasuring = true;
  await Promise.race([sleep(load.seconds * 1_000), broken]);
  isMeasuring = false;
  const elapsed = (performance.now() - began) / 1_000;
  const cpu = cpuBetween(before, cpuOf(load.pids));
  isOver = true;
  await broken;
  await pool.close();
  const answers = latencies.length;
  return { answers, elapsed, failed, fault, bytes: bytes / answers, ...latencyOf(latencies), cpu };
}
