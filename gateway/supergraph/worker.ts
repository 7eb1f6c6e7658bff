import { parentPort } from 'node:worker_threads';
import { composeSchemas, type ServiceSchema } from './compose.ts';

// Composition takes hundreds of milliseconds of CPU, which requests must not wait for: hence a thread.
parentPort?.on('message', (services: ServiceSchema[]) => parentPort?.postMessage(composeSchemas(services)));
