import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import send from 'send';
import { HttpError, type HttpRequest, type Route } from '../../kit/http.ts';

const require = createRequire(import.meta.url);
/** The folder of a package. */
const packageOf = (name: string) => dirname(require.resolve(`${name}/package.json`));
const GRAPHQL_WS = dirname(fileURLToPath(import.meta.resolve('graphql-ws/client')));
const ASSETS = '/graphql/page/';

/** What the page loads, by its name below `ASSETS`. The packages are served as they were installed: nothing comes from another host. */
const FILES: Readonly<Record<string, string>> = {
  'page.js': join(import.meta.dirname, 'page.js'),
  'page.css': join(import.meta.dirname, 'page.css'),
  'story.js': join(import.meta.dirname, 'story.js'),
  'react.js': join(packageOf('react'), 'umd/react.production.min.js'),
  'react-dom.js': join(packageOf('react-dom'), 'umd/react-dom.production.min.js'),
  'graphiql.js': join(packageOf('graphiql'), 'graphiql.min.js'),
  'graphiql.css': join(packageOf('graphiql'), 'graphiql.min.css'),
};

/**
 * The page runs what is ours and nothing else, asks this host alone, and is shown in no frame. Styles are the exception: the editor of GraphiQL and its menus
 * write style elements into the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Puts the page at the address of the graph: a browser that opens it gets GraphiQL, everything else is answered by `graphql` as before.
 */
export function withPage(graphql: Route): Route[] {
  const page: Route = {
    ...graphql,
    handle: (request, response) =>
      isForBrowser(request)
        ? serve(join(import.meta.dirname, 'index.html'), request.incoming, response)
        : graphql.handle(request, response),
  };
  const assets: Route = {
    path: ASSETS,
    methods: ['GET'],
    handle({ path, incoming }, response) {
      const file = fileOf(path.slice(ASSETS.length));
      if (!file) throw nothingHere();
      return serve(file, incoming, response);
    },
  };
  return [page, assets];
}

/** Whether somebody opens the address in a browser. A GET that carries an operation is one for the graph, whoever sends it. */
function isForBrowser({ method, search, incoming }: HttpRequest): boolean {
  return (
    method === 'GET' &&
    !new URLSearchParams(search).has('query') &&
    /\btext\/html\b/.test(incoming.headers.accept ?? '')
  );
}

function nothingHere(): HttpError {
  return new HttpError(404, 'NOT_FOUND', 'There is nothing at this address.');
}

function fileOf(name: string): string | undefined {
  if (Object.hasOwn(FILES, name)) return FILES[name];
  // It has parts, whose names change with each of its versions.
  const part = /^graphql-ws\/([\w-]+\.js)$/.exec(name)?.[1];
  return part && join(GRAPHQL_WS, part);
}

/** Settles when the answer is written. A browser asks each time whether a file is still the same: another version of a package is another file. */
function serve(file: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('vary', 'accept');
  return new Promise((resolve, reject) => {
    response.once('close', resolve);
    send(incoming, encodeURI(file), { maxAge: 0, dotfiles: 'allow', acceptRanges: false })
      .on('error', ({ status }: { status: number }) =>
        reject(
          status === 404 ? nothingHere() : new HttpError(status, 'BAD_REQUEST', 'The file cannot be had like this.'),
        ),
      )
      .pipe(response);
  });
}
