-- Condensed from the constructs of MediaWiki: nearly all text is varbinary, times are binary(14) of digits, tables in CHARSET=binary,
-- keys of several columns in an order of their own, the search index in MyISAM, caches in partitions. Our own words, MIT licence.

CREATE TABLE /*_*/user (
  user_id int unsigned NOT NULL AUTO_INCREMENT,
  user_name varbinary(255) NOT NULL DEFAULT '',
  user_real_name varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci NOT NULL DEFAULT '',
  user_password tinyblob NOT NULL,
  user_newpass_time binary(14) DEFAULT NULL,
  user_email tinytext CHARACTER SET utf8mb3 NOT NULL,
  user_touched binary(14) NOT NULL,
  user_token binary(32) NOT NULL DEFAULT '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0',
  user_editcount int unsigned DEFAULT NULL,
  user_is_temp tinyint(1) NOT NULL DEFAULT 0,
  UNIQUE INDEX user_name (user_name),
  INDEX user_email (user_email(50)),
  PRIMARY KEY (user_id)
) DEFAULT CHARSET=binary;

CREATE TABLE actor (
  actor_id bigint unsigned NOT NULL AUTO_INCREMENT,
  actor_user int unsigned DEFAULT NULL,
  actor_name varbinary(255) NOT NULL,
  UNIQUE INDEX actor_user (actor_user),
  UNIQUE INDEX actor_name (actor_name),
  PRIMARY KEY (actor_id)
) DEFAULT CHARSET=binary;

CREATE TABLE page (
  page_id int unsigned NOT NULL AUTO_INCREMENT,
  page_namespace int NOT NULL,
  page_title varbinary(255) NOT NULL,
  page_is_redirect tinyint unsigned NOT NULL DEFAULT 0,
  page_is_new tinyint unsigned NOT NULL DEFAULT 0,
  page_random double unsigned NOT NULL,
  page_touched binary(14) NOT NULL,
  page_latest bigint unsigned DEFAULT NULL,
  page_len int unsigned NOT NULL,
  page_content_model varbinary(32) DEFAULT NULL,
  PRIMARY KEY (page_id),
  UNIQUE INDEX page_name_title (page_namespace, page_title),
  INDEX page_random (page_random),
  INDEX page_redirect_namespace_len (page_is_redirect, page_namespace, page_len DESC)
) DEFAULT CHARSET=binary;

CREATE TABLE revision (
  rev_id bigint unsigned NOT NULL AUTO_INCREMENT,
  rev_page int unsigned NOT NULL,
  rev_actor bigint unsigned NOT NULL DEFAULT 0,
  rev_timestamp binary(14) NOT NULL,
  rev_minor_edit bit(1) NOT NULL DEFAULT b'0',
  rev_deleted bit(8) NOT NULL DEFAULT b'00001010',
  rev_len int unsigned DEFAULT NULL,
  rev_parent_id bigint unsigned DEFAULT NULL,
  rev_sha1 varbinary(32) NOT NULL DEFAULT '',
  PRIMARY KEY (rev_id),
  INDEX rev_page_timestamp (rev_page, rev_timestamp),
  INDEX rev_actor_timestamp (rev_actor, rev_timestamp DESC, rev_id DESC),
  CONSTRAINT rev_page_fk FOREIGN KEY (rev_page) REFERENCES page (page_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT rev_actor_fk FOREIGN KEY (rev_actor) REFERENCES actor (actor_id),
  CONSTRAINT rev_parent_fk FOREIGN KEY (rev_parent_id) REFERENCES revision (rev_id) ON DELETE SET NULL
) DEFAULT CHARSET=binary MAX_ROWS=10000000 AVG_ROW_LENGTH=1024;

-- A page names its latest revision, a revision its page.
ALTER TABLE page ADD CONSTRAINT page_latest_fk FOREIGN KEY (page_latest) REFERENCES revision (rev_id) ON DELETE SET NULL ON UPDATE NO ACTION;

CREATE TABLE text (
  old_id int unsigned NOT NULL AUTO_INCREMENT,
  old_text mediumblob NOT NULL,
  old_flags tinyblob NOT NULL,
  PRIMARY KEY (old_id)
) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 DEFAULT CHARSET=binary AUTO_INCREMENT=500;

CREATE TABLE slots (
  slot_role_id smallint unsigned NOT NULL,
  slot_content_id int unsigned NOT NULL,
  slot_revision_id bigint unsigned NOT NULL,
  slot_origin bigint unsigned NOT NULL,
  PRIMARY KEY (slot_revision_id, slot_role_id),
  INDEX slot_revision_origin_role (slot_revision_id, slot_origin, slot_role_id),
  CONSTRAINT FOREIGN KEY (slot_content_id) REFERENCES text (old_id) ON DELETE RESTRICT,
  CONSTRAINT FOREIGN KEY (slot_revision_id) REFERENCES revision (rev_id) ON DELETE CASCADE
) DEFAULT CHARSET=binary;

CREATE TABLE categorylinks (
  cl_from int unsigned NOT NULL DEFAULT 0,
  cl_to varbinary(255) NOT NULL DEFAULT '',
  cl_sortkey varbinary(230) NOT NULL DEFAULT '',
  cl_timestamp timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  cl_collation varbinary(32) NOT NULL DEFAULT '',
  cl_type enum('page','subcat','file') CHARACTER SET binary NOT NULL DEFAULT 'page',
  INDEX cl_sortkey (cl_to, cl_type, cl_sortkey, cl_from),
  INDEX cl_timestamp (cl_to, cl_timestamp) COMMENT 'recently added',
  PRIMARY KEY (cl_from, cl_to)
) DEFAULT CHARSET=binary;

CREATE TABLE searchindex (
  si_page int unsigned NOT NULL,
  si_title varchar(255) NOT NULL DEFAULT '',
  si_text mediumtext NOT NULL,
  UNIQUE INDEX si_page (si_page),
  FULLTEXT si_title (si_title),
  FULLTEXT si_text (si_text)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE objectcache (
  keyname varbinary(255) NOT NULL DEFAULT '',
  value longblob COMPRESSED DEFAULT NULL,
  exptime binary(14) NOT NULL,
  modtoken varchar(17) CHARACTER SET ascii NOT NULL DEFAULT '00000000000000000',
  flags int unsigned DEFAULT NULL,
  INDEX exptime (exptime),
  PRIMARY KEY (keyname)
) DEFAULT CHARSET=binary PARTITION BY KEY (keyname) PARTITIONS 4;

CREATE TABLE ip_changes (
  ipc_rev_id int unsigned NOT NULL DEFAULT 0,
  ipc_rev_timestamp binary(14) NOT NULL,
  ipc_address inet6 NOT NULL,
  ipc_v4 inet4 DEFAULT NULL,
  ipc_hex varbinary(35) AS (unhex(hex(ipc_rev_id))) PERSISTENT,
  PRIMARY KEY (ipc_rev_id),
  INDEX ipc_address_time (ipc_address, ipc_rev_timestamp)
) DEFAULT CHARSET=binary PARTITION BY HASH (ipc_rev_id) (PARTITION `ip-0`, PARTITION ip_1 COMMENT = 'odd ones');

CREATE TABLE site_stats (
  ss_row_id int unsigned NOT NULL,
  ss_total_edits bigint unsigned DEFAULT NULL,
  ss_good_articles bigint unsigned DEFAULT NULL,
  ss_ratio float NOT NULL DEFAULT 1.5,
  ss_busiest time NOT NULL DEFAULT '00:00:00',
  PRIMARY KEY (ss_row_id),
  CONSTRAINT one_row_each CHECK (ss_row_id between 1 and 3)
) DEFAULT CHARSET=binary;

CREATE VIEW revision_userindex AS
  SELECT r.rev_id, r.rev_page, if(r.rev_deleted & 4, NULL, r.rev_actor) AS rev_actor, r.rev_timestamp FROM revision r WHERE r.rev_actor > 0;
CREATE SQL SECURITY INVOKER VIEW `user contributions` AS
  SELECT a.actor_name, count(*) AS `edit count` FROM revision_userindex r JOIN actor a ON a.actor_id = r.rev_actor GROUP BY a.actor_name;
CREATE ALGORITHM=MERGE VIEW page_main AS SELECT page_id, page_namespace, page_title FROM page WHERE page_namespace = 0 WITH LOCAL CHECK OPTION;

CREATE TRIGGER page_len_guard BEFORE UPDATE ON page FOR EACH ROW SET NEW.page_len = least(NEW.page_len, 2097152);
CREATE PROCEDURE purge_objectcache(IN until binary(14)) MODIFIES SQL DATA COMMENT 'what the job queue does' DELETE FROM objectcache WHERE exptime < until;
