INSERT INTO users (id, username, username_lower, name, admin, trust_level, ip_address, registration_ip_address, last_seen_at, location, preferences, seen_notices, created_at) VALUES
    (-1, 'system', 'system', NULL, true, 4, NULL, NULL, NULL, NULL, DEFAULT, DEFAULT, '2013-02-05 00:00:00'),
    (1, 'Zoë', 'zoë', 'Zoë Ångström', false, 0, '192.168.0.1', '10.0.0.0/8', '2024-02-29 23:59:59.999999', '(13.4,52.5)', 'theme=>"dunkel", empty=>"", none=>NULL', B'10110', '1970-01-01 00:00:00.000001'),
    (2147483647, '猫', '猫', 'O''Brien \ "Quote"', false, 1, '::1', 'fe80::1/64', '9999-12-31 23:59:59', '(-1e300,0)', '"a key"=>"ключ"', B'', '2024-06-01 12:00:00');
INSERT INTO uploads (id, user_id, original_filename, filesize, sha1, thumbnail, extension, secure, selection) VALUES
    (1, 1, 'Straße 🏠.png', 9223372036854775807, 'da39a3ee5e6b4b0d3255bfef95601890afd80709', '\x89504e470d0a1a0a00ff', 'PNG', true, '((1,1),(0,0))'),
    (2, -1, '', 0, NULL, '\x', NULL, false, NULL),
    (3, 1, E'tab\there', 17, NULL, NULL, 'txt', false, '((-0.5,2.25),(3,1e10))');
UPDATE users SET uploaded_avatar_id = 1 WHERE id = 1;
INSERT INTO categories (id, name, slug, color, parent_category_id, "position", allowed_tags, auto_close_hours, read_restricted) VALUES
    (1, 'Allgemeines', 'allgemeines', DEFAULT, NULL, 0, DEFAULT, NULL, false),
    (2, 'Übersetzungen', '', 'ffffff', 1, NULL, '{"a, b",NULL,"ß",""}', 0.1, false),
    (3, 'Staff', 'staff', '000000', NULL, -2147483648, '{x}', 1e308, true);
INSERT INTO topics (id, title, fancy_title, category_id, user_id, archetype, posts_count, score, percent_rank, bumped_at, pinned_until, deleted_at, avg_time) VALUES
    (1, 'Willkommen – привет', NULL, 1, -1, DEFAULT, 2, NULL, DEFAULT, '2024-01-01', NULL, NULL, NULL),
    (2, 'Private', '<b>P</b>', NULL, 1, 'private_message', 1, -1e-300, 0.5, '2024-01-02 03:04:05.678901', '2030-01-01', NULL, '1 year 2 mons 3 days 04:05:06.789'),
    (3, '', NULL, 2, NULL, 'regular', 0, 'Infinity', 3.4e38, '0001-01-01', NULL, '2024-03-03', '-00:00:01');
INSERT INTO posts (id, user_id, topic_id, post_number, raw, cooked, reply_to_post_number, locale, deleted_at) VALUES
    (1, -1, 1, 1, 'Welcome to the forums, running cats', '<p>Welcome</p>', NULL, NULL, NULL),
    (2, 1, 1, 2, E'多行\nтекст 👩‍👩‍👧', '<p>…</p>', 1, 'zh_CN', NULL),
    (3, NULL, 2, 1, '', '', NULL, 'de', '2024-05-05 05:05:05');
INSERT INTO tags (id, name, topic_count, target_tag_id) VALUES (1, 'bug', 1, NULL), (2, 'Fehler', -1, 1), (3, 'žluťoučký', 0, NULL);
INSERT INTO topic_tags (topic_id, tag_id, created_at) VALUES (1, 1, '2024-01-01'), (1, 3, NULL), (2, 2, '2024-01-01 00:00:00.5');
INSERT INTO category_users_seen VALUES (1, 1, 'Zoë', '2024-02-29'), (2, 1, NULL, NULL), (1, -1, '', '9999-12-31');
INSERT INTO scheduler_stats (name, "match", payload, live_slots_start) VALUES
    ('Jobs::Purge', NULL, NULL, NULL), ('Jobs::Größe', '.*', '{"b":1, "a":[null, "é"], "b":2}', 2147483647), ('x', '', 'null', 0);
