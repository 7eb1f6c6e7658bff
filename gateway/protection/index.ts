import type { GraphQLError } from 'graphql';
import type { Log } from '../../kit/log.ts';
import type { Redis } from '../../kit/redis.ts';
import type { Viewer } from '../../kit/viewer.ts';
import { createBudgets } from './budget.ts';
import type { ProtectionConfig } from './config.ts';
import type { Estimate, Variables } from './cost/estimate.ts';
import { introspectionRefusal, mayIntrospect, withoutSuggestions } from './introspection.ts';
import { createPersistedOperations, type PersistedOperations } from './persisted.ts';
import { refusal } from './refusal.ts';

/** Who asks: a viewer, or the address that a client without one calls from. */
export interface Asker {
  viewer: Viewer | null;
  address: string;
}

/** What of a prepared operation decides whether it is executed. */
export interface Asked {
  asksForSchema: boolean;
  estimate: Estimate;
}

/** What stands between a client and the execution of its operation. How large a text may be is said where it is read: `readDocument`. */
export interface Protection extends PersistedOperations {
  /** Null where the operation may be executed: at once, unless Redis has to be asked. @throws GraphQLError where its cost cannot be said */
  admit(asked: Asked, variables: Variables, asker: Asker): GraphQLError | null | Promise<GraphQLError | null>;
  /** The message of a fault, as those may read it who ask. */
  tell(message: string, asker: Asker): string;
}

export function createProtection(config: ProtectionConfig, redis: Redis, namespace: string, log: Log): Protection {
  const { maxCost, introspection } = config;
  const budgets = createBudgets(config.budget, redis, namespace, log);
  const persisted = createPersistedOperations(config, redis, namespace, log);
  return {
    find: persisted.find,

    admit({ asksForSchema, estimate }, variables, { viewer, address }) {
      if (asksForSchema && !mayIntrospect(introspection, viewer)) return introspectionRefusal(introspection);
      const cost = estimate(variables);
      if (cost > maxCost) return tooExpensive(cost, maxCost);
      return budgets.spend(viewer ? `user:${viewer.userId}` : `address:${address}`, cost);
    },

    tell: (message, { viewer }) => (mayIntrospect(introspection, viewer) ? message : withoutSuggestions(message)),
  };
}

function tooExpensive(cost: number, maximum: number): GraphQLError {
  const message = `An operation may cost at most ${maximum}, and this one is estimated at ${cost}. Ask for shorter lists, or in several operations.`;
  return refusal('COST_ESTIMATED_TOO_EXPENSIVE', message, { fields: { cost, maximum } });
}
