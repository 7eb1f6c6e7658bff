import { counter } from '../observe/metrics.ts';

/** Packages that keep connections of their own, and so have work of their own going on between our calls. */
const CLIENTS = [
  'etcd3',
  '@grpc/grpc-js',
  'ioredis',
  'undici',
  'mariadb',
  '@prisma',
  'graphql-ws',
  'ws',
  '@opentelemetry',
];
const PACKAGE = /[\\/]node_modules[\\/]((?:@[\w.-]+[\\/])?[\w.-]+)[\\/]/g;

const faults = counter(
  'beaver_client_faults_total',
  'Errors that a client library threw outside of every call: caught at the process, which goes on.',
  ['client'],
);
// For Prometheus a series that begins at 1 has not increased.
for (const client of [...CLIENTS, 'network']) faults.of(client);

/**
 * The client library that an uncaught error comes from, or null where any of our code, or another package,
 * may have left something half done. The library threw it, no frame of ours is in its stack, and connections
 * are made anew anyway; ending the process would cut off everybody.
 */
export function clientFaultOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !/\(?node:/.test(line));
  if (frames.length === 0) return isNetworkFault(error) ? 'network' : null;
  // The last one named in a path is the innermost.
  const packages = frames.map((frame) => [...frame.matchAll(PACKAGE)].at(-1)?.[1]?.replace('\\', '/'));
  if (packages.some((name) => name === undefined)) return null;
  const [first] = packages as string[];
  return CLIENTS.find((client) => first === client || first?.startsWith(`${client}/`)) ?? null;
}

/**
 * A connection broke while nobody listened to its errors. A socket's message is `read ECONNRESET`, one of the
 * file system begins with its code.
 */
function isNetworkFault({ message, code, syscall }: NodeJS.ErrnoException): boolean {
  return syscall !== undefined && message.startsWith(`${syscall} ${code}`);
}

/** Counts a fault of a client library. */
export function countClientFault(client: string): void {
  faults.of(client).count += 1;
}
