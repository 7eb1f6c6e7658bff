// Apollo's gateway as its documentation has it: ApolloServer on ApolloGateway, standalone, the client's token
// handed on to the services. In its favour: it verifies no token, limits nothing, and its plans' services are
// one fixed address each.
import '../../gateway/supergraph/telemetry.ts';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { serveParent } from '../load/serve.ts';

interface Context {
  authorization?: string | undefined;
}

serveParent({ listen });

async function listen({ supergraphSdl }: { supergraphSdl: string }): Promise<string> {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Context>({
        ...(url === undefined ? {} : { url }),
        willSendRequest({ request, context }) {
          if (context.authorization) request.http?.headers.set('authorization', context.authorization);
        },
      }),
  });
  const server = new ApolloServer<Context>({
    // The packages each bring their own copy of one interface.
    gateway: gateway as unknown as ApolloServerOptionsWithGateway<Context>['gateway'],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return url;
}
