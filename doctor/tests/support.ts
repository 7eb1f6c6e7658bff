import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Finding } from '../run.ts';

const PROGRAM = join(import.meta.dirname, '..', 'index.ts');

/** What the doctor said. */
export interface Diagnosis {
  exitCode: number;
  findings: readonly Finding[];
  /** All that it wrote. */
  text: string;
  /** Findings of one check that are not fine. */
  troubles(id: string): readonly Finding[];
}

/** Runs the doctor as a process of its own, with these variables and no others. */
export async function diagnose(environment: NodeJS.ProcessEnv, ...parameters: string[]): Promise<Diagnosis> {
  const { code, output, text } = await run(process.execPath, [PROGRAM, '--json', ...parameters], environment);
  if (!output.startsWith('{')) throw new Error(`The doctor did not answer: ${text}`);
  const { findings } = JSON.parse(output) as { findings: Finding[] };
  return {
    exitCode: code,
    findings,
    text,
    troubles: (id) => findings.filter((one) => one.id === id && (one.status === 'failing' || one.status === 'warning')),
  };
}

/** Runs a program to its end; resolves also where it fails. */
export function run(program: string, parameters: string[], environment: NodeJS.ProcessEnv) {
  return new Promise<{ code: number; output: string; text: string }>((resolve) => {
    const child = execFile(program, parameters, { env: environment, maxBuffer: 1 << 24 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout, text: stdout + stderr }),
    );
  });
}
