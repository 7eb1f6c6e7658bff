import { Agent, request } from 'undici';
import type { Directory, Instance } from './directory.ts';
import { Unavailable } from './errors.ts';
import type { Log } from './log.ts';
import type { ServiceIdentity } from './tokens.ts';

/** The longest a call between services may take, in ms. */
const TIMEOUT = 5_000;
/** Instances that are asked before the service counts as away. */
const ATTEMPTS = 2;

/** Calls fields of other services that are marked `@inaccessible`, as this service. */
export interface Remote {
  /**
   * The `data` of the answer. Where no answer comes it is tried once more at another instance, so a mutation must be idempotent.
   * @throws Unavailable where no instance answers; Error where the answer has GraphQL errors, which between services is a bug
   */
  call<T>(service: string, document: string, variables: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

export function createRemote(directory: Directory, identity: ServiceIdentity, log: Log): Remote {
  const agent = new Agent({ connectTimeout: 2_000, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });

  async function send<T>(instance: Instance, document: string, variables: Record<string, unknown>): Promise<T> {
    instance.outstanding += 1;
    try {
      const response = await request(instance.url, {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${identity.serviceToken(instance.service)}`,
        },
        body: JSON.stringify({ query: document, variables }),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const answer = (await response.body.json()) as { data?: T; errors?: { message: string }[] };
      if (answer.errors || !answer.data) {
        throw new AnswerError(
          `${instance.service} answered ${response.statusCode}: ${answer.errors?.[0]?.message ?? 'no data'}`,
        );
      }
      return answer.data;
    } finally {
      instance.outstanding -= 1;
    }
  }

  return {
    async call<T>(service: string, document: string, variables: Record<string, unknown>) {
      const tried = new Set<string>();
      let cause: unknown;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const instance = directory.pick(service, (candidate) => !tried.has(candidate.id));
        if (!instance) break;
        tried.add(instance.id);
        try {
          return await send<T>(instance, document, variables);
        } catch (error) {
          if (error instanceof AnswerError) throw error;
          log.warn({ err: error, service, instance: instance.id }, 'a call to another service failed');
          directory.eject(instance);
          cause = error;
        }
      }
      throw new Unavailable(`the ${service} service`, cause);
    },
    close: () => agent.close(),
  };
}

/** The other service answered, but not with data. Trying elsewhere would give the same. */
class AnswerError extends Error {}
