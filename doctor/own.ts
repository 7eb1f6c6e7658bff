import type { ServiceName } from '../services.ts';

/** Where a process of ours that is started with this environment is reached from its own host. */
export function own(name: ServiceName, preset: number, environment: NodeJS.ProcessEnv): { host: string; port: number } {
  const listen = environment.LISTEN_HOST?.trim();
  const port = Number(environment[`${name.toUpperCase()}_PORT`] || preset);
  return { host: !listen || listen === '0.0.0.0' || listen === '::' ? '127.0.0.1' : listen, port };
}
