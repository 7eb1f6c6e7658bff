// The configuration of Hive Gateway, read by its own command line: as its documentation has it, the client's
// token handed on to the services.
export const gatewayConfig = {
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') ?? '' }),
  },
};
