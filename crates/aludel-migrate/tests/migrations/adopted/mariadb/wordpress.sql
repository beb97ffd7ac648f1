-- Condensed from the constructs of WordPress and its usual plugins (WooCommerce, statistics, maps, sessions): dates that are zero
-- by default, indexes on the first 191 characters, no foreign keys in the core, MyISAM with full text, old tables in latin1.
-- Our own words, MIT licence.

CREATE TABLE wp_users (
  ID bigint(20) unsigned NOT NULL auto_increment,
  user_login varchar(60) NOT NULL default '',
  user_pass varchar(255) NOT NULL default '',
  user_nicename varchar(50) NOT NULL default '',
  user_email varchar(100) NOT NULL default '',
  user_url varchar(100) CHARACTER SET ascii NOT NULL default '',
  user_registered datetime NOT NULL default '0000-00-00 00:00:00',
  user_status int(11) NOT NULL default '0',
  display_name varchar(250) NOT NULL default '',
  spam tinyint(2) NOT NULL default '0',
  PRIMARY KEY (ID),
  UNIQUE KEY user_login_key (user_login),
  KEY user_nicename (user_nicename),
  KEY user_email (user_email)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE wp_usermeta (
  umeta_id bigint(20) unsigned NOT NULL auto_increment,
  user_id bigint(20) unsigned NOT NULL default '0',
  meta_key varchar(255) default NULL,
  meta_value longtext,
  PRIMARY KEY (umeta_id),
  KEY user_id (user_id),
  KEY meta_key (meta_key(191))
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE wp_posts (
  ID bigint(20) unsigned NOT NULL auto_increment,
  post_author bigint(20) unsigned NOT NULL default '0',
  post_date datetime NOT NULL default '0000-00-00 00:00:00',
  post_content longtext NOT NULL,
  post_title text NOT NULL,
  post_excerpt tinytext,
  post_status varchar(20) NOT NULL default 'publish',
  comment_status enum('open','closed','it''s complicated') NOT NULL default 'open',
  post_name varchar(200) NOT NULL default '',
  post_modified timestamp NOT NULL default current_timestamp() on update current_timestamp(),
  post_content_filtered longtext COMPRESSED,
  post_parent bigint(20) unsigned NOT NULL default '0',
  guid varchar(255) CHARACTER SET latin1 COLLATE latin1_general_cs NOT NULL default '',
  menu_order int(11) NOT NULL default '0',
  post_type varchar(20) NOT NULL default 'post',
  comment_count bigint(20) NOT NULL default '0',
  PRIMARY KEY (ID),
  KEY post_name (post_name(191)),
  KEY type_status_date (post_type, post_status, post_date DESC, ID),
  KEY post_parent (post_parent),
  KEY post_title_start (post_title(10)) COMMENT 'for the list of titles, by letter',
  KEY post_author (post_author) IGNORED,
  FULLTEXT KEY search (post_title, post_content)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci AUTO_INCREMENT=1000;

CREATE TABLE wp_options (
  option_id bigint(20) unsigned NOT NULL auto_increment,
  option_name varchar(191) NOT NULL default '',
  option_value longtext NOT NULL,
  autoload varchar(20) NOT NULL default 'yes',
  PRIMARY KEY (option_id),
  UNIQUE KEY option_name (option_name),
  KEY autoload (autoload)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE wp_term_taxonomy (
  term_taxonomy_id bigint(20) unsigned NOT NULL auto_increment,
  taxonomy varchar(32) NOT NULL default '',
  name varchar(200) COLLATE utf8mb4_bin NOT NULL default '',
  description longtext NOT NULL DEFAULT '',
  parent bigint(20) unsigned default NULL,
  count bigint(20) NOT NULL default '0',
  PRIMARY KEY (term_taxonomy_id),
  UNIQUE KEY name_taxonomy (name(100), taxonomy),
  CONSTRAINT wp_term_parent FOREIGN KEY (parent) REFERENCES wp_term_taxonomy (term_taxonomy_id) ON DELETE SET NULL
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE wp_term_relationships (
  object_id bigint(20) unsigned NOT NULL default 0,
  term_taxonomy_id bigint(20) unsigned NOT NULL default 0,
  term_order int(11) NOT NULL default 0,
  PRIMARY KEY (object_id, term_taxonomy_id),
  KEY term_taxonomy_id (term_taxonomy_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- An old plugin: latin1, MyISAM, numbered anew for each group.
CREATE TABLE wp_ngg_pictures (
  gallery varchar(40) NOT NULL,
  pid mediumint(8) unsigned NOT NULL auto_increment,
  filename varchar(255) NOT NULL,
  description mediumtext,
  alttext varchar(100) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci default NULL,
  imagedate date NOT NULL default '1970-01-01',
  exclude tinyint(1) NOT NULL default 0,
  flags set('sticky','private','grün') NOT NULL default 'sticky',
  exposure float default NULL,
  thumb tinyblob,
  PRIMARY KEY (gallery, pid),
  FULLTEXT KEY description (description)
) ENGINE=MyISAM DEFAULT CHARSET=latin1 COMMENT='Pictures; a gallery''s are numbered from 1';

CREATE TABLE wp_gmp_markers (
  id int(11) unsigned NOT NULL auto_increment,
  title varchar(125) NOT NULL,
  coord point NOT NULL,
  area polygon DEFAULT NULL,
  params geometry DEFAULT NULL,
  PRIMARY KEY (id),
  SPATIAL KEY coord (coord)
) ENGINE=Aria DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci PAGE_CHECKSUM=1;

CREATE TABLE wp_session_cache (
  session_key char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  session_expiry bigint(20) unsigned NOT NULL,
  user_id bigint(20) unsigned DEFAULT NULL,
  PRIMARY KEY (session_key) USING HASH,
  KEY expiry (session_expiry) USING BTREE,
  KEY user_id (user_id) USING HASH
) ENGINE=MEMORY DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci MAX_ROWS=100000;

-- The statistics have no key, and a name that has to be quoted.
CREATE TABLE `wp-stats$daily` (
  `day` date NOT NULL,
  `user agent` varchar(190) NOT NULL DEFAULT '',
  `referred-by` text DEFAULT NULL,
  hits int(10) unsigned NOT NULL DEFAULT (1+1),
  bounce_rate double DEFAULT NULL,
  KEY `day-desc` (`day` DESC),
  CHECK (hits > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE wp_wc_orders (
  id bigint(20) unsigned NOT NULL,
  status varchar(20) DEFAULT NULL,
  currency varchar(10) DEFAULT NULL,
  total_amount decimal(26,8) DEFAULT NULL,
  customer_id bigint(20) unsigned DEFAULT NULL,
  ip_address varchar(100) DEFAULT NULL,
  customer_note text DEFAULT NULL,
  is_paid tinyint(1) GENERATED ALWAYS AS (status in ('wc-completed','wc-processing')) VIRTUAL,
  PRIMARY KEY (id),
  KEY customer_id_status (customer_id, status),
  KEY is_paid (is_paid),
  CONSTRAINT fk_wc_customer FOREIGN KEY (customer_id) REFERENCES wp_users (ID) ON DELETE RESTRICT ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE VIEW wp_published AS SELECT ID, post_author, post_title, post_date FROM wp_posts WHERE post_status = 'publish' AND post_type = 'post';
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW wp_authors AS
  SELECT u.ID AS `author id`, u.display_name, p.post_title FROM wp_users u LEFT JOIN wp_published p ON p.post_author = u.ID;

CREATE TRIGGER wp_wc_orders_note BEFORE INSERT ON wp_wc_orders FOR EACH ROW SET NEW.currency = upper(coalesce(NEW.currency, 'eur'));
CREATE EVENT wp_session_cleanup ON SCHEDULE EVERY 1 HOUR STARTS '2024-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE
  COMMENT 'instead of wp-cron' DO DELETE FROM wp_session_cache WHERE session_expiry < unix_timestamp();
