-- By which rules the search terms of a profile were made: 0 for those from before. The user service makes outdated ones anew.
ALTER TABLE user_profiles ADD COLUMN terms_version INT NOT NULL DEFAULT 0;
CREATE INDEX user_profiles_terms_version_idx ON user_profiles (terms_version, id);
