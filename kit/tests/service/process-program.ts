// A process that fails in the way its argument names, and says `alive` if it lives on.
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { startProcess } from '../../service/process.ts';

/** A Redis that nobody answers for; with `retryStrategy` null the client gives up at once. */
const nowhere = () => new Redis({ port: 1, lazyConnect: true, retryStrategy: () => null });
const silent = (redis: Redis) => redis.on('error', () => undefined);

const FAULTS: Record<string, () => void> = {
  'rejection of a client': () => void silent(nowhere()).connect(),
  'socket without a listener': () => void connect(1, '127.0.0.1'),
  'rejection of ours': () => void Promise.reject(new Error('ours')),
  'exception of ours': () =>
    void setImmediate(() => {
      throw new Error('ours');
    }),
  'exception of ours in a callback of a client': () => {
    nowhere()
      .on('error', () => {
        throw new Error('ours');
      })
      .connect()
      .catch(() => undefined);
  },
  'rejection with no error': () => void Promise.reject('text'),
};

await startProcess('test', async () => {
  FAULTS[process.argv[2] as string]?.();
  setTimeout(() => {
    console.log('alive');
    process.exit(0);
  }, 1_000);
});
