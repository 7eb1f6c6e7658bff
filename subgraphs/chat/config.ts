import { z } from 'zod';
import { port, readEnvironment } from '../../kit/base/environment.ts';
import { SERVICES } from '../../services.ts';
import type { SendRateSize } from './domain/messages/send-rate.ts';

export interface ChatConfig {
  /** 0 for a free one. */
  port: number;
  /** How many messages may wait to be committed; one more is refused. */
  maxQueuedSends: number;
  /** How many subscriptions may wait to be opened; one more is refused. */
  maxQueuedOpens: number;
  /** What one sender may send to one conversation. */
  sendRate: SendRateSize;
}

/** What only this service reads from the environment. @throws StartupError */
export function readChatConfig(environment = process.env): ChatConfig {
  const count = (preset: number) => z.coerce.number().int().positive().default(preset);
  const e = readEnvironment(
    {
      CHAT_PORT: port(SERVICES.chat.port),
      CHAT_MAX_QUEUED_SENDS: count(5_000),
      CHAT_MAX_QUEUED_OPENS: count(20_000),
      CHAT_SEND_BURST: count(100),
      CHAT_SENDS_PER_SECOND: count(20),
    },
    environment,
  );
  return {
    port: e.CHAT_PORT,
    maxQueuedSends: e.CHAT_MAX_QUEUED_SENDS,
    maxQueuedOpens: e.CHAT_MAX_QUEUED_OPENS,
    sendRate: { burst: e.CHAT_SEND_BURST, perSecond: e.CHAT_SENDS_PER_SECOND },
  };
}
