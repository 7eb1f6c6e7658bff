-- What a refresh that is repeated within seconds needs, to be given the same token again.
ALTER TABLE auth_sessions
  ADD COLUMN previous_hash CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN successor_salt CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN rotated_at DATETIME(3) NULL;
