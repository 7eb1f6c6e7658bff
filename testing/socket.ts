import { type Client, createClient } from 'graphql-ws/client';
import { WebSocket } from 'ws';
import { type WaitOptions, waitFor } from './wait.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read events of many shapes; what is asserted is the value
type Loose = any;

/**
 * The public graphql-ws client. It does not reconnect unless `retryAttempts` says so; `lazy: false` keeps the
 * socket open while nothing is asked.
 */
export function openSocket(
  url: string,
  options: { token?: string; retryAttempts?: number; lazy?: boolean; onClosed?: (code: number) => void } = {},
): Client {
  return createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: options.token ? { authorization: `Bearer ${options.token}` } : {},
    retryAttempts: options.retryAttempts ?? 0,
    lazy: options.lazy ?? true,
    onNonLazyError: () => {},
    on: { closed: (event) => options.onClosed?.((event as { code: number }).code) },
  });
}

/**
 * The one answer to an operation, over a client that ends with it. Rejects with the event of a socket that is
 * closed instead.
 */
export async function answerOf(client: Client, sent: object): Promise<Loose> {
  try {
    return await new Promise((resolve, reject) => {
      client.subscribe(sent as never, {
        next: resolve,
        error: (errors) => (Array.isArray(errors) ? resolve({ errors }) : reject(errors)),
        complete: () => reject(new Error('complete without an answer')),
      });
    });
  } finally {
    await client.dispose();
  }
}

/** What a subscription has delivered. */
export interface Collected<T> {
  /** The `data` of each event. */
  events: T[];
  /** The errors that events carried or that ended the subscription. */
  errors: unknown[];
  /** Whether the server said that it is complete, or it ended with an error. */
  readonly ended: boolean;
  /** Waits until an event fits, and returns it. */
  until(fits: (event: T) => boolean, options?: Partial<WaitOptions>): Promise<T>;
  /** Ends the subscription from this side. */
  stop(): void;
}

/** Subscribes and keeps what comes. */
export function collect<T = Loose>(
  client: Client,
  query: string,
  variables: Record<string, unknown> = {},
): Collected<T> {
  const events: T[] = [];
  const errors: unknown[] = [];
  let ended = false;
  const stop = client.subscribe<T>(
    { query, variables },
    {
      next(result) {
        if (result.errors) errors.push(...result.errors);
        if (result.data) events.push(result.data);
      },
      error(error) {
        errors.push(error);
        ended = true;
      },
      complete() {
        ended = true;
      },
    },
  );
  return {
    events,
    errors,
    get ended() {
      return ended;
    },
    until: (fits, options) =>
      waitFor(() => events.find(fits), {
        what: () => `an event among ${JSON.stringify(events).slice(-500)}, errors ${JSON.stringify(errors)}`,
        ...options,
      }) as Promise<T>,
    stop,
  };
}
