-- Condensed from the constructs of calibre's metadata.db: NOCASE names, BOOL and
-- TIMESTAMP columns, link tables guarded by triggers instead of foreign keys,
-- views for the tag browser, annotations with two full-text indexes.

CREATE TABLE authors (
    id   INTEGER PRIMARY KEY,
    sort TEXT COLLATE NOCASE,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    born INTEGER,
    link TEXT DEFAULT '' NOT NULL
);

CREATE TABLE books (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid          TEXT,
    path          TEXT DEFAULT '' NOT NULL,
    has_cover     BOOL DEFAULT 0,
    title         TEXT COLLATE NOCASE NOT NULL DEFAULT 'Untitled',
    sort          TEXT COLLATE NOCASE,
    isbn          TEXT COLLATE RTRIM DEFAULT '',
    series_index  REAL DEFAULT 1.0 NOT NULL,
    pubdate       TIMESTAMP,
    timestamp     TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_modified TIMESTAMP DEFAULT '1999-12-31 00:00:00+00:00' NOT NULL
);

CREATE TABLE tags ( id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, UNIQUE (name) );

CREATE TABLE ratings ( id INTEGER PRIMARY KEY, rating INTEGER CHECK(rating > -1 AND rating < 11), link TEXT NOT NULL DEFAULT '', UNIQUE (rating) );

CREATE TABLE books_authors_link ( id INTEGER PRIMARY KEY, book INTEGER NOT NULL, author INTEGER NOT NULL, UNIQUE(book, author) );

CREATE TABLE books_tags_link ( id INTEGER PRIMARY KEY, book INTEGER NOT NULL, tag INTEGER NOT NULL, UNIQUE(book, tag) ON CONFLICT IGNORE );

CREATE TABLE comments ( id INTEGER PRIMARY KEY, book INTEGER NON NULL, text TEXT NON NULL COLLATE NOCASE, UNIQUE(book) );

CREATE TABLE data ( id                INTEGER PRIMARY KEY,
                    book              INTEGER NOT NULL,
                    format            TEXT NOT NULL COLLATE NOCASE,
                    uncompressed_size INTEGER NOT NULL,
                    name              TEXT NOT NULL,
                    UNIQUE(book, format)
                  );

CREATE TABLE identifiers ( type TEXT NOT NULL DEFAULT 'isbn' COLLATE NOCASE, val TEXT NOT NULL COLLATE NOCASE, book INTEGER NOT NULL, PRIMARY KEY (book, type) );

CREATE TABLE conversion_options ( id INTEGER PRIMARY KEY, format TEXT NOT NULL COLLATE NOCASE, book INTEGER, data BLOB NOT NULL, UNIQUE(format, book) );

CREATE TABLE preferences ( key TEXT NOT NULL, val, stamp DATETIME DEFAULT (datetime('now')), UNIQUE(key) ON CONFLICT REPLACE );

CREATE TABLE annotations (
    id INTEGER PRIMARY KEY,
    annot_id TEXT NOT NULL,
    book INTEGER NOT NULL,
    user TEXT NOT NULL,
    user_type TEXT NOT NULL,
    format TEXT NOT NULL COLLATE NOCASE,
    annot_data TEXT NOT NULL,
    searchable_text TEXT NOT NULL DEFAULT '',
    timestamp REAL NOT NULL,
    UNIQUE (annot_id, book, format, user, user_type)
);

CREATE INDEX authors_idx ON books (sort COLLATE NOCASE);
CREATE INDEX books_idx ON books (title COLLATE BINARY ASC, sort COLLATE NOCASE DESC);
CREATE INDEX books_year_idx ON books (substr(pubdate, 1, 4), lower(title));
CREATE INDEX books_authors_link_aidx ON books_authors_link (author);
CREATE INDEX books_authors_link_bidx ON books_authors_link (book);
CREATE INDEX formats_idx ON data (format COLLATE NOCASE);
CREATE INDEX conversion_options_idx_a ON conversion_options (format COLLATE NOCASE) WHERE book IS NULL;
CREATE INDEX annot_idx ON annotations (book, timestamp DESC);

CREATE VIRTUAL TABLE annotations_fts USING fts5(searchable_text, content = 'annotations', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE annotations_fts_stemmed USING fts5(searchable_text, content = 'annotations', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2');

CREATE TRIGGER annotation_added AFTER INSERT ON annotations
BEGIN
    INSERT INTO annotations_fts_stemmed (searchable_text, rowid) SELECT new.searchable_text, new.id;
    INSERT INTO annotations_fts (searchable_text, rowid) SELECT new.searchable_text, new.id;
END;

CREATE TRIGGER annotation_removed AFTER DELETE ON annotations
BEGIN
    INSERT INTO annotations_fts_stemmed (searchable_text, rowid, annotations_fts_stemmed) SELECT old.searchable_text, old.id, 'delete';
    INSERT INTO annotations_fts (searchable_text, rowid, annotations_fts) SELECT old.searchable_text, old.id, 'delete';
END;

CREATE TRIGGER annotation_changed AFTER UPDATE OF id, searchable_text ON annotations
BEGIN
    INSERT INTO annotations_fts_stemmed (searchable_text, rowid, annotations_fts_stemmed) SELECT old.searchable_text, old.id, 'delete';
    INSERT INTO annotations_fts (searchable_text, rowid, annotations_fts) SELECT old.searchable_text, old.id, 'delete';
    INSERT INTO annotations_fts_stemmed (searchable_text, rowid) SELECT new.searchable_text, new.id;
    INSERT INTO annotations_fts (searchable_text, rowid) SELECT new.searchable_text, new.id;
END;

CREATE TRIGGER book_removed AFTER DELETE ON books
BEGIN
    DELETE FROM annotations WHERE old.id = book;
    DELETE FROM data WHERE old.id = book;
    DELETE FROM books_tags_link WHERE old.id = book;
    DELETE FROM books_authors_link WHERE old.id = book;
END;

CREATE TRIGGER book_sorted AFTER INSERT ON books WHEN new.sort IS NULL
BEGIN
    UPDATE books SET sort = lower(title) WHERE id = new.id;
END;

CREATE TRIGGER author_link_checked BEFORE INSERT ON books_authors_link
BEGIN
    SELECT CASE
        WHEN NOT EXISTS (SELECT 1 FROM books AS b WHERE b.id = new.book) THEN RAISE(ABORT, 'no such book; link refused')
        WHEN NOT EXISTS (SELECT 1 FROM authors AS a WHERE a.id = new.author) THEN RAISE(ABORT, 'no such author') END;
END;

CREATE TRIGGER tag_in_use BEFORE DELETE ON tags
WHEN EXISTS (SELECT 1 FROM books_tags_link AS l WHERE l.tag = old.id)
BEGIN
    SELECT RAISE(FAIL, 'the tag is in use');
END;

CREATE VIEW meta AS
    SELECT b.id, b.title, group_concat(a.name, ' & ') AS authors, b.series_index,
        (SELECT sum(d.uncompressed_size / 1024) FROM data AS d WHERE d.book = b.id) AS size
    FROM books AS b LEFT JOIN books_authors_link AS l ON l.book = b.id LEFT JOIN authors AS a ON a.id = l.author
    GROUP BY b.id;

CREATE VIEW tag_browser_tags AS
    SELECT t.id, t.name, count(l.book) AS "count" FROM tags AS t LEFT JOIN books_tags_link AS l ON l.tag = t.id GROUP BY t.id;

CREATE VIEW tag_browser_filtered_tags (id, name, "count") AS SELECT * FROM tag_browser_tags WHERE "count" > 0;
