CREATE TABLE `user_profiles` (
  `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `user_name` VARCHAR(32) NOT NULL,
  `name` VARCHAR(50) NOT NULL,
  `bio` VARCHAR(500) NULL,
  `avatar_file_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The terms are compared as they are: utf8mb4_unicode_ci takes all characters beyond U+FFFF (emoji, rare Chinese characters) for the same one.
CREATE TABLE `user_search_terms` (
  `term` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (`term`, `user_id`),
  INDEX `user_search_terms_user_id_term_idx` (`user_id`, `term`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `user_friendships` (
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `friend_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `friendship_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`user_id`, `friend_id`),
  UNIQUE INDEX `user_friendships_user_id_friendship_id_key` (`user_id`, `friendship_id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `user_friend_requests` (
  `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `sender_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `addressee_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `message` VARCHAR(200) NULL,
  `status` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `pending_pair` CHAR(73) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `created_at` DATETIME(3) NOT NULL,
  `decided_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `user_friend_requests_pending_pair_key` (`pending_pair`),
  INDEX `user_friend_requests_addressee_id_status_id_idx` (`addressee_id`, `status`, `id`),
  INDEX `user_friend_requests_sender_id_status_id_idx` (`sender_id`, `status`, `id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
