-- Ids say what they are of: a UUID becomes a TypeID (kit/base/ids.ts), with the same UUID inside. Stop every
-- service before this runs: one that was started before it would go on with the ids of before.

-- Each id of before, and the one that takes its place.
CREATE TABLE id_changes (
  type VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (type, uuid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

INSERT INTO id_changes (type, uuid)
SELECT 'user', id FROM auth_accounts WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'user', account_id FROM auth_sessions WHERE account_id LIKE '%-%-%-%-%'
UNION SELECT 'user', account_id FROM auth_roles WHERE account_id LIKE '%-%-%-%-%'
UNION SELECT 'user', id FROM user_profiles WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'user', user_id FROM user_search_terms WHERE user_id LIKE '%-%-%-%-%'
UNION SELECT 'user', user_id FROM user_friendships WHERE user_id LIKE '%-%-%-%-%'
UNION SELECT 'user', friend_id FROM user_friendships WHERE friend_id LIKE '%-%-%-%-%'
UNION SELECT 'user', sender_id FROM user_friend_requests WHERE sender_id LIKE '%-%-%-%-%'
UNION SELECT 'user', addressee_id FROM user_friend_requests WHERE addressee_id LIKE '%-%-%-%-%'
UNION SELECT 'user', creator_id FROM chat_conversations WHERE creator_id LIKE '%-%-%-%-%'
UNION SELECT 'user', user_id FROM chat_memberships WHERE user_id LIKE '%-%-%-%-%'
UNION SELECT 'user', actor_id FROM chat_log WHERE actor_id LIKE '%-%-%-%-%'
UNION SELECT 'user', subject_id FROM chat_log WHERE subject_id LIKE '%-%-%-%-%'
UNION SELECT 'user', sender_id FROM chat_messages WHERE sender_id LIKE '%-%-%-%-%'
UNION SELECT 'user', user_id FROM chat_inboxes WHERE user_id LIKE '%-%-%-%-%'
UNION SELECT 'user', owner_id FROM file_records WHERE owner_id LIKE '%-%-%-%-%'
UNION SELECT 'user', owner_id FROM file_usages WHERE owner_id LIKE '%-%-%-%-%'
UNION SELECT 'session', id FROM auth_sessions WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'friend', friendship_id FROM user_friendships WHERE friendship_id LIKE '%-%-%-%-%'
UNION SELECT 'friendreq', id FROM user_friend_requests WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'conv', id FROM chat_conversations WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'conv', conversation_id FROM chat_memberships WHERE conversation_id LIKE '%-%-%-%-%'
UNION SELECT 'conv', conversation_id FROM chat_log WHERE conversation_id LIKE '%-%-%-%-%'
UNION SELECT 'conv', conversation_id FROM chat_messages WHERE conversation_id LIKE '%-%-%-%-%'
UNION SELECT 'msg', id FROM chat_messages WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'file', id FROM file_records WHERE id LIKE '%-%-%-%-%'
UNION SELECT 'file', file_id FROM file_variants WHERE file_id LIKE '%-%-%-%-%'
UNION SELECT 'file', file_id FROM file_holders WHERE file_id LIKE '%-%-%-%-%'
UNION SELECT 'file', avatar_file_id FROM user_profiles WHERE avatar_file_id LIKE '%-%-%-%-%'
UNION SELECT 'file', CONVERT(JSON_UNQUOTE(JSON_EXTRACT(content, '$.fileId')) USING ascii) COLLATE ascii_bin FROM chat_messages WHERE JSON_EXTRACT(content, '$.fileId') IS NOT NULL;

-- A UUID in base 32: two digits for its first 8 bits, then four for each 20. CONV writes the digits 0-9A-V.
UPDATE id_changes SET id = CONCAT(
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 1, 2), 16, 32), 2, '0'),
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 3, 5), 16, 32), 4, '0'),
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 8, 5), 16, 32), 4, '0'),
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 13, 5), 16, 32), 4, '0'),
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 18, 5), 16, 32), 4, '0'),
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 23, 5), 16, 32), 4, '0'),
  LPAD(CONV(SUBSTR(REPLACE(uuid, '-', ''), 28, 5), 16, 32), 4, '0')
);

-- A TypeID leaves out i, l, o and u, so the letters from I on move on.
UPDATE id_changes SET id = CONCAT(type, '_', LOWER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
  REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(id, 'I', 'j'), 'J', 'k'), 'K', 'm'), 'L', 'n'), 'M', 'p'),
  'N', 'q'), 'O', 'r'), 'P', 's'), 'Q', 't'), 'R', 'v'), 'S', 'w'), 'T', 'x'), 'U', 'y'), 'V', 'z')));

-- What holds a picture of a message is named by a hash of ids.
UPDATE file_holders h
  JOIN (
    SELECT SHA2(CONCAT(m.conversation_id, ' ', m.sender_id, ' ', m.client_message_id), 256) AS before_hash,
      SHA2(CONCAT(c.id, ' ', s.id, ' ', m.client_message_id), 256) AS after_hash
    FROM chat_messages m
    JOIN id_changes c ON c.type = 'conv' AND c.uuid = m.conversation_id
    JOIN id_changes s ON s.type = 'user' AND s.uuid = m.sender_id
    WHERE JSON_EXTRACT(m.content, '$.fileId') IS NOT NULL
  ) m ON h.holder = CONVERT(CONCAT('message:', m.before_hash) USING ascii) COLLATE ascii_bin
  SET h.holder = CONCAT('message:', m.after_hash);
UPDATE file_holders t JOIN id_changes i ON i.type = 'user' AND t.holder = CONVERT(CONCAT('user:', i.uuid, ':avatar') USING ascii) COLLATE ascii_bin
  SET t.holder = CONCAT('user:', i.id, ':avatar');

-- Two ids in one text keep their order, because a TypeID sorts as the UUID inside it.
UPDATE chat_conversations t
  JOIN id_changes a ON a.type = 'user' AND a.uuid = CONVERT(SUBSTRING_INDEX(t.direct_key, ':', 1) USING ascii) COLLATE ascii_bin
  JOIN id_changes b ON b.type = 'user' AND b.uuid = CONVERT(SUBSTRING_INDEX(t.direct_key, ':', -1) USING ascii) COLLATE ascii_bin
  SET t.direct_key = CONCAT(a.id, ':', b.id);
UPDATE user_friend_requests t
  JOIN id_changes a ON a.type = 'user' AND a.uuid = CONVERT(SUBSTRING_INDEX(t.pending_pair, ':', 1) USING ascii) COLLATE ascii_bin
  JOIN id_changes b ON b.type = 'user' AND b.uuid = CONVERT(SUBSTRING_INDEX(t.pending_pair, ':', -1) USING ascii) COLLATE ascii_bin
  SET t.pending_pair = CONCAT(a.id, ':', b.id);

-- A fingerprint is a hash that SQL cannot make. Without one, a retry is taken as it comes.
UPDATE chat_conversations SET client_group_fingerprint = NULL;

UPDATE chat_messages t
  JOIN id_changes i ON i.type = 'file' AND i.uuid = CONVERT(JSON_UNQUOTE(JSON_EXTRACT(t.content, '$.fileId')) USING ascii) COLLATE ascii_bin
  SET t.content = JSON_SET(t.content, '$.fileId', i.id);

-- A session or role keeps its account: both get the same new id.
SET FOREIGN_KEY_CHECKS = 0;
UPDATE auth_accounts t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.id SET t.id = i.id;
UPDATE auth_sessions t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.account_id SET t.account_id = i.id;
UPDATE auth_roles t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.account_id SET t.account_id = i.id;
SET FOREIGN_KEY_CHECKS = 1;
UPDATE user_profiles t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.id SET t.id = i.id;
UPDATE user_search_terms t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.user_id SET t.user_id = i.id;
UPDATE user_friendships t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.user_id SET t.user_id = i.id;
UPDATE user_friendships t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.friend_id SET t.friend_id = i.id;
UPDATE user_friend_requests t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.sender_id SET t.sender_id = i.id;
UPDATE user_friend_requests t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.addressee_id SET t.addressee_id = i.id;
UPDATE chat_conversations t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.creator_id SET t.creator_id = i.id;
UPDATE chat_memberships t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.user_id SET t.user_id = i.id;
UPDATE chat_log t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.actor_id SET t.actor_id = i.id;
UPDATE chat_log t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.subject_id SET t.subject_id = i.id;
UPDATE chat_messages t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.sender_id SET t.sender_id = i.id;
UPDATE chat_inboxes t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.user_id SET t.user_id = i.id;
UPDATE file_records t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.owner_id SET t.owner_id = i.id;
UPDATE file_usages t JOIN id_changes i ON i.type = 'user' AND i.uuid = t.owner_id SET t.owner_id = i.id;
UPDATE auth_sessions t JOIN id_changes i ON i.type = 'session' AND i.uuid = t.id SET t.id = i.id;
UPDATE user_friendships t JOIN id_changes i ON i.type = 'friend' AND i.uuid = t.friendship_id SET t.friendship_id = i.id;
UPDATE user_friend_requests t JOIN id_changes i ON i.type = 'friendreq' AND i.uuid = t.id SET t.id = i.id;
UPDATE chat_conversations t JOIN id_changes i ON i.type = 'conv' AND i.uuid = t.id SET t.id = i.id;
UPDATE chat_memberships t JOIN id_changes i ON i.type = 'conv' AND i.uuid = t.conversation_id SET t.conversation_id = i.id;
UPDATE chat_log t JOIN id_changes i ON i.type = 'conv' AND i.uuid = t.conversation_id SET t.conversation_id = i.id;
UPDATE chat_messages t JOIN id_changes i ON i.type = 'conv' AND i.uuid = t.conversation_id SET t.conversation_id = i.id;
UPDATE chat_messages t JOIN id_changes i ON i.type = 'msg' AND i.uuid = t.id SET t.id = i.id;
UPDATE file_records t JOIN id_changes i ON i.type = 'file' AND i.uuid = t.id SET t.id = i.id;
UPDATE file_variants t JOIN id_changes i ON i.type = 'file' AND i.uuid = t.file_id SET t.file_id = i.id;
UPDATE file_holders t JOIN id_changes i ON i.type = 'file' AND i.uuid = t.file_id SET t.file_id = i.id;
UPDATE user_profiles t JOIN id_changes i ON i.type = 'file' AND i.uuid = t.avatar_file_id SET t.avatar_file_id = i.id;

DROP TABLE id_changes;
