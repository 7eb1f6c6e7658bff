-- From which network a session was used last, as 16 bits of a hash: whether a later log-in comes from a place that the account knows.
ALTER TABLE auth_sessions ADD COLUMN address_tag SMALLINT UNSIGNED NULL;
CREATE INDEX auth_sessions_account_id_address_tag_idx ON auth_sessions (account_id, address_tag);
