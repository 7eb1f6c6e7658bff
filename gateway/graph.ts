import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type ServiceMap } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  specifiedRules,
  validate,
} from 'graphql';
import type { OperationContext } from './context.ts';
import { findDirectText } from './direct.ts';
import { limitSelections } from './limits.ts';
import { findConditionalSubscription, mayBeSubscription, tryParse } from './operations.ts';

/** An operation of a client, made ready once for all who send it. */
export interface PreparedOperation {
  graph: Graph;
  kind: 'query' | 'mutation' | 'subscription';
  query: string;
  operationName: string | null;
  /** The service of the root fields. */
  service: string;
  /** What that service is asked, in JSON. */
  text: string;
  /** The names of the variables that it is given. */
  variables: readonly string[];
  /** Whether the service's answer is the client's as it stands, where it has no errors. */
  isDirect: boolean;
  /** What the service has answered, and then the fetches from other services. */
  plan: QueryPlan;
  operation: ReturnType<typeof buildOperationContext>;
}

/** Null is what goes the way of all other queries and mutations. */
export type Prepared = { prepared: PreparedOperation; errors?: undefined } | { errors: readonly GraphQLError[] } | null;

/** Plans that are remembered: one costs milliseconds, and thousands of sockets send the same few subscriptions. */
const MAX_PLANS = 500;
/** Longer texts than any frontend's, in characters, are planned each time: remembered, a megabyte of comment would stay for good. */
const MAX_REMEMBERED = 10_000;

/** Apollo's planner for one supergraph, for what ApolloGateway does not do: subscriptions, and to pass on what one service can answer alone. */
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

  /** Parses, validates and plans; equal operations share the work. */
  prepare(query: string, operationName: string | null): Prepared {
    const key = `${operationName ?? ''}\n${query}`;
    let prepared = this.known.get(key);
    if (prepared === undefined) {
      const isLong = key.length > MAX_REMEMBERED;
      if (isLong && !mayBeSubscription(query)) return null;
      prepared = this.plan(query, operationName);
      if (prepared?.errors || isLong) return prepared;
      if (this.known.size >= MAX_PLANS) this.known.delete(this.known.keys().next().value as string);
      this.known.set(key, prepared);
    }
    return prepared;
  }

  private plan(query: string, operationName: string | null): Prepared {
    const document = tryParse(query);
    const operation = document && getOperationAST(document, operationName);
    if (!operation) return null;
    const kind = operation.operation;
    try {
      const conditional = findConditionalSubscription(document);
      const faults = conditional
        ? [conditional]
        : validate(this.schema, document, [...specifiedRules, limitSelections]);
      if (faults.length > 0) return { errors: faults.map(asValidationError) };
      const named = operationName === null ? {} : { operationName };
      const { node } = this.planner.buildQueryPlan(operationFromDocument(this.apiSchema, document, named));
      const { primary, rest } = node?.kind === 'Subscription' ? node : { primary: node, rest: undefined };
      if (primary?.kind !== 'Fetch' || primary.requires) return null;
      const direct = rest
        ? null
        : findDirectText(document, operation, primary.operation, this.schema, this.supergraphSchema);
      if (direct === null && kind !== 'subscription') return null;
      const plan: QueryPlan = {
        kind: 'QueryPlan',
        node: rest ? { kind: 'Sequence', nodes: [primary, rest] } : primary,
      };
      const prepared: PreparedOperation = {
        graph: this,
        kind,
        query,
        operationName,
        service: primary.serviceName,
        text: JSON.stringify(direct ?? primary.operation),
        variables: primary.variableUsages ?? [],
        isDirect: direct !== null,
        plan,
        operation: buildOperationContext({ schema: this.schema, operationDocument: document, ...named }),
      };
      return { prepared };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return kind === 'subscription' ? { errors: [asValidationError(error)] } : null;
    }
  }

  /** The variables as the schema understands them, with defaults. */
  coerce(
    { operation }: PreparedOperation,
    variables: Record<string, unknown>,
  ): { coerced: Record<string, unknown>; errors?: undefined } | { errors: readonly GraphQLError[] } {
    const { coerced, errors } = getVariableValues(
      this.schema,
      operation.operation.variableDefinitions ?? [],
      variables,
    );
    return errors ? { errors: errors.map((error) => withCode(error, 'BAD_USER_INPUT')) } : { coerced };
  }

  /**
   * The answer to the client for one answer of the first service: an event, or all there is. The execution merges what other services say into it, so an event may be executed
   * once only.
   */
  async execute(
    { plan, service, operation, query }: PreparedOperation,
    event: ExecutionResult,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): Promise<ExecutionResult> {
    const real = this.services[service] as ServiceMap[string];
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
      { ...this.services, [service]: primaryService },
      request as unknown as Parameters<typeof executeQueryPlan>[2],
      operation,
      this.supergraphSchema,
      this.apiSchema,
    );
  }
}

function asValidationError(error: GraphQLError): GraphQLError {
  return error.extensions.code === undefined ? withCode(error, 'GRAPHQL_VALIDATION_FAILED') : error;
}

function withCode({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
