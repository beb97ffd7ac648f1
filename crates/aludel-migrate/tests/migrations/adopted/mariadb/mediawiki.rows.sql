INSERT INTO user (user_id, user_name, user_real_name, user_password, user_newpass_time, user_email, user_touched, user_token, user_editcount, user_is_temp) VALUES
  (1, 'Admin', 'Ægir Þórsson', ':pbkdf2:sha512:30000', NULL, 'admin@example.org', '20240229235959', DEFAULT, NULL, 0),
  (2, 'Наташа', '', '', '20240101000000', '', '99991231235959', '0123456789abcdef0123456789abcdef', 4294967295, 127),
  (4294967294, 0x00FF, '😀', 0xFF00, 0x00, 'müller@example.org', '', 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF, 0, -128);
INSERT INTO actor VALUES (1, 1, 'Admin'), (2, NULL, '2001:db8::1'), (18446744073709551614, 4294967294, 'Последний');
INSERT INTO page VALUES
  (1, 0, 'Hauptseite', 0, 1, 0.123456789012345, '20240101000000', NULL, 12, NULL),
  (2, -2147483648, 'Größe', 255, 0, 0, '20240101000001', NULL, 0, 'wikitext'),
  (4294967294, 2147483647, 0xFFFE00, 1, 255, 1.7976931348623157e308, '99991231235959', NULL, 4294967295, '');
INSERT INTO revision VALUES
  (1, 1, 1, '20240101000000', b'0', DEFAULT, NULL, NULL, ''),
  (2, 1, 2, '20240101000001', b'1', b'11111111', 4294967295, 1, 'phoiac9h4m842xq45sp7s6u21eteeq1'),
  (18446744073709551614, 2, 18446744073709551614, '99991231235959', b'0', b'0', 0, 2, 0xFF);
UPDATE page SET page_latest = 2 WHERE page_id = 1;
INSERT INTO text (old_text, old_flags) VALUES ('''''''Willkommen'''''' im Wiki — {{Vorlage|ä=ö}}', 'utf-8'), ('', ''), (0x00010203FF, 'gzip,external');
INSERT INTO slots VALUES (1, 500, 1, 1), (1, 501, 2, 2), (65535, 502, 2, 18446744073709551615);
INSERT INTO categorylinks VALUES
  (1, 'Städte', 'HAUPTSEITE', '2024-01-01 00:00:00', 'uppercase', 'page'), (1, '', '', '1970-01-01 00:00:01', '', 'subcat'), (4294967295, 0xFF, 0x00, '2038-01-19 03:14:07', DEFAULT, 'file');
INSERT INTO searchindex VALUES (1, 'hauptseite', 'willkommen im wiki'), (4294967295, 'größe', 'überall ähnlich 日本語'), (0, '', '');
INSERT INTO objectcache VALUES ('wiki:messages:de', repeat('serialised ', 100), '20240101000000', DEFAULT, NULL), ('', NULL, '99991231235959', '', 0), (0x00FFFE, 0x00FF, 0x00, '20240101000000000', 4294967295);
INSERT INTO ip_changes (ipc_rev_id, ipc_rev_timestamp, ipc_address, ipc_v4) VALUES (1, '20240101000000', '2001:db8::1', NULL), (2, '20240101000001', '::ffff:192.0.2.1', '192.0.2.1'), (4294967295, '99991231235959', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '255.255.255.255'), (0, '', '::', '0.0.0.0');
INSERT INTO site_stats VALUES (1, NULL, 0, DEFAULT, DEFAULT), (2, 18446744073709551615, NULL, -3.25, '838:59:59'), (3, 0, 18446744073709551615, 3.4e38, '-838:59:59');
