-- Rows for firefox.sql.
INSERT INTO moz_origins (id, prefix, host, frecency) VALUES (1, 'https://', 'example.org', 2100), (2, 'https://', 'bücher.example', -1), (3, 'about:', '', 0);
INSERT INTO moz_places (id, url, title, rev_host, last_visit_date, guid, url_hash, origin_id, frecency) VALUES
    (1, 'https://example.org/?a=1;b=2', 'It''s; an "example"', 'gro.elpmaxe.', 1700000000000000, 'aaaaAAAA-_01', 47356411089529, 1, 2000),
    (2, 'https://bücher.example/größe', 'Größe – 大きさ 📚', 'elpmaxe.rehcüb.', NULL, 'bbbbBBBB-_02', 9223372036854775807, 2, -1),
    (3, NULL, NULL, NULL, NULL, NULL, -9223372036854775808, NULL, 0);
INSERT INTO moz_historyvisits VALUES (1, 0, 1, 1700000000000001, 1, 0, 0, NULL), (2, 1, 2, 1700000000000002, 2, NULL, 3, 1), (3, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO moz_inputhistory VALUES (1, 'exa', 0.975), (1, '', 1), (2, 'grö', NULL), (2, 'größe', '3');
INSERT INTO moz_bookmarks (id, type, fk, parent, position, title, dateAdded, lastModified, guid, syncStatus) VALUES
    (1, 2, NULL, 0, 0, '', 1700000000000000, 1700000000000000, 'root________', 1),
    (2, 1, 1, 1, 0, 'Ein Lesezeichen', 1700000000000005, NULL, 'cccccccccccc', NULL),
    (3, 3, NULL, 1, -1, NULL, NULL, NULL, NULL, 2);
UPDATE moz_bookmarks SET fk = 2 WHERE id = 2;
INSERT INTO moz_bookmarks_deleted VALUES ('dddddddddddd', 1700000000000000), ('éééééééééééé', 0);
INSERT INTO moz_keywords (id, keyword, place_id, post_data) VALUES (5, 'wört', 1, ''), (7, NULL, NULL, NULL), (9, 'gone', 2, 'a=%s');
DELETE FROM moz_keywords WHERE id = 9;
INSERT INTO moz_places_metadata (id, place_id, referrer_place_id, created_at) VALUES (1, 1, NULL, 1), (2, 2, 1, 9007199254740993);
INSERT INTO moz_meta VALUES ('origin_frecency_count', 3), ('origin_frecency_sum', 2100.25), ('sync/bookmarks/syncId', 'x;y'), ('raw', X'00FF');
INSERT INTO moz_icons (id, icon_url, fixed_icon_url_hash, width, color, data) VALUES
    (1, 'https://example.org/favicon.ico', 123, 16, NULL, X'89504E470D0A1A0A00'),
    (2, 'fake-favicon-uri:ø', -1, 65535, 4294967295, NULL),
    (3, 'data:,', 0, 0, 0, '<svg/>');
INSERT INTO moz_pages_w_icons VALUES (1, 'https://example.org/', 1), (2, 'https://bücher.example/', 2);
INSERT INTO moz_icons_to_pages VALUES (1, 1, 0), (1, 2, 9223372036854775807), (2, 1, -1);
UPDATE moz_places_view SET title = 'renamed – 改名' WHERE id = 3;
