-- Condensed from the constructs of Nextcloud: all in utf8mb4_bin with ROW_FORMAT=DYNAMIC, flags as nullable tinyint(1), big numbers
-- unsigned, hashes as char(32), no keys in tables that only join, calendars as blobs. Our own words, MIT licence.

CREATE TABLE `oc_users` (
  `uid` varchar(64) NOT NULL DEFAULT '',
  `displayname` varchar(64) DEFAULT NULL,
  `password` varchar(255) NOT NULL DEFAULT '',
  `uid_lower` varchar(64) GENERATED ALWAYS AS (lcase(`uid`)) STORED,
  `lastSeen` datetime DEFAULT NULL,
  PRIMARY KEY (`uid`),
  KEY `user_uid_lower` (`uid_lower`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE `oc_group_user` (
  `gid` varchar(64) NOT NULL DEFAULT '',
  `uid` varchar(64) NOT NULL DEFAULT '',
  PRIMARY KEY (`uid`,`gid`),
  KEY `gu_uid_index` (`uid`),
  CONSTRAINT `gu_uid` FOREIGN KEY (`uid`) REFERENCES `oc_users` (`uid`) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE `oc_storages` (
  `numeric_id` bigint(20) NOT NULL AUTO_INCREMENT,
  `id` varchar(64) DEFAULT NULL,
  `available` int(11) NOT NULL DEFAULT 1,
  `last_checked` int(11) DEFAULT NULL,
  `root` bigint(20) DEFAULT NULL COMMENT 'the folder at its top',
  PRIMARY KEY (`numeric_id`),
  UNIQUE KEY `storages_id_index` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE `oc_filecache` (
  `fileid` bigint(20) NOT NULL AUTO_INCREMENT,
  `storage` bigint(20) NOT NULL DEFAULT 0,
  `path` varchar(4000) DEFAULT NULL,
  `path_hash` varchar(32) NOT NULL DEFAULT '',
  `parent` bigint(20) DEFAULT NULL,
  `name` varchar(250) COLLATE utf8mb4_unicode_ci DEFAULT NULL,
  `mimetype` bigint(20) NOT NULL DEFAULT 0,
  `size` bigint(20) NOT NULL DEFAULT 0,
  `mtime` bigint(20) NOT NULL DEFAULT 0,
  `encrypted` int(11) NOT NULL DEFAULT 0,
  `etag` varchar(40) DEFAULT NULL,
  `permissions` int(11) DEFAULT 0,
  `checksum` varchar(255) DEFAULT NULL,
  `extension` varchar(32) AS (substring_index(`name`, '.', -1)) VIRTUAL,
  PRIMARY KEY (`fileid`),
  UNIQUE KEY `fs_storage_path_hash` (`storage`,`path_hash`),
  KEY `fs_parent_name_hash` (`parent`,`name`),
  KEY `fs_storage_path_prefix` (`storage`,`path`(64)),
  KEY `fs_mtime` (`mtime` DESC),
  KEY `fs_size` (`size`) USING BTREE COMMENT 'for the "largest files" list',
  KEY `fs_extension` (`extension`),
  CONSTRAINT `fs_storage` FOREIGN KEY (`storage`) REFERENCES `oc_storages` (`numeric_id`) ON DELETE CASCADE,
  CONSTRAINT `fs_parent` FOREIGN KEY (`parent`) REFERENCES `oc_filecache` (`fileid`) ON DELETE NO ACTION ON UPDATE NO ACTION,
  CONSTRAINT `fs_size_ck` CHECK (`size` >= -4)
) ENGINE=InnoDB AUTO_INCREMENT=100 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC STATS_PERSISTENT=1;

ALTER TABLE `oc_storages` ADD CONSTRAINT `storages_root` FOREIGN KEY (`root`) REFERENCES `oc_filecache` (`fileid`) ON DELETE SET NULL;

CREATE TABLE `oc_share` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `share_type` smallint(6) NOT NULL DEFAULT 0,
  `share_with` varchar(255) DEFAULT NULL,
  `uid_owner` varchar(64) NOT NULL DEFAULT '',
  `parent` bigint(20) DEFAULT NULL,
  `file_source` bigint(20) DEFAULT NULL,
  `permissions` smallint(6) NOT NULL DEFAULT 0,
  `stime` bigint(20) NOT NULL DEFAULT 0,
  `expiration` datetime DEFAULT NULL,
  `token` varchar(32) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `mail_send` smallint(6) NOT NULL DEFAULT 0,
  `hide_download` tinyint(1) DEFAULT 0,
  `attributes` json DEFAULT NULL,
  `note` longtext DEFAULT NULL,
  `order` mediumint(9) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `token_index` (`token`),
  KEY `owner_index` (`uid_owner`) IGNORED,
  CONSTRAINT `share_parent` FOREIGN KEY (`parent`) REFERENCES `oc_share` (`id`) ON DELETE SET NULL ON UPDATE SET NULL,
  CONSTRAINT `share_file` FOREIGN KEY (`file_source`) REFERENCES `oc_filecache` (`fileid`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE `oc_calendarobjects` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `calendardata` longblob DEFAULT NULL,
  `uri` varchar(255) DEFAULT NULL,
  `calendarid` bigint(20) unsigned NOT NULL,
  `componenttype` varchar(8) DEFAULT NULL,
  `firstoccurence` bigint(20) unsigned DEFAULT NULL,
  `duration` time(6) DEFAULT NULL,
  `classification` int(11) DEFAULT 0,
  `uid` uuid NOT NULL DEFAULT (uuid()),
  `secret` binary(16) NOT NULL DEFAULT '' INVISIBLE,
  PRIMARY KEY (`id`),
  UNIQUE KEY `calobjects_index` (`calendarid`,`uri`),
  KEY `calobj_uid` (`uid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE `oc_authtoken` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `uid` varchar(64) NOT NULL DEFAULT '',
  `name` text NOT NULL DEFAULT '',
  `token` varchar(200) NOT NULL DEFAULT '',
  `type` smallint(5) unsigned DEFAULT 0,
  `last_activity` int(10) unsigned DEFAULT 0,
  `password_hash` varbinary(255) DEFAULT NULL,
  `private_key` longtext COMPRESSED DEFAULT NULL,
  `seen_v4` inet4 DEFAULT NULL,
  `seen_v6` inet6 DEFAULT '::1',
  `scope` set('filesystem','no-password') CHARACTER SET latin1 NOT NULL DEFAULT 'filesystem',
  PRIMARY KEY (`id`),
  UNIQUE KEY `authtoken_token_index` (`token`) USING HASH,
  KEY `authtoken_last_activity_idx` (`last_activity`,`type` DESC),
  CONSTRAINT `no empty token` CHECK (`token` <> '' or `type` = 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

-- What was said stays.
CREATE TABLE `oc_comments` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `topmost_parent_id` bigint(20) unsigned NOT NULL DEFAULT 0,
  `actor_id` varchar(64) NOT NULL DEFAULT '',
  `message` longtext DEFAULT NULL,
  `verb` varchar(64) DEFAULT NULL,
  `creation_timestamp` datetime DEFAULT current_timestamp(),
  `reactions` varchar(4000) DEFAULT NULL CHECK (json_valid(`reactions`)),
  PRIMARY KEY (`id`),
  FULLTEXT KEY `comments_message` (`message`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC WITH SYSTEM VERSIONING;

CREATE TABLE `oc_activity` (
  `activity_id` bigint(20) NOT NULL AUTO_INCREMENT,
  `timestamp` int(11) NOT NULL DEFAULT 0,
  `affecteduser` varchar(64) NOT NULL,
  `subjectparams` mediumtext NOT NULL,
  `priority` decimal(4,1) NOT NULL DEFAULT -1.5,
  PRIMARY KEY (`activity_id`,`affecteduser`),
  KEY `activity_user_time` (`affecteduser`,`timestamp`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC
PARTITION BY KEY (`affecteduser`) PARTITIONS 3;

-- Two tables that other tools count in: no key at all, and numbered within its folder.
CREATE TABLE `oc_filecache_extended$old` (
  `fileid` bigint(20) unsigned DEFAULT NULL,
  `metadata-etag` varchar(40) DEFAULT NULL,
  `creationTime` double NOT NULL DEFAULT 0,
  `where` point DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `oc_trash` (
  `user` varchar(64) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  `location` varbinary(512) NOT NULL DEFAULT '',
  `n` smallint(5) unsigned NOT NULL AUTO_INCREMENT,
  `deleted_at` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  PRIMARY KEY (`user`,`location`(100),`n`)
) ENGINE=Aria DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE VIEW `oc_recent-files` AS SELECT `fileid`, `name`, `extension`, `mtime` FROM `oc_filecache` WHERE `mtime` > 0;
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `oc_recent_pictures` AS
  SELECT `fileid` AS `fileId`, `name` FROM `oc_recent-files` WHERE `extension` IN ('jpg', 'png') WITH CASCADED CHECK OPTION;
CREATE TRIGGER `oc_filecache_etag` BEFORE UPDATE ON `oc_filecache` FOR EACH ROW SET NEW.`etag` = coalesce(NEW.`etag`, md5(NEW.`path`));
CREATE FUNCTION `oc_human_size`(`bytes` bigint) RETURNS varchar(20) CHARACTER SET utf8mb4 DETERMINISTIC SQL SECURITY INVOKER RETURN concat(round(`bytes` / 1048576, 1), ' MiB');
CREATE SEQUENCE `oc_job_seq` START WITH 1 INCREMENT BY -1 MINVALUE -9223372036854775807 MAXVALUE 1 NOCACHE;
