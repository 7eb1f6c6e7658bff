-- What a group was created with. Null for groups from before and those without a clientGroupId: a retry of one of those is taken as it comes.
ALTER TABLE chat_conversations ADD COLUMN client_group_fingerprint CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL;
