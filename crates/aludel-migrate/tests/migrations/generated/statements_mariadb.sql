-- nothing changes
-- and back

-- a table comes
CREATE TABLE `tags` (`id` bigint NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
-- and back
DROP TABLE `tags`

-- a table comes that refers to one that is there
CREATE TABLE `posts` (`id` bigint NOT NULL AUTO_INCREMENT, `title` varchar(80) NOT NULL, `author_id` bigint NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
-- and back
DROP TABLE `posts`

-- tables come in the order of their references
CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
CREATE TABLE `posts` (`id` bigint NOT NULL AUTO_INCREMENT, `title` varchar(80) NOT NULL, `author_id` bigint NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
-- and back
DROP TABLE `posts`
DROP TABLE `users`

-- tables come that refer to each other
CREATE TABLE `a` (`id` bigint NOT NULL AUTO_INCREMENT, `b_id` bigint, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
CREATE TABLE `b` (`id` bigint NOT NULL AUTO_INCREMENT, `a_id` bigint, PRIMARY KEY (`id`), CONSTRAINT `fk_b` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `a` ADD CONSTRAINT `fk_a` FOREIGN KEY (`b_id`) REFERENCES `b` (`id`)
-- and back
ALTER TABLE `a` DROP FOREIGN KEY `fk_a`, DROP INDEX IF EXISTS `fk_a`
DROP TABLE `b`
DROP TABLE `a`

-- a table that refers to itself comes
CREATE TABLE `nodes` (`id` bigint NOT NULL AUTO_INCREMENT, `up` bigint, PRIMARY KEY (`id`), CONSTRAINT `fk_up` FOREIGN KEY (`up`) REFERENCES `nodes` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
-- and back
DROP TABLE `nodes`

-- a table with everything comes
CREATE TABLE `all_of_it` (`id` bigint NOT NULL AUTO_INCREMENT, `a` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'a text', `b` bigint, PRIMARY KEY (`id`), CONSTRAINT `uq_a` UNIQUE (`a`), CONSTRAINT `ck_b` CHECK (`b` > 0)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin COMMENT 'a table'
CREATE INDEX `ix_b` ON `all_of_it` (`b`, `a`)
-- and back
DROP TABLE `all_of_it`

-- a table goes
DROP TABLE `tags`
-- and back
CREATE TABLE `tags` (`id` bigint NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin

-- tables go in the order of their references
DROP TABLE `posts`
DROP TABLE `users`
-- and back
CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
CREATE TABLE `posts` (`id` bigint NOT NULL AUTO_INCREMENT, `title` varchar(80) NOT NULL, `author_id` bigint NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin

-- tables that refer to each other go
ALTER TABLE `a` DROP FOREIGN KEY `fk_a`, DROP INDEX IF EXISTS `fk_a`
DROP TABLE `b`
DROP TABLE `a`
-- and back
CREATE TABLE `a` (`id` bigint NOT NULL AUTO_INCREMENT, `b_id` bigint, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
CREATE TABLE `b` (`id` bigint NOT NULL AUTO_INCREMENT, `a_id` bigint, PRIMARY KEY (`id`), CONSTRAINT `fk_b` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `a` ADD CONSTRAINT `fk_a` FOREIGN KEY (`b_id`) REFERENCES `b` (`id`)

-- a table that another refers to goes, and the reference with it
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
DROP TABLE `users`
-- and back
CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a table is renamed
RENAME TABLE `users` TO `people`
-- and back
RENAME TABLE `people` TO `users`

-- a table that others refer to is renamed
RENAME TABLE `users` TO `people`
-- and back
RENAME TABLE `people` TO `users`

-- a renamed table's constraints are called by its new name
RENAME TABLE `users` TO `people`
ALTER TABLE `people` RENAME INDEX `uq_users_name` TO `uq_people_name`
ALTER TABLE `people` RENAME INDEX `ix_users_name` TO `ix_people_name`
-- and back
ALTER TABLE `people` RENAME INDEX `ix_people_name` TO `ix_users_name`
ALTER TABLE `people` RENAME INDEX `uq_people_name` TO `uq_users_name`
RENAME TABLE `people` TO `users`

-- a table is renamed and changed
RENAME TABLE `users` TO `people`
ALTER TABLE `people` ADD COLUMN `age` integer NOT NULL DEFAULT 0
-- and back
ALTER TABLE `people` DROP COLUMN `age`
RENAME TABLE `people` TO `users`

-- a like table is another one
CREATE TABLE `people` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
DROP TABLE `users`
-- and back
CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
DROP TABLE `people`

-- a table that has an enum is renamed
RENAME TABLE `users` TO `people`
-- and back
RENAME TABLE `people` TO `users`

-- a table without a key
ALTER TABLE `logs` ADD COLUMN `n` integer
-- and back
ALTER TABLE `logs` DROP COLUMN `n`

-- a table is renamed, and another one takes its name
RENAME TABLE `users` TO `people`
CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `login` longtext NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
-- and back
DROP TABLE `users`
RENAME TABLE `people` TO `users`

-- a comment comes
ALTER TABLE `users` COMMENT = 'people'
-- and back
ALTER TABLE `users` COMMENT = ''

-- a comment changes
ALTER TABLE `users` COMMENT = 'it''s people'
-- and back
ALTER TABLE `users` COMMENT = 'people'

-- a comment goes
ALTER TABLE `users` COMMENT = ''
-- and back
ALTER TABLE `users` COMMENT = 'people'

-- a nullable column comes
ALTER TABLE `users` ADD COLUMN `nick` varchar(20) COLLATE `utf8mb4_nopad_bin`
-- and back
ALTER TABLE `users` DROP COLUMN `nick`

-- a column with a default comes
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 18
-- and back
ALTER TABLE `users` DROP COLUMN `age`

-- a column with an expression as its default comes
ALTER TABLE `users` ADD COLUMN `at` datetime(6) NOT NULL DEFAULT (CURRENT_TIMESTAMP(6))
-- and back
ALTER TABLE `users` DROP COLUMN `at`

-- a column comes, and rows get a value once
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 7
ALTER TABLE `users` MODIFY COLUMN `age` integer NOT NULL
-- and back
ALTER TABLE `users` DROP COLUMN `age`

-- a column comes, and rows get another column's value
ALTER TABLE `users` ADD COLUMN `nick` varchar(40) COLLATE `utf8mb4_nopad_bin`
UPDATE `users` SET `nick` = `name`
ALTER TABLE `users` MODIFY COLUMN `nick` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` DROP COLUMN `nick`

-- a unique column comes
ALTER TABLE `users` ADD COLUMN `email` varchar(90) COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `users` ADD CONSTRAINT `uq_users_email` UNIQUE (`email`)
-- and back
ALTER TABLE `users` DROP INDEX `uq_users_email`
ALTER TABLE `users` DROP COLUMN `email`

-- an indexed column comes
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 1
ALTER TABLE `users` ADD INDEX `ix_users_age` (`age`)
-- and back
ALTER TABLE `users` DROP INDEX `ix_users_age`
ALTER TABLE `users` DROP COLUMN `age`

-- a reference comes
ALTER TABLE `posts` ADD COLUMN `author_id` bigint
ALTER TABLE `posts` ADD INDEX `ix_posts_author_id` (`author_id`)
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` DROP INDEX `ix_posts_author_id`
ALTER TABLE `posts` DROP COLUMN `author_id`

-- a column with a comment comes
ALTER TABLE `users` ADD COLUMN `nick` varchar(20) COLLATE `utf8mb4_nopad_bin` COMMENT 'what friends say'
-- and back
ALTER TABLE `users` DROP COLUMN `nick`

-- several columns come
ALTER TABLE `users` ADD COLUMN `a` integer NOT NULL DEFAULT 1
ALTER TABLE `users` ADD COLUMN `b` longtext COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `users` ADD COLUMN `c` boolean NOT NULL DEFAULT TRUE
-- and back
ALTER TABLE `users` DROP COLUMN `c`
ALTER TABLE `users` DROP COLUMN `b`
ALTER TABLE `users` DROP COLUMN `a`

-- a column goes
ALTER TABLE `users` DROP COLUMN `age`
-- and back
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 0
ALTER TABLE `users` MODIFY COLUMN `age` integer NOT NULL

-- a column goes with its index
ALTER TABLE `users` DROP INDEX `ix_users_age`
ALTER TABLE `users` DROP COLUMN `age`
-- and back
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 0
ALTER TABLE `users` MODIFY COLUMN `age` integer NOT NULL
ALTER TABLE `users` ADD INDEX `ix_users_age` (`age`)

-- a column goes with its unique constraint
ALTER TABLE `users` DROP INDEX `uq_users_age`
ALTER TABLE `users` DROP COLUMN `age`
-- and back
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 0
ALTER TABLE `users` MODIFY COLUMN `age` integer NOT NULL
ALTER TABLE `users` ADD CONSTRAINT `uq_users_age` UNIQUE (`age`)

-- a column goes with its CHECK
ALTER TABLE `users` DROP CONSTRAINT `ck_users_age`
ALTER TABLE `users` DROP COLUMN `age`
-- and back
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 0
ALTER TABLE `users` MODIFY COLUMN `age` integer NOT NULL
ALTER TABLE `users` ADD CONSTRAINT `ck_users_age` CHECK (`age` >= 0)

-- a reference goes
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` DROP INDEX `ix_posts_author_id`
ALTER TABLE `posts` DROP COLUMN `author_id`
-- and back
ALTER TABLE `posts` ADD COLUMN `author_id` bigint NOT NULL DEFAULT 0
ALTER TABLE `posts` MODIFY COLUMN `author_id` bigint NOT NULL
ALTER TABLE `posts` ADD INDEX `ix_posts_author_id` (`author_id`)
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a column is renamed
ALTER TABLE `users` CHANGE COLUMN `name` `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` CHANGE COLUMN `full_name` `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a column that is in everything is renamed
ALTER TABLE `users` CHANGE COLUMN `name` `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` CHANGE COLUMN `full_name` `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a column is renamed and its type widened
ALTER TABLE `users` CHANGE COLUMN `name` `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `users` MODIFY COLUMN `full_name` varchar(80) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `users` CHANGE COLUMN `full_name` `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a key that others refer to is renamed
ALTER TABLE `users` CHANGE COLUMN `id` `uid` bigint NOT NULL AUTO_INCREMENT
-- and back
ALTER TABLE `users` CHANGE COLUMN `uid` `id` bigint NOT NULL AUTO_INCREMENT

-- a column of an enum is renamed
ALTER TABLE `users` CHANGE COLUMN `m` `feels` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`feels` IN ('glad', 'sad'))
-- and back
ALTER TABLE `users` CHANGE COLUMN `feels` `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('glad', 'sad'))

-- columns are renamed in a chain
ALTER TABLE `users` CHANGE COLUMN `b` `c` varchar(9) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `users` CHANGE COLUMN `a` `b` varchar(9) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` CHANGE COLUMN `b` `a` varchar(9) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `users` CHANGE COLUMN `c` `b` varchar(9) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a column is renamed and its type changes
ALTER TABLE `users` CHANGE COLUMN `age` `years` integer NOT NULL
ALTER TABLE `users` MODIFY COLUMN `years` bigint NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `years` integer NOT NULL
ALTER TABLE `users` CHANGE COLUMN `years` `age` integer NOT NULL

-- a like column is another one
ALTER TABLE `users` ADD COLUMN `motto` varchar(40) COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `users` DROP COLUMN `name`
-- and back
ALTER TABLE `users` ADD COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT ''
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `users` DROP COLUMN `motto`

-- a column may be NULL
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin`
-- and back
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a column may not be NULL any more
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin`

-- a column may not be NULL any more, and rows get a value
UPDATE `users` SET `name` = 'nobody' WHERE `name` IS NULL
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin`

-- a default comes
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'x'
-- and back
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a default changes
ALTER TABLE `users` MODIFY COLUMN `n` integer NOT NULL DEFAULT 2
-- and back
ALTER TABLE `users` MODIFY COLUMN `n` integer NOT NULL DEFAULT 1

-- a default goes
ALTER TABLE `users` MODIFY COLUMN `n` integer NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `n` integer NOT NULL DEFAULT 1

-- a default becomes an expression
ALTER TABLE `users` MODIFY COLUMN `at` datetime(6) NOT NULL DEFAULT (CURRENT_TIMESTAMP(6))
-- and back
ALTER TABLE `users` MODIFY COLUMN `at` datetime(6) NOT NULL DEFAULT '2020-01-01 00:00:00.000000'

-- a column's comment comes
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL COMMENT 'it''s a name'
-- and back
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a column's comment goes
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL COMMENT 'a name'

-- everything about a column changes
UPDATE `users` SET `n` = 4 WHERE `n` IS NULL
ALTER TABLE `users` MODIFY COLUMN `n` bigint NOT NULL DEFAULT 5 COMMENT 'y'
-- and back
ALTER TABLE `users` MODIFY COLUMN `n` integer COMMENT 'x'

-- a bool comes
ALTER TABLE `users` ADD COLUMN `c` boolean
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a small integer comes
ALTER TABLE `users` ADD COLUMN `c` smallint
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- an integer comes
ALTER TABLE `users` ADD COLUMN `c` integer
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a big integer comes
ALTER TABLE `users` ADD COLUMN `c` bigint
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a real comes
ALTER TABLE `users` ADD COLUMN `c` float
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a double comes
ALTER TABLE `users` ADD COLUMN `c` double
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a text comes
ALTER TABLE `users` ADD COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin`
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a varchar comes
ALTER TABLE `users` ADD COLUMN `c` varchar(10) COLLATE `utf8mb4_nopad_bin`
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- bytes come
ALTER TABLE `users` ADD COLUMN `c` longblob
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a decimal comes
ALTER TABLE `users` ADD COLUMN `c` decimal(8, 2)
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a date comes
ALTER TABLE `users` ADD COLUMN `c` date
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a time comes
ALTER TABLE `users` ADD COLUMN `c` time(6)
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a date with a time comes
ALTER TABLE `users` ADD COLUMN `c` datetime(6)
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- an instant comes
ALTER TABLE `users` ADD COLUMN `c` datetime(6)
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- a UUID comes
ALTER TABLE `users` ADD COLUMN `c` binary(16)
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- JSON comes
ALTER TABLE `users` ADD COLUMN `c` json
-- and back
ALTER TABLE `users` DROP COLUMN `c`

-- an integer grows
ALTER TABLE `users` MODIFY COLUMN `c` bigint NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL

-- a small integer grows
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` smallint NOT NULL

-- an integer shrinks
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` bigint NOT NULL

-- a varchar grows
ALTER TABLE `users` MODIFY COLUMN `c` varchar(30) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` varchar(10) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a varchar shrinks
ALTER TABLE `users` MODIFY COLUMN `c` varchar(10) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` varchar(30) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a varchar becomes a text
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` varchar(30) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a text becomes a varchar
ALTER TABLE `users` MODIFY COLUMN `c` varchar(30) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL

-- an integer becomes a text
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL

-- a text becomes an integer
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a bool becomes an integer
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` boolean NOT NULL

-- an integer becomes a bool
ALTER TABLE `users` MODIFY COLUMN `c` boolean NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL

-- a big integer becomes a bool
ALTER TABLE `users` MODIFY COLUMN `c` boolean NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` bigint NOT NULL

-- a real grows
ALTER TABLE `users` MODIFY COLUMN `c` double NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` float NOT NULL

-- an integer becomes a double
ALTER TABLE `users` MODIFY COLUMN `c` double NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL

-- a decimal grows
ALTER TABLE `users` MODIFY COLUMN `c` decimal(12, 4) NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` decimal(8, 2) NOT NULL

-- a moment becomes a day
ALTER TABLE `users` MODIFY COLUMN `c` date NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` datetime(6) NOT NULL

-- a day becomes a moment
ALTER TABLE `users` MODIFY COLUMN `c` datetime(6) NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` date NOT NULL

-- a real becomes an integer that takes no NULL
UPDATE `users` SET `c` = 0 WHERE `c` IS NULL
ALTER TABLE `users` MODIFY COLUMN `c` bigint NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` double

-- a text becomes JSON
ALTER TABLE `users` MODIFY COLUMN `c` json NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a text becomes an enum
ALTER TABLE `users` MODIFY COLUMN `c` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`c` IN ('glad', 'sad'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL

-- an enum becomes a text
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`c` IN ('glad', 'sad'))

-- a key grows, and what refers to it
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT
ALTER TABLE `posts` MODIFY COLUMN `author_id` bigint NOT NULL
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` MODIFY COLUMN `author_id` integer NOT NULL
ALTER TABLE `users` MODIFY COLUMN `id` integer NOT NULL AUTO_INCREMENT
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- an indexed text becomes a varchar
ALTER TABLE `users` MODIFY COLUMN `c` varchar(60) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` varchar(255) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a type with a default changes
ALTER TABLE `users` MODIFY COLUMN `c` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'one'
-- and back
ALTER TABLE `users` MODIFY COLUMN `c` integer NOT NULL DEFAULT 1

-- a table comes whose numbers are the second part of its key
CREATE TABLE `parts` (`kind` varchar(20) NOT NULL, `id` bigint NOT NULL AUTO_INCREMENT, PRIMARY KEY (`kind`, `id`), INDEX `ix_parts_id` (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
CREATE INDEX `ix_parts_kind` ON `parts` (`kind`)
-- and back
DROP TABLE `parts`

-- a key gets a column more
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`, `b`)
-- and back
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`)

-- a key loses a column
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`b`)
-- and back
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`, `b`)

-- a key changes its order
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`b`, `a`)
-- and back
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`, `b`)

-- a key comes
ALTER TABLE `pairs` ADD PRIMARY KEY (`a`)
-- and back
ALTER TABLE `pairs` DROP PRIMARY KEY

-- a key goes
ALTER TABLE `pairs` DROP PRIMARY KEY
-- and back
ALTER TABLE `pairs` ADD PRIMARY KEY (`a`)

-- a key changes that a reference needed as its index
ALTER TABLE `pairs` ADD INDEX IF NOT EXISTS `fk_a` (`a`), DROP PRIMARY KEY, ADD PRIMARY KEY (`b`)
-- and back
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`, `b`)

-- a composite key that others refer to changes
ALTER TABLE `of` DROP FOREIGN KEY `fk_of`, DROP INDEX IF EXISTS `fk_of`
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`b`, `a`)
ALTER TABLE `of` ADD CONSTRAINT `fk_of` FOREIGN KEY (`b`, `a`) REFERENCES `pairs` (`b`, `a`)
-- and back
ALTER TABLE `of` DROP FOREIGN KEY `fk_of`, DROP INDEX IF EXISTS `fk_of`
ALTER TABLE `pairs` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`, `b`)
ALTER TABLE `of` ADD CONSTRAINT `fk_of` FOREIGN KEY (`a`, `b`) REFERENCES `pairs` (`a`, `b`)

-- a number becomes the key of a join table
ALTER TABLE `users_tags` ADD COLUMN `id` bigint NOT NULL AUTO_INCREMENT, ADD UNIQUE KEY `aludel_numbers_id` (`id`)
ALTER TABLE `users_tags` ADD COLUMN `note` longtext COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `users_tags` ADD INDEX `ix_u` (`user_id`)
ALTER TABLE `users_tags` DROP PRIMARY KEY, ADD PRIMARY KEY (`id`), DROP INDEX `aludel_numbers_id`
-- and back
ALTER TABLE `users_tags` DROP PRIMARY KEY, ADD PRIMARY KEY (`user_id`, `tag_id`), ADD UNIQUE KEY `aludel_numbers_id` (`id`)
ALTER TABLE `users_tags` DROP INDEX `ix_u`
ALTER TABLE `users_tags` DROP COLUMN `note`
ALTER TABLE `users_tags` DROP COLUMN `id`, DROP INDEX `aludel_numbers_id`

-- a numbered key is numbered no more
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL
-- and back
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT

-- a key is numbered
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT
-- and back
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL

-- a numbered key is always numbered
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT
-- and back
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT

-- a unique constraint comes
ALTER TABLE `users` ADD CONSTRAINT `uq_users_name` UNIQUE (`name`)
-- and back
ALTER TABLE `users` DROP INDEX `uq_users_name`

-- a unique constraint goes
ALTER TABLE `users` DROP INDEX `uq_users_name`
-- and back
ALTER TABLE `users` ADD CONSTRAINT `uq_users_name` UNIQUE (`name`)

-- a unique constraint gets a column more
ALTER TABLE `users` DROP INDEX `uq`
ALTER TABLE `users` ADD CONSTRAINT `uq` UNIQUE (`name`, `id`)
-- and back
ALTER TABLE `users` DROP INDEX `uq`
ALTER TABLE `users` ADD CONSTRAINT `uq` UNIQUE (`name`)

-- a unique constraint is called otherwise
ALTER TABLE `users` RENAME INDEX `uq_1` TO `uq_2`
-- and back
ALTER TABLE `users` RENAME INDEX `uq_2` TO `uq_1`

-- a unique constraint becomes an index
ALTER TABLE `users` DROP INDEX `uq`
ALTER TABLE `users` ADD INDEX `uq` (`name`)
-- and back
ALTER TABLE `users` DROP INDEX `uq`
ALTER TABLE `users` ADD CONSTRAINT `uq` UNIQUE (`name`)

-- a CHECK comes
ALTER TABLE `users` ADD CONSTRAINT `ck` CHECK (`name` <> '')
-- and back
ALTER TABLE `users` DROP CONSTRAINT `ck`

-- a CHECK goes
ALTER TABLE `users` DROP CONSTRAINT `ck`
-- and back
ALTER TABLE `users` ADD CONSTRAINT `ck` CHECK (`name` <> '')

-- a CHECK changes
ALTER TABLE `users` DROP CONSTRAINT `ck`
ALTER TABLE `users` ADD CONSTRAINT `ck` CHECK (`name` <> 'z')
-- and back
ALTER TABLE `users` DROP CONSTRAINT `ck`
ALTER TABLE `users` ADD CONSTRAINT `ck` CHECK (`name` <> '')

-- a CHECK is called otherwise
ALTER TABLE `users` DROP CONSTRAINT `ck_1`, ADD CONSTRAINT `ck_2` CHECK (`name` <> '')
-- and back
ALTER TABLE `users` DROP CONSTRAINT `ck_2`, ADD CONSTRAINT `ck_1` CHECK (`name` <> '')

-- a CHECK is written otherwise and says the same
-- and back

-- CHECKs of every kind come
ALTER TABLE `users` ADD CONSTRAINT `ck_1` CHECK (`name` IN ('v1', 'v2', 'v3') OR (`n` BETWEEN 1 AND 9))
ALTER TABLE `users` ADD CONSTRAINT `ck_2` CHECK (NOT (`name` LIKE 'a%' COLLATE utf8mb4_nopad_bin ESCAPE '\\') AND CHAR_LENGTH(`name`) <= 9)
-- and back
ALTER TABLE `users` DROP CONSTRAINT `ck_2`
ALTER TABLE `users` DROP CONSTRAINT `ck_1`

-- an index comes
ALTER TABLE `users` ADD INDEX `ix` (`name`)
-- and back
ALTER TABLE `users` DROP INDEX `ix`

-- an index goes
ALTER TABLE `users` DROP INDEX `ix`
-- and back
ALTER TABLE `users` ADD INDEX `ix` (`name`)

-- an index gets a column more
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name`, `id`)
-- and back
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name`)

-- an index turns around
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name` DESC)
-- and back
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name`)

-- an index becomes unique
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD UNIQUE INDEX `ix` (`name`)
-- and back
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name`)

-- an index is called otherwise
ALTER TABLE `users` RENAME INDEX `ix_1` TO `ix_2`
-- and back
ALTER TABLE `users` RENAME INDEX `ix_2` TO `ix_1`

-- an index of an expression comes
-- the database can't do this: mariadb has no indexes on expressions; index a generated column
-- and back
ALTER TABLE `users` DROP INDEX `ix`

-- an index of some rows comes
-- the database can't do this: mariadb has no partial indexes; index all rows
-- and back
ALTER TABLE `users` DROP INDEX `ix`

-- an index of some rows covers others
-- the database can't do this: mariadb has no partial indexes; index all rows
-- and back
-- the database can't do this: mariadb has no partial indexes; index all rows

-- an index gets a method
-- the database can't do this: mariadb has no index method "hash"; leave the method out
-- and back
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name`)

-- an index keeps further columns
-- the database can't do this: mariadb has no columns kept in an index (INCLUDE); index them as further columns
-- and back
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD INDEX `ix` (`name`)

-- an index of a text comes
ALTER TABLE `users` ADD INDEX `ix` (`body`), MODIFY COLUMN `body` varchar(255) COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` DROP INDEX `ix`, MODIFY COLUMN `body` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL

-- an index of a text goes
ALTER TABLE `users` DROP INDEX `ix`, MODIFY COLUMN `body` longtext COLLATE `utf8mb4_nopad_bin` NOT NULL
-- and back
ALTER TABLE `users` ADD INDEX `ix` (`body`), MODIFY COLUMN `body` varchar(255) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- a foreign key comes
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`

-- a foreign key goes
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
-- and back
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a foreign key cascades
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a foreign key is deferred
-- the database can't do this: mariadb has no deferrable foreign keys; insert the referred rows first
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a foreign key sets NULL
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` MODIFY COLUMN `author_id` bigint
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE SET NULL
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` MODIFY COLUMN `author_id` bigint NOT NULL
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a foreign key leads elsewhere
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `people` (`id`)
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a foreign key is called otherwise
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` ADD CONSTRAINT `fk_2` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_2`, DROP INDEX IF EXISTS `fk_2`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- an index goes that a reference needs
ALTER TABLE `posts` ADD INDEX IF NOT EXISTS `fk_posts_author_id` (`author_id`), DROP INDEX `ix_1`
-- and back
ALTER TABLE `posts` ADD INDEX `ix_1` (`author_id`)

-- an index that a reference needs turns to another column
ALTER TABLE `posts` ADD INDEX IF NOT EXISTS `fk_posts_author_id` (`author_id`), DROP INDEX `ix_1`
ALTER TABLE `posts` ADD INDEX `ix_1` (`title`)
-- and back
ALTER TABLE `posts` DROP INDEX `ix_1`
ALTER TABLE `posts` ADD INDEX `ix_1` (`author_id`)

-- a column goes that shares an index with a reference
ALTER TABLE `posts` ADD INDEX IF NOT EXISTS `fk_posts_author_id` (`author_id`), DROP INDEX `ix_1`
ALTER TABLE `posts` DROP COLUMN `n`
-- and back
ALTER TABLE `posts` ADD COLUMN `n` integer NOT NULL DEFAULT 0
ALTER TABLE `posts` MODIFY COLUMN `n` integer NOT NULL
ALTER TABLE `posts` ADD INDEX `ix_1` (`author_id`, `n`)

-- two references share a column, and one goes
ALTER TABLE `posts` ADD INDEX IF NOT EXISTS `fk_2` (`a`), DROP FOREIGN KEY `fk_1`, DROP INDEX IF EXISTS `fk_1`
-- and back
ALTER TABLE `posts` ADD CONSTRAINT `fk_1` FOREIGN KEY (`a`, `n`) REFERENCES `users` (`id`, `name`)

-- a new table refers to a new unique column
CREATE TABLE `badges` (`id` bigint NOT NULL AUTO_INCREMENT, `user_code` varchar(9), PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `users` ADD COLUMN `code` varchar(9) COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `users` ADD CONSTRAINT `uq_code` UNIQUE (`code`)
ALTER TABLE `badges` ADD CONSTRAINT `fk_code` FOREIGN KEY (`user_code`) REFERENCES `users` (`code`)
-- and back
ALTER TABLE `badges` DROP FOREIGN KEY `fk_code`, DROP INDEX IF EXISTS `fk_code`
ALTER TABLE `users` DROP INDEX `uq_code`
ALTER TABLE `users` DROP COLUMN `code`
DROP TABLE `badges`

-- a new table refers to a key that grows
CREATE TABLE `posts` (`id` bigint NOT NULL AUTO_INCREMENT, `title` varchar(80) NOT NULL, `author_id` bigint NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
-- and back
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `users` MODIFY COLUMN `id` integer NOT NULL AUTO_INCREMENT
DROP TABLE `posts`

-- a table goes, and the unique column that it referred to
ALTER TABLE `badges` DROP FOREIGN KEY `fk_code`, DROP INDEX IF EXISTS `fk_code`
ALTER TABLE `users` DROP INDEX `uq_code`
ALTER TABLE `users` DROP COLUMN `code`
DROP TABLE `badges`
-- and back
CREATE TABLE `badges` (`id` bigint NOT NULL AUTO_INCREMENT, `user_code` varchar(9), PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `users` ADD COLUMN `code` varchar(9) COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `users` ADD CONSTRAINT `uq_code` UNIQUE (`code`)
ALTER TABLE `badges` ADD CONSTRAINT `fk_code` FOREIGN KEY (`user_code`) REFERENCES `users` (`code`)

-- a table goes, and the key that it referred to grows
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT
DROP TABLE `posts`
-- and back
CREATE TABLE `posts` (`id` bigint NOT NULL AUTO_INCREMENT, `author_id` integer NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `users` MODIFY COLUMN `id` integer NOT NULL AUTO_INCREMENT
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)

-- a unique constraint that is referred to becomes an index
ALTER TABLE `badges` DROP FOREIGN KEY `fk_code`, DROP INDEX IF EXISTS `fk_code`
ALTER TABLE `users` ADD UNIQUE INDEX `ux_code` (`code`)
ALTER TABLE `users` DROP INDEX `uq_code`
ALTER TABLE `badges` ADD CONSTRAINT `fk_code` FOREIGN KEY (`c`) REFERENCES `users` (`code`)
-- and back
ALTER TABLE `badges` DROP FOREIGN KEY `fk_code`, DROP INDEX IF EXISTS `fk_code`
ALTER TABLE `users` ADD CONSTRAINT `uq_code` UNIQUE (`code`)
ALTER TABLE `users` DROP INDEX `ux_code`
ALTER TABLE `badges` ADD CONSTRAINT `fk_code` FOREIGN KEY (`c`) REFERENCES `users` (`code`)

-- an index moves to another table under its name
ALTER TABLE `a` DROP INDEX `ix_slug`
ALTER TABLE `b` ADD INDEX `ix_slug` (`slug`)
-- and back
ALTER TABLE `b` DROP INDEX `ix_slug`
ALTER TABLE `a` ADD INDEX `ix_slug` (`slug`)

-- a table goes, and its index's name is another's
CREATE TABLE `articles` (`id` bigint NOT NULL AUTO_INCREMENT, `slug` varchar(9) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `drafts` DROP INDEX `ix_slug`
ALTER TABLE `articles` ADD INDEX `ix_slug` (`slug`)
DROP TABLE `drafts`
-- and back
CREATE TABLE `drafts` (`id` bigint NOT NULL AUTO_INCREMENT, `x` varchar(9) NOT NULL, `y` varchar(9) NOT NULL, `z` varchar(9) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `articles` DROP INDEX `ix_slug`
ALTER TABLE `drafts` ADD INDEX `ix_slug` (`x`)
DROP TABLE `articles`

-- an index takes over for a foreign key's own
ALTER TABLE `posts` ADD INDEX `ix_2` (`author_id`, `title`)
ALTER TABLE `posts` DROP INDEX `ix_1`
-- and back
ALTER TABLE `posts` ADD INDEX `ix_1` (`author_id`)
ALTER TABLE `posts` DROP INDEX `ix_2`

-- an enum comes
ALTER TABLE `users` ADD COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))
-- and back
ALTER TABLE `users` DROP COLUMN `m`

-- an enum goes
ALTER TABLE `users` DROP COLUMN `m`
-- and back
ALTER TABLE `users` ADD COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))

-- a value comes at the end
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad', 'blue'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))

-- a value comes in between
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'so', 'sad'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))

-- several values come
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'a', 'sad'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'a', 'sad', 'b'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'a', 'sad', 'b', 'c'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'a', 'sad', 'b'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'a', 'sad'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))

-- a value comes and is the default
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'sad' CHECK (`m` IN ('glad', 'sad'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad'))

-- the value that was the default goes
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'a' CHECK (`m` IN ('a'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'a' CHECK (`m` IN ('a'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'a' CHECK (`m` IN ('a', 'b'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'b' CHECK (`m` IN ('a', 'b'))

-- the value that is the default is renamed
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'sad' CHECK (`m` IN ('a', 'sad', 'blue'))
UPDATE `users` SET `m` = CASE `m` WHEN 'sad' THEN 'blue' ELSE `m` END WHERE `m` IN ('sad')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'blue' CHECK (`m` IN ('a', 'blue'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'blue' CHECK (`m` IN ('a', 'blue', 'sad'))
UPDATE `users` SET `m` = CASE `m` WHEN 'blue' THEN 'sad' ELSE `m` END WHERE `m` IN ('blue')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(3) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'sad' CHECK (`m` IN ('a', 'sad'))

-- a value goes, and another that comes is the default
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'a' CHECK (`m` IN ('a', 'b', 'c', 'd'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'd' CHECK (`m` IN ('b', 'c', 'd'))
UPDATE `users` SET `m` = CASE `m` WHEN 'a' THEN 'b' ELSE `m` END WHERE `m` IN ('a')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'd' CHECK (`m` IN ('b', 'c', 'd'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'd' CHECK (`m` IN ('a', 'b', 'c', 'd'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'a' CHECK (`m` IN ('a', 'b', 'c', 'd'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'a' CHECK (`m` IN ('a', 'b', 'c'))

-- a value goes, and its rows get another
UPDATE `users` SET `m` = CASE `m` WHEN 'a' THEN 'c' ELSE `m` END WHERE `m` IN ('a')
UPDATE `users` SET `n` = CASE `n` WHEN 'a' THEN 'c' ELSE `n` END WHERE `n` IN ('a')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'c' CHECK (`m` IN ('b', 'c')), MODIFY COLUMN `n` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`n` IN ('b', 'c'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'c' CHECK (`m` IN ('a', 'b', 'c')), MODIFY COLUMN `n` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`n` IN ('a', 'b', 'c'))

-- two values become one that is new
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b', 'd'))
UPDATE `users` SET `m` = CASE `m` WHEN 'a' THEN 'd' ELSE `m` END WHERE `m` IN ('a')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('d', 'b'))
UPDATE `users` SET `m` = CASE `m` WHEN 'b' THEN 'd' ELSE `m` END WHERE `m` IN ('b')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('d'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('d', 'b'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('d', 'b', 'a'))
UPDATE `users` SET `m` = CASE `m` WHEN 'd' THEN 'a' ELSE `m` END WHERE `m` IN ('d')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b'))

-- two values become one that stays, and one of them was the default
UPDATE `users` SET `m` = CASE `m` WHEN 'a' THEN 'c' WHEN 'b' THEN 'c' ELSE `m` END WHERE `m` IN ('a', 'b')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'c' CHECK (`m` IN ('c'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'c' CHECK (`m` IN ('a', 'b', 'c'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'b' CHECK (`m` IN ('a', 'b', 'c'))

-- a value goes of a key that is referred to
ALTER TABLE `users` DROP FOREIGN KEY `fk_users_m`, DROP INDEX IF EXISTS `fk_users_m`
UPDATE `moods` SET `m` = CASE `m` WHEN 'a' THEN 'b' ELSE `m` END WHERE `m` IN ('a')
ALTER TABLE `moods` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('b'))
UPDATE `users` SET `m` = CASE `m` WHEN 'a' THEN 'b' ELSE `m` END WHERE `m` IN ('a')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`m` IN ('b'))
ALTER TABLE `users` ADD CONSTRAINT `fk_users_m` FOREIGN KEY (`m`) REFERENCES `moods` (`m`)
-- and back
ALTER TABLE `users` DROP FOREIGN KEY `fk_users_m`, DROP INDEX IF EXISTS `fk_users_m`
ALTER TABLE `moods` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`m` IN ('a', 'b'))
ALTER TABLE `users` ADD CONSTRAINT `fk_users_m` FOREIGN KEY (`m`) REFERENCES `moods` (`m`)

-- a value goes under a computed column that keys and constraints have
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('b'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b'))

-- a value that an index of some rows names is renamed
-- the database can't do this: mariadb has no partial indexes; index all rows
-- and back
-- the database can't do this: mariadb has no partial indexes; index all rows

-- values go, and CHECKs, indexes and computed columns stay
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b', 'c'))

-- a value goes under an index of some rows
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'c'))

-- a value that a CHECK lists is renamed
ALTER TABLE `users` DROP CONSTRAINT `ck`
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'sad', 'blue'))
UPDATE `users` SET `m` = CASE `m` WHEN 'sad' THEN 'blue' ELSE `m` END WHERE `m` IN ('sad')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'blue'))
ALTER TABLE `users` ADD CONSTRAINT `ck` CHECK (`m` IN ('a', 'blue'))
-- and back
ALTER TABLE `users` DROP CONSTRAINT `ck`
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'blue', 'sad'))
UPDATE `users` SET `m` = CASE `m` WHEN 'blue' THEN 'sad' ELSE `m` END WHERE `m` IN ('blue')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(3) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'sad'))
ALTER TABLE `users` ADD CONSTRAINT `ck` CHECK (`m` IN ('a', 'sad'))

-- a value goes of two columns that a CHECK and an index compare
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b')), MODIFY COLUMN `n` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`n` IN ('a', 'b'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b', 'c')), MODIFY COLUMN `n` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`n` IN ('a', 'b', 'c'))

-- a value goes under views on views
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'c'))

-- a column is renamed that is called like a function of a CHECK
ALTER TABLE `users` CHANGE COLUMN `length` `size` integer NOT NULL
-- and back
ALTER TABLE `users` CHANGE COLUMN `size` `length` integer NOT NULL

-- a value goes under a view
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'c'))

-- a value goes
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad', 'blue'))

-- a value is renamed
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad', 'blue'))
UPDATE `users` SET `m` = CASE `m` WHEN 'sad' THEN 'blue' ELSE `m` END WHERE `m` IN ('sad')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'blue'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'blue', 'sad'))
UPDATE `users` SET `m` = CASE `m` WHEN 'blue' THEN 'sad' ELSE `m` END WHERE `m` IN ('blue')
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))

-- values change their order
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('sad', 'glad'))
-- and back
ALTER TABLE `users` MODIFY COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad', 'sad'))

-- an enum is called otherwise
-- and back

-- two columns of an enum get a value more
ALTER TABLE `more` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a', 'b')), MODIFY COLUMN `n` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`n` IN ('a', 'b'))
-- and back
ALTER TABLE `more` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a'))
ALTER TABLE `users` MODIFY COLUMN `m` varchar(1) COLLATE `utf8mb4_nopad_bin` NOT NULL CHECK (`m` IN ('a')), MODIFY COLUMN `n` varchar(1) COLLATE `utf8mb4_nopad_bin` CHECK (`n` IN ('a'))

-- an array of an enum comes
-- the database can't do this: mariadb has no arrays; use a JSON column or a table of its own
-- and back
ALTER TABLE `users` DROP COLUMN `m`

-- a computed column comes
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) STORED
-- and back
ALTER TABLE `boxes` DROP COLUMN `area`

-- a computed column that is not stored comes
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) VIRTUAL
-- and back
ALTER TABLE `boxes` DROP COLUMN `area`

-- a computed column goes
ALTER TABLE `boxes` DROP COLUMN `area`
-- and back
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) STORED

-- a computed column is computed otherwise
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` + `h`) STORED
-- and back
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) STORED

-- a computed column becomes a plain one
ALTER TABLE `boxes` MODIFY COLUMN `area` bigint
-- and back
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) STORED

-- a plain column becomes a computed one
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) STORED
-- and back
ALTER TABLE `boxes` MODIFY COLUMN `area` bigint

-- a computed column with an index is computed otherwise
ALTER TABLE `boxes` DROP INDEX `ix_area`, DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` + 1) STORED, ADD INDEX `ix_area` (`area`)
-- and back
ALTER TABLE `boxes` DROP INDEX `ix_area`, DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * `h`) STORED, ADD INDEX `ix_area` (`area`)

-- what a column is computed from grows
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` MODIFY COLUMN `w` bigint NOT NULL
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * 2) STORED
-- and back
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` MODIFY COLUMN `w` integer NOT NULL
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * 2) STORED

-- what a computed column with constraints is computed from grows
ALTER TABLE `boxes` DROP INDEX `ix`, DROP CONSTRAINT `ck`, DROP COLUMN `area`
ALTER TABLE `boxes` MODIFY COLUMN `w` bigint NOT NULL
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * 2) STORED
ALTER TABLE `boxes` ADD INDEX `ix` (`area`, `w`)
ALTER TABLE `boxes` ADD CONSTRAINT `ck` CHECK (`area` >= 0)
-- and back
ALTER TABLE `boxes` DROP CONSTRAINT `ck`
ALTER TABLE `boxes` DROP INDEX `ix`
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` MODIFY COLUMN `w` integer NOT NULL
ALTER TABLE `boxes` ADD COLUMN `area` bigint GENERATED ALWAYS AS (`w` * 2) STORED
ALTER TABLE `boxes` ADD CONSTRAINT `ck` CHECK (`area` >= 0)
ALTER TABLE `boxes` ADD INDEX `ix` (`area`)

-- a computed column becomes a plain one of another type
ALTER TABLE `boxes` MODIFY COLUMN `area` bigint
-- and back
ALTER TABLE `boxes` DROP COLUMN `area`
ALTER TABLE `boxes` ADD COLUMN `area` integer GENERATED ALWAYS AS (`w` * `h`) STORED

-- a column is renamed that another is computed from
ALTER TABLE `boxes` CHANGE COLUMN `w` `width` bigint NOT NULL
-- and back
ALTER TABLE `boxes` CHANGE COLUMN `width` `w` bigint NOT NULL

-- a view comes
CREATE VIEW `names` AS SELECT id, name FROM users
-- and back
DROP VIEW `names`

-- a view goes
DROP VIEW `names`
-- and back
CREATE VIEW `names` AS SELECT id, name FROM users

-- a view changes
DROP VIEW `names`
CREATE VIEW `names` AS SELECT name FROM users
-- and what hung on names, again
-- and back
DROP VIEW `names`
CREATE VIEW `names` AS SELECT id, name FROM users
-- and what hung on names, again

-- a view stands on a column that changes
DROP VIEW `names`
ALTER TABLE `users` MODIFY COLUMN `name` varchar(90) COLLATE `utf8mb4_nopad_bin` NOT NULL
CREATE VIEW `names` AS SELECT id, name FROM users
-- and what hung on names, again
-- and back
DROP VIEW `names`
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
CREATE VIEW `names` AS SELECT id, name FROM users
-- and what hung on names, again

-- a view stands on a column that goes
DROP VIEW `names`
ALTER TABLE `users` DROP COLUMN `age`
CREATE VIEW `names` AS SELECT name FROM users
-- and what hung on names, again
-- and back
DROP VIEW `names`
ALTER TABLE `users` ADD COLUMN `age` integer NOT NULL DEFAULT 0
ALTER TABLE `users` MODIFY COLUMN `age` integer NOT NULL
CREATE VIEW `names` AS SELECT name, age FROM users
-- and what hung on names, again

-- views stand on views
DROP VIEW `first_names`
DROP VIEW `names`
ALTER TABLE `users` CHANGE COLUMN `name` `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
CREATE VIEW `names` AS SELECT id, full_name AS name FROM users
-- and what hung on names, again
CREATE VIEW `first_names` AS SELECT name FROM names WHERE id > 0
-- and what hung on first_names, again
-- and back
DROP VIEW `first_names`
DROP VIEW `names`
ALTER TABLE `users` CHANGE COLUMN `full_name` `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
CREATE VIEW `names` AS SELECT id, name FROM users
-- and what hung on names, again
CREATE VIEW `first_names` AS SELECT name FROM names WHERE id > 0
-- and what hung on first_names, again

-- a view comes with its table
CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
CREATE VIEW `names` AS SELECT id, name FROM users
-- and back
DROP VIEW `names`
DROP TABLE `users`

-- a materialized view comes
-- the database can't do this: mariadb has no materialized views; make it a view
-- and back
DROP MATERIALIZED VIEW `names`

-- a materialized view changes
-- the database can't do this: mariadb has no materialized views; make it a view
-- and back
-- the database can't do this: mariadb has no materialized views; make it a view

-- much changes at once
RENAME TABLE `users` TO `people`
ALTER TABLE `people` CHANGE COLUMN `name` `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
CREATE TABLE `tags` (`id` bigint NOT NULL AUTO_INCREMENT, `name` varchar(20) NOT NULL, PRIMARY KEY (`id`)) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `people` ADD COLUMN `m` varchar(4) COLLATE `utf8mb4_nopad_bin` NOT NULL DEFAULT 'glad' CHECK (`m` IN ('glad'))
ALTER TABLE `posts` ADD COLUMN `slug` varchar(80) COLLATE `utf8mb4_nopad_bin`
ALTER TABLE `people` MODIFY COLUMN `full_name` varchar(80) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `people` MODIFY COLUMN `age` integer NOT NULL DEFAULT 1
ALTER TABLE `posts` MODIFY COLUMN `author_id` bigint
ALTER TABLE `people` DROP INDEX `ix_age`
ALTER TABLE `people` ADD INDEX `ix_age` (`age`, `full_name`)
ALTER TABLE `posts` ADD CONSTRAINT `uq_slug` UNIQUE (`slug`)
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `people` (`id`) ON DELETE SET NULL
DROP TABLE `old`
-- and back
CREATE TABLE `old` (`x` integer NOT NULL) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
ALTER TABLE `posts` DROP FOREIGN KEY `fk_posts_author_id`, DROP INDEX IF EXISTS `fk_posts_author_id`
ALTER TABLE `posts` DROP INDEX `uq_slug`
ALTER TABLE `people` DROP INDEX `ix_age`
ALTER TABLE `people` ADD INDEX `ix_age` (`age`)
ALTER TABLE `posts` MODIFY COLUMN `author_id` bigint NOT NULL
ALTER TABLE `people` MODIFY COLUMN `age` smallint NOT NULL
ALTER TABLE `people` MODIFY COLUMN `full_name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `posts` DROP COLUMN `slug`
ALTER TABLE `people` DROP COLUMN `m`
DROP TABLE `tags`
ALTER TABLE `posts` ADD CONSTRAINT `fk_posts_author_id` FOREIGN KEY (`author_id`) REFERENCES `people` (`id`)
ALTER TABLE `people` CHANGE COLUMN `full_name` `name` varchar(40) COLLATE `utf8mb4_nopad_bin` NOT NULL
RENAME TABLE `people` TO `users`

-- hostile names change
ALTER TABLE `or"der ``x``` CHANGE COLUMN `sel"ect` `gr``oup` varchar(20) COLLATE `utf8mb4_nopad_bin` NOT NULL
ALTER TABLE `or"der ``x``` ADD COLUMN `it's` integer NOT NULL DEFAULT 1
ALTER TABLE `or"der ``x``` ADD INDEX `ix "1"` (`it's`)
ALTER TABLE `or"der ``x``` ADD CONSTRAINT `ck 'x'` CHECK (`gr``oup` <> '''"`')
-- and back
ALTER TABLE `or"der ``x``` DROP CONSTRAINT `ck 'x'`
ALTER TABLE `or"der ``x``` DROP INDEX `ix "1"`
ALTER TABLE `or"der ``x``` DROP COLUMN `it's`
ALTER TABLE `or"der ``x``` CHANGE COLUMN `gr``oup` `sel"ect` varchar(20) COLLATE `utf8mb4_nopad_bin` NOT NULL

-- two columns exchange their places in an index and a constraint
ALTER TABLE `users` DROP INDEX `uq`
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` ADD CONSTRAINT `uq` UNIQUE (`a`)
ALTER TABLE `users` ADD INDEX `ix` (`b`)
-- and back
ALTER TABLE `users` DROP INDEX `ix`
ALTER TABLE `users` DROP INDEX `uq`
ALTER TABLE `users` ADD INDEX `ix` (`a`)
ALTER TABLE `users` ADD CONSTRAINT `uq` UNIQUE (`b`)

