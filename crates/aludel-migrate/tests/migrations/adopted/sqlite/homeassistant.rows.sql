-- Rows for homeassistant.sql.
INSERT INTO event_types VALUES (1, 'call_service'), (2, NULL), (3, 'schlüssel_gedrückt');
INSERT INTO event_data VALUES (1, 4294967295, '{"domain":"light","a":";"}'), (2, -9223372036854775808, NULL), (3, 9223372036854775807, '{"text":"雪 ❄"}');
INSERT INTO events VALUES
    (1, NULL, NULL, 1700000000.123456, 0, 1, X'018BCFE568000000000000000000FF00', 1),
    (2, '', NULL, NULL, -32768, NULL, NULL, NULL),
    (3, 'state_changed', '2022-01-01 00:00:00.000000', 0.0, 1, 3, X'', 3);
INSERT INTO states_meta VALUES (1, 'sensor.küche'), (2, 'light.flur'), (3, NULL);
INSERT INTO states VALUES
    (1, NULL, 'unavailable', NULL, 1700000000.5, NULL, '{"unit_of_measurement":"°C"}', X'00', 0, 1),
    (2, NULL, '21.5', 1700000001.25, 1700000002, 1, '42', NULL, NULL, 1),
    (3, NULL, '', 5e-324, 1.7976931348623157e308, 3, '"2.50; x"', X'FF', 1, 2),
    (4, 'sensor.alt', NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO statistics_meta VALUES
    (1, 'sensor.energy', 'recorder', 'kWh', 0, 1, NULL, 0),
    (2, 'tibber:größe', 'tibber', 'm³', NULL, NULL, 'it''s; a name', 1),
    (3, NULL, 'recorder', NULL, 1, 0, '', 2);
INSERT INTO statistics VALUES
    (1, NULL, 1700003600.0, 1, 1700000000.0, NULL, NULL, NULL, 123.45, 9007199254740993),
    (2, '2023-11-14 22:13:20.000000', 1700003600.1, 2, 1700000000.0, 0.1, -1e308, 1e308, 5, 0.000001),
    (3, 1700003600, NULL, NULL, NULL, -0.0, 0, 0, 'n/a', NULL);
INSERT INTO statistics_alias VALUES ('Strom', 'sensor.energy', 1), ('größe', 'tibber:größe', NULL), ('', 'sensor.energy', -9223372036854775808);
INSERT INTO recorder_runs VALUES (1, '2023-11-14 22:13:20.000000', NULL, 1, '2023-11-14 22:13:20'), (2, '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999', 0, 1700000000);
INSERT INTO schema_changes VALUES (1, 43, '2024-01-01 00:00:00.000000'), (2, NULL, '2024-05-01 00:00:00.000000');
INSERT INTO migration_changes VALUES ('state_context_id_as_binary', 1), ('ereignis_typ', 32767);
INSERT INTO ltss (entity_id, time, state, attributes) VALUES
    ('sensor.küche', '2024-01-01 00:00:00.000001+00:00', '21.5', '{"friendly_name":"Küche 🍳"}'),
    ('sensor.küche', '2024-01-01 00:00:01+00:00', NULL, NULL),
    ('light.flur', 1704067200, 'on;off', '1');
