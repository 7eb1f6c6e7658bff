export interface Lock {
  release(): void;
}
export function processIdentity(pid: number): string | null;
export function acquireLock(path: string): Lock | { heldBy: number };
export function waitForLock(path: string, onWait: (pid: number) => void): Promise<Lock>;
export function lockHolder(path: string): number | null;
