import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '../testing/stack.ts';
import { short } from './figures.ts';

/** Bytes, more than any cache holds, and how often they are read. */
const MEMORY = 128_000_000;
const READS = 2_000_000;
/** Columns of a document (launch/widths.ts). */
const WIDTH = 110;
const PAGE = join(import.meta.dirname, '..', 'docs', 'bench.md');

/** When and where a run was made, in a line. */
export async function whereAndWhen(stack: Stack, command: string): Promise<string> {
  const [row] = await stack.mysql.query<{ version: string }[]>('SELECT VERSION() AS version');
  const date = new Date().toISOString().slice(0, 10);
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  const machine = `${cpus().length} cores, a read of memory takes ${short(memoryRead())} ns`;
  return `\`npm run bench -- ${command}\`, ${date}: ${machine}, Node ${process.versions.node}, ${row?.version}; load average at the end ${load}.`;
}

/**
 * Nanoseconds for a read of memory that is in no cache, where each says where the next is. A machine that
 * others share has the same clock all day, but this doubles and halves, and with it the CPU of whatever is no
 * tight loop.
 */
function memoryRead(): number {
  const places = new Uint32Array(MEMORY / 4);
  for (let index = 0; index < places.length; index += 1) places[index] = (index * 7_919) % places.length;
  const began = process.cpuUsage();
  let place = 0;
  for (let read = 0; read < READS; read += 1) place = places[place ^ (read % 1_024)] as number;
  const { user } = process.cpuUsage(began);
  return (user * 1_000) / READS;
}

/**
 * Prints the section of a program and, where it is wanted, puts it into docs/bench.md in place of the last
 * one.
 */
export function report(name: string, text: string, write: boolean): void {
  console.log(`\n${text}\n`);
  if (!write) return;
  const begin = `<!-- ${name}: written by the program -->`;
  const end = `<!-- end of ${name} -->`;
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for ${name}`);
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${wrapped(text)}\n\n${page.slice(to)}`);
  console.log(`Written to ${PAGE}.`);
}

/** The text with its lines broken at the width of documents, but for tables. */
export function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('|') ? line : wrap(line)))
    .join('\n');
}

function wrap(line: string): string {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1) as string;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
