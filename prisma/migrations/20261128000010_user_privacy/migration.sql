-- Whom a user lets do what. NULL is the default, and so is no row.
CREATE TABLE `user_privacy_settings` (
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `who_may_ask` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_add_to_groups` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_write` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_see_presence` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_see_last_seen` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_see_receipts` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_see_typing` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `who_may_find` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (`user_id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
