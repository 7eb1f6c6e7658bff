import { z } from 'zod';
import { port, readEnvironment } from '../../kit/base/environment.ts';
import { SERVICES } from '../../services.ts';

export interface UserConfig {
  port: number;
  /** How long somebody who was refused may not ask the same user again, in hours. */
  askAgainHours: number;
}

/** What this service reads from the environment beside what all services do. @throws StartupError */
export function readUserConfig(environment = process.env): UserConfig {
  const e = readEnvironment(
    { USER_PORT: port(SERVICES.user.port), USER_ASK_AGAIN_HOURS: z.coerce.number().min(0).default(24) },
    environment,
  );
  return { port: e.USER_PORT, askAgainHours: e.USER_ASK_AGAIN_HOURS };
}
