import { port, readEnvironment } from '../../kit/config.ts';

/** What only this service reads from the environment. */
export function readChatConfig() {
  return { port: readEnvironment({ CHAT_PORT: port(8002) }).CHAT_PORT };
}
