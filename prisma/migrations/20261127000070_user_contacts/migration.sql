-- The account feed (kit/feed): what happened to a person, numbered, each thing once.
CREATE TABLE `user_feed_heads` (
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `head_seq` INT NOT NULL,
  PRIMARY KEY (`user_id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `user_feed_changes` (
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `subject` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `seq` INT NOT NULL,
  PRIMARY KEY (`user_id`, `subject`),
  UNIQUE INDEX `user_feed_changes_user_id_seq_key` (`user_id`, `seq`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `user_blocks` (
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `blocked_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `block_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`user_id`, `blocked_id`),
  UNIQUE INDEX `user_blocks_user_id_block_id_key` (`user_id`, `block_id`),
  INDEX `user_blocks_blocked_id_user_id_idx` (`blocked_id`, `user_id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- What a friend is to the one who has them: each of the two rows is one person's own.
ALTER TABLE `user_friendships`
  ADD COLUMN `remark` VARCHAR(200) NULL,
  ADD COLUMN `is_starred` BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE `user_friend_requests`
  ADD COLUMN `source` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN `is_ignored` BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE `user_profiles`
  ADD COLUMN `gender` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN `region` VARCHAR(200) NULL;
