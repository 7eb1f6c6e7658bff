import type { Schema } from '@apollo/federation-internals';
import type { Viewer } from '../../../kit/identity/caller.ts';
import { type AccessDirective, findApplications } from './features.ts';

/** Who may see a type or field. Two rules that ask the same are one object. */
export interface Rule {
  directive: AccessDirective;
  /**
   * Names of scopes or policies: all those of one of these sets are needed. Empty for `@authenticated`, which
   * needs no more than a viewer.
   */
  anyOf: readonly (readonly string[])[];
}

/**
 * Whether a viewer, or nobody, meets a policy. It should be cheap, as it is asked for each operation, and
 * depend on the viewer alone.
 */
export type Policies = (policy: string, viewer: Viewer | null) => boolean;

/**
 * The rules of a supergraph by what they stand on: `User`, `User.email`. All rules of one place have to be
 * met.
 */
export type Rules = ReadonlyMap<string, readonly Rule[]>;

/** @throws where rules are of a version that is not enforced here */
export function readRules(schema: Schema): Rules {
  const known = new Map<string, Rule>();
  const rules = new Map<string, Rule[]>();
  for (const { directive, application } of findApplications(schema)) {
    const { scopes, policies } = application.arguments() as { scopes?: string[][]; policies?: string[][] };
    const anyOf = scopes ?? policies ?? [];
    const key = JSON.stringify([directive, anyOf]);
    const rule = known.get(key) ?? { directive, anyOf };
    known.set(key, rule);
    const { coordinate } = application.parent as unknown as { coordinate: string };
    rules.set(coordinate, [...(rules.get(coordinate) ?? []), rule]);
  }
  return rules;
}

/**
 * A rule that names nothing lets nobody in: it is a mistake, which must not open what somebody meant to
 * close.
 */
export function isMet({ directive, anyOf }: Rule, viewer: Viewer | null, policies: Policies): boolean {
  if (directive === 'authenticated') return viewer !== null;
  const has = (name: string) =>
    directive === 'policy' ? policies(name, viewer) : viewer?.scopes.includes(name) === true;
  return anyOf.some((names) => names.length > 0 && names.every(has));
}
