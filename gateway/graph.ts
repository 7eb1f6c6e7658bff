import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type ServiceMap } from '@apollo/gateway';
import { type FetchNode, type QueryPlan, QueryPlanner, type SubscriptionNode } from '@apollo/query-planner';
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { OperationContext } from './context.ts';
import { limitSelections } from './limits.ts';
import { findConditionalSubscription } from './operations.ts';

/** How a subscription is answered: which operation to have open at which service, and what to do with each of its events. */
export interface PreparedSubscription {
  graph: Graph;
  query: string;
  operationName: string | null;
  /** What the service of the root field is asked. */
  primary: FetchNode;
  /** The event as the answer of `primary`, and then the fetches from other services. */
  plan: QueryPlan;
  operation: ReturnType<typeof buildOperationContext>;
}

export type Prepared = { prepared: PreparedSubscription; errors?: undefined } | { errors: readonly GraphQLError[] };

/** Plans that are remembered: one costs milliseconds, and thousands of sockets send the same few subscriptions. */
const MAX_PLANS = 500;
/** Longer texts than any frontend's, in characters, are planned each time: remembered, a megabyte of comment would stay for good. */
const MAX_REMEMBERED = 10_000;

/** Apollo's planner for one supergraph, for what ApolloGateway does not do: subscriptions. */
export class Graph {
  readonly schema: GraphQLSchema;
  private readonly supergraphSchema: GraphQLSchema;
  private readonly apiSchema: Schema;
  private readonly planner: QueryPlanner;
  private readonly services: ServiceMap;
  private readonly known = new Map<string, Prepared>();

  /** `sourceOf` gives the data source of a service. */
  constructor(supergraphSdl: string, sourceOf: (service: string) => ServiceMap[string]) {
    // Composition has just validated it.
    const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
    this.apiSchema = supergraph.apiSchema();
    this.schema = this.apiSchema.toGraphQLJSSchema();
    this.supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph);
    this.services = Object.fromEntries(supergraph.subgraphsMetadata().map(({ name }) => [name, sourceOf(name)]));
  }

  /** Parses, validates and plans a subscription; equal ones share the work. */
  prepare(query: string, operationName: string | null): Prepared {
    const key = `${operationName ?? ''}\n${query}`;
    let prepared = this.known.get(key);
    if (!prepared) {
      prepared = this.plan(query, operationName);
      if (prepared.errors || key.length > MAX_REMEMBERED) return prepared;
      if (this.known.size >= MAX_PLANS) this.known.delete(this.known.keys().next().value as string);
      this.known.set(key, prepared);
    }
    return prepared;
  }

  private plan(query: string, operationName: string | null): Prepared {
    try {
      const document = parse(query);
      const conditional = findConditionalSubscription(document);
      const faults = conditional
        ? [conditional]
        : validate(this.schema, document, [...specifiedRules, limitSelections]);
      if (faults.length > 0) return { errors: faults.map(asValidationError) };
      const named = operationName === null ? {} : { operationName };
      const operation = buildOperationContext({ schema: this.schema, operationDocument: document, ...named });
      const node = this.planner.buildQueryPlan(operationFromDocument(this.apiSchema, document, named)).node;
      const { primary, rest } = node as SubscriptionNode;
      const plan: QueryPlan = {
        kind: 'QueryPlan',
        node: rest ? { kind: 'Sequence', nodes: [primary, rest] } : primary,
      };
      return { prepared: { graph: this, query, operationName, primary, plan, operation } };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [asValidationError(error)] };
      throw error;
    }
  }

  /** The variables as the schema understands them, with defaults. */
  coerce(
    { operation }: PreparedSubscription,
    variables: Record<string, unknown>,
  ): ReturnType<typeof getVariableValues> {
    return getVariableValues(this.schema, operation.operation.variableDefinitions ?? [], variables);
  }

  /**
   * The answer to the client for one event. The execution merges what other services say into the event, so an event may be executed once only.
   */
  async execute(
    { plan, primary, operation, query }: PreparedSubscription,
    event: ExecutionResult,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): Promise<ExecutionResult> {
    const real = this.services[primary.serviceName] as ServiceMap[string];
    let delivered = false;
    // The first step of the plan asks the primary service, and what it has said already is the event; later steps may ask it more.
    const primaryService: ServiceMap[string] = {
      async process(options) {
        if (delivered) return real.process(options);
        delivered = true;
        return event as Awaited<ReturnType<typeof real.process>>;
      },
    };
    const request = { request: { query, variables }, context, metrics: {} };
    return executeQueryPlan(
      plan,
      { ...this.services, [primary.serviceName]: primaryService },
      request as unknown as Parameters<typeof executeQueryPlan>[2],
      operation,
      this.supergraphSchema,
      this.apiSchema,
    );
  }
}

function asValidationError(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error;
  const code = error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED';
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code },
  });
}
