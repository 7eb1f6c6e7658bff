import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** User and group of the processes in the containers. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Writes into a folder and remembers what that changed. */
export class Writer {
  readonly changed: string[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Writes a file unless it has these contents and this mode. Nobody ever sees half of it. */
  file(path: string, contents: string, mode = 0o644): void {
    const full = join(this.#root, path);
    if (existsSync(full) && readFileSync(full, 'utf8') === contents && (statSync(full).mode & 0o777) === mode) return;
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(`${full}.new`, contents, { mode });
    // The mode of writeFileSync is for new files alone, and less the umask.
    chmodSync(`${full}.new`, mode);
    renameSync(`${full}.new`, full);
    this.changed.push(path);
  }

  /** Writes a file that is the operator's from then on. */
  fileOnce(path: string, contents: string, mode = 0o644): void {
    if (!existsSync(join(this.#root, path))) this.file(path, contents, mode);
  }

  /** Makes a folder that a process of the containers writes into. */
  folderOf(owner: Owner, path: string): void {
    const full = join(this.#root, path);
    if (!existsSync(full)) {
      mkdirSync(full, { recursive: true });
      this.changed.push(`${path}/`);
    }
    chmodSync(full, 0o750);
    if (process.getuid?.() === 0) chownSync(full, owner.uid, owner.gid);
  }
}
