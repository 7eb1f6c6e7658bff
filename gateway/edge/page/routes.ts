import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import send from 'send';
import { HttpError, type HttpRequest, nothingHere, type Route } from '../../../kit/http/server.ts';
import { acceptsGzip } from '../compression.ts';

const BUNDLE = join(import.meta.dirname, 'bundle');
const INDEX = 'index.html';
const ASSETS = '/graphql/page/';
const A_YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/**
 * The page runs what is ours and nothing else, asks this host alone, and is shown in no frame. Styles are the
 * exception: the editor of GraphiQL and its menus write style elements into the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Puts the page at the address of the graph: a browser that opens it gets GraphiQL, everything else is
 * answered by `graphql` as before.
 */
export function withPage(graphql: Route): Route[] {
  const page: Route = {
    ...graphql,
    handle: (request, response) =>
      isForBrowser(request) ? serve(INDEX, request.incoming, response) : graphql.handle(request, response),
  };
  const assets: Route = {
    path: ASSETS,
    methods: ['GET'],
    handle({ path, incoming }, response) {
      const name = path.slice(ASSETS.length);
      if (!/^[\w.-]+-[A-Z0-9]{8}\.\w+$/.test(name)) throw nothingHere();
      return serve(name, incoming, response);
    },
  };
  return [page, assets];
}

/**
 * Whether somebody opens the address in a browser. A GET that carries an operation is one for the graph,
 * whoever sends it.
 */
function isForBrowser({ method, search, incoming }: HttpRequest): boolean {
  return (
    method === 'GET' &&
    !new URLSearchParams(search).has('query') &&
    /\btext\/html\b/.test(incoming.headers.accept ?? '')
  );
}

/**
 * Settles when the answer is written. The names of assets contain a hash of their content, so browsers keep
 * them; the document that names them is revalidated each time.
 */
function serve(name: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!existsSync(join(BUNDLE, INDEX)))
    throw new HttpError(503, 'UNAVAILABLE', 'The page has not been built. ExecutionContext: npm run page');
  const isDocument = name === INDEX;
  const isGzip = !isDocument && acceptsGzip(incoming.headers['accept-encoding']);
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('vary', isDocument ? 'accept' : 'accept-encoding');
  return new Promise((resolve, reject) => {
    response.once('close', resolve);
    send(incoming, isGzip ? `${name}.gz` : name, {
      root: BUNDLE,
      maxAge: isDocument ? 0 : A_YEAR_MS,
      immutable: !isDocument,
      acceptRanges: false,
    })
      .on('headers', (sent: ServerResponse) => {
        if (!isGzip) return;
        sent.setHeader('content-encoding', 'gzip');
        sent.setHeader('content-type', TYPES[name.slice(name.lastIndexOf('.'))] ?? 'application/octet-stream');
      })
      .on('error', ({ status }: { status: number }) =>
        reject(
          status === 404 ? nothingHere() : new HttpError(status, 'BAD_REQUEST', 'The file cannot be had like this.'),
        ),
      )
      .pipe(response);
  });
}

/** Media types of compressed assets: `send` sees only that the file ends in `.gz`. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};
