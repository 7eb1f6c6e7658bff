import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '../kit/testing/stack.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'bench.md');

/** When and where a run was made, in a line. */
export async function whereAndWhen(stack: Stack, command: string): Promise<string> {
  const [row] = await stack.mysql.query<{ version: string }[]>('SELECT VERSION() AS version');
  const date = new Date().toISOString().slice(0, 10);
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  return `\`npm run bench -- ${command}\`, ${date}: ${cpus().length} cores, Node ${process.versions.node}, ${row?.version}; load average at the end ${load}.`;
}

/** Prints the section of a program and, where it is wanted, puts it into docs/bench.md in place of the last one. */
export function report(name: string, text: string, write: boolean): void {
  console.log(`\n${text}\n`);
  if (!write) return;
  const begin = `<!-- ${name}: written by the program -->`;
  const end = `<!-- end of ${name} -->`;
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for ${name}`);
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
  console.log(`Written to ${PAGE}.`);
}
