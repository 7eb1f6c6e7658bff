import { z } from 'zod';
import { port, readEnvironment } from '../../kit/base/environment.ts';
import { SERVICES } from '../../services.ts';

/** The configuration of auth beside what all services share. */
export interface AuthConfig {
  port: number;
  /** Days after which a new key signs the access tokens. */
  keyRotationDays: number;
  /** Registrations that one network address has in an hour. */
  registrationsPerHour: number;
  /** Wrong passwords that strangers at one network address have in 15 minutes. */
  wrongPasswords: number;
}

/** @throws StartupError */
export function readAuthConfig(environment = process.env): AuthConfig {
  const e = readEnvironment(
    {
      AUTH_PORT: port(SERVICES.auth.port),
      AUTH_KEY_ROTATION_DAYS: z.coerce.number().min(1).max(3650).default(30),
      AUTH_REGISTRATIONS_PER_HOUR: z.coerce.number().int().positive().default(40),
      AUTH_WRONG_PASSWORDS: z.coerce.number().int().positive().default(60),
    },
    environment,
  );
  return {
    port: e.AUTH_PORT,
    keyRotationDays: e.AUTH_KEY_ROTATION_DAYS,
    registrationsPerHour: e.AUTH_REGISTRATIONS_PER_HOUR,
    wrongPasswords: e.AUTH_WRONG_PASSWORDS,
  };
}
