INSERT INTO mdl_context VALUES (1, 10, 0, '/1', 1, 0), (2, 50, -9223372036854775808, NULL, -128, 127), (9223372036854775806, 9223372036854775807, 0, '/1/ÄÖ', 127, 0);
INSERT INTO mdl_user (id, auth, confirmed, flags, mnethostid, username, firstname, lastname, country, lastip, birthyear, description, trackforums, calendartype) VALUES
  (2, 'manual', b'1', b'10000001', 1, 'admin', 'Åsa', 'Öberg', 'SE', '2001:db8::', 1901, NULL, 1, DEFAULT),
  (DEFAULT, DEFAULT, b'0', NULL, 1, 'admin ', 'Зоя', 'Я', 'É', NULL, NULL, '', 0, 'jalāli'),
  (9223372036854775806, '', b'1', b'11111111', -9223372036854775808, '', '', repeat('語', 100), '', '::', 2155, '<p>Привет 👋</p>', -128, 'hijri'),
  (4, 'ldap', b'0', b'0', 1, 'Admin', 'a', 'b', '', '::1', 0000, NULL, 127, 'gregorian');
INSERT INTO mdl_course_categories VALUES (1, 'Allgemein', NULL, 10000, '/1'), (2, 'Überblick', 1, 9223372036854775807, '/1/2'), (3, '', 3, -9223372036854775808, '');
INSERT INTO mdl_course VALUES
  (1, 1, 'Einführung in die Ökologie', 'ÖKO', NULL, DEFAULT, '08:15:00.125', 1704067200, 0, 1, 999.999),
  (2, 2, '物理学', '', 'Über alles; auch das', '', NULL, 0, 9223372036854775807, 0, NULL),
  (9223372036854775806, 1, '', 'x', '', 'weeks', '-838:59:59.999', -9223372036854775808, 0, 127, -999.999);
INSERT INTO mdl_grade_items VALUES
  (1, 1, 'Prüfung', 'course', '=##gi1## * 2', DEFAULT, DEFAULT, DEFAULT, 0.1, DEFAULT), (2, NULL, NULL, '', NULL, 99999.99999, -99999.99999, 0, -2.2250738585072014e-308, 9223372036854775807), (3, 2, '', 'mod', '', 0.00001, 0, 1, 1e308, 0);
INSERT INTO mdl_grade_grades (id, itemid, userid, rawgrade, finalgrade, feedback, timemodified) VALUES
  (1, 1, 2, 87.5, 87.5, 'Sehr gut — weiter so!', 1704067200), (2, 2, 2, NULL, NULL, NULL, NULL), (3, 3, 9223372036854775807, -99999.99999, 99999.99999, '', -1);
UPDATE mdl_grade_grades SET finalgrade = 90 WHERE id = 1;
DELETE FROM mdl_grade_grades WHERE id = 2;
INSERT INTO mdl_logstore_standard_log (eventname, crud, objectid, userid, realuserid, other, timecreated) VALUES
  ('\\core\\event\\user_loggedin', 'r', 2, 2, NULL, '{"username":"müller","n":[1,null,1.5e300]}', 1700000000), ('', '', NULL, 0, NULL, NULL, 1704067200), ('\\core\\event\\größe', 'ü', -1, -9223372036854775808, 9223372036854775807, '"\\u00e9"', 9223372036854775807);
INSERT INTO mdl_question VALUES (1, 'multichoice', 0, 'Was ist 1 + 1?', DEFAULT, DEFAULT, '2024-02-29 23:59:59.999999'), (1, 'essay', 2, '', 99999.9999999, 'ü', '1000-01-01 00:00:00'), (-9223372036854775808, '', 255, '¿Qué?', -99999.9999999, '', '9999-12-31 23:59:59.999999');
INSERT INTO mdl_quiz_attempts (id, userid, layout, preview, state, sumgrades, timetaken, timestart, timefinish) VALUES
  (DEFAULT, 2, '1,2,0,3,0', 0, 'finished', 9.5, '100:00:01', 1704067200, 1704427201), (DEFAULT, NULL, '', 1, NULL, NULL, '-838:59:59', NULL, NULL), (9223372036854775807, 3, repeat('1,0,ü', 200), 0, 'abandoned', 0, '838:59:59', 4294967295, 0);
INSERT INTO mdl_sessions VALUES ('3f0c', 'USER|O:8:"stdClass":0:{}', '127.0.0.1', NULL), ('', NULL, NULL, '1970-01-01 00:00:00.001'), ('é', 'ü', '::1', '2038-01-19 03:14:07.999');
