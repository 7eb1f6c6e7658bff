import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readEnvironment } from '../../../kit/base/environment.ts';
import { StartupError } from '../../../kit/base/errors.ts';
import { DEFAULT_LIMITS, type OperationLimits } from '../../../kit/graph/limits/limits.ts';
import type { BudgetSize } from './budget.ts';
import type { IntrospectionPolicy } from './introspection.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** How the gateway keeps off what would hold it up. */
export interface ProtectionConfig {
  limits: OperationLimits;
  /** What one operation may cost. */
  maxCost: number;
  budget: BudgetSize;
  introspection: IntrospectionPolicy;
  /** Proxies of ours that requests come through; each adds to `X-Forwarded-For` who called it. */
  proxies: number;
  /**
   * Whether clients may send the hash of an operation in place of its text, and teach the gateway which text
   * that is.
   */
  learnsOperations: boolean;
  /** The operations of the frontends; null where there is no such list. */
  manifest: Manifest | null;
  /** What happens to an operation that is not in the list. */
  unlisted: 'refuse' | 'log';
  /** How long the body of an operation may take to arrive, in ms; files may take longer. */
  bodyTimeout: number;
}

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const amount = (fallback: number) => z.coerce.number().int().min(0).default(fallback);

/** @throws StartupError */
export function readProtectionConfig(environment = process.env): ProtectionConfig {
  const isProduction = environment.NODE_ENV === 'production';
  const e = readEnvironment(
    {
      GATEWAY_LIMIT_BYTES: count(DEFAULT_LIMITS.bytes),
      GATEWAY_LIMIT_TOKENS: count(DEFAULT_LIMITS.tokens),
      GATEWAY_LIMIT_OPERATIONS: count(DEFAULT_LIMITS.operations),
      GATEWAY_LIMIT_FRAGMENTS: count(DEFAULT_LIMITS.fragments),
      GATEWAY_LIMIT_SELECTIONS: count(DEFAULT_LIMITS.selections),
      GATEWAY_LIMIT_INTROSPECTION: count(DEFAULT_LIMITS.introspection),
      GATEWAY_LIMIT_DEPTH: count(DEFAULT_LIMITS.depth),
      GATEWAY_LIMIT_ALIASES: count(DEFAULT_LIMITS.aliases),
      GATEWAY_LIMIT_ROOT_FIELDS: count(DEFAULT_LIMITS.rootFields),
      GATEWAY_LIMIT_MUTATIONS: count(DEFAULT_LIMITS.mutations),
      GATEWAY_LIMIT_REPEATS: count(DEFAULT_LIMITS.repeats),
      GATEWAY_LIMIT_DIRECTIVES: count(DEFAULT_LIMITS.directives),
      GATEWAY_LIMIT_COST: count(10_000),
      GATEWAY_BUDGET: amount(100_000),
      GATEWAY_BUDGET_PER_SECOND: count(2_000),
      GATEWAY_INTROSPECTION: z.enum(['on', 'off', 'scope']).default(isProduction ? 'scope' : 'on'),
      GATEWAY_PROXIES: amount(0),
      GATEWAY_PERSISTED_QUERIES: z.enum(['on', 'off']).default('on'),
      GATEWAY_OPERATION_MANIFEST: z.string().min(1).optional(),
      GATEWAY_UNLISTED_OPERATIONS: z.enum(['refuse', 'log']).default('refuse'),
      GATEWAY_BODY_TIMEOUT_MS: count(10_000),
    },
    environment,
  );
  const path = e.GATEWAY_OPERATION_MANIFEST;
  return {
    limits: {
      bytes: e.GATEWAY_LIMIT_BYTES,
      tokens: e.GATEWAY_LIMIT_TOKENS,
      operations: e.GATEWAY_LIMIT_OPERATIONS,
      fragments: e.GATEWAY_LIMIT_FRAGMENTS,
      selections: e.GATEWAY_LIMIT_SELECTIONS,
      introspection: e.GATEWAY_LIMIT_INTROSPECTION,
      depth: e.GATEWAY_LIMIT_DEPTH,
      aliases: e.GATEWAY_LIMIT_ALIASES,
      rootFields: e.GATEWAY_LIMIT_ROOT_FIELDS,
      mutations: e.GATEWAY_LIMIT_MUTATIONS,
      repeats: e.GATEWAY_LIMIT_REPEATS,
      directives: e.GATEWAY_LIMIT_DIRECTIVES,
    },
    maxCost: e.GATEWAY_LIMIT_COST,
    budget: { burst: e.GATEWAY_BUDGET, perSecond: e.GATEWAY_BUDGET_PER_SECOND },
    introspection: e.GATEWAY_INTROSPECTION,
    proxies: e.GATEWAY_PROXIES,
    learnsOperations: e.GATEWAY_PERSISTED_QUERIES === 'on',
    manifest: path === undefined ? null : load(path),
    unlisted: e.GATEWAY_UNLISTED_OPERATIONS,
    bodyTimeout: e.GATEWAY_BODY_TIMEOUT_MS,
  };
}

/**
 * @throws StartupError where the file cannot be read or is none. Without it everything would be refused, or
 * everything taken.
 */
function load(path: string): Manifest {
  try {
    return readManifest(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new StartupError(`GATEWAY_OPERATION_MANIFEST: ${path}: ${(error as Error).message}`);
  }
}
