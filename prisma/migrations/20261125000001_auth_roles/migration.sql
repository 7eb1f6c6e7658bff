CREATE TABLE auth_roles (
  account_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  granted_at DATETIME(3) NOT NULL,
  PRIMARY KEY (account_id, role),
  CONSTRAINT auth_roles_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth_accounts (id) ON DELETE CASCADE ON UPDATE RESTRICT
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
