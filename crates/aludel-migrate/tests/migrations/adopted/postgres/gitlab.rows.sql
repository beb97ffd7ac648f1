INSERT INTO organizations (id, name, path) VALUES (1, 'Default', 'default'), (2, '', 'größe'), (DEFAULT, 'Организация', 'o-1000');
INSERT INTO users (id, email, username, state, user_type, current_sign_in_ip, static_object_token, otp_grace_period_started_at) VALUES
    (1, 'root@example.com', 'root', DEFAULT, DEFAULT, '127.0.0.1', NULL, NULL),
    (2, 'Müller@example.com', 'Müller', 'blocked', -32768, '2001:db8::/32', repeat('é', 255), '2024-02-29 23:59:59.999999+00'),
    (9223372036854775807, '', NULL, 'active', 32767, NULL, '', '0001-01-01 00:00:00+00');
INSERT INTO namespaces (id, name, owner_id, "type", parent_id, traversal_ids, full_path, organization_id, allowed) VALUES
    (1, 'root', 1, DEFAULT, NULL, '{1}', 'root', 1, NULL),
    (2, 'Gruppe Ü', NULL, 'Group', NULL, '{2}', 'group_1.sub', 1, '10.0.0.0/8'),
    (3, 'deep', NULL, 'Group', 2, '{2,3,9223372036854775807}', '', 2, '2001:db8::/32'),
    (4, '', 2, 'Project', 3, '{}', NULL, 2, '0.0.0.0/0');
UPDATE users SET namespace_id = id WHERE id IN (1, 2);
INSERT INTO projects (id, name, organization_id, namespace_id, star_count, runners_token_encrypted, topics, statistics) VALUES
    (1, 'gitlab', 1, 2, 2147483647, '\x00ff', '{ruby,"Öl, Essig",NULL}', '{"size": 12345678901234567890, "ratio": 1.50, "läng": [1, null]}'),
    (2, NULL, NULL, NULL, -2147483648, NULL, NULL, DEFAULT),
    (2147483647, '项目', 2, NULL, 0, '\x', '{}', '[]');
INSERT INTO iterations (id, start_date, due_date, namespace_id, iid, points) VALUES
    (1, '2024-01-01', '2024-01-14', 2, 1, DEFAULT), (2, '2024-01-15', '2024-01-28', 2, 2, '(,5]'),
    (3, '0001-01-01', '9999-12-31', 3, 1, 'empty'), (4, NULL, NULL, 4, 1, NULL);
INSERT INTO issues (id, title, description, project_id, iteration_id, duplicated_to_id, iid, state, relative_position, weight, time_estimate, closed_at, created_at) VALUES
    (1, 'It FAILS', NULL, 1, 1, NULL, 1, DEFAULT, NULL, NULL, NULL, NULL, '2024-01-01 00:00:00.123+00'),
    (2, 'ÄÖÜ ẞ', repeat('lang – ', 1000), 1, NULL, 1, 2, 'closed', -2147483648, 1.17549435e-38, '1 mon -1 days +02:03:04.000005', '2024-02-02 02:02:02+02', NULL),
    (3, NULL, '', NULL, NULL, 3, NULL, 'locked', 2147483647, '-Infinity', '178000000 years', '9999-12-31 23:59:59.999999+00', DEFAULT);
INSERT INTO audit_events (id, author_id, details, ip_address, created_at) VALUES
    (1, 1, NULL, NULL, '1970-01-01'), (DEFAULT, 1, 'Änderung', '10.0.0.1', '2024-01-31 23:59:59.999999'), (DEFAULT, 2, '', '::/0', '2024-02-01');
INSERT INTO p_ci_builds (status, id, partition_id, project_id, options, coverage) VALUES
    ('success', 1, DEFAULT, 1, '{"script": ["echo \"ü\""]}', 99.9), (NULL, 2, 102, NULL, NULL, NULL),
    ('failed', -9223372036854775808, 9223372036854775807, 2, 'null', -0.0);
INSERT INTO search_namespace_index (namespace_id, zoekt_index_id) SELECT id, 7 FROM generate_series(1, 8) AS id;
INSERT INTO loose_foreign_keys_deleted_records (fully_qualified_table_name, primary_key_value, status) VALUES
    ('public.projects', 5, 1), ('public."Größe"', -9223372036854775808, -32768);
INSERT INTO issues (id, project_id, iid) VALUES (4, 2, 1);
DELETE FROM issues WHERE id = 4;
