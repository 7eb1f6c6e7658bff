-- What an entry says beside its actor and its message is a payload of its kind. Stop chat before this runs: an
-- instance of before writes the column that goes.
ALTER TABLE chat_log ADD COLUMN payload JSON NULL AFTER message_seq;

UPDATE chat_log SET payload = JSON_OBJECT('userId', subject_id) WHERE subject_id IS NOT NULL;

ALTER TABLE chat_log DROP COLUMN subject_id;
