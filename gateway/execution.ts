import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import type { Log } from '../kit/log.ts';
import type { OperationContext } from './context.ts';
import type { BalancedDataSource } from './datasource.ts';
import { limitSelections } from './limits.ts';
import { maskGatewayError } from './mask.ts';
import type { Composed } from './supergraph.ts';

/** The one path on which queries and mutations are run, whether they came over HTTP or a socket. */
export interface Execution {
  /** Null until the first graph was composed. */
  readonly server: ApolloServer<OperationContext> | null;
  /** Takes a new graph. Operations that are being worked on end with the graph they began with. @throws what Apollo has against it */
  apply(composed: Composed): Promise<void>;
  stop(): Promise<void>;
}

/** `sourceOf` gives the data source of a service. */
export function createExecution(sourceOf: (service: string) => BalancedDataSource, log: Log): Execution {
  // Apollo reports loading and updating as news; ours are the lines of supergraph.ts.
  const logger = {
    debug: (message?: unknown) => log.debug({ apollo: message }, 'Apollo'),
    info: (message?: unknown) => log.debug({ apollo: message }, 'Apollo'),
    warn: (message?: unknown) => log.warn({ apollo: message }, 'Apollo'),
    error: (message?: unknown) => log.error({ apollo: message }, 'Apollo'),
  };
  let server: ApolloServer<OperationContext> | null = null;
  let update: (supergraphSdl: string) => void = () => {};

  async function start(supergraphSdl: string): Promise<void> {
    const gateway = new ApolloGateway({
      supergraphSdl: {
        async initialize(callbacks) {
          update = callbacks.update;
          return { supergraphSdl };
        },
      },
      buildService: ({ name }) => sourceOf(name),
      // Composition has just validated it.
      validateSupergraph: false,
      __exposeQueryPlanExperimental: false,
      logger,
    });
    const starting = new ApolloServer<OperationContext>({
      // The packages each bring their own copy of one interface.
      gateway: gateway as unknown as ApolloServerOptionsWithGateway<OperationContext>['gateway'],
      introspection: true,
      csrfPrevention: true,
      allowBatchedHttpRequests: false,
      persistedQueries: false,
      validationRules: [limitSelections],
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      plugins: [
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        {
          requestDidStart: async () => ({
            async didResolveOperation({ operation, operationName }) {
              if (!operation) throw withoutOperation(operationName);
            },
          }),
        },
      ],
      formatError: (formatted, error) => maskGatewayError(formatted, error, log),
      logger,
    });
    await starting.start();
    server = starting;
  }

  return {
    get server() {
      return server;
    },
    async apply({ supergraphSdl }) {
      if (server) update(supergraphSdl);
      else await start(supergraphSdl);
    },
    stop: async () => server?.stop(),
  };
}

/** ApolloGateway would fail on it as on a bug. */
function withoutOperation(name: string | null): GraphQLError {
  const message = name === null ? 'Say by operationName which operation.' : 'There is no operation of this name.';
  const extensions = { code: ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE, http: { status: 400 } };
  return new GraphQLError(message, { extensions });
}
