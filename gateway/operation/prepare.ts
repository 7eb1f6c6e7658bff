import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import {
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { operationAlone, renameFields } from '../execution/data-names.ts';
import { createRootFetch, textOf } from '../execution/fetches.ts';
import { compilePlan } from '../execution/plan.ts';
import { createShaper } from '../execution/shape.ts';
import { createTypeConditions, type TypeConditions } from '../execution/type-conditions.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import { type Access, ALL } from './access/access.ts';
import type { Filtered } from './access/filter.ts';
import { findPassthroughText } from './passthrough.ts';
import type { Planner } from './planning/planner.ts';
import type { OperationGraph, PreparedOperation, Primary, ValidOperation } from './prepared.ts';

let prepared = 0;

/** An operation before it is planned. */
export interface Draft {
  /** What is refused; null where nothing is. */
  refused: Filtered | null;
  /** The operation with its names in the data, and what of it is allowed; null where nothing is. */
  renamed: DocumentNode;
  allowed: DocumentNode | null;
}

/**
 * Makes valid operations ready to be executed: filters what is refused, plans, and compiles plan and answer.
 */
export class Preparation {
  readonly #schema: GraphQLSchema;
  readonly #supergraphSchema: GraphQLSchema;
  readonly #planner: Planner;
  readonly #access: Access;
  readonly #requests: SubgraphRequests;
  readonly #types: TypeConditions;

  constructor(parts: {
    schema: GraphQLSchema;
    supergraphSchema: GraphQLSchema;
    planner: Planner;
    access: Access;
    requests: SubgraphRequests;
  }) {
    this.#schema = parts.schema;
    this.#supergraphSchema = parts.supergraphSchema;
    this.#planner = parts.planner;
    this.#access = parts.access;
    this.#requests = parts.requests;
    this.#types = createTypeConditions(parts.supergraphSchema);
  }

  /** What of an operation is planned for those who may see of it what `decision` says. */
  draft({ document, operation, requirements, names }: ValidOperation, decision: string): Draft {
    const refused = requirements && decision !== ALL ? this.#access.filter(requirements, decision) : null;
    const renamed = renameFields(operationAlone(document, operation), names);
    return { refused, renamed, allowed: refused ? refused.document && renameFields(refused.document, names) : renamed };
  }

  /**
   * Prepares an operation for those who may see of it what `decision` says. Plans it, unless a plan of what
   * is allowed is given.
   */
  prepare(
    graph: OperationGraph,
    valid: ValidOperation,
    decision: string,
    { refused, renamed, allowed } = this.draft(valid, decision),
    given?: QueryPlan,
  ): PreparedOperation {
    const { query, operationName, document, operation, readVariables, requirements, names, asksForSchema } = valid;
    const plan: QueryPlan = given ?? (allowed ? this.#planner.plan(allowed) : { kind: 'QueryPlan' });
    const { first, rest } = partsOf(plan);
    const passthrough = first && !refused && isWhole(plan, first) ? this.#passthrough(valid, renamed, first) : null;
    prepared += 1;
    return {
      id: prepared,
      graph,
      kind: operation.operation,
      query,
      operationName,
      document,
      operation,
      readVariables,
      primary: first && this.#primary(first, passthrough),
      isDirect: passthrough !== null,
      steps: compilePlan(rest, this.#requests, this.#types),
      names,
      renamed,
      asksForSchema,
      shape: createShaper(this.#schema, document, operation, names),
      plan,
      eventVariables: operation.operation === 'subscription' ? variablesBelow(document, operation) : [],
      requirements,
      decision,
      refused,
    };
  }

  #primary(first: FetchNode, passthrough: string | null): Primary {
    return {
      service: first.serviceName,
      text: passthrough ?? textOf(first),
      variables: first.variableUsages ?? [],
      fetch: createRootFetch(first, [], this.#requests, this.#types),
    };
  }

  /**
   * The request, as JSON text, to the one service whose answer can go to the client as it is; null where it
   * cannot.
   */
  #passthrough(valid: ValidOperation, renamed: DocumentNode, fetch: FetchNode): string | null {
    const { document, operation } = valid;
    const text = findPassthroughText(
      document,
      operation,
      renamed,
      fetch.operation,
      this.#schema,
      this.#supergraphSchema,
    );
    return text && JSON.stringify(text);
  }
}

/**
 * The fetch with which a plan begins, if it is one alone, and what follows: of a subscription, what completes
 * its events.
 */
function partsOf({ node }: QueryPlan): { first: FetchNode | null; rest: PlanNode | undefined } {
  const isSubscription = node?.kind === 'Subscription';
  const begin = isSubscription ? node.primary : node;
  const rest = isSubscription ? node.rest : node;
  return { first: begin?.kind === 'Fetch' && !begin.requires ? begin : null, rest };
}

/** Whether the plan is nothing but this fetch. */
function isWhole({ node }: QueryPlan, first: FetchNode): boolean {
  return node === first || (node?.kind === 'Subscription' && !node.rest);
}

/** The variables that are used anywhere but in the arguments of the root field. */
function variablesBelow(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const used = new Set<string>();
  const look = (node: ASTNode | undefined) => {
    if (node) visit(node, { Variable: ({ name }) => void used.add(name.value) });
  };
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) look(node);
  // The root field of a valid subscription is one; where it stands in a fragment, all is counted.
  for (const node of operation.selectionSet.selections) look(node.kind === Kind.FIELD ? node.selectionSet : node);
  return [...used];
}
