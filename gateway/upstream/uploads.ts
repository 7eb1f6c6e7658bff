import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { newUuid } from '../../kit/base/ids.ts';
import { candidates, type Instance, type InstanceDirectory } from '../../kit/discovery/instances.ts';
import type { SlowestPace } from '../../kit/http/pace.ts';
import type { ServiceIdentity } from '../../kit/identity/tokens.ts';
import type { Log } from '../../kit/observe/log.ts';
import { currentSpan } from '../../kit/observe/tracing.ts';
import { resultOf, sendGraphQL, wasSent } from '../../kit/service/request.ts';
import { CLIENT_LEFT, FILES_APART, fileProblem, refusedWith, unavailable, unknownStorage } from './errors.ts';
import { type FoundFile, streamMultipart, takeFiles } from './multipart.ts';
import type { Data } from './response-data.ts';
import { type Asker, type Reply, readResult, type SubgraphRequest } from './subgraph-request.ts';

/** A fetch with its variables, files among them. */
export interface UploadFetch extends Pick<SubgraphRequest, 'service' | 'text'> {
  variables: Data;
}

/** Files of one request. They stream through the gateway once, to one service; nothing is kept. */
export interface RequestFiles {
  /** Whether one of these variables holds a file. */
  isIn(names: readonly string[]): boolean;
  /** Sends a fetch with its files. Never rejects. */
  send(fetch: UploadFetch, asker: Asker): Promise<Reply>;
}

export interface Uploads {
  /** Takes the files from the variables of a multipart request. */
  of(given: Data): RequestFiles;
}

export interface UploadOptions {
  directory: InstanceDirectory;
  /** The identity of this gateway, which services verify. */
  identity: Pick<ServiceIdentity, 'serviceToken'>;
  dispatcher: Dispatcher;
  /** Whether an instance has the schema that plans are made for. */
  accepts(instance: Instance): boolean;
  /** Longest silence of a service that has received all of a file, in ms. */
  uploadTimeout: number;
  /** Lowest speed of a client's file. */
  slowestUpload: SlowestPace;
  log: Log;
}

/**
 * Sends files to services over HTTP. An upload is retried at another instance only if the first cannot have
 * seen any of it. Its duration depends on the client's line and on the file, and says nothing about the
 * instance. So it counts neither as a failure of the instance nor as outstanding there, and nothing else
 * waits for it.
 */
export function createUploads(options: UploadOptions): Uploads {
  const { directory, identity, dispatcher, accepts, uploadTimeout, slowestUpload, log } = options;

  async function send({ service, text, variables }: UploadFetch, files: readonly FoundFile[], asker: Asker) {
    const { requestId, cancellation, identity: client } = asker;
    const abort = new AbortController();
    const stopListening = cancellation.onCancel(() => abort.abort());
    const operation = `{"query":${text},"variables":${JSON.stringify(variables)}}`;
    try {
      for (const instance of candidates(directory, service, { accepts, isUpload: true })) {
        const body = streamMultipart(operation, files, `beaver-${newUuid()}`, slowestUpload);
        try {
          const response = await sendGraphQL(instance.url, {
            body: Readable.from(body.chunks, { objectMode: false }),
            contentType: body.contentType,
            authorization: client.authorization,
            serviceToken: identity.serviceToken(service),
            clientAddress: client.address,
            requestId,
            traceparent: currentSpan()?.traceparent,
            dispatcher,
            timeout: uploadTimeout,
            // Mutations too: a file whose sender has left never ends.
            signal: abort.signal,
          });
          const result = resultOf(response);
          instance.failures = 0;
          return readResult({ result });
        } catch (error) {
          if (body.failure) return refusedWith(fileProblem(body.failure));
          if (abort.signal.aborted) return refusedWith(CLIENT_LEFT);
          log.warn({ err: error, service, instance: instance.id, requestId }, 'a request to a service failed');
          if (wasSent(error)) return refusedWith(body.isWhole ? unknownStorage(service) : unavailable(service));
          directory.eject(instance);
        }
      }
      return refusedWith(unavailable(service));
    } finally {
      stopListening();
    }
  }

  return {
    of(given) {
      const counts = new Map(
        Object.entries(given)
          .map(([name, value]) => [name, takeFiles({ [name]: value }).files.length] as const)
          .filter(([, count]) => count > 0),
      );
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      let isSent = false;
      return {
        isIn: (names) => names.some((name) => counts.has(name)),
        async send(fetch, asker) {
          const { variables, files } = takeFiles(fetch.variables);
          if (isSent || files.length !== total) return refusedWith(FILES_APART);
          isSent = true;
          return send({ ...fetch, variables }, files, asker);
        },
      };
    },
  };
}
