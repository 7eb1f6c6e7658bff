import { counter } from '../../kit/observe/metrics.ts';
import { LATE } from './errors.ts';
import type { Asker } from './subgraph-request.ts';

/** How long events go out without a late service, in ms, unless it answers before. */
const SILENCE_MS = 10_000;
/** Interval of the requests that probe a silent service, in ms. */
const PROBE_MS = 1_000;

const late = counter(
  'beaver_event_fetches_late_total',
  'Fetches that an event went out without, because the service had not answered in time or was known to be silent.',
  ['service'],
);

/**
 * Circuit breaker for events: keeps them from waiting for a service that hangs. An event waits until its
 * deadline. From then on the service counts as silent: later events go out without it at once, and one
 * request a second, for which no event waits, finds out when it answers again.
 */
export class Punctuality {
  readonly #silent = new Map<string, { until: number; probedAt: number }>();

  /**
   * Returns the answer of the service, or `otherwise` when the event cannot wait for it. Requests that belong
   * to no event wait as long as they take.
   */
  inTime<T>(service: string, { deadline }: Asker, ask: () => Promise<T>, otherwise: () => T): Promise<T> {
    if (!deadline) return ask();
    const isSilent = this.#isSilent(service);
    if (isSilent || deadline.isOver) {
      if (isSilent && this.#mayProbe(service)) void ask();
      late.add(service);
      return Promise.resolve(otherwise());
    }
    return new Promise((resolve) => {
      const stop = deadline.onOver(() => {
        late.add(service);
        const now = performance.now();
        this.#silent.set(service, { until: now + SILENCE_MS, probedAt: now });
        resolve(otherwise());
      });
      void ask().then((said) => {
        stop();
        resolve(said);
      });
    });
  }

  /** Records that the service has answered. */
  answered(service: string): void {
    if (this.#silent.size > 0) this.#silent.delete(service);
  }

  #isSilent(service: string): boolean {
    const silence = this.#silent.get(service);
    if (silence && silence.until < performance.now()) this.#silent.delete(service);
    return this.#silent.has(service);
  }

  #mayProbe(service: string): boolean {
    const silence = this.#silent.get(service);
    const now = performance.now();
    if (!silence || now - silence.probedAt < PROBE_MS) return false;
    silence.probedAt = now;
    return true;
  }
}

export const SAID_LATE = { result: null, errors: [LATE] };
