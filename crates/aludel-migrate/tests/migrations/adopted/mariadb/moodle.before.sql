-- What Moodle's tables and views refer to and a model can't make. MIT licence, our own words.
CREATE FUNCTION mdl_percent(grade decimal(10,5), grademax decimal(10,5)) RETURNS decimal(20,2) DETERMINISTIC NO SQL COMMENT 'a share of a hundred' RETURN round(100 * grade / nullif(grademax, 0), 2);

-- Attempts of all quizzes are numbered together.
CREATE SEQUENCE mdl_attempt_seq START WITH -5 INCREMENT BY 3 MINVALUE -1000 MAXVALUE 900000000000000 CACHE 20;
