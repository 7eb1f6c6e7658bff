-- Numbers below the first one are of a history that is gone, since the database was put back.
ALTER TABLE `user_feed_heads` ADD COLUMN `first_seq` INT NOT NULL DEFAULT 0;
