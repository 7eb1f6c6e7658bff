-- Whether somebody began a direct conversation whom the other could not have written to: the other may answer.
ALTER TABLE `chat_conversations`
  ADD COLUMN `is_invitation` BOOLEAN NOT NULL DEFAULT FALSE;
