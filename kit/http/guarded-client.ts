import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { isPublicAddress, liesIn, networks } from '../base/addresses.ts';

/** Milliseconds for a request with its redirects, from the look-up of the name to the last byte. */
const TIMEOUT_MS = 3_000;
const MAX_BODY_BYTES = 512 * 1024;
const MAX_REDIRECTS = 3;
const PORTS = new Set(['', '80', '443']);

export type RefusalReason = 'ADDRESS' | 'URL' | 'TOO_LARGE' | 'TOO_MANY_REDIRECTS';

const MESSAGES: Record<RefusalReason, string> = {
  ADDRESS: 'The address is not one of the public Internet, or the port is neither 80 nor 443.',
  URL: 'The URL is not one of http or https without a user and a password.',
  TOO_LARGE: `The answer is larger than ${MAX_BODY_BYTES / 1024} KiB.`,
  TOO_MANY_REDIRECTS: `The address redirects more than ${MAX_REDIRECTS} times.`,
};

/** What a stranger's address led to is not fetched. The message never has the address. */
export class RequestRefused extends Error {
  override name = 'RequestRefused';
  readonly code: RefusalReason;

  constructor(reason: RefusalReason) {
    super(MESSAGES[reason]);
    this.code = reason;
  }
}

export interface GuardedRequest {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface GuardedResponse {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  body: Buffer;
  /** Where the redirects led to. */
  url: string;
}

/**
 * Fetches what users name: push endpoints, previews, webhooks. It reaches public addresses on ports 80 and
 * 443 only, for three seconds and half a megabyte. Each connection is checked when it is made, on the very
 * address that it goes to: a name that leads elsewhere the second time, a redirect, and every way to write
 * 127.0.0.1 meet the same check.
 */
export interface GuardedClient {
  /**
   * Follows redirects of a GET only, and leaves the headers of the first request behind at another origin.
   * @throws RequestRefused; whatever a connection that fails or takes too long throws
   */
  request(url: string, options?: GuardedRequest): Promise<GuardedResponse>;
  close(): Promise<void>;
}

export interface GuardedClientOptions {
  /** Networks that may be reached although they are private, on any port: those of the operator. */
  allowed: readonly string[];
  lookup?: typeof systemLookup;
  timeoutMs?: number;
}

export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const { lookup = systemLookup, timeoutMs = TIMEOUT_MS } = options;
  const allowed = networks(options.allowed);
  const isAllowed = (address: string) => liesIn(allowed, address);
  const onUsualPort = connector((address) => isPublicAddress(address) || isAllowed(address), lookup, timeoutMs);
  const onOtherPort = connector(isAllowed, lookup, timeoutMs);
  const agent = new Agent({
    connect: (to, done) => (PORTS.has(to.port ?? '') ? onUsualPort : onOtherPort)(to, done),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  return {
    async request(url, { method = 'GET', headers = {}, body } = {}) {
      const signal = AbortSignal.timeout(timeoutMs);
      let [at, sent] = [urlOf(url), headers];
      for (let redirects = 0; ; redirects += 1) {
        const response = await request(at, { method, headers: sent, body, dispatcher: agent, signal });
        const to = method === 'GET' ? redirectOf(response, at) : null;
        if (to === null) {
          const answer = await readBody(response);
          return { status: response.statusCode, headers: response.headers, body: answer, url: at.href };
        }
        // It says that it was aborted, which is meant.
        response.body.on('error', () => undefined).destroy();
        if (redirects === MAX_REDIRECTS) throw new RequestRefused('TOO_MANY_REDIRECTS');
        if (to.origin !== at.origin) sent = {};
        at = to;
      }
    },
    close: () => agent.destroy(),
  };
}

/** Connects to addresses that a rule lets pass. */
function connector(
  mayReach: (address: string) => boolean,
  lookup: typeof systemLookup,
  timeout: number,
): buildConnector.connector {
  const lookUpAllowed: LookupFunction = (name, options, done) => {
    lookup(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, []);
      // One that must not be reached is enough: nobody knows which of them the connection would take.
      if (found.length === 0 || !found.every(({ address }) => mayReach(address)))
        return done(new RequestRefused('ADDRESS'), []);
      const [first] = found as [LookupAddress];
      return options.all ? done(null, found) : done(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup: lookUpAllowed, timeout });
  return (to, done) => {
    // Node looks up names only, and no address that is written as one.
    const host = to.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) > 0 && !mayReach(host)) done(new RequestRefused('ADDRESS'), null);
    else connect(to, done);
  };
}

/** @throws RequestRefused */
function urlOf(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const isUsual = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isUsual || url.username !== '' || url.password !== '') throw new RequestRefused('URL');
  return url;
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): URL | null {
  const { location } = headers;
  const isRedirect = [301, 302, 303, 307, 308].includes(statusCode);
  return isRedirect && typeof location === 'string' ? urlOf(location, from) : null;
}

async function readBody({ body }: Dispatcher.ResponseData): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > MAX_BODY_BYTES) throw new RequestRefused('TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
