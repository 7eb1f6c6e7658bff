import { AsyncLocalStorage } from 'node:async_hooks';

/** The request that is being worked on: its id is in every log line and masked error, from the gateway down to the last service. */
export const currentRequest = new AsyncLocalStorage<{ requestId: string }>();
