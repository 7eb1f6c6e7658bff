import { port, readEnvironment } from '../../kit/config.ts';

/** What this service reads from the environment beside what all services do. @throws StartupError */
export function readUserConfig(environment = process.env): { port: number } {
  const e = readEnvironment({ USER_PORT: port(8003) }, environment);
  return { port: e.USER_PORT };
}
