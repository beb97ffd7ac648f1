INSERT INTO sentry_organization (id, name, slug, status, default_role, date_added, flags, trusted_networks) VALUES
    (1, 'Sentry', 'sentry', 0, 'member', '2024-01-01 00:00:00+00', DEFAULT, NULL),
    (2, 'Škoda – 株式会社', 'skoda', 2147483647, '', '0001-01-01 00:00:00+00', B'11111111', '{10.0.0.0/8,2001:db8::/32}'),
    (9223372036854775807, '', 'max', 1, 'owner', '9999-12-31 23:59:59.999999+00', B'00000000', '{}');
INSERT INTO auth_user (id, username, email, is_superuser, last_login, session_nonce, quiet_from, quiet_to) VALUES
    (1, 'admin', 'Admin@Example.COM', true, NULL, NULL, NULL, NULL),
    (2, 'jürgen', 'JÜRGEN@example.com', false, '2024-02-29 12:34:56.789012+05:30', 'abc', '22:00:00+02', '06:30:00.5-08'),
    (3, '', '', false, '1969-12-31 23:59:59+00', '            ', '00:00:00+14', '23:59:59.999999-12');
INSERT INTO sentry_project (id, slug, organization_id, platform, forced_color, "self", flags, resolved_share) VALUES
    (1, 'rust', 1, 'rust', NULL, NULL, NULL, DEFAULT), (2, NULL, 1, NULL, 'ff00ff', 'ich', -9223372036854775808, 99999999999999.999999),
    (3, 'größe', 2, '', '', '', 9223372036854775807, -0.000001);
INSERT INTO sentry_groupedmessage (id, project_id, message, culprit, level, times_seen, score, first_seen, is_public, data, short_id, place) VALUES
    (1, 1, 'panicked at ''index out of bounds''', NULL, 40, DEFAULT, DEFAULT, NULL, NULL, NULL, NULL, NULL),
    (DEFAULT, 1, E'Ошибка\n💥', 'src/main.rs in fn <T>', 30, 2147483647, 'NaN', '2024-06-01 00:00:00+00', false, repeat('x', 3000), NULL, ROW('src/"ö".rs', 17, true)),
    (9223372036854775807, 3, '', '', 0, 0, 2.2250738585072014e-308, '1900-01-01 00:00:00+00', true, '', 2147483648, ROW(NULL, NULL, NULL));
INSERT INTO sentry_projectcounter (project_id, value) VALUES (2, -9223372036854775808), (3, 9223372036854775807);
INSERT INTO sentry_eventattachment (id, group_id, event_id, guid, blob, "type", tags, device_mac, client_ip) VALUES
    (DEFAULT, 1, 'fc6d8c0c43fc4630ad850ee518f1b9d0', DEFAULT, '\xdeadbeef00', DEFAULT, DEFAULT, '08:00:2b:01:02:03', '192.0.2.1'),
    ('00000000-0000-0000-0000-000000000000', NULL, 'short', NULL, NULL, 'z', '{"env": "prüf", "n": 1e400, "deep": {"a": [true, null]}}', NULL, NULL),
    ('ffffffff-ffff-ffff-ffff-ffffffffffff', 1, '', DEFAULT, '\x', '', '"text"', 'ff:ff:ff:ff:ff:ff', '2001:db8::/48');
INSERT INTO sentry_deploy (id, project_id, environment, running, pauses, took) VALUES
    (1, 1, DEFAULT, '[2024-01-01 00:00:00+00,2024-01-01 01:00:00+00)', DEFAULT, '1 hour'),
    (2, 1, DEFAULT, '[2024-01-01 01:00:00+00,)', '{[2024-01-01 02:00:00+00,2024-01-01 03:00:00+00),(2024-02-01 00:00:00+00,)}', NULL),
    (3, 3, 'entwicklung ß', 'empty', NULL, '-1 days -00:00:00.001'), (4, 2, '', '(,)', '{(,)}', '10 years 13 mons');
INSERT INTO sentry_alertrule (id, "ownerId", organization_id, "currentStatus", active_days, thresholds, "match") VALUES
    (1, 1, 1, DEFAULT, DEFAULT, NULL, DEFAULT), (2, NULL, 2, 'résolu', '{}', '{1.50,NULL,-1e30,0.000000000000000000001}', 'any'),
    (3, 1, 1, 'won''t fix', '{sun,NULL,sat}', '{}', '');
INSERT INTO sentry_incident (id, alert_rule_id, identifier, date_started, date_closed) VALUES
    (1, 1, 1, '2024-01-01 00:00:00+00', NULL), (2, 1, 2, DEFAULT, '9999-12-31 23:59:59+00'), (3, 3, 2147483647, '2024-03-10 02:30:00-05', '2024-03-10 02:30:00-05');
UPDATE sentry_alertrule SET latest_incident_id = 2 WHERE id = 1;
