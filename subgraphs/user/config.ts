import { z } from 'zod';
import { networks } from '../../kit/base/addresses.ts';
import { listOf, port, readEnvironment } from '../../kit/base/environment.ts';
import { SERVICES } from '../../services.ts';

export interface UserConfig {
  port: number;
  /** How long somebody who was refused may not ask the same user again, in hours. */
  askAgainHours: number;
  /** Private networks that addresses of users may lead to. */
  privateNetworks: readonly string[];
  /** Whom push services may write to. */
  pushContact: string;
}

/** What this service reads from the environment beside what all services do. @throws StartupError */
export function readUserConfig(environment = process.env): UserConfig {
  const e = readEnvironment(
    {
      USER_PORT: port(SERVICES.user.port),
      USER_ASK_AGAIN_HOURS: z.coerce.number().min(0).default(24),
      OUTBOUND_PRIVATE_NETWORKS: listOf('must be networks like 10.0.0.0/8', isNetwork).optional(),
      USER_PUSH_CONTACT: z
        .string()
        .regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'must be a mailto: or https: URL')
        .default('mailto:postmaster@localhost'),
    },
    environment,
  );
  return {
    port: e.USER_PORT,
    askAgainHours: e.USER_ASK_AGAIN_HOURS,
    privateNetworks: e.OUTBOUND_PRIVATE_NETWORKS ?? [],
    pushContact: e.USER_PUSH_CONTACT,
  };
}

function isNetwork(text: string): boolean {
  try {
    networks([text]);
    return true;
  } catch {
    return false;
  }
}
