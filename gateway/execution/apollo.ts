import type { Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type GraphQLDataSource, type ServiceMap } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, ExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { decode } from '../../kit/base/bytes.ts';
import { takeFiles } from '../upstream/multipart.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import type { Data } from '../upstream/response-data.ts';
import type { Asker, Reply } from '../upstream/subgraph-request.ts';
import type { RequestFiles } from '../upstream/uploads.ts';
import type { DataNames } from './data-names.ts';

/** For whom an operation is executed, with the files of its request. */
export interface ApolloContext extends Asker {
  files?: RequestFiles | undefined;
}

/** A planned operation. */
interface Planned {
  plan: QueryPlan;
  query: string;
  renamed: DocumentNode;
  names: DataNames;
}

/**
 * Executes plans with the executor of @apollo/gateway. It is the reference for ours, and an operator's way
 * back (`GATEWAY_EXECUTOR=apollo`). Services are asked in the same way by both.
 */
export class ApolloExecutor {
  readonly #services: ServiceMap;
  readonly #apiSchema: Schema;
  readonly #schema: GraphQLSchema;
  readonly #supergraphSchema: GraphQLSchema;

  /** `schema` is the graph as clients see it, `supergraphSchema` as services do. */
  constructor(
    supergraph: Supergraph,
    schema: GraphQLSchema,
    supergraphSchema: GraphQLSchema,
    requests: SubgraphRequests,
  ) {
    this.#services = Object.fromEntries(
      supergraph.subgraphsMetadata().map(({ name }) => [name, new RequestSource(name, requests)]),
    );
    this.#apiSchema = supergraph.apiSchema();
    this.#schema = schema;
    this.#supergraphSchema = supergraphSchema;
  }

  async execute(
    { plan, query, renamed, names }: Planned,
    variables: Data,
    context: ApolloContext,
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

type Processed = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Asks one service for the fetches of a plan. */
class RequestSource implements GraphQLDataSource<ApolloContext> {
  readonly #service: string;
  readonly #requests: SubgraphRequests;

  constructor(service: string, requests: SubgraphRequests) {
    this.#service = service;
    this.#requests = requests;
  }

  async process(options: Parameters<GraphQLDataSource<ApolloContext>['process']>[0]): Promise<Processed> {
    const { query = '', variables = {} } = options.request;
    const { data, errors } = await this.#ask(query, variables, options.context as ApolloContext);
    return {
      data: data && decode(data),
      ...(errors.length > 0 ? { errors: errors.map(atTheFetch) } : {}),
    } as Processed;
  }

  async #ask(query: string, variables: Data, context: ApolloContext): Promise<Reply> {
    const service = this.#service;
    const text = JSON.stringify(query);
    if (context.files && takeFiles(variables).files.length > 0) {
      const reply = await context.files.send({ service, text, variables }, context);
      this.#requests.changed();
      return reply;
    }
    const kind = /^\s*mutation\b/.test(query) ? 'mutation' : 'query';
    return this.#requests.ask({ service, kind, text, variables: JSON.stringify(variables) }, context);
  }
}

/**
 * An error without a path is about the whole fetch; Apollo's executor puts the path of the fetch before an
 * empty one.
 */
function atTheFetch(error: GraphQLFormattedError): GraphQLFormattedError {
  return error.path ? error : { ...error, path: [] };
}
