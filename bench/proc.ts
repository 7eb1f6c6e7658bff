import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What /proc says about a process, so that the figures need nothing from the process itself. */

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** Seconds of CPU that a process has used since it began, in user and kernel mode, by all its threads. */
export function cpuSeconds(pid: number): number {
  return secondsOf(pid, [14, 15]);
}

/** The same with its children: those that run, and those that have ended. */
export function cpuSecondsOfTree(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return children.reduce((sum, child) => sum + cpuSecondsOfTree(Number(child)), secondsOf(pid, [14, 15, 16, 17]));
}

/** The sum of some fields of the line of a process, counted from 1 as `man proc` does. */
function secondsOf(pid: number, fields: readonly number[]): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; the third field comes after it.
  const after = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(after[field - 3]), 0) / TICKS;
}

/** Seconds of CPU of several processes, by their names. */
export function cpuOf<Name extends string>(pids: Record<Name, number>): Record<Name, number> {
  const entries = Object.entries<number>(pids).map(([name, pid]) => [name, cpuSeconds(pid)]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** What each used between two looks. */
export function cpuBetween<Name extends string>(
  before: Record<Name, number>,
  after: Record<Name, number>,
): Record<Name, number> {
  const names = Object.keys(before) as Name[];
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as Record<Name, number>;
}

/** The memory that a process has in RAM now, in KiB. */
export function residentKiB(pid: number): number {
  return statusField(pid, 'VmRSS');
}

/** The most it had in RAM since `resetPeak`, or since it began. */
export function peakKiB(pid: number): number {
  return statusField(pid, 'VmHWM');
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function statusField(pid: number, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!match) throw new Error(`process ${pid} has no ${name}`);
  return Number(match[1]);
}
