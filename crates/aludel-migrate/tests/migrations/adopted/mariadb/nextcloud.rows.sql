INSERT INTO oc_users (uid, displayname, password, lastSeen) VALUES ('admin', NULL, '3|$argon2id$v=19$m=65536', '2024-02-29 23:59:59'), ('ÄNNE', 'Änne Müller', '', NULL), ('', '', '', '1000-01-01 00:00:00'), ('用户', '👩‍💻', '', '9999-12-31 23:59:59');
INSERT INTO oc_group_user VALUES ('admin', 'admin'), ('Gäste', 'ÄNNE'), ('', '用户');
INSERT INTO oc_storages (numeric_id, id, available, last_checked) VALUES (1, 'home::admin', 1, NULL), (2, NULL, -2147483648, 2147483647), (9223372036854775806, 'local::/srv/größe', DEFAULT, -2147483648);
INSERT INTO oc_filecache (fileid, storage, path, path_hash, parent, name, mimetype, size, mtime, encrypted, etag, permissions, checksum) VALUES
  (100, 1, '', 'd41d8cd98f00b204e9800998ecf8427e', NULL, '', 1, -4, 0, 0, NULL, 31, NULL),
  (101, 1, 'Fotos/Zürich.jpg', '0cc175b9c0f1b6a831c399e269772661', 100, 'Zürich.jpg', 2, 9223372036854775807, 1704067200, 0, '659e', NULL, 'SHA1:ü'),
  (9223372036854775806, 2, NULL, '', 9223372036854775806, NULL, -9223372036854775808, 0, -9223372036854775808, 1, '', -2147483648, ''),
  (102, 1, concat('テスト/', repeat('パ', 900)), 'x', 101, 'テスト.tar.gz', 0, 0, 9223372036854775807, 0, NULL, 0, NULL);
UPDATE oc_storages SET root = 100 WHERE numeric_id = 1;
INSERT INTO oc_share VALUES
  (1, 0, 'ÄNNE', 'admin', NULL, 101, 19, 1704067200, NULL, NULL, 1, 1, '[{"scope":"permissions","key":"download","enabled":false}]', NULL, NULL),
  (2, -32768, NULL, '', 1, NULL, 32767, -9223372036854775808, '9999-12-31 23:59:59', 'AbCdEf', 0, NULL, NULL, 'Schöne Grüße; bis bald', 8388607),
  (9223372036854775806, 3, '', 'é', 9223372036854775806, 100, 0, 0, '1000-01-01 00:00:00', '', 0, -128, '{}', '', -8388608);
INSERT INTO oc_calendarobjects (id, calendardata, uri, calendarid, componenttype, firstoccurence, duration, classification, uid, secret) VALUES
  (1, 'BEGIN:VCALENDAR\r\nSUMMARY:Frühstück\r\nEND:VCALENDAR', 'a.ics', 1, 'VEVENT', 1704067200, '25:30:00.5', NULL, DEFAULT, DEFAULT),
  (2, NULL, NULL, 18446744073709551615, NULL, NULL, NULL, 0, '123e4567-e89b-12d3-a456-426655440000', 0x00FF00FF00FF00FF00FF00FF00FF00FF),
  (18446744073709551614, 0x00FF, 'ü.ics', 0, 'VTODO', 18446744073709551615, '-838:59:59.999999', 2147483647, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'sixteen bytes ok');
INSERT INTO oc_authtoken (id, uid, name, token, `type`, last_activity, password_hash, private_key, seen_v4, seen_v6, scope) VALUES
  (1, 'admin', 'Firefox auf Änderung', 'a1', 65535, 4294967295, 0x24FF00, repeat('-----BEGIN PRIVATE KEY-----', 40), '255.255.255.255', DEFAULT, DEFAULT),
  (2, 'ÄNNE', DEFAULT, '', 0, 0, NULL, NULL, NULL, NULL, ''), (18446744073709551614, '', '手机', 'ü', NULL, NULL, '', '', '0.0.0.0', 'fe80::1', 'filesystem,no-password');
INSERT INTO oc_comments (id, topmost_parent_id, actor_id, message, verb, creation_timestamp, reactions) VALUES
  (1, 0, 'admin', 'Schön 👍', 'comment', '2024-01-01 00:00:00', '{"👍":1}'), (2, 18446744073709551615, '', NULL, NULL, NULL, NULL), (18446744073709551614, 1, 'ÄNNE', '', '', '9999-12-31 23:59:59', '[]');
UPDATE oc_comments SET message = 'Wunderschön' WHERE id = 1;
INSERT INTO oc_activity VALUES (1, 1704067200, 'admin', '[{"101":"/Zürich.jpg"}]', DEFAULT), (2, -2147483648, 'ÄNNE', '', 999.9), (9223372036854775806, 2147483647, '', '[]', -999.9);
INSERT INTO `oc_filecache_extended$old` VALUES (NULL, NULL, DEFAULT, NULL), (18446744073709551615, 'ä', 1704067200.125, ST_GeomFromText('POINT(8.5 47.4)')), (NULL, '', -1e-300, NULL);
INSERT INTO oc_trash (user, location, deleted_at) VALUES ('admin', 'Fotos', '2024-01-01 00:00:00'), ('admin', 'Fotos', '2038-01-19 03:14:07'), ('änne', 0xFF00, '1970-01-01 00:00:01');
