import { createFailpoint } from '../../kit/base/failpoint.ts';
import { gauge } from '../../kit/observe/metrics.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { readChatConfig } from './config.ts';
import { type Context, createContext, type Domain } from './context.ts';
import { createInbox } from './delivery/inbox.ts';
import { createConversations } from './domain/conversations/conversations.ts';
import { createMessages } from './domain/messages/messages.ts';
import { createSendRate } from './domain/messages/send-rate.ts';
import { createTyping } from './domain/typing/typing.ts';
import { resolvers } from './resolvers/index.ts';
import { createConversationStore } from './storage/conversations/conversations.ts';
import { createHints } from './storage/log/hints.ts';
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
      const conversationStore = createConversationStore(database);
      const messageStore = createMessageStore(database);
      const hints = createHints(bus);
      const inbox = createInbox({
        log: createLogReader(database),
        hints,
        sessions: revocations,
        report: (error, message) => log.warn({ err: error }, message),
        faultyLogs: {
          unreadable: (conversationId, seq) =>
            log.error(
              { conversationId, seq },
              'a chat log has no readable entry; its subscribers are told to page the history instead',
            ),
          wentBack: (conversationId) =>
            log.error(
              { conversationId },
              'a chat log ends before what was delivered of it, so its subscribers resume; README.md says what to do after a restore',
            ),
        },
        maxQueued: config.maxQueuedOpens,
      });
      gauge(
        'beaver_inbox',
        'Subscriptions of inboxes, their viewers, the conversations they follow, and those that wait to be opened.',
        'what',
        () => inbox.counts(),
      );
      const messageLog = createMessageLog({
        database,
        messages: messageStore,
        hints,
        log,
        maxQueued: config.maxQueuedSends,
        failpoint: createFailpoint(base.fault),
      });
      const domain: Domain = {
        conversations: createConversations({
          store: conversationStore,
          log: createMembershipLog(database, log),
          users: createUserService(services),
          hints,
        }),
        messages: createMessages({
          conversations: conversationStore,
          store: messageStore,
          log: messageLog,
          files: createFileService(services),
          rate: createSendRate(config.sendRate),
        }),
        typing: createTyping({ store: conversationStore, hints }),
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
