INSERT INTO store VALUES (1, 'default', 1, 'Deutsch — Größen', 0, 1), (2, NULL, 65535, '日本語', 65535, 0), (65534, '', 0, '', 1, 65535);
INSERT INTO customer_entity (email, store_id, created_at, updated_at, first_failure, dob, rp_token, gender) VALUES
  ('anna@example.com', 1, '2024-01-01 00:00:00', '2024-02-29 23:59:59', NULL, '2000-02-29', 'abcDEF', 2),
  (NULL, NULL, '1970-01-01 00:00:01', '2038-01-19 03:14:07', '2038-01-19 03:14:07', NULL, NULL, NULL),
  ('üñí@example.com', 65534, DEFAULT, DEFAULT, '1970-01-01 00:00:01', '9999-12-31', '', 65535);
INSERT INTO customer_address_entity VALUES (1, 100, 'Straße des 17. Juni 1\nHinterhof', DEFAULT), (2, NULL, '', 'ÖÜ'), (4294967294, 101, '東京都千代田区', '');
UPDATE customer_entity SET default_billing = 1, updated_at = updated_at WHERE entity_id = 100;
INSERT INTO catalog_product_entity (entity_id, type_id, sku, has_options, options) VALUES
  (1, 'simple', 'WS-01', 0, NULL), (2, 'bundle', 'ws-01', 1, 'gift,download'), (4294967294, 'virtual', 'Größe-Ü🦀', -128, ''), (3, DEFAULT, '', 127, 'gift,backorder,download');
INSERT INTO catalog_product_entity_decimal VALUES
  (1, 77, 1, 1, 19.990000), (2, 77, 2, 1, NULL), (2147483646, 65535, 65534, 4294967294, -99999999999999.999999), (3, 0, 1, 2, 99999999999999.999999);
INSERT INTO catalog_product_special_price VALUES (1, '2024-01-01', '2024-02-01', 9.99), (1, '2024-02-01', '2024-03-01', 0), (4294967295, '1000-01-01', '9999-12-31', 9999999999999999.9999);
INSERT INTO sales_order (entity_id, increment_id, invoice_no, state, store_id, customer_id, grand_total, tax_exact, weight, original, remote_ip, protect_code) VALUES
  (1, DEFAULT, DEFAULT, 'new', 1, 100, 19.9900, 99999999999999999999999999999999999.999999999999999999999999999999, 99999999.9999, NULL, '::ffff:192.0.2.1', DEFAULT),
  (2, NULL, DEFAULT, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, ''),
  (4294967294, 9223372036854775807, -9223372036854775808, 'müßig', 65534, 101, 9999999999999999.9999, -0.000000000000000000000000000001, 0, 4294967294, 'fe80::1', 'd41d8cd98f00b204e9800998ecf8427e');
INSERT INTO catalog_product_index_price_tmp VALUES (1, 0, 1, 19.99), (1, 1, 1, NULL), (4294967295, 4294967295, 65535, -99999999999999.999999);
INSERT INTO report_viewed_product_index (index_id, product_id, visitor, added_at) VALUES
  (DEFAULT, 1, NULL, '2023-12-31 23:59:59'), (DEFAULT, 4294967295, '00000000-0000-0000-0000-000000000000', '2024-01-01 00:00:00'), (18446744073709551614, 0, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '9999-12-31 23:59:59');
INSERT INTO catalog_product_price_cl VALUES (1000, 1), (4294967294, 4294967295);
