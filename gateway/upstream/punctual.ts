import { counter } from '../../kit/observe/metrics.ts';
import { LATE } from './errors.ts';
import type { Asker } from './subgraph-request.ts';

/** How long events go out without a service that was late, in ms, unless it answers before. */
const SILENCE_MS = 10_000;
/** Pause between the questions by which a silent service is probed, in ms. */
const PROBE_MS = 1_000;

const late = counter(
  'beaver_event_fetches_late_total',
  'Fetches that an event went out without, because the service had not answered in time or was known to be silent.',
  ['service'],
);

/**
 * Keeps events from waiting for a service that hangs. An event waits until its deadline. From then on the
 * service is silent: the events that follow go out without it at
 * once, and one question a second, which no event waits for, finds out when it answers again.
 */
export class Punctuality {
  readonly #silent = new Map<string, { until: number; probedAt: number }>();

  /**
   * What the service says, or `otherwise` where the event cannot wait for it. What is no event waits as long
   * as it takes.
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

  /** The service has answered something. */
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
