import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { asJson } from '../report.ts';
import { type Finding, runChecks } from '../run.ts';
import { CHECKS } from '../table.ts';
import { openWorld } from '../world.ts';

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

/**
 * Runs the doctor as a process of its own, with these variables and no others: for what depends on the
 * process. Starting it takes as long as all the rest.
 */
export async function diagnose(environment: NodeJS.ProcessEnv, ...parameters: string[]): Promise<Diagnosis> {
  const { code, output, text } = await run(process.execPath, [PROGRAM, '--json', ...parameters], environment);
  if (!output.startsWith('{')) throw new Error(`The doctor did not answer: ${text}`);
  return { ...read(output), exitCode: code, text };
}

/** Runs the checks of the doctor in this process. */
export async function examine(environment: NodeJS.ProcessEnv, gateway: string): Promise<Diagnosis> {
  return read(asJson(await runChecks(CHECKS, openWorld(environment, { gateway }))));
}

function read(text: string): Diagnosis {
  const { exitCode, findings } = JSON.parse(text) as { exitCode: number; findings: Finding[] };
  return {
    exitCode,
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
