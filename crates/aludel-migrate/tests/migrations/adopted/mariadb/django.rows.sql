INSERT INTO `django_content_type` VALUES (1, 'auth', 'user'), (2, 'größe', '模型'), (2147483646, '', '');
INSERT INTO `auth_user` (`id`, `password`, `last_login`, `is_superuser`, `username`, `email`, `is_active`, `date_joined`) VALUES
  (1, 'pbkdf2_sha256$600000$x', NULL, 1, 'admin', 'Admin@Example.com', 1, '2024-01-01 00:00:00.000001'), (2, '!', '9999-12-31 23:59:59.999999', 0, 'jürgen', DEFAULT, DEFAULT, DEFAULT), (2147483646, '', '1000-01-01 00:00:00', -128, '😀', 'É@x', 0, '2024-02-29 23:59:59.999999');
INSERT INTO `auth_permission` VALUES (1, 'Can add user', 1, 'add_user'), (2, 'Darf ändern', 1, 'change_user'), (2147483646, '', 2147483646, '');
INSERT INTO `auth_user_user_permissions` VALUES (1, 1, 1), (2, 2, 2), (9223372036854775806, 2147483646, 1);
INSERT INTO `django_admin_log` VALUES (1, '2024-01-01 00:00:00.123456', '1', 'admin', 1, '[{"added": {}}]', 1, 1), (2, '1000-01-01 00:00:00', NULL, 'Größe «ü»', 0, '', NULL, 2), (2147483646, '9999-12-31 23:59:59.999999', '', '', 65535, '変更', 2, 1);
INSERT INTO `django_session` VALUES ('abc', 'e30:1rK', '2024-01-15 00:00:00'), ('ABC', 'ü', '9999-12-31 23:59:59.999999'), ('', '', '1000-01-01 00:00:00');
INSERT INTO `people_profile` (`id`, `public_id`, `token`, `user_id`, `settings`, `height`, `born`, `wakes`, `worked`, `photo`, `ip`, `points`) VALUES
  (1, '123e4567e89b12d3a456426655440000', '123e4567-e89b-12d3-a456-426655440000', 1, '{"theme": "dunkel", "größe": [1, 2.5, null]}', 1.75, '2000-02-29', '06:30:00.000001', -9223372036854775808, 0x89504E470D0A1A0A00, '2001:db8::1', DEFAULT),
  (2, '', DEFAULT, 2, DEFAULT, NULL, NULL, NULL, NULL, NULL, NULL, 4294967295),
  (9223372036854775806, 'ffffffffffffffffffffffffffffffff', '00000000-0000-0000-0000-000000000000', 2147483646, '"\\u00fc"', -1.7976931348623157e308, '9999-12-31', '-838:59:59.999999', 9223372036854775807, '', '', 0);
UPDATE `auth_user` SET `profile_id` = 1 WHERE `id` = 1;
INSERT INTO `geo_city` (`id`, `name`, `point`, `border`, `extra`) VALUES
  (1, 'Zürich', ST_GeomFromText('POINT(8.54 47.37)', 4326), ST_GeomFromText('POLYGON((8 47,9 47,9 48,8 48,8 47))', 4326), ST_GeomFromText('MULTIPOINT(1 1,2 2)')), (2, '', ST_GeomFromText('POINT(0 0)'), NULL, NULL), (9223372036854775806, '東京', ST_GeomFromText('POINT(139.69 35.69)', 4326), NULL, ST_GeomFromText('LINESTRING(0 0,1e10 -1e10)'));
INSERT INTO `shop order` (`type`, `self`, `user name`, `isGift`, `vat-rate`, `price$`, `select`, `group`, `größe`) VALUES
  (DEFAULT, NULL, 'admin', NULL, DEFAULT, NULL, DEFAULT, NULL, NULL), ('alt', 42, 'jürgen', 1, 0.0770, 99999999999999999999999999999999999.999999999999999999999999999999, -32768, 255, 'groß'), ('', 44, NULL, 0, -9.9999, -0.000000000000000000000000000001, 32767, 0, '');
INSERT INTO `tenants_room` VALUES (1, 7, NULL, NULL, '2024-01-01', '2024-02-01', 2155), (-32768, 7, 7, 1, '1000-01-01', '9999-12-31', NULL), (32767, -2147483648, 7, -32768, '2024-02-28', '2024-02-29', 1901);
INSERT INTO `pages_history` (`id`, `slug`, `body`) VALUES (1, 'start', 'Willkommen'), (2, 'über', NULL), (-9223372036854775808, '', '');
UPDATE `pages_history` SET `body` = 'Schön, dass du da bist' WHERE `id` = 1;
DELETE FROM `pages_history` WHERE `id` = 2;
INSERT INTO `legacy_import` VALUES (NULL, NULL, NULL, NULL), (2147483647, 0x00FF0D0A, 3.25, 'Ärger'), (-2147483648, '', -3.4e38, '');
