import { z } from 'zod';
import { port, readEnvironment } from '../../kit/config.ts';

export interface ChatConfig {
  /** 0 for a free one. */
  port: number;
  /** How many messages may wait to be committed; one more is refused. */
  maxQueuedSends: number;
}

/** What only this service reads from the environment. @throws StartupError */
export function readChatConfig(environment = process.env): ChatConfig {
  const e = readEnvironment(
    { CHAT_PORT: port(8002), CHAT_MAX_QUEUED_SENDS: z.coerce.number().int().positive().default(5_000) },
    environment,
  );
  return { port: e.CHAT_PORT, maxQueuedSends: e.CHAT_MAX_QUEUED_SENDS };
}
