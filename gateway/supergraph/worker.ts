import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { composeSchemas, type ServiceSchema } from './compose.ts';

// Composition takes hundreds of milliseconds of CPU, which requests must not wait for: hence a thread.
parentPort?.on('message', (services: ServiceSchema[]) => parentPort?.postMessage(composeSchemas(services)));

// Node writes the compile cache of a thread when it exits, and a process that is killed takes its threads along.
flushCompileCache();
