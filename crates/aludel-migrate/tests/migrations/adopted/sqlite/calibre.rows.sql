-- Rows for calibre.sql.
INSERT INTO authors (id, name, sort) VALUES (1, 'Søren Kierkegaard', 'Kierkegaard, Søren'), (2, '夏目 漱石', NULL), (3, 'O''Brien; Flann', 'o''brien');
INSERT INTO books (id, title, sort, timestamp, pubdate, series_index, isbn, path, uuid, has_cover) VALUES
    (1, 'Enten – Eller', 'Enten', '2011-05-04 12:34:56.789000+00:00', '0101-01-01 00:00:00+00:00', 1.5, '9780140445770  ', 'Søren/Enten (1)', 'f00d', 1),
    (2, '吾輩は猫である', NULL, '2020-02-29 00:00:00+00:00', NULL, -1.0, NULL, '', NULL, NULL),
    (7, '', '', 1304512496, -1, 1e300, '', 'x;y', '', 2),
    (8, 'deleted', NULL, NULL, NULL, 0, '', '', NULL, 0);
INSERT INTO tags VALUES (1, 'Fiction'), (2, 'Ästhetik'), (9223372036854775807, 'unused');
INSERT INTO ratings (id, rating) VALUES (1, 0), (2, 10), (3, NULL);
INSERT INTO books_authors_link (book, author) VALUES (1, 1), (2, 2), (7, 3), (7, 1);
INSERT INTO books_tags_link (book, tag) VALUES (1, 1), (1, 2), (8, 1), (1, 1);
INSERT INTO comments VALUES (1, 1, '<p>Ein „Kommentar“;</p>
<p>it''s long</p>'), (2, 2, NULL), (3, NULL, '');
INSERT INTO data VALUES (1, 1, 'EPUB', 9223372036854775807, 'Enten - Søren'), (2, 1, 'pdf', 0, ''), (3, 8, 'MOBI', -1, 'gone');
INSERT INTO identifiers VALUES ('isbn', '9780140445770', 1), ('ISSN', '', 1), ('url', 'https://example.org/ü?a;b', 2);
INSERT INTO conversion_options VALUES (1, 'PIPE', 1, X'8002637DFF00'), (2, 'epub', NULL, 'json:{"ä": 1}'), (3, 'EPUB', NULL, X'');
INSERT INTO preferences (key, val, stamp) VALUES ('user_categories', '{}', '2024-01-01 00:00:00'), ('zoom', 1.25, NULL), ('count', 42, 1704067200), ('blob', X'00', -1);
INSERT INTO preferences (key, val, stamp) VALUES ('count', NULL, '2024-01-02 00:00:00');
INSERT INTO annotations (id, book, format, user_type, user, timestamp, annot_id, annot_data, searchable_text) VALUES
    (1, 1, 'EPUB', 'local', 'viewer', 1304512496.123456, 'a-1', '{"type": "highlight"}', 'Der Ästhetiker läuft; running'),
    (2, 2, 'epub', 'web', 'zoë', 0, 'a-2', '{}', '猫である'),
    (3, 8, 'PDF', 'local', 'viewer', -62135596800.0, '', '', '');
UPDATE annotations SET searchable_text = 'the cats – Katzen' WHERE id = 2;
DELETE FROM books WHERE id = 8;
