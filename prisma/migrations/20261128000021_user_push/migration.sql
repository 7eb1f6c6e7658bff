-- Devices that get pushes while they are away, and the key by which push services know this system.
CREATE TABLE `user_push_devices` (
  `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `session_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `endpoint` VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `endpoint_hash` CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `public_key` CHAR(87) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `secret` CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `registered_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `user_push_devices_endpoint_hash_key` (`endpoint_hash`),
  INDEX `user_push_devices_user_id_registered_at_idx` (`user_id`, `registered_at`),
  INDEX `user_push_devices_session_id_idx` (`session_id`),
  INDEX `user_push_devices_registered_at_idx` (`registered_at`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `user_push_keys` (
  `id` INT NOT NULL,
  `private_key` TEXT NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
