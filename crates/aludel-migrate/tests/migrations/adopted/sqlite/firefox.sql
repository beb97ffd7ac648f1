-- Condensed from the constructs of Firefox's places.sqlite and favicons.sqlite:
-- LONGVARCHAR, untyped values, WITHOUT ROWID, counters kept by triggers, and the
-- writable views of early versions.

CREATE TABLE moz_origins (
    id INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL,
    host TEXT NOT NULL,
    frecency INTEGER NOT NULL,
    recalc INTEGER NOT NULL DEFAULT 0,
    UNIQUE (prefix, host)
);

CREATE TABLE moz_places (
    id INTEGER PRIMARY KEY,
    url LONGVARCHAR,
    title LONGVARCHAR,
    rev_host LONGVARCHAR,
    visit_count INTEGER DEFAULT 0,
    hidden INTEGER DEFAULT 0 NOT NULL,
    typed INTEGER NOT NULL DEFAULT 0,
    frecency INTEGER DEFAULT -1 NOT NULL,
    last_visit_date INTEGER,
    guid TEXT,
    foreign_count INTEGER DEFAULT 0 NOT NULL,
    url_hash INTEGER DEFAULT 0 NOT NULL,
    preview_image_url TEXT,
    origin_id INTEGER REFERENCES moz_origins(id),
    alt_frecency INTEGER
);

CREATE INDEX moz_places_url_hashindex ON moz_places (url_hash);
CREATE INDEX moz_places_hostindex ON moz_places (rev_host);
CREATE INDEX moz_places_lastvisitdateindex ON moz_places (last_visit_date DESC);
CREATE UNIQUE INDEX moz_places_guid_uniqueindex ON moz_places (guid);
CREATE INDEX moz_places_recalc_index ON moz_places (frecency) WHERE frecency < 0 AND hidden = 0;

CREATE TABLE moz_historyvisits (
    id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER,
    visit_type INTEGER, session INTEGER, source INTEGER DEFAULT 0 NOT NULL, triggeringPlaceId INTEGER
);

CREATE INDEX moz_historyvisits_placedateindex ON moz_historyvisits (place_id, visit_date);
CREATE INDEX moz_historyvisits_fromindex ON moz_historyvisits (from_visit);

CREATE TABLE moz_inputhistory (
    place_id INTEGER NOT NULL,
    input LONGVARCHAR NOT NULL,
    use_count,
    PRIMARY KEY (place_id, input)
);

CREATE TABLE moz_bookmarks (
    id INTEGER PRIMARY KEY,
    type INTEGER,
    fk INTEGER DEFAULT NULL,
    parent INTEGER,
    position INTEGER,
    title LONGVARCHAR,
    dateAdded INTEGER DEFAULT (strftime('%s', 'now') * 1000000),
    lastModified INTEGER,
    guid TEXT,
    syncStatus INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT 0,
    syncChangeCounter INTEGER NOT NULL DEFAULT 1
);

CREATE INDEX moz_bookmarks_itemindex ON moz_bookmarks (fk, type);
CREATE INDEX moz_bookmarks_parentindex ON moz_bookmarks (parent, position);
CREATE UNIQUE INDEX moz_bookmarks_guid_uniqueindex ON moz_bookmarks (guid);

CREATE TABLE moz_bookmarks_deleted (guid TEXT PRIMARY KEY, dateRemoved INTEGER NOT NULL DEFAULT 0);

CREATE TABLE moz_keywords (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    keyword TEXT UNIQUE,
    place_id INTEGER,
    post_data TEXT
);

CREATE UNIQUE INDEX moz_keywords_placepostdata_uniqueindex ON moz_keywords (place_id, post_data);

CREATE TABLE moz_places_metadata (
    id INTEGER PRIMARY KEY,
    place_id INTEGER NOT NULL,
    referrer_place_id INTEGER,
    created_at INTEGER NOT NULL DEFAULT 0,
    total_view_time INTEGER NOT NULL DEFAULT 0,
    document_type INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (place_id) REFERENCES moz_places(id) ON DELETE CASCADE,
    FOREIGN KEY (referrer_place_id) REFERENCES moz_places(id) ON DELETE CASCADE,
    CHECK (place_id != referrer_place_id)
);

CREATE UNIQUE INDEX moz_places_metadata_placecreated_uniqueindex ON moz_places_metadata (place_id, created_at);

CREATE TABLE moz_meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE moz_icons (
    id INTEGER PRIMARY KEY, icon_url TEXT NOT NULL, fixed_icon_url_hash INTEGER NOT NULL,
    width INTEGER NOT NULL DEFAULT 0, root INTEGER NOT NULL DEFAULT 0, color INTEGER,
    expire_ms INTEGER NOT NULL DEFAULT 0, flags INTEGER NOT NULL DEFAULT 0x10, data BLOB
);

CREATE INDEX moz_icons_iconurlhashindex ON moz_icons (fixed_icon_url_hash);

CREATE TABLE moz_pages_w_icons (
    id INTEGER PRIMARY KEY,
    page_url TEXT NOT NULL UNIQUE ON CONFLICT IGNORE,
    page_url_hash INTEGER NOT NULL
);

CREATE TABLE moz_icons_to_pages (
    page_id INTEGER NOT NULL,
    icon_id INTEGER NOT NULL,
    expire_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (icon_id, page_id),
    FOREIGN KEY (page_id) REFERENCES moz_pages_w_icons ON DELETE CASCADE,
    FOREIGN KEY (icon_id) REFERENCES moz_icons ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TRIGGER visits_counted AFTER INSERT ON moz_historyvisits FOR EACH ROW
BEGIN
    UPDATE moz_places SET visit_count = visit_count + 1 WHERE id = NEW.place_id AND NEW.visit_type BETWEEN 1 AND 3;
    UPDATE moz_places SET last_visit_date = NEW.visit_date
    WHERE id = NEW.place_id AND coalesce(last_visit_date < NEW.visit_date, TRUE);
END;

CREATE TRIGGER bookmark_moved_to_place AFTER UPDATE OF fk, syncChangeCounter ON moz_bookmarks FOR EACH ROW
BEGIN
    UPDATE moz_places SET foreign_count = foreign_count + (id IS NEW.fk) - (id IS OLD.fk) WHERE id IN (OLD.fk, NEW.fk);
END;

CREATE TRIGGER keyword_removed AFTER DELETE ON moz_keywords FOR EACH ROW
BEGIN
    UPDATE moz_places SET foreign_count = foreign_count - 1 WHERE id = OLD.place_id;
END;

CREATE VIEW moz_places_view AS
    SELECT p.id, p.url, p.title, o.host, p.visit_count FROM moz_places p LEFT JOIN moz_origins o ON o.id = p.origin_id;

CREATE VIEW moz_frequent_view AS SELECT * FROM moz_places_view WHERE visit_count > 0;

CREATE TRIGGER moz_places_view_update INSTEAD OF UPDATE OF title ON moz_places_view
BEGIN
    UPDATE moz_places SET title = NEW.title WHERE id = OLD.id;
END;
