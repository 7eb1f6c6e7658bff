import type { ServiceName } from '../services.ts';

const TIMEOUT = 3_000;

/** Where a process of ours that is started with this environment is reached from its own host. */
export function own(name: ServiceName, preset: number, environment: NodeJS.ProcessEnv): { host: string; port: number } {
  const listen = environment.LISTEN_HOST?.trim();
  const port = Number(environment[`${name.toUpperCase()}_PORT`] || preset);
  return { host: !listen || listen === '0.0.0.0' || listen === '::' ? '127.0.0.1' : listen, port };
}

/** Who answers at a port: a service of ours by its name, `other`, or null where nobody does. */
export async function whoAnswers(origin: string): Promise<string | null> {
  try {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(TIMEOUT) });
    const { service } = (await response.json()) as { service?: unknown };
    return typeof service === 'string' ? service : 'other';
  } catch (error) {
    const code = ((error as Error).cause as { code?: string } | undefined)?.code;
    return code === 'ECONNREFUSED' ? null : 'other';
  }
}
