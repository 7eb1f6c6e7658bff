import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../base/errors.ts';

/** Files of one log: the current one, and `<name>.1` (the youngest) to `<name>.4` before it. */
const FILES = 5;
/** Size at which a new file begins. */
const MAX_BYTES = 10_000_000;

export interface LogFile {
  write(line: string): void;
}

/**
 * Appends lines to a file and rotates it by size. Lines are written at once, so that the last one before an
 * exit is there. A disk that is full loses lines of this file and nothing else.
 * @throws StartupError where the file cannot be opened
 */
export function openLogFile(path: string, maxBytes = MAX_BYTES): LogFile {
  let fd: number | undefined;
  let size = 0;
  const open = () => {
    fd = openSync(path, 'a');
    size = fstatSync(fd).size;
  };
  const rotate = () => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    for (let age = FILES - 1; age >= 1; age -= 1) {
      const younger = age === 1 ? path : `${path}.${age - 1}`;
      if (existsSync(younger)) renameSync(younger, `${path}.${age}`);
    }
    open();
  };
  try {
    mkdirSync(dirname(path), { recursive: true });
    open();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new StartupError(
      `LOG_DIR names a folder that cannot be written (${reason}): give it to the user of this process (uid ${process.getuid?.()}).`,
    );
  }
  return {
    write(line) {
      try {
        if (size > 0 && size + Buffer.byteLength(line) > maxBytes) rotate();
        if (fd === undefined) open();
        size += writeSync(fd as number, line);
      } catch {
        // Standard output has the line, too.
      }
    },
  };
}
