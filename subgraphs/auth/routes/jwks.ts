import { type Route, sendJson } from '../../../kit/http/server.ts';

/** `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517). */
export function jwksRoute(keys: () => readonly { kid: string; jwk: Record<string, unknown> }[]): Route {
  return {
    path: '/.well-known/jwks.json',
    methods: ['GET', 'HEAD'],
    handle(_request, response) {
      // Half of the time between publishing a key and signing with it.
      response.setHeader('cache-control', 'public, max-age=60');
      sendJson(response, 200, { keys: keys().map(({ kid, jwk }) => ({ ...jwk, kid, alg: 'ES256', use: 'sig' })) });
    },
  };
}
