-- How many are in a conversation now, kept with it: a list and an event show it at the cost of the row.
ALTER TABLE chat_conversations ADD COLUMN member_count INT NOT NULL DEFAULT 0 AFTER message_count;

UPDATE chat_conversations c SET c.member_count =
  (SELECT COUNT(*) FROM chat_memberships m WHERE m.conversation_id = c.id AND m.status = 'NORMAL');
