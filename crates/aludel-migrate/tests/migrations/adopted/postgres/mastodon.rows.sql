INSERT INTO accounts (id, username, domain, private_key, public_key, display_name, uri, also_known_as, moved_to_account_id, avatar_updated_at, suspended_at, fields, discoverable, created_at) VALUES
    (-99, 'mastodon.internal', NULL, NULL, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, '2016-02-22 15:52:08'),
    (109302436954721982, 'Käthe', NULL, '-----BEGIN', 'key', 'Käthe 🐘', 'https://example.com/users/käthe', '{}', NULL, '2024-02-29 12:00:00', NULL, '[{"name": "Web", "value": "ünï"}]', true, '2024-01-01 00:00:00.000001'),
    (9223372036854775807, 'ivan', 'пример.рф', NULL, '', E'a\\b\n', 'https://xn--e1afmkfd.xn--p1ai/ivan', '{https://a.example,NULL,"with, comma","quo\"te"}', 109302436954721982, NULL, '9999-12-31 23:59:59.999999', '{}', false, '0001-01-01 00:00:00'),
    (5, 'remote', 'b.example', NULL, '', '', 'urn:5', NULL, NULL, NULL, NULL, 'null', NULL, '2023-03-03 03:03:03');
INSERT INTO accounts (username, created_at) VALUES ('numbered_by_the_function', '2024-01-01');
INSERT INTO users (id, email, account_id, sign_up_ip, chosen_languages, otp_backup_codes, settings, current_sign_in_at, disabled) VALUES
    (1, 'käthe@example.com', 109302436954721982, '2001:db8::ff', '{de,en}', NULL, '{"web.theme":"dark"}', '2024-05-05 05:05:05.55', false),
    (2, '', -99, NULL, NULL, DEFAULT, NULL, NULL, true);
INSERT INTO invites (id, user_id, code, max_uses, uses, expires_at) VALUES
    (1, 1, 'aBcDeF', NULL, 0, NULL), (2, 1, 'ÄÖÜäöüß€', 2147483647, -2147483648, '1969-12-31 23:59:59'), (3, 2, '', 1, 1, '2024-01-01');
UPDATE users SET invite_id = 1 WHERE id = 2;
INSERT INTO conversations (id, uri) VALUES (1, NULL), (2, 'tag:example.com,2024:objectId=1'), (9223372036854775806, 'ключ');
INSERT INTO statuses (id, uri, text, in_reply_to_id, reblog_of_id, account_id, conversation_id, visibility, sensitive, language, ordered_media_attachment_ids, edited_at, deleted_at) VALUES
    (111, NULL, 'Hallo Welt 👋🏽', NULL, NULL, 109302436954721982, 1, DEFAULT, false, 'de', '{3,1,2}', NULL, NULL),
    (112, 'https://b.example/1', E'\U0001F468\U0000200D\U0001F469 "x" \\', 111, NULL, 5, 1, 'direct', true, NULL, '{-9223372036854775808,9223372036854775807,NULL}', '2024-01-01', NULL),
    (113, NULL, '', NULL, 111, -99, NULL, 'unlisted', false, '', '{}', NULL, '2024-01-02');
INSERT INTO statuses (text, account_id) VALUES ('numbered by the function', 5);
INSERT INTO media_attachments (id, status_id, account_id, remote_url, file_meta, focus, blurhash, "type", description) VALUES
    (1, 111, 109302436954721982, '', '{"small": {"width": 400,  "aspect": 1.5}}', '(-0.25,1)', 'LEHV6nWB2yk8', 0, 'Ein Bild – "schön"'),
    (DEFAULT, NULL, NULL, 'https://b.example/ö.jpg', NULL, NULL, NULL, -1, NULL),
    (DEFAULT, 112, 5, '', '[]', '(0,0)', '', 2147483647, '');
INSERT INTO follows (id, account_id, target_account_id, languages, show_reblogs) VALUES
    (1, 5, 109302436954721982, NULL, true), (2, 109302436954721982, 5, '{en,pt-BR}', false), (3, -99, 5, '{}', DEFAULT);
INSERT INTO tags (id, name, usable, max_score) VALUES (1, 'caturday', true, 1.7976931348623157e308), (2, 'Größe', NULL, NULL), (3, '猫', false, 5e-324);
INSERT INTO statuses_tags (status_id, tag_id) VALUES (111, 1), (111, 3), (112, 2);
INSERT INTO custom_filters (id, account_id, phrase, context, expires_at) VALUES
    (1, 5, 'spoiler', '{home,"public thread",café}', NULL), (2, NULL, '', '{}', '2024-01-01'), (3, 5, 'ß', DEFAULT, '2099-12-31 23:59:59.5');
INSERT INTO session_activations VALUES ('abc', 1, '10.1.2.3', DEFAULT, '2024-06-06 06:06:06'), ('é', 2, NULL, 'Mozilla/5.0 (Ünix)', '2024-06-07');
REFRESH MATERIALIZED VIEW account_summaries;
REFRESH MATERIALIZED VIEW instances;
