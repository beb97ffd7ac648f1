BEGIN;
INSERT INTO realm (id, access_code_lifespan, name, ssl_required, events_expiration, password_policy, default_role, enabled, login_window, allowed_macs) VALUES
    ('master', 60, 'master', 'EXTERNAL', NULL, NULL, 'role-default', true, NULL, NULL),
    ('00000000-0000-0000-0000-000000000002', -2147483648, 'Größe – 領域', '', 9223372036854775807, 'length(8) and "x"', NULL, false, '23:59:59.999999', '{08:00:2b:01:02:03,NULL}'),
    ('r3', NULL, NULL, NULL, 0, '', NULL, DEFAULT, '00:00:00', '{}');
INSERT INTO keycloak_role (id, client_realm_constraint, client_role, description, name, realm_id, client) VALUES
    ('role-default', 'master', false, '${role_default-roles}', 'default-roles-master', 'master', NULL),
    ('role-admin', 'master', false, NULL, 'ädmin', 'master', NULL),
    ('role-offline', NULL, true, '', NULL, NULL, NULL);
COMMIT;
INSERT INTO client (id, enabled, client_id, not_before, secret, realm_id, saml_descriptor, flags, "baseUrl") VALUES
    ('c1', true, 'account', 0, NULL, 'master', NULL, NULL, DEFAULT),
    ('c2', false, 'saml-ü', 2147483647, '**********', 'r3', '<EntityDescriptor entityID="ü"><a>&lt; ключ</a><!-- c --></EntityDescriptor>', B'1010101010101010', NULL),
    ('c3', true, NULL, NULL, '', 'r3', '<a/>', B'', E'\\n "q" ''s''');
UPDATE keycloak_role SET client = 'c1' WHERE id = 'role-offline';
INSERT INTO composite_role (composite, child_role) VALUES ('role-admin', 'role-default'), ('role-default', 'role-offline');
INSERT INTO user_entity (id, email, realm_id, username, created_timestamp, service_account_client_link, manager_id, not_before) VALUES
    ('u1', 'admin@example.com', 'master', 'admin', DEFAULT, NULL, NULL, DEFAULT),
    ('u2', 'jürgen@müller.example', 'master', 'jürgen', NULL, NULL, 'u1', -2147483648),
    ('00000000-0000-0000-0000-0000000000u3', NULL, 'r3', NULL, 9223372036854775807, 'c2', 'u2', 2147483647);
INSERT INTO user_attribute (name, value, user_id, id, long_value_hash, long_value) VALUES
    ('locale', 'de', 'u1', DEFAULT, NULL, NULL), ('foto', NULL, 'u2', 'a2', sha256('ß'), repeat('Ünï', 500)), ('', '', 'u2', 'a3', '\x', '');
INSERT INTO user_role_mapping (role_id, user_id) VALUES ('role-admin', 'u1'), ('role-default', 'u1'), ('role-default', 'u2');
INSERT INTO realm_attribute (name, realm_id, value) VALUES ('displayName', 'master', 'Keycloak 🔑'), ('bruteForce', 'r3', NULL), ('', 'r3', '');
INSERT INTO event_entity (id, client_id, details_json, ip_address, realm_id, event_time, "type", recorded, valid_for) VALUES
    (DEFAULT, 'account', '{"auth_method":"openid-connect",  "user": "jürgen"}', '127.0.0.1', 'master', 1718000000123, 'LOGIN', DEFAULT, '1 day 02:03:04.567'),
    ('ffffffff-ffff-ffff-ffff-ffffffffffff', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (DEFAULT, '', '"x"', '2001:db8::1/64', '', 0, 'LOGIN_ERROR', '9999-12-31 23:59:59.999', '-00:00:00.000001');
INSERT INTO offline_user_session (user_session_id, user_id, realm_id, created_on, offline_flag, data, version) VALUES
    ('s1', 'u1', 'master', 1718000000, '0', '{"ipAddress":"::1"}', DEFAULT), ('s1', 'u1', 'master', -2147483648, '1', NULL, NULL), ('s2', NULL, 'r3', 0, 'ü', '', 2147483647);
INSERT INTO offline_client_session (client_id, session_flag, session_id, "timestamp", data, external_client_id) VALUES
    ('c1', '0', 's1', 1718000000, '{}', DEFAULT), ('c2', NULL, NULL, NULL, NULL, 'external ✓'), ('c1', 'ü', 's2', -1, '', '');
INSERT INTO databasechangelog VALUES
    ('1.0.0.Final', 'entwickler@example.com', 'META-INF/jpa-changelog-1.0.0.Final.xml', '2024-01-01 00:00:00.123456', 1, 'EXECUTED', '9:1', NULL, NULL),
    ('25.0.0-größe', 'keycloak', 'META-INF/x.xml', '2024-01-01', 2147483647, 'MARK_RAN', NULL, 'createTable tableName=„x“; addPrimaryKey', '25');
