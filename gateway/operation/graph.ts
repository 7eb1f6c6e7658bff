import { Supergraph } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import { LRUCache } from 'lru-cache';
import { prepareEstimate } from '../../kit/graph/limits/cost/estimate.ts';
import { Weights } from '../../kit/graph/limits/cost/weights.ts';
import { readDocument } from '../../kit/graph/limits/document.ts';
import { DEFAULT_LIMITS, type OperationLimits } from '../../kit/graph/limits/limits.ts';
import { findFaults } from '../../kit/graph/limits/validate.ts';
import { withCode } from '../../kit/graph/refusal.ts';
import { prepareVariables } from '../../kit/graph/variables.ts';
import type { Viewer } from '../../kit/identity/caller.ts';
import type { ApolloContext, ApolloExecutor } from '../execution/apollo.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import type { Data } from '../upstream/response-data.ts';
import { type Access, ALL, createAccess } from './access/access.ts';
import { withoutSecurity } from './access/features.ts';
import type { Policies } from './access/rules.ts';
import type { Meter } from './limits/index.ts';
import { asksForSchema } from './limits/introspection.ts';
import { refuseReservedNames } from './limits/reserved-names.ts';
import { findConditionalSubscription } from './no-conditional-subscription.ts';
import type { PlanningThread } from './planning/apart.ts';
import { Planner } from './planning/planner.ts';
import { type Draft, Preparation } from './prepare.ts';
import type { OperationGraph, PreparedOperation, ValidOperation } from './prepared.ts';

type Faulty = { errors: readonly GraphQLError[] };
export type Prepared = { prepared: PreparedOperation; errors?: undefined } | Faulty;

/**
 * Operations that are remembered: planning one costs milliseconds, and clients send the same ones again and
 * again.
 */
const MAX_OPERATIONS = 1_000;
/**
 * Longer texts than any frontend's, in characters, are planned each time: remembered, a megabyte of comment
 * would stay for good.
 */
const MAX_REMEMBERED = 10_000;
/** Decisions of which one operation is remembered: those who may see the same are few kinds of viewers. */
const MAX_DECISIONS = 16;
/** What is planned again when the graph changes, before somebody asks for it. */
const MAX_WARM = 100;
/** Rules of the gateway beside those of the specification. */
const RULES = [refuseReservedNames];

/** One supergraph: what clients see of it, Apollo's planner for it, and the operations that were planned. */
export class Graph implements OperationGraph {
  readonly schema: GraphQLSchema;
  readonly #planner: Planner;
  /** Made when it is first used: loading @apollo/gateway is a third of the processor time of a start. */
  #apollo: Promise<ApolloExecutor> | null = null;
  readonly #createApollo: () => Promise<ApolloExecutor>;
  readonly #preparation: Preparation;
  /** The text of what is planned for, and where that is done apart from all else. */
  readonly #planned: string;
  readonly #thread: PlanningThread | null;
  readonly #limits: OperationLimits;
  readonly #weights: Weights;
  readonly #access: Access;
  readonly #known = new LRUCache<string, ValidOperation>({ max: MAX_OPERATIONS });

  /**
   * Services are asked by `calls`. Without `policies`, no viewer meets any; without `thread`, everything is
   * planned on this one.
   * @throws what Apollo has against the supergraph, or where it has access rules that are not known here
   */
  constructor(
    supergraphSdl: string,
    calls: SubgraphRequests,
    limits = DEFAULT_LIMITS,
    policies?: Policies,
    thread: PlanningThread | null = null,
  ) {
    // Composition has just validated it.
    const planned = withoutSecurity(supergraphSdl);
    const supergraph = Supergraph.build(planned, { validateSupergraph: false });
    this.schema = supergraph.apiSchema().toGraphQLJSSchema();
    const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.#access = createAccess(supergraph.schema, supergraphSchema, policies);
    this.#planner = new Planner(planned, supergraph, supergraphSchema);
    this.#createApollo = async () => {
      const apollo = await import('../execution/apollo.ts');
      return new apollo.ApolloExecutor(supergraph, this.schema, supergraphSchema, calls);
    };
    this.#preparation = new Preparation({
      schema: this.schema,
      supergraphSchema,
      planner: this.#planner,
      access: this.#access,
      requests: calls,
    });
    this.#planned = planned;
    this.#thread = thread;
    thread?.use(planned);
    this.#limits = limits;
    this.#weights = Weights.ofSupergraph(supergraphSchema);
  }

  /** Whether the operation was read before: what was not costs its validation and planning. */
  knows(query: string, operationName: string | null): boolean {
    return this.#find(query, operationName) !== undefined;
  }

  /** Parses and validates. What is not valid is not remembered: it would take the place of what is. */
  read(query: string, operationName: string | null): { valid: ValidOperation; errors?: undefined } | Faulty {
    const key = keyOf(query, operationName);
    try {
      const known = this.#find(query, operationName);
      const found = known ? { valid: known } : this.#validate(query, operationName);
      if (found.errors || key.length > MAX_REMEMBERED) return found;
      if (!known) this.#known.set(key, found.valid);
      return found;
    } catch (error) {
      return faulty(error);
    }
  }

  /** Plans what is valid for a viewer, or nobody; those who may see the same of it share the work. */
  plan(valid: ValidOperation, viewer: Viewer | null): Prepared {
    return this.#decided(valid, this.#access.decide(valid.requirements, viewer));
  }

  /** The same for what is new: planned in a thread where that is ready, and measured wherever it is. */
  async planApart(valid: ValidOperation, viewer: Viewer | null, meter: Meter): Promise<Prepared> {
    const decision = this.#access.decide(valid.requirements, viewer);
    if (!this.#thread || valid.prepared.has(decision)) return meter.measure(() => this.#decided(valid, decision));
    const draft = this.#preparation.draft(valid, decision);
    const apart = draft.allowed && (await this.#thread.plan(this.#planned, draft.allowed));
    if (apart) meter.add(apart.microseconds);
    return meter.measure(() => this.#decided(valid, decision, draft, apart?.plan));
  }

  /** Reads and plans. */
  prepare(query: string, operationName: string | null, viewer: Viewer | null): Prepared {
    const found = this.read(query, operationName);
    return found.errors ? found : this.plan(found.valid, viewer);
  }

  /** Whether a viewer may see the same of an operation as those whom it was prepared for. */
  isFor({ requirements, decision }: PreparedOperation, viewer: Viewer | null): boolean {
    return this.#access.decide(requirements, viewer) === decision;
  }

  /**
   * Plans what was asked for last of another graph, a piece at a time, so that a change of the graph does not
   * hold up all clients at once.
   */
  async warmUp(previous: Graph): Promise<void> {
    const operations = [...previous.#known.values()].slice(0, MAX_WARM);
    for (const { query, operationName } of operations) {
      await new Promise((resolve) => setImmediate(resolve));
      const found = this.read(query, operationName);
      if (!found.errors) this.#decided(found.valid, ALL);
    }
  }

  #find(query: string, operationName: string | null): ValidOperation | undefined {
    const known = this.#known.get(keyOf(query, operationName));
    return known?.operationName === operationName ? known : undefined;
  }

  #decided(valid: ValidOperation, decision: string, draft?: Draft, plan?: QueryPlan): Prepared {
    try {
      const known = valid.prepared.get(decision);
      if (known) return { prepared: known };
      const prepared = this.#preparation.prepare(this, valid, decision, draft, plan);
      if (valid.prepared.size >= MAX_DECISIONS) valid.prepared.clear();
      valid.prepared.set(decision, prepared);
      return { prepared };
    } catch (error) {
      return faulty(error);
    }
  }

  #validate(query: string, operationName: string | null): { valid: ValidOperation; errors?: undefined } | Faulty {
    const document = readDocument(query, this.#limits);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw withoutOperation(operationName);
    // graphql-js finds no fault with an operation of a kind that the schema does not have.
    if (!this.schema.getRootType(operation.operation))
      throw new GraphQLError(`The graph has no ${operation.operation} fields now.`, { nodes: operation });
    const conditional = findConditionalSubscription(document);
    const faults = conditional ? [conditional] : findFaults(this.schema, document, RULES);
    if (faults.length > 0) return { errors: faults };
    const requirements = this.#access.requirementsOf(document, operation);
    const valid: ValidOperation = {
      query,
      operationName,
      document,
      operation,
      readVariables: prepareVariables(this.schema, operation),
      requirements,
      names: this.#planner.namesFor(document),
      asksForSchema: asksForSchema(document),
      estimate: prepareEstimate(this.#weights, document, operation),
      prepared: new Map(),
    };
    return { valid };
  }

  async executeByApollo(prepared: PreparedOperation, given: Data, context: ApolloContext): Promise<ExecutionResult> {
    this.#apollo ??= this.#createApollo();
    return (await this.#apollo).execute(prepared, given, context);
  }
}

/**
 * Mostly the text itself: a string keeps its hash, and one that is made of two would be hashed anew each
 * time.
 */
function keyOf(query: string, operationName: string | null): string {
  return operationName === null ? query : `${operationName}\n${query}`;
}

function withoutOperation(name: string | null): GraphQLError {
  const message = name === null ? 'Say by operationName which operation.' : 'There is no operation of this name.';
  return new GraphQLError(message, { extensions: { code: ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE } });
}

/** Throws on what is no fault of the operation. */
function faulty(error: unknown): Faulty {
  if (!(error instanceof GraphQLError)) throw error;
  return { errors: [asValidationError(error)] };
}

function asValidationError(error: GraphQLError): GraphQLError {
  return error.extensions.code === undefined ? withCode(error, ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED) : error;
}
