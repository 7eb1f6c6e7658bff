import { Agent } from 'undici';
import { Unavailable } from '../base/errors.ts';
import { candidates, type Instance, type InstanceDirectory } from '../discovery/instances.ts';
import type { ServiceIdentity } from '../identity/tokens.ts';
import type { Log } from '../observe/log.ts';
import { histogram } from '../observe/metrics.ts';
import { currentRequest } from '../observe/request.ts';
import { currentSpan, traced } from '../observe/tracing.ts';
import { resultOf, sendGraphQL } from './request.ts';

/** The longest a call between services may take, in ms. */
const TIMEOUT = 5_000;
/** Instances that are tried before the service counts as away. */
const ATTEMPTS = 2;

const calls = histogram('beaver_remote_call_duration_seconds', "Calls to other services' inner fields.", [
  'service',
  'outcome',
]);

/** Calls fields of other services that are marked `@inaccessible`, as this service. */
export interface ServiceClient {
  /**
   * Returns the `data` of the answer. Retries once, at another instance, where no answer comes: a mutation
   * must be idempotent.
   * @throws Unavailable where no instance answers, or all refuse our token; Error where the answer has
   * GraphQL errors, which between services is a bug
   */
  call<T>(service: string, document: string, variables: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

export function createServiceClient(directory: InstanceDirectory, identity: ServiceIdentity, log: Log): ServiceClient {
  const agent = new Agent({ connectTimeout: 2_000, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });

  async function send<T>(instance: Instance, document: string, variables: Record<string, unknown>): Promise<T> {
    const startedAt = performance.now();
    let outcome = 'failed';
    instance.outstanding += 1;
    try {
      const response = await sendGraphQL(instance.url, {
        body: JSON.stringify({ query: document, variables }),
        authorization: `Bearer ${identity.serviceToken(instance.service)}`,
        requestId: currentRequest.getStore()?.requestId,
        traceparent: currentSpan()?.traceparent,
        dispatcher: agent,
        timeout: TIMEOUT,
        signal: AbortSignal.timeout(TIMEOUT),
      });
      if (response.status === 401) {
        instance.failures = 0;
        throw new TokenRefused(instance.service, differenceOf(response.headers.date));
      }
      const answer: { data?: T; errors?: { message: string }[] } = JSON.parse(resultOf(response).toString());
      instance.failures = 0;
      if (answer.errors || !answer.data) {
        throw new AnswerError(
          `${instance.service} answered ${response.status}: ${answer.errors?.[0]?.message ?? 'no data'}`,
        );
      }
      outcome = 'ok';
      return answer.data;
    } finally {
      calls.of(instance.service, outcome).observe((performance.now() - startedAt) / 1000);
      instance.outstanding -= 1;
    }
  }

  return {
    async call<T>(service: string, document: string, variables: Record<string, unknown>) {
      let cause: unknown;
      for (const instance of candidates(directory, service, { limit: ATTEMPTS })) {
        try {
          return await traced('call', { kind: 'client', attributes: { 'beaver.service': service } }, () =>
            send<T>(instance, document, variables),
          );
        } catch (error) {
          if (error instanceof AnswerError) throw error;
          if (error instanceof TokenRefused) {
            log.error(
              { service, instance: instance.id, clockDifferenceSeconds: error.clockDifferenceSeconds },
              error.message,
            );
          } else {
            log.warn({ err: error, service, instance: instance.id }, 'a call to another service failed');
            directory.eject(instance);
          }
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

/** A difference of clocks that explains why a token is refused, in seconds. */
const CONSPICUOUS = 5;

/** The other service did not take our token. Another instance may: the first may not know our key yet. */
class TokenRefused extends Error {
  readonly clockDifferenceSeconds: number | null;

  constructor(service: string, clockDifferenceSeconds: number | null) {
    super(reasonOf(service, clockDifferenceSeconds));
    this.clockDifferenceSeconds = clockDifferenceSeconds;
  }
}

function reasonOf(service: string, difference: number | null): string {
  if (difference === null || Math.abs(difference) < CONSPICUOUS)
    return `${service} refused our service token: perhaps it cannot read our key in etcd`;
  const how = difference > 0 ? 'behind' : 'ahead of';
  return `${service} refused our service token: the clock of this host is ${Math.abs(difference)} s ${how} its clock; set both by NTP`;
}

/** By how many seconds the clock of who answered is ahead of ours. */
function differenceOf(date: string | string[] | undefined): number | null {
  const time = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? null : Math.round((time - Date.now()) / 1000);
}
