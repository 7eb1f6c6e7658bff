import { Readable } from 'node:stream';
import type { GraphQLDataSource } from '@apollo/gateway';
import { type Dispatcher, request as send } from 'undici';
import { newId } from '../../kit/base/ids.ts';
import type { Instance, InstanceDirectory } from '../../kit/discovery/instances.ts';
import type { SlowestPace } from '../../kit/http/pace.ts';
import { ADDRESS_HEADER, SERVICE_HEADER, SIGNED_IN_HEADER } from '../../kit/identity/caller.ts';
import type { ServiceIdentity } from '../../kit/identity/tokens.ts';
import type { Log } from '../../kit/observe/log.ts';
import { currentSpan } from '../../kit/observe/tracing.ts';
import type { OperationContext } from './context.ts';
import {
  answerWith,
  CLIENT_LEFT,
  FILES_APART,
  fileProblem,
  unavailable,
  unknownOutcome,
  unknownStorage,
} from './errors.ts';
import { wasSent } from './http.ts';
import { type FoundFile, type StreamedBody, streamMultipart, takeFiles } from './multipart.ts';

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

export interface DataSourceOptions {
  directory: InstanceDirectory;
  /** This gateway's, by which services know it. */
  identity: Pick<ServiceIdentity, 'serviceToken'>;
  dispatcher: Dispatcher;
  /** Whether an instance has the schema that plans are made for. */
  accepts(instance: Instance): boolean;
  /** The longest that a service may be silent while it owes an answer, in ms. */
  timeoutOf(service: string): number;
  /** The same for a service that has all of a file, in ms. */
  uploadTimeout: number;
  /** How fast a file has to come from a client. */
  slowestUpload: SlowestPace;
  log: Log;
}

/** An operation as it goes to a service. */
interface Fetch {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | undefined;
}

/**
 * Sends the fetches of query plans to instances of one service: to the one with the fewest outstanding requests, passing over those that failed. A query
 * whose instance fails is tried once more elsewhere; a mutation, or anything with files, only where the instance cannot have seen any of it.
 * How long an upload takes depends on the client's line and on the picture in it, and says nothing about the instance. So it is neither a failure
 * of the instance nor outstanding there, and nothing else waits for it.
 * Never throws: a service that cannot be reached is an error in the answer, so that the rest of the data goes to the client.
 */
export class BalancedDataSource implements GraphQLDataSource<OperationContext> {
  private readonly service: string;
  private readonly options: DataSourceOptions;

  constructor(service: string, options: DataSourceOptions) {
    this.service = service;
    this.options = options;
  }

  async process({ request, context }: Parameters<GraphQLDataSource<OperationContext>['process']>[0]): Promise<Answer> {
    const { query = '', operationName } = request;
    const caller = context as OperationContext;
    const fetch: Fetch = { query, variables: request.variables ?? {}, operationName };
    if (!caller.files) return this.trySend(fetch, caller, []);
    const { variables, files } = takeFiles(fetch.variables);
    if (files.length > 0) {
      const { files: all } = caller;
      if (all.sent || files.length !== all.count) return answerWith(FILES_APART);
      all.sent = true;
    }
    return this.trySend({ ...fetch, variables }, caller, files);
  }

  private async trySend(fetch: Fetch, caller: OperationContext, files: readonly FoundFile[]): Promise<Answer> {
    const { directory, accepts, slowestUpload, log } = this.options;
    const isUpload = files.length > 0;
    const isMutation = /^\s*mutation\b/.test(fetch.query);
    const tried = new Set<string>();
    let resends = isMutation ? 0 : 1;
    let problem = unavailable(this.service);
    for (;;) {
      const instance = directory.pick(this.service, (one) => accepts(one) && !tried.has(one.id), isUpload);
      if (!instance) break;
      tried.add(instance.id);
      const body = isUpload ? streamMultipart(fetch, files, `beaver-${newId()}`, slowestUpload) : null;
      try {
        return await this.send(instance, fetch, caller, body, isMutation);
      } catch (error) {
        if (body?.failure) return answerWith(fileProblem(body.failure));
        if (caller.signal.aborted) return answerWith(CLIENT_LEFT);
        const fields = { err: error, service: this.service, instance: instance.id, requestId: caller.requestId };
        log.warn(fields, 'a request to a service failed');
        const isSeen = wasSent(error);
        if (!body || !isSeen) directory.eject(instance);
        if (!isSeen) continue;
        if (body?.isWhole) problem = unknownStorage(this.service);
        else if (isMutation && !body) problem = unknownOutcome(this.service);
        if (body || resends === 0) break;
        resends -= 1;
      }
    }
    return answerWith(problem);
  }

  /** One request to one instance. Throws where it does not answer in GraphQL. */
  private async send(
    instance: Instance,
    fetch: Fetch,
    caller: OperationContext,
    body: StreamedBody | null,
    isMutation: boolean,
  ): Promise<Answer> {
    const headers: Record<string, string> = {
      'content-type': body?.contentType ?? 'application/json',
      accept: 'application/json',
      'x-request-id': caller.requestId,
      [SERVICE_HEADER]: this.options.identity.serviceToken(this.service),
    };
    if (isMutation) headers[ADDRESS_HEADER] = caller.identity.address;
    if (caller.identity.authorization) headers.authorization = caller.identity.authorization;
    const span = currentSpan();
    if (span) headers.traceparent = span.traceparent;
    if (body) headers['apollo-require-preflight'] = 'true';
    const { timeoutOf, uploadTimeout } = this.options;
    const timeout = body ? uploadTimeout : timeoutOf(this.service);
    if (!body) instance.outstanding += 1;
    try {
      const response = await send(instance.url, {
        headersTimeout: timeout,
        bodyTimeout: timeout,
        method: 'POST',
        dispatcher: this.options.dispatcher,
        headers,
        body: body ? Readable.from(body.chunks, { objectMode: false }) : JSON.stringify(fetch),
        // A mutation goes on when its client leaves: to break it off half way would leave nobody knowing what was done. One whose file
        // will never come to its end does end with it.
        signal: isMutation && !body ? null : caller.signal,
      });
      const answer = parseAnswer(await response.body.text());
      if (!answer) throw new Error(`HTTP ${response.statusCode} and no GraphQL answer`);
      instance.failures = 0;
      const signedIn = response.headers[SIGNED_IN_HEADER];
      if (isMutation && typeof signedIn === 'string') caller.identity.authorization = `Bearer ${signedIn}`;
      return answer;
    } finally {
      if (!body) instance.outstanding -= 1;
    }
  }
}

function parseAnswer(text: string): Answer | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('data' in value || 'errors' in value)) return null;
  return value as Answer;
}
