import type { Schema } from '@apollo/federation-internals';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Viewer } from '../../../kit/identity/caller.ts';
import { createTypeConditions } from '../../execution/type-conditions.ts';
import { type Filtered, filterOperation } from './filter.ts';
import { findRequirements, type Requirements } from './requirements.ts';
import { isMet, type Policies, readRules } from './rules.ts';

/**
 * The access rules of one supergraph, `@authenticated`, `@requiresScopes` and `@policy`, as the Apollo
 * Federation specification has them. They are enforced before an operation is planned: what its viewer may
 * not see is not asked of any service.
 */
export interface Access {
  /** Once for each text; null where the operation, which must be valid, is for everybody. */
  requirementsOf(document: DocumentNode, operation: OperationDefinitionNode): Requirements | null;
  /**
   * What a viewer, or nobody, may see of it: equal for all who may see the same, so that plans are kept by
   * text and decision. `ALL` where nothing is refused, and the operation goes on as it is. A decision holds
   * as long as the viewer's token.
   */
  decide(requirements: Requirements | null, viewer: Viewer | null): string;
  /** The operation that is left. Once for each decision but `ALL`. */
  filter(requirements: Requirements, decision: string): Filtered;
}

/** The decision that nothing is refused. */
export const ALL = '';

const REFUSED = '0';
const OPEN: Access = {
  requirementsOf: () => null,
  decide: () => ALL,
  filter() {
    throw new Error('Nothing is refused where there are no rules.');
  },
};

/**
 * Reads the rules of a supergraph, which is given as both libraries have it, whole: `withoutSecurity` leaves
 * the rules in it. A policy that `policies` does not know is refused.
 * @throws where it has rules of a version that is not enforced here: a graph that is not protected as its
 * services meant it must not be served
 */
export function createAccess(supergraph: Schema, schema: GraphQLSchema, policies: Policies = () => false): Access {
  const rules = readRules(supergraph);
  if (rules.size === 0) return OPEN;
  const types = createTypeConditions(schema);
  return {
    requirementsOf(document, operation) {
      const requirements = findRequirements(schema, rules, document, operation);
      return requirements.rules.length > 0 ? requirements : null;
    },
    decide(requirements, viewer) {
      const decision = requirements?.rules.map((rule) => (isMet(rule, viewer, policies) ? '1' : REFUSED)).join('');
      return decision?.includes(REFUSED) ? decision : ALL;
    },
    filter: (requirements, decision) =>
      filterOperation(types, requirements, ({ rules }) => rules.some((index) => decision[index] === REFUSED)),
  };
}
