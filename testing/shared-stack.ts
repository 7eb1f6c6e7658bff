import { readSigningKey } from '../kit/identity/tokens.ts';
import { connectTo, type SharedStack } from './connect.ts';
import type { Counts, TestProgram } from './stack.ts';

/** The variable in which jest's own process tells its workers where to ask for shared stacks. */
export const SHARED_VARIABLE = 'BEAVER_SHARED_STACKS';

export interface SharedStackAsked {
  /** The jest worker that asks: each has a stack, as it runs one file at a time. */
  worker: string;
  counts: Counts;
  kind?: SharedKind;
}

/** A system of another kind, which is shared apart: its environment, and its programs. */
export interface SharedKind {
  name: string;
  environment: Record<string, string>;
  programs: TestProgram[];
}

export interface SharedStackTold {
  environment: Record<string, string>;
  /** What the tests sign with: PKCS #8 PEM. */
  keys: { issuer: string; kid: string; pem: string }[];
  urls: Record<string, string[]>;
}

/**
 * The stack that the test files of one jest worker share, with at least so many instances of each service.
 * Whoever uses it makes people and conversations of their own, counts nothing but what belongs to them, and
 * neither configures, stops nor cuts anything: whoever does, or looks at metrics, logs, budgets or health,
 * has a stack of their own.
 */
export async function sharedStack(counts: Counts, kind?: SharedKind): Promise<SharedStack> {
  const { [SHARED_VARIABLE]: host, JEST_WORKER_ID: worker } = process.env;
  if (!host || !worker) throw new Error('Stacks are shared among the test files of one `npm test`.');
  const asked: SharedStackAsked = { worker, counts, ...(kind ? { kind } : {}) };
  const response = await fetch(host, { method: 'POST', body: JSON.stringify(asked) });
  const text = await response.text();
  if (!response.ok) throw new Error(`The shared stack did not start. ${text}`);
  const { environment, keys, urls }: SharedStackTold = JSON.parse(text);
  return connectTo(
    environment,
    new Map(keys.map(({ issuer, kid, pem }) => [issuer, readSigningKey(kid, pem)])),
    (name) => (urls[name] ?? []).map((url) => ({ url })),
  );
}
