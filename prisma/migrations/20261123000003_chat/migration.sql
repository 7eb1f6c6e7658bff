-- Conversations, memberships, the conversation log and messages. prisma/models/chat.prisma says what each column means.
CREATE TABLE chat_conversations (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(100) NULL,
  direct_key VARCHAR(73) CHARACTER SET ascii COLLATE ascii_bin NULL,
  creator_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  client_group_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  head_seq BIGINT NOT NULL,
  message_count BIGINT NOT NULL,
  last_message_seq BIGINT NULL,
  last_activity_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY chat_conversations_direct_key (direct_key),
  UNIQUE KEY chat_conversations_client_group (creator_id, client_group_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE chat_memberships (
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  joined_seq BIGINT NOT NULL,
  left_seq BIGINT NULL,
  read_seq BIGINT NOT NULL,
  read_ordinal BIGINT NOT NULL,
  joined_at DATETIME(3) NOT NULL,
  PRIMARY KEY (conversation_id, user_id),
  KEY chat_memberships_user (user_id, status)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE chat_log (
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_seq BIGINT NULL,
  subject_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (conversation_id, seq)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE chat_messages (
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT NOT NULL,
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sender_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  client_message_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ordinal BIGINT NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content JSON NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  UNIQUE KEY chat_messages_id (id),
  UNIQUE KEY chat_messages_client_message (conversation_id, sender_id, client_message_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE chat_inboxes (
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
