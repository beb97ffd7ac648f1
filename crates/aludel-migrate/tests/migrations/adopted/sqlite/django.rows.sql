-- Rows for django.sql.
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0001_initial', '2024-02-29 23:59:59.999999'), ('shop', '0001_größe', '2024-03-01 00:00:00');
INSERT INTO "django_content_type" ("id", "app_label", "model") VALUES (1, 'auth', 'user'), (2, 'shop', 'order');
INSERT INTO "auth_group" ("id", "name") VALUES (1, 'Redaktion'), (2, '編集者');
INSERT INTO "auth_user" VALUES
    (1, 'pbkdf2_sha256$720000$x$y=', NULL, 1, 'root', 'Root@Example.org', 1, '2020-01-01 00:00:00'),
    (2, '!', '2024-05-05 05:05:05.000005', 0, 'zoë', '', 0, '0001-01-01 00:00:00'),
    (3, '', NULL, 0, 'имя', '', 1, '9999-12-31 23:59:59.999999');
INSERT INTO "auth_user_groups" ("user_id", "group_id") VALUES (1, 1), (1, 2), (3, 2);
INSERT INTO "django_session" VALUES ('abcdefghijklmnopqrstuvwxyz012345', '.eJw;x', '2024-06-01 12:00:00'), ('é', '', '1970-01-01 00:00:00');
INSERT INTO "django_admin_log" ("object_id", "object_repr", "action_flag", "change_message", "content_type_id", "user_id", "action_time") VALUES
    ('1', 'root', 1, '[{"added": {}}]', 1, 1, '2024-05-05 05:05:05'),
    (NULL, 'ist „weg“', 65535, '"\u00e9; x"', NULL, 2, '2024-05-06 05:05:05.5');
INSERT INTO "shop_customer" VALUES
    ('00000000000000000000000000000000', 'C-1', 'Åsa Öberg', NULL, 'b2b', 0, '{"a": [1, 2.5, null]}', '1900-01-01', X'FFD8FF00'),
    ('ffffffffffffffffffffffffffffffff', 'c-1', NULL, '00000000000000000000000000000000', 'it''s', 4294967295, NULL, NULL, NULL),
    ('0123456789abcdef0123456789abcdef', '', 'line
break', '0123456789abcdef0123456789abcdef', 'b2c;', NULL, 'null', '9999-12-31', X'');
INSERT INTO "order" VALUES
    (1, 'C-1', NULL, '2024-01-01 00:00:00', 0, 0, 9223372036854775807),
    (2, 'C-1', 'a', '2024-01-02 00:00:00', 12.345, 1, -9223372036854775808),
    (40, '', '', '2024-01-03 00:00:00.1', 100, 0, NULL);
INSERT INTO "shop_orderline" ("order_id", "quantity", "price") VALUES (1, 3, 19.99), (1, 0, 1e15), (40, 2147483647, 0.1), (2, 2, 5);
INSERT INTO "shop_store" VALUES (1, 'Köln', 6.96, 50.94), (2, '東京', 139.75, 35.6875), (3, 'online', NULL, NULL), (-4, 'deleted', 0, -0.0);
DELETE FROM "shop_store" WHERE "id" = -4;
INSERT INTO "blog-entry" VALUES (2, 'child', 'Grüße 👋🏽', 1), (1, 'root', '', NULL), (3, 'root', 'again', NULL);
UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'blog-entry';
