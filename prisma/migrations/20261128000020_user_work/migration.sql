-- Durable work (kit/work): what has to be done because something was committed.
CREATE TABLE `user_work` (
  `id` BIGINT NOT NULL AUTO_INCREMENT,
  `job` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `job_key` VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `payload` JSON NOT NULL,
  `due_at` DATETIME(3) NOT NULL,
  `lease_until` DATETIME(3) NOT NULL,
  `lease_owner` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `attempts` INT NOT NULL,
  `last_error` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `dead_at` DATETIME(3) NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `user_work_job_job_key_key` (`job`, `job_key`),
  INDEX `user_work_dead_at_due_at_idx` (`dead_at`, `due_at`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
