CREATE TABLE auth_accounts (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  profile_created_at DATETIME(3) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY auth_accounts_user_name_key (user_name),
  UNIQUE KEY auth_accounts_email_key (email),
  KEY auth_accounts_profile_created_at_idx (profile_created_at, id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE auth_sessions (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  device_name VARCHAR(64) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  last_used_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  ended_at DATETIME(3) NULL,
  family_hash CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  refresh_hash CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY auth_sessions_family_hash_key (family_hash),
  KEY auth_sessions_account_id_idx (account_id, id),
  KEY auth_sessions_ended_at_idx (ended_at),
  KEY auth_sessions_expires_at_idx (expires_at),
  CONSTRAINT auth_sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth_accounts (id) ON DELETE CASCADE ON UPDATE RESTRICT
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE auth_keys (
  kid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  private_key TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  active_from DATETIME(3) NOT NULL,
  PRIMARY KEY (kid),
  UNIQUE KEY auth_keys_generation_key (generation)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
