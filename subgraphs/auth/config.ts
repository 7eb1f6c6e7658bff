import { z } from 'zod';
import { port, readEnvironment } from '../../kit/config.ts';

/** The configuration of auth beside what all services share. */
export interface AuthConfig {
  port: number;
  /** Days after which a new key signs the access tokens. */
  keyRotationDays: number;
}

/** @throws StartupError */
export function readAuthConfig(environment = process.env): AuthConfig {
  const e = readEnvironment(
    { AUTH_PORT: port(8001), AUTH_KEY_ROTATION_DAYS: z.coerce.number().min(1).max(3650).default(30) },
    environment,
  );
  return { port: e.AUTH_PORT, keyRotationDays: e.AUTH_KEY_ROTATION_DAYS };
}
