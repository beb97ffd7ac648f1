-- Condensed from the constructs of Django on MariaDB: names with hashes, datetime(6), counts that a check keeps positive, JSON with
-- its check, GeoDjango columns, generated fields, UUIDs old and new, models with quoted names, swapped circular keys added last.
-- Our own words, MIT licence.

CREATE TABLE `django_content_type` (
  `id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `app_label` varchar(100) NOT NULL,
  `model` varchar(100) NOT NULL,
  CONSTRAINT `django_content_type_app_label_model_76bd3d3b_uniq` UNIQUE (`app_label`, `model`)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `auth_user` (
  `id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `password` varchar(128) NOT NULL,
  `last_login` datetime(6) NULL,
  `is_superuser` bool NOT NULL,
  `username` varchar(150) NOT NULL UNIQUE,
  `email` varchar(254) COLLATE utf8mb4_uca1400_as_cs NOT NULL DEFAULT '',
  `is_active` bool NOT NULL DEFAULT 1,
  `date_joined` datetime(6) NOT NULL DEFAULT (current_timestamp(6)),
  `profile_id` bigint NULL UNIQUE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `auth_permission` (
  `id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `name` varchar(255) NOT NULL,
  `content_type_id` integer NOT NULL,
  `codename` varchar(100) NOT NULL
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
ALTER TABLE `auth_permission` ADD CONSTRAINT `auth_permission_content_type_id_codename_01ab375a_uniq` UNIQUE (`content_type_id`, `codename`);
ALTER TABLE `auth_permission` ADD CONSTRAINT `auth_permission_content_type_id_2f476e4b_fk_django_co` FOREIGN KEY (`content_type_id`) REFERENCES `django_content_type` (`id`);

CREATE TABLE `auth_user_user_permissions` (
  `id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `user_id` integer NOT NULL,
  `permission_id` integer NOT NULL,
  CONSTRAINT `auth_user_user_permissions_user_id_permission_id_14a6b632_uniq` UNIQUE (`user_id`, `permission_id`),
  CONSTRAINT `auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm` FOREIGN KEY (`permission_id`) REFERENCES `auth_permission` (`id`),
  CONSTRAINT `auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id` FOREIGN KEY (`user_id`) REFERENCES `auth_user` (`id`)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `django_admin_log` (
  `id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `action_time` datetime(6) NOT NULL,
  `object_id` longtext NULL,
  `object_repr` varchar(200) NOT NULL,
  `action_flag` smallint UNSIGNED NOT NULL CHECK (`action_flag` >= 0),
  `change_message` longtext NOT NULL,
  `content_type_id` integer NULL,
  `user_id` integer NOT NULL,
  CONSTRAINT `django_admin_log_content_type_id_c4bce8eb_fk_django_co` FOREIGN KEY (`content_type_id`) REFERENCES `django_content_type` (`id`) ON DELETE SET NULL,
  CONSTRAINT `django_admin_log_user_id_c564eba6_fk_auth_user_id` FOREIGN KEY (`user_id`) REFERENCES `auth_user` (`id`) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `django_session` (
  `session_key` varchar(40) NOT NULL PRIMARY KEY,
  `session_data` longtext NOT NULL,
  `expire_date` datetime(6) NOT NULL
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin DELAY_KEY_WRITE=1;
CREATE INDEX `django_session_expire_date_a5c62663` ON `django_session` (`expire_date`);

-- A profile names its user, a user the profile.
CREATE TABLE `people_profile` (
  `id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `public_id` char(32) CHARACTER SET ascii NOT NULL UNIQUE,
  `token` uuid NOT NULL DEFAULT (uuid()) COMMENT 'since MariaDB 10.7',
  `user_id` integer NOT NULL UNIQUE,
  `settings` longtext NOT NULL DEFAULT ('{}') CHECK (JSON_VALID(`settings`)),
  `theme` varchar(20) AS (json_value(`settings`, '$.theme')) VIRTUAL,
  `height` double precision NULL,
  `born` date NULL,
  `wakes` time(6) NULL,
  `worked` bigint NULL COMMENT 'a duration in microseconds; "timedelta" in Python',
  `photo` longblob NULL,
  `ip` char(39) NULL,
  `points` integer UNSIGNED NOT NULL DEFAULT 0 CHECK (`points` >= 0),
  INDEX `people_profile_theme_idx` (`theme`),
  INDEX `people_profile_points_desc` (`points` DESC, `born`),
  CONSTRAINT `people_profile_user_id_3b1c5a2e_fk` FOREIGN KEY (`user_id`) REFERENCES `auth_user` (`id`) ON DELETE CASCADE,
  CONSTRAINT `born_in_the_past` CHECK (`born` IS NULL OR (`born` >= '1000-01-01' AND `height` IS NOT NULL))
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Extends "auth_user"; it''s 1:1';
ALTER TABLE `auth_user` ADD CONSTRAINT `auth_user_profile_id_fk` FOREIGN KEY (`profile_id`) REFERENCES `people_profile` (`id`) ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE `geo_city` (
  `id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `name` varchar(30) NOT NULL,
  `point` POINT REF_SYSTEM_ID=4326 NOT NULL,
  `border` POLYGON NULL,
  `extra` GEOMETRY NULL,
  `area` double precision GENERATED ALWAYS AS (st_area(`border`)) PERSISTENT
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE SPATIAL INDEX `geo_city_point_7d1c_id` ON `geo_city` (`point`);
CREATE INDEX `geo_city_area` ON `geo_city` (`area`);

-- Names that a model may have, and SQL has words for.
CREATE TABLE `shop order` (
  `order` integer AUTO_INCREMENT NOT NULL PRIMARY KEY,
  `type` varchar(10) NOT NULL DEFAULT 'new',
  `self` integer NULL,
  `user name` varchar(150) NULL,
  `isGift` bool NULL,
  `vat-rate` numeric(5, 4) NOT NULL DEFAULT (1+1),
  `price$` numeric(65, 30) NULL,
  `select` smallint NOT NULL DEFAULT -1,
  `group` tinyint UNSIGNED NULL,
  `größe` varchar(5) NULL,
  UNIQUE `type-and user` (`type`, `user name`),
  CONSTRAINT `self is self` FOREIGN KEY (`self`) REFERENCES `shop order` (`order`) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT `user name` FOREIGN KEY (`user name`) REFERENCES `auth_user` (`username`) ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci AUTO_INCREMENT=42;

-- Two foreign keys of two columns each, onto a key of two columns.
CREATE TABLE `tenants_room` (
  `number` smallint NOT NULL,
  `tenant_id` integer NOT NULL,
  `annex_tenant` integer NULL,
  `annex_number` smallint NULL,
  `booked_from` date NOT NULL,
  `booked_to` date NOT NULL,
  `opened` year NULL,
  PERIOD FOR `booking` (`booked_from`, `booked_to`),
  PRIMARY KEY (`tenant_id`, `number`),
  CONSTRAINT `room_annex_fk` FOREIGN KEY (`annex_tenant`, `annex_number`) REFERENCES `tenants_room` (`tenant_id`, `number`) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

-- django-simple-history left to the database: what was lies in a partition of its own.
CREATE TABLE `pages_history` (
  `id` bigint NOT NULL PRIMARY KEY,
  `slug` varchar(50) NOT NULL,
  `body` text NULL
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING
PARTITION BY SYSTEM_TIME (PARTITION `was` HISTORY, PARTITION `is` CURRENT);

-- An unmanaged table with no key.
CREATE TABLE `legacy_import` (
  `line` integer NULL,
  `raw` blob NULL,
  `amount` float NULL,
  `note` varchar(20) NULL
) ENGINE=Aria DEFAULT CHARSET=latin1;

CREATE VIEW `active_users` AS SELECT `id`, `username`, `email` AS `e-mail`, `is_active` FROM `auth_user` WHERE `is_active` = 1 WITH CASCADED CHECK OPTION;
CREATE VIEW `user_orders` AS SELECT `u`.`id`, `u`.`username`, `o`.`order`, `o`.`vat-rate` * 100 AS `vat %` FROM `active_users` `u` LEFT JOIN `shop order` `o` ON `o`.`user name` = `u`.`username`;
CREATE SQL SECURITY INVOKER VIEW `order_counts` AS SELECT `username`, count(`order`) AS `orders` FROM `user_orders` GROUP BY `username`;
CREATE TRIGGER `lower-mail` BEFORE INSERT ON `auth_user` FOR EACH ROW SET NEW.`email` = lower(NEW.`email`);
CREATE PROCEDURE `clearsessions`() SQL SECURITY INVOKER DELETE FROM `django_session` WHERE `expire_date` < now(6);
