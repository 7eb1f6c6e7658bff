-- The id that a client gave an upload, so that a retry is the same file, and what was uploaded under it. Null for files without one.
ALTER TABLE file_records
  ADD COLUMN client_file_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN client_fingerprint CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY file_records_client_file (owner_id, client_file_id);
