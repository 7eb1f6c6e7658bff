import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readEnvironment } from '../../kit/base/environment.ts';
import { StartupError } from '../../kit/base/errors.ts';

/** The folder of the stored files, which no default may stand for: it would back up nothing. */
export function readStore(): string {
  return readEnvironment({ FILE_STORE_DIR: z.string().min(1) }).FILE_STORE_DIR;
}

/**
 * Runs a program that takes one folder and flags. A fault is one line and exit 1.
 */
export async function runCommand(
  name: string,
  work: (folders: string[], flags: Record<string, boolean | undefined>) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  process.umask(0o077);
  try {
    const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const }]));
    let parsed: { values: Record<string, boolean | undefined>; positionals: string[] };
    try {
      parsed = parseArgs({ options, allowPositionals: true });
    } catch (error) {
      throw new StartupError((error as Error).message);
    }
    if (parsed.positionals.length !== 1)
      throw new StartupError(
        `Name one folder: npm run ${name} -- ${flags.map((flag) => `[--${flag}] `).join('')}<folder>`,
      );
    await work(parsed.positionals, parsed.values);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
