import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { waitFor } from '../testing/wait.ts';
import { table } from './figures.ts';
import { residentKiB } from './proc.ts';

/** Asks a process of the lab something that preload.ts knows. */
async function inspect<T>(pid: number, command: string): Promise<T> {
  const path = join(dirname(process.env[RECORDS_VARIABLE] as string), String(pid));
  rmSync(`${path}.answer`, { force: true });
  writeFileSync(`${path}.ask`, command);
  process.kill(pid, 'SIGUSR2');
  const read = () => readFileSync(`${path}.answer`, 'utf8');
  return JSON.parse(await waitFor(read, { what: `${command} of process ${pid}`, timeout: 60_000 }));
}

export interface Memory {
  /** KiB in RAM, and KiB of live objects and buffers of V8. */
  rss: number;
  heap: number;
}

/** The memory of a process after a garbage collection. */
export async function memoryOf(pid: number): Promise<Memory> {
  const usage = await inspect<NodeJS.MemoryUsage>(pid, 'memory');
  return { rss: residentKiB(pid), heap: (usage.heapUsed + usage.external) / 1024 };
}

interface Frame {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: number[];
}

interface Profile {
  nodes: Frame[];
  samples: number[];
  timeDeltas: number[];
}

/** Profiles the CPU of a process while `work` runs, and says where the time went. */
export async function profiled<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; where: string }> {
  await inspect(pid, 'profile');
  const result = await work();
  const profile = await inspect<Profile>(pid, 'profiled');
  return { result, where: summary(profile) };
}

const SHOWN = 40;

/** The functions with the most time of their own, and the files that Node's own work was done for. */
function summary({ nodes, samples, timeDeltas }: Profile): string {
  const frames = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const own = new Map<string, number>();
  const sources = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, index) => {
    const frame = frames.get(id)?.callFrame;
    const time = timeDeltas[index] ?? 0;
    // The profiler's own start is none of the program's.
    if (!frame || frame.functionName === '(idle)' || frame.url === 'node:inspector') return;
    busy += time;
    const place = placeOf(frame.url);
    const name = `${frame.functionName.slice(0, 40) || '(anonymous)'} ${place}${place ? `:${frame.lineNumber + 1}` : ''}`;
    own.set(name, (own.get(name) ?? 0) + time);
    let source: number | undefined = id;
    while (source !== undefined && !frames.get(source)?.callFrame.url.startsWith('file:')) source = callers.get(source);
    const path =
      source === undefined ? `Node: ${frame.functionName}` : placeOf(frames.get(source)?.callFrame.url ?? '');
    const group = /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;
    sources.set(group, (sources.get(group) ?? 0) + time);
  });
  const rows = (spent: Map<string, number>) =>
    [...spent]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, SHOWN)
      .map(([name, time]) => [name, `${((time / busy) * 100).toFixed(1)} %`]);
  return `${table(['function', 'own time'], rows(own))}\n\n${table(['called from', 'time'], rows(sources))}`;
}

function placeOf(url: string): string {
  if (!url.startsWith('file:')) return url;
  const path = relative(join(import.meta.dirname, '..'), fileURLToPath(url));
  return path.replace(/^.*node_modules\//, 'node_modules/');
}
