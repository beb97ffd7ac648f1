-- Condensed from the constructs of Moodle: everything numbered by bigint, times as seconds since 1970, names that say their columns,
-- trees by parent and path, grades with five places and their history, a log in partitions. Our own words, MIT licence.

CREATE TABLE mdl_context (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  contextlevel bigint(10) NOT NULL DEFAULT 0,
  instanceid bigint(10) NOT NULL DEFAULT 0,
  path varchar(255) COLLATE utf8mb4_bin DEFAULT NULL,
  depth tinyint(2) NOT NULL DEFAULT 0,
  locked tinyint(2) NOT NULL DEFAULT 0,
  CONSTRAINT PRIMARY KEY (id),
  UNIQUE KEY mdl_cont_conins_uix (contextlevel, instanceid),
  KEY mdl_cont_ins_ix (instanceid),
  KEY mdl_cont_pat_ix (path)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci ROW_FORMAT=COMPRESSED COMMENT='one of these must be set';

CREATE TABLE mdl_user (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  auth varchar(20) NOT NULL DEFAULT 'manual',
  confirmed bit(1) NOT NULL DEFAULT b'0',
  flags bit(8) DEFAULT NULL,
  mnethostid bigint(10) NOT NULL DEFAULT 0,
  username varchar(100) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
  firstname varchar(100) COLLATE utf8mb4_uca1400_swedish_as_cs NOT NULL DEFAULT '',
  lastname varchar(100) NOT NULL DEFAULT '',
  fullname varchar(201) GENERATED ALWAYS AS (concat(firstname, ' ', lastname)) VIRTUAL COMMENT 'as it is shown',
  country varchar(2) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL DEFAULT '',
  lastip inet6 DEFAULT NULL,
  birthyear year(4) DEFAULT NULL,
  description longtext,
  trackforums tinyint(1) NOT NULL DEFAULT 0,
  calendartype enum('gregorian','hijri','jalāli') NOT NULL DEFAULT 'gregorian',
  PRIMARY KEY (id),
  UNIQUE KEY mdl_user_mneuse_uix (mnethostid, username),
  KEY mdl_user_las_ix (lastname(10), firstname(5)),
  KEY mdl_user_ful_ix (fullname),
  KEY mdl_user_cou_ix (country) IGNORED
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='One record for each person' AUTO_INCREMENT=3;

CREATE TABLE mdl_course_categories (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  name varchar(255) NOT NULL DEFAULT '',
  parent bigint(10) DEFAULT NULL,
  sortorder bigint(10) NOT NULL DEFAULT 0,
  path varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY mdl_courcate_par_ix (parent),
  CONSTRAINT mdl_courcate_par_fk FOREIGN KEY (parent) REFERENCES mdl_course_categories (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='Course categories';

CREATE TABLE mdl_course (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  category bigint(10) NOT NULL DEFAULT 0,
  fullname varchar(254) NOT NULL DEFAULT '',
  shortname varchar(255) NOT NULL DEFAULT '',
  summary longtext,
  format varchar(21) CHARACTER SET ascii NOT NULL DEFAULT 'topics',
  starttime time(3) DEFAULT NULL,
  startdate bigint(10) NOT NULL DEFAULT 0,
  enddate bigint(10) NOT NULL DEFAULT 0,
  visible tinyint(1) NOT NULL DEFAULT 1,
  credits decimal(6,3) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY mdl_cour_cat_ix (category),
  UNIQUE KEY mdl_cour_sho_uix (shortname(100)),
  FULLTEXT KEY mdl_cour_ful_ix (fullname),
  FULLTEXT KEY mdl_cour_sum_ix (summary, fullname) COMMENT 'global search',
  CONSTRAINT mdl_cour_cat_fk FOREIGN KEY (category) REFERENCES mdl_course_categories (id),
  CONSTRAINT mdl_cour_dates_ck CHECK (enddate = 0 OR enddate >= startdate)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='Central course table';

CREATE TABLE mdl_grade_items (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  courseid bigint(10) DEFAULT NULL,
  itemname varchar(255) DEFAULT NULL,
  itemtype varchar(30) NOT NULL DEFAULT '',
  calculation longtext,
  grademax decimal(10,5) NOT NULL DEFAULT 100.00000 CHECK (grademax > 0),
  grademin decimal(10,5) NOT NULL DEFAULT 0.00000,
  multfactor decimal(10,5) NOT NULL DEFAULT 1.00000,
  aggregationcoef double NOT NULL DEFAULT 0,
  needsupdate bigint(10) NOT NULL DEFAULT (1+1),
  PRIMARY KEY (id),
  KEY mdl_graditem_couneeid_ix (courseid, needsupdate DESC),
  CHECK (grademin <= grademax),
  CONSTRAINT mdl_graditem_cou_fk FOREIGN KEY (courseid) REFERENCES mdl_course (id) ON DELETE SET NULL ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The history is the database's.
CREATE TABLE mdl_grade_grades (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  itemid bigint(10) NOT NULL,
  userid bigint(10) NOT NULL,
  rawgrade decimal(10,5) DEFAULT NULL,
  finalgrade decimal(10,5) DEFAULT NULL,
  feedback longtext,
  timemodified bigint(10) DEFAULT NULL WITHOUT SYSTEM VERSIONING,
  PRIMARY KEY (id),
  UNIQUE KEY mdl_gradgrad_useite_uix (userid, itemid),
  KEY mdl_gradgrad_ite_ix (itemid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='grades of each user' WITH SYSTEM VERSIONING;

CREATE TABLE mdl_logstore_standard_log (
  id bigint(10) NOT NULL AUTO_INCREMENT,
  eventname varchar(255) NOT NULL DEFAULT '',
  crud varchar(1) NOT NULL DEFAULT '',
  objectid bigint(10) DEFAULT NULL,
  userid bigint(10) NOT NULL DEFAULT 0,
  realuserid bigint(10) DEFAULT NULL,
  other json DEFAULT NULL,
  timecreated bigint(10) NOT NULL,
  PRIMARY KEY (id, timecreated),
  KEY mdl_logsstanlog_id_ix (id),
  KEY mdl_logsstanlog_usetim_ix (userid, timecreated)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='Standard log table'
PARTITION BY RANGE COLUMNS (timecreated) (
  PARTITION before2024 VALUES LESS THAN (1704067200),
  PARTITION y2024 VALUES LESS THAN (1735689600),
  PARTITION later VALUES LESS THAN (MAXVALUE)
);

CREATE TABLE mdl_question (
  id bigint(10) NOT NULL,
  qtype varchar(20) COLLATE utf8mb4_general_ci NOT NULL DEFAULT '',
  `stage` tinyint(3) unsigned NOT NULL DEFAULT 0,
  questiontext longtext NOT NULL,
  penalty decimal(12,7) NOT NULL DEFAULT 0.3333333,
  stamp varchar(255) NOT NULL DEFAULT '',
  timecreated datetime(6) NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (stage, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='The questions themselves'
PARTITION BY LIST (stage) (PARTITION ready VALUES IN (0, 1) COMMENT = 'draft and ready', PARTITION hidden VALUES IN (2), PARTITION other DEFAULT);

CREATE TABLE mdl_quiz_attempts (
  id bigint(10) NOT NULL DEFAULT nextval(mdl_attempt_seq),
  userid bigint(10) DEFAULT NULL,
  layout text COMPRESSED NOT NULL,
  preview tinyint(1) NOT NULL DEFAULT 0,
  state enum('inprogress','overdue','finished','abandoned') DEFAULT NULL,
  sumgrades decimal(10,5) DEFAULT NULL,
  timetaken time NOT NULL DEFAULT '00:00:00',
  timestart int unsigned DEFAULT NULL,
  timefinish int unsigned DEFAULT NULL,
  duration bigint AS (cast(timefinish as signed) - cast(timestart as signed)) PERSISTENT INVISIBLE,
  PRIMARY KEY (id),
  KEY mdl_quizatte_dur_ix (duration),
  CONSTRAINT mdl_quizatte_use_fk FOREIGN KEY (userid) REFERENCES mdl_user (id) ON DELETE CASCADE ON UPDATE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='Stores users'' attempts at quizzes';

CREATE TABLE mdl_sessions (
  sid varchar(128) NOT NULL DEFAULT '',
  sessdata longtext,
  firstip varchar(45) DEFAULT NULL,
  touched timestamp(3) NULL DEFAULT NULL ON UPDATE current_timestamp(3),
  UNIQUE KEY mdl_sess_sid_uix (sid)
) ENGINE=Aria DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci TRANSACTIONAL=0 COMMENT='No key but a unique one';

CREATE VIEW mdl_grades AS
  SELECT g.userid, i.itemname, mdl_percent(g.finalgrade, i.grademax) AS `percent of all` FROM mdl_grade_grades g JOIN mdl_grade_items i ON i.id = g.itemid;
CREATE ALGORITHM=TEMPTABLE VIEW mdl_best AS SELECT userid, max(`percent of all`) AS best FROM mdl_grades GROUP BY userid;

CREATE FUNCTION mdl_seconds(moment datetime) RETURNS bigint DETERMINISTIC RETURN unix_timestamp(moment);
CREATE PROCEDURE mdl_hide(IN course bigint, IN `until` datetime) UPDATE mdl_course SET visible = 0, enddate = mdl_seconds(`until`) WHERE id = course;
CREATE TRIGGER mdl_question_stamp BEFORE INSERT ON mdl_question FOR EACH ROW SET NEW.stamp = if(NEW.stamp = '', concat('stamp+', NEW.id), NEW.stamp);
CREATE EVENT `mdl-cron` ON SCHEDULE EVERY 1 DAY STARTS '2024-01-01 03:00:00' ENDS '2037-01-01 00:00:00' DISABLE DO DELETE FROM mdl_sessions WHERE touched < now() - interval 7 day;
