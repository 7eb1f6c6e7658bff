import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import send from 'send';
import { HttpError, type HttpRequest, type Route } from '../../../kit/http/server.ts';
import type { Links } from '../domain/files/links.ts';
import type { StoredFile, VariantName } from '../domain/types.ts';
import { downloadName } from '../domain/uploads/names.ts';

/** What browsers may show in place: it holds no script. All else is saved. */
const INLINE = /^(image\/(?!svg)|video\/|audio\/)/;
const ABOUT_THE_FILE = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-type',
  'etag',
  'last-modified',
];

export interface DownloadOptions {
  links: Links;
  /** A complete file, or null. */
  read(fileId: string): Promise<StoredFile | null>;
  /** The folder of the store. */
  root: string;
  /** Where a variant is, relative to the store. */
  path(fileId: string, variant: VariantName): string;
}

/**
 * `GET` and `HEAD /files/<id>/<variant>` with a signed query. The URL is the permission. Ranges and
 * conditional requests (RFC 9110) are `send`'s work; a request for several ranges gets the whole file, as the
 * RFC allows.
 */
export function downloadRoute(options: DownloadOptions): Route {
  const { links, read } = options;
  return {
    path: '/files/',
    methods: ['GET', 'HEAD'],
    async handle(request, response) {
      // Also on refusals: a browser shows none of this as a page, and scripts of any site may read what a URL
      // in their hands allows.
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('content-security-policy', 'sandbox');
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('cross-origin-resource-policy', 'cross-origin');
      response.setHeader('cache-control', 'no-store');
      const target = await links.read(request.path, request.search);
      if (target.kind !== 'valid') throw refuseLink(target.kind);
      const file = await read(target.fileId);
      const part = file && partOf(file, target.variant);
      if (!file || !part) throw notFound();
      const { contentType, size } = part;
      response.setHeader('cache-control', `private, max-age=${target.secondsLeft}, immutable`);
      response.setHeader('content-type', contentType === 'text/plain' ? 'text/plain; charset=utf-8' : contentType);
      response.setHeader('content-disposition', disposition(contentType, downloadName(file, target.variant)));
      // What is stored under a file's id never changes, so id and variant name the bytes.
      response.setHeader('etag', `"${file.id}-${target.variant}"`);
      response.setHeader('last-modified', file.createdAt.toUTCString());
      correct(request.incoming.headers, size);
      await transfer(request, response, options.root, options.path(file.id, target.variant));
    },
  };
}

/** The type and size of one variant; null where there is none of this name. */
function partOf(file: StoredFile, variant: VariantName): { contentType: string; size: number } | null {
  if (variant === 'original') return file;
  return file.variants.find((one) => one.name === variant) ?? null;
}

function refuseLink(kind: 'unknown' | 'forged' | 'expired'): HttpError {
  if (kind === 'unknown') return notFound();
  return kind === 'expired'
    ? new HttpError(410, 'LINK_EXPIRED', 'This address has expired. Ask the graph for the URL of the file again.')
    : new HttpError(
        403,
        'LINK_INVALID',
        'This is not an address that was given out. Ask the graph for the URL of the file.',
      );
}

function notFound(): HttpError {
  return new HttpError(404, 'NOT_FOUND', 'There is no such file.');
}

/** RFC 6266: a name in ASCII for old clients, and the real one in UTF-8 (RFC 8187). */
function disposition(contentType: string, name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const utf8 = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${INLINE.test(contentType) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}

/** Where `send` is stricter than RFC 9110, makes of a request one that it answers as the RFC wants. */
function correct(headers: IncomingHttpHeaders, size: number): void {
  // A suffix that is longer than the file means all of it (14.1.2).
  const suffix = /^bytes=-(\d+)$/.exec(headers.range ?? '')?.[1];
  if (suffix !== undefined && Number(suffix) > size) headers.range = `bytes=-${size}`;
  // `no-cache` speaks to caches on the way; an origin evaluates the conditions all the same (13.2.1). fetch
  // adds it to every conditional request.
  delete headers['cache-control'];
}

/** Sends the bytes; resolves when the response is closed, whoever closed it. */
function transfer(request: HttpRequest, response: ServerResponse, root: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('close', resolve);
    send(request.incoming, path, { root, index: false, cacheControl: false, etag: false, lastModified: false })
      .on('error', (error: { status?: number }) => reject(refusal(error, response)))
      .pipe(response);
  });
}

/**
 * What `send` refuses, as this service says it. Anything else, such as bytes that are not there, is for the
 * log and a masked 500.
 */
function refusal(error: { status?: number }, response: ServerResponse): unknown {
  if (!response.headersSent) {
    for (const name of ABOUT_THE_FILE) response.removeHeader(name);
    response.setHeader('cache-control', 'no-store');
  }
  if (error.status === 412) {
    return new HttpError(
      412,
      'PRECONDITION_FAILED',
      'The file is not the one that the conditions of the request name.',
    );
  }
  if (error.status === 416) {
    return new HttpError(
      416,
      'RANGE_NOT_SATISFIABLE',
      'The file has no bytes in this range; Content-Range says how many it has.',
    );
  }
  return new Error('the bytes of a file could not be read', { cause: error });
}
