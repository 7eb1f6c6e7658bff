import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEEP } from './workspace.ts';

/** Variables of a running `npm start`, for programs beside it: `node --env-file=.beaver/environment …`. */
const FILE = join(KEEP, 'environment');

/** Writes variables to a file that its user alone can read: there are passwords among them. */
export function writeEnvironmentFile(variables: NodeJS.ProcessEnv, file = FILE): void {
  const lines = Object.entries(variables).map(([name, value = '']) => `${name}=${quoted(value)}\n`);
  // A mode is that of a new file only.
  removeEnvironmentFile(file);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

export function removeEnvironmentFile(file = FILE): void {
  rmSync(file, { force: true });
}

/** Node reads what stands in quotes as it is. */
function quoted(value: string): string {
  const quote = ["'", '"', '`'].find((one) => !value.includes(one)) ?? '';
  return `${quote}${value}${quote}`;
}
