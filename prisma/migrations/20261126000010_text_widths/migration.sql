-- A character of a name, as people count, may be several code points; kit/base/text.ts says how many fit. Only user_profiles is copied for it: the
-- lengths of the other columns had two bytes already.
ALTER TABLE user_profiles MODIFY name VARCHAR(200) NOT NULL, MODIFY bio VARCHAR(1000) NULL;
ALTER TABLE user_friend_requests MODIFY message VARCHAR(400) NULL;
ALTER TABLE chat_conversations MODIFY title VARCHAR(400) NULL;
ALTER TABLE auth_sessions MODIFY device_name VARCHAR(256) NOT NULL;
