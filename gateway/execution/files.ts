import type { Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type ServiceMap } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { OperationContext } from '../upstream/context.ts';
import type { Data } from '../upstream/response-data.ts';
import type { DataNames } from './data-names.ts';

/**
 * Executes operations with files, which stream through to one service: Apollo's own executor gives them to
 * the data source as they are.
 */
export class FileExecutor {
  readonly #services: ServiceMap;
  readonly #apiSchema: Schema;
  readonly #schema: GraphQLSchema;
  readonly #supergraphSchema: GraphQLSchema;

  /** `schema` is the graph as clients see it, `supergraphSchema` as services do. */
  constructor(
    supergraph: Supergraph,
    schema: GraphQLSchema,
    supergraphSchema: GraphQLSchema,
    sourceOf: (service: string) => ServiceMap[string],
  ) {
    this.#services = Object.fromEntries(supergraph.subgraphsMetadata().map(({ name }) => [name, sourceOf(name)]));
    this.#apiSchema = supergraph.apiSchema();
    this.#schema = schema;
    this.#supergraphSchema = supergraphSchema;
  }

  async execute(
    { plan, query, renamed, names }: { plan: QueryPlan; query: string; renamed: DocumentNode; names: DataNames },
    variables: Data,
    context: OperationContext,
  ): Promise<ExecutionResult> {
    const request = { request: { query, variables }, context, metrics: {} };
    const result = await executeQueryPlan(
      plan,
      this.#services,
      request as unknown as Parameters<typeof executeQueryPlan>[2],
      buildOperationContext({ schema: this.#schema, operationDocument: renamed }),
      this.#supergraphSchema,
      this.#apiSchema,
    );
    if (names.isPlain) return result;
    const { data, errors } = result;
    return {
      ...result,
      ...(data ? { data: names.restore(data) } : {}),
      ...(errors ? { errors: errors.map(names.restoreError) } : {}),
    };
  }
}
