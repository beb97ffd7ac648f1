INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, user_url, user_registered, user_status, display_name, spam) VALUES
  (1, 'admin', '$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/', 'admin', 'admin@example.com', 'http://example.com', '2024-02-29 23:59:59', 0, 'Jürgen', 0),
  (2, 'наташа', '', 'natasha', '', '', '0000-00-00 00:00:00', -2147483648, '😀 Smile', -128),
  (18446744073709551614, 'last', DEFAULT, DEFAULT, DEFAULT, DEFAULT, '9999-12-31 23:59:59', 2147483647, '', 127);
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES
  (1, 'nickname', 'Jürgen'), (1, NULL, NULL), (18446744073709551615, repeat('ключ', 60), 'a:1:{s:13:"administrator";b:1;}');
INSERT INTO wp_posts (post_author, post_date, post_content, post_title, post_excerpt, post_status, comment_status, post_name, post_modified, post_content_filtered, post_parent, guid) VALUES
  (1, '2024-01-01 10:00:00', '<p>Willkommen — "Welt" \\ it''s 100%</p>', 'Grüße, Welt', NULL, 'publish', 'open', 'gruesse', '2024-01-01 10:00:00', NULL, 0, 'http://example.com/?p=1'),
  (2, '0000-00-00 00:00:00', '', '', '', 'draft', 'it''s complicated', '', '2038-01-19 03:14:07', repeat('compressed ', 500), 1000, ''),
  (1, '1000-01-01 00:00:00', 'line\nbreak\ttab', '日本語のタイトル', 'ü', 'private', 'closed', '日本', '1970-01-01 00:00:01', '', 18446744073709551615, 'http://example.com/é');
INSERT INTO wp_options (option_name, option_value, autoload) VALUES ('siteurl', 'http://example.com', DEFAULT), ('blogname', 'Ünïcödé 🦀', 'no'), ('', '', '');
INSERT INTO wp_term_taxonomy (term_taxonomy_id, taxonomy, name, description, parent, count) VALUES
  (1, 'category', 'Allgemein', DEFAULT, NULL, 1), (2, 'category', 'allgemein', 'Ähnlich', 1, -9223372036854775808), (3, 'post_tag', 'Ärger', '', 2, 9223372036854775807);
INSERT INTO wp_term_relationships VALUES (1000, 1, 0), (1000, 3, 2147483647), (18446744073709551615, 2, -1);
INSERT INTO wp_ngg_pictures (gallery, filename, description, alttext, imagedate, exclude, flags, exposure, thumb) VALUES
  ('urlaub', 'strand.jpg', 'Am Strand', NULL, '2024-02-29', 0, 'sticky,grün', 0.005, 0xFFD8FF00),
  ('urlaub', 'café.jpg', NULL, 'кафе', '9999-12-31', 1, '', -3.4e38, ''),
  ('ärzte', '', '', '', DEFAULT, -128, 'private', NULL, NULL);
INSERT INTO wp_gmp_markers (title, coord, area, params) VALUES
  ('Zürich', ST_GeomFromText('POINT(8.54 47.37)'), ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,4 2,4 4,2 4,2 2))'), ST_GeomFromText('LINESTRING(0 0,1 1)')),
  ('', ST_GeomFromText('POINT(-180 -90)'), NULL, NULL),
  ('東京', ST_GeomFromText('POINT(1e300 -1e-300)'), NULL, ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))'));
INSERT INTO wp_session_cache VALUES ('d41d8cd98f00b204e9800998ecf8427e', 0, NULL), ('D41D8CD98F00B204E9800998ECF8427E', 18446744073709551615, 1), ('', 1, 2);
INSERT INTO `wp-stats$daily` VALUES ('2024-01-01', 'Mozilla/5.0', NULL, DEFAULT, 0.1), ('2024-01-01', 'Mozilla/5.0', NULL, DEFAULT, 0.1), ('1000-01-01', 'Ünbekannt', 'https://例え.jp', 4294967295, -1.7976931348623157e308);
INSERT INTO wp_wc_orders (id, status, currency, total_amount, customer_id, ip_address, customer_note) VALUES
  (1, 'wc-completed', 'chf', 999999999999999999.99999999, 1, '::1', 'Bitte läuten'), (2, NULL, NULL, NULL, NULL, NULL, NULL), (18446744073709551615, 'wc-pending', 'EUR', -0.00000001, 18446744073709551614, '', '');
