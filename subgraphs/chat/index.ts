import { createFailpoint } from '../../kit/base/failpoint.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { readChatConfig } from './config.ts';
import { type Context, createContext, type Domain } from './context.ts';
import { createInbox } from './delivery/inbox.ts';
import { createConversations } from './domain/conversations/conversations.ts';
import { createConversationLog } from './domain/log/log.ts';
import { createReach } from './domain/members/reach.ts';
import { createCorrespondence } from './domain/messages/correspondence.ts';
import { createMessages } from './domain/messages/messages.ts';
import { createSendRate } from './domain/messages/send-rate.ts';
import { createTyping } from './domain/typing/typing.ts';
import { resolvers } from './resolvers/index.ts';
import { createConversationStore } from './storage/conversations/conversations.ts';
import { createHints } from './storage/log/hints.ts';
import { createLogPages } from './storage/log/pages.ts';
import { createLogReader } from './storage/log/reader.ts';
import { createMembershipLog } from './storage/members/members.ts';
import { createUserService } from './storage/members/user-service.ts';
import { createFileService } from './storage/messages/file-service.ts';
import { createMessageStore } from './storage/messages/messages.ts';
import { createMessageLog } from './storage/messages/send/message-log.ts';

await startSubgraph<Context>('chat', () => {
  const config = readChatConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    open({ config: base, database, bus, services, revocations, identity, log }) {
      const conversations = createConversationStore(database);
      const store = createMessageStore(database);
      const hints = createHints(bus);
      const reader = createLogReader(database);
      const reach = createReach(createUserService(services), log);
      const inbox = createInbox({ reader, hints, reach, sessions: revocations, log, maxQueued: config.maxQueuedOpens });
      const sending = { maxQueued: config.maxQueuedSends, failpoint: createFailpoint(base.fault) };
      const messageLog = createMessageLog({ database, messages: store, hints, log, ...sending });
      const memberships = createMembershipLog(database, log);
      const correspondence = createCorrespondence(conversations, reach);
      const checks = { files: createFileService(services), rate: createSendRate(config.sendRate), correspondence };
      const domain: Domain = {
        conversations: createConversations({ store: conversations, log: memberships, reach, hints }),
        conversationLog: createConversationLog(createLogPages(database)),
        messages: createMessages({ conversations, store, log: messageLog, ...checks }),
        typing: createTyping({ store: conversations, hints, correspondence }),
        inbox,
        grantFile: (fileId) => identity.grant('file', fileId),
      };
      return {
        context: (caller) => createContext(caller, domain),
        health: { inbox: () => inbox.counts(), sending: () => messageLog.counts() },
        async close() {
          await messageLog.close();
          inbox.close();
        },
      };
    },
  };
});
