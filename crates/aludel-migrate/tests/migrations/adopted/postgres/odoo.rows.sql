BEGIN;
INSERT INTO res_company (id, name, partner_id, currency, currency_symbol, rounding, parent_id, parent_path, create_uid, create_date) VALUES
    (1, 'YourCompany', 1, DEFAULT, '€', DEFAULT, NULL, '1/', NULL, '2024-01-01 00:00:00.123456'),
    (2, 'Straßenbau Ä', 2, '₽', '', 99999999999999.999999, 1, '1/2/', NULL, NULL),
    (2147483647, '', 1, 'XXXXXXXXXX', NULL, NULL, 2, NULL, NULL, '9999-12-31 23:59:59.999999');
INSERT INTO res_partner (id, company_id, parent_id, name, complete_name, email, ref, "type", "date", credit_limit, discount, place, area, active, barcode, create_date) VALUES
    (1, NULL, NULL, 'YourCompany', 'YourCompany', 'info@example.com', NULL, 'contact', '2024-02-29', DEFAULT, DEFAULT, NULL, NULL, true, NULL, DEFAULT),
    (2, 1, 1, 'Łukasz Żółć', 'YourCompany, Łukasz Żółć', 'łukasz@example.pl', 'R-1', DEFAULT, '0001-01-01', '-92233720368547758.08', -100, ROW(52.5, 13.4), '((1,1),(-1,-1))', false, '{"1": "4006381333931"}', NULL),
    (3, 2, 2, NULL, NULL, NULL, '', 'delivery', '9999-12-31', '92233720368547758.07', 33.33, ROW(NULL, -180), NULL, NULL, '[]', '1900-01-01'),
    (4, NULL, NULL, '', '株式会社', NULL, NULL, 'contact', NULL, NULL, NULL, NULL, NULL, true, 'null', NULL);
COMMIT;
INSERT INTO res_users (id, login, password, company_id, partner_id, signature, share) VALUES
    (1, '__system__', NULL, 1, 1, NULL, NULL), (2, 'łukasz', 'pbkdf2', 1, 2, E'<p>Grüße\n\\</p>', false), (3, '', '', 2, 4, '', true);
UPDATE res_company SET create_uid = 1 WHERE id = 2;
INSERT INTO ir_actions (name, "type", help) VALUES ('{"en_US": "Base"}', 'ir.actions.actions', NULL), ('{"en_US": "x", "de_DE": "Größe"}', '', '{}');
INSERT INTO ir_act_window (name, "type", res_model, "limit", context) VALUES
    ('{"en_US": "Orders", "ja_JP": "注文"}', 'ir.actions.act_window', 'sale.order', NULL, DEFAULT), ('"plain"', 'ir.actions.act_window', '', -2147483648, '{''ü'': 1}');
INSERT INTO ir_act_server (name, "type", code, sequence) VALUES ('{"en_US": "Run"}', 'ir.actions.server', E'log("ö")\n', DEFAULT), ('[1]', 'x', NULL, -32768), ('[2]', 'x', '', NULL);
INSERT INTO product_template (id, name, default_code, list_price, weight, quantities, store_hours, opens_at, image, thumbnail, priority) VALUES
    (1, '{"en_US": "Desk", "de_DE": "Schreibtisch"}', 'FURN_001', DEFAULT, 12.5, '[1,10)', '[08:00:00,18:30:00)', DEFAULT, NULL, NULL, DEFAULT),
    (2, '{"en_US": "Café ☕"}', NULL, 12345678901234567890123456789012345678901234567890.00000000000000000001, -99999999999999.999999, '(,)', '(,12:00:00]', '23:59:59.999999', 4294967295, '\x00', NULL),
    (3, '{}', '', 'NaN', NULL, 'empty', NULL, NULL, 0, '\x', 'x');
INSERT INTO sale_order (id, name, delivery, partner_id, user_id, state, amount_total, "x_studio_Farbe des Kunden", access_token, date_order) VALUES
    (1, DEFAULT, DEFAULT, 1, 2, 'sale', 100.10, NULL, DEFAULT, '2024-01-15 10:00:00'), (2, DEFAULT, DEFAULT, 2, NULL, DEFAULT, NULL, 'grün', NULL, DEFAULT),
    (3, '', 2147483647, 4, 3, NULL, -0.1, '', '00000000-0000-0000-0000-000000000001', '0001-01-01 00:00:00');
INSERT INTO sale_order_line (id, order_id, product_id, name, quantity, price_unit, discount) VALUES
    (1, 1, 1, 'Desk', 3, 33.35, DEFAULT), (2, 1, NULL, 'Übersicht', DEFAULT, 0, 100), (9223372036854775807, 2, 2, '', -999999999999.9999, 1e20, -0.01);
INSERT INTO res_company_users_rel (cid, user_id) VALUES (1, 2), (2, 2), (1, 1);
INSERT INTO "x_Order" VALUES (1, 'Zoë', NULL, '{1,NULL,-2147483648}', 1.5), (NULL, NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL), (-1, '', 'm', '{{1,2},{3,4}}', '-Infinity');
INSERT INTO ir_logging (create_date, level, message) VALUES (NULL, NULL, ''), ('2024-01-01', 'ERROR', 'Traceback – ошибка');
DELETE FROM ir_logging WHERE level = 'ERROR';
REFRESH MATERIALIZED VIEW sale_report_month;
