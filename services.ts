/**
 * The five kinds of process, in the order they start: those that others ask come first. `port` is where one
 * listens unless its environment says otherwise.
 */
export const SERVICES = {
  auth: { port: 8001 },
  user: { port: 8003 },
  chat: { port: 8002 },
  file: { port: 8004 },
  gateway: { port: 8000 },
} as const;

export type ServiceName = keyof typeof SERVICES;
export type SubgraphName = Exclude<ServiceName, 'gateway'>;

export const SERVICE_NAMES = Object.keys(SERVICES) as readonly ServiceName[];
export const SUBGRAPH_NAMES = SERVICE_NAMES.filter((name): name is SubgraphName => name !== 'gateway');
