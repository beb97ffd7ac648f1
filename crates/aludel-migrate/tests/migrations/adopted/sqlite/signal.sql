-- Condensed from the constructs of Signal Desktop and Signal Android:
-- camelCase, STRING keys, JSON with generated columns, STRICT tables, conflict
-- clauses, partial indexes and an external-content full-text index.

CREATE TABLE conversations (
    id STRING PRIMARY KEY ASC,
    json TEXT,
    active_at INTEGER,
    type STRING,
    members TEXT,
    name TEXT COLLATE NOCASE,
    serviceId TEXT UNIQUE,
    expireTimerVersion INTEGER NOT NULL DEFAULT 1,
    profileLastFetchedAt INTEGER
);

CREATE INDEX conversations_active ON conversations (active_at) WHERE active_at IS NOT NULL;

CREATE TABLE messages (
    rowid INTEGER PRIMARY KEY ASC,
    id STRING UNIQUE,
    json TEXT,
    readStatus INTEGER,
    sent_at INTEGER,
    conversationId STRING REFERENCES conversations (id) ON DELETE CASCADE,
    body TEXT,
    type STRING,
    isErased BOOLEAN NOT NULL DEFAULT FALSE,
    storyId STRING REFERENCES messages (id) ON DELETE SET NULL,
    isStory INTEGER GENERATED ALWAYS AS (type IS 'story'),
    expirationStartTimestamp INTEGER,
    expireTimer INTEGER,
    expiresAt INT GENERATED ALWAYS AS (ifnull(expirationStartTimestamp + (expireTimer * 1000), 9007199254740991)) VIRTUAL,
    editCount INTEGER AS (json_extract(json, '$.edits')) STORED
);

CREATE INDEX messages_conversation ON messages (conversationId, isStory, sent_at DESC, rowid DESC);
CREATE INDEX messages_expires ON messages (expiresAt) WHERE storyId IS NULL;
CREATE INDEX messages_quote ON messages (json_extract(json, '$.quote.id'), type COLLATE NOCASE DESC);

CREATE VIRTUAL TABLE messages_fts USING fts5(body, content='messages', content_rowid='rowid', tokenize='unicode61 categories ''L* N* So''');

CREATE TRIGGER fts_follows_insert AFTER INSERT ON messages
WHEN new.body IS NOT NULL
BEGIN
    INSERT INTO messages_fts (rowid, body) VALUES (new.rowid, new.body);
END;

CREATE TRIGGER fts_follows_delete AFTER DELETE ON messages
WHEN old.body IS NOT NULL
BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, body) VALUES ('delete', old.rowid, old.body);
    DELETE FROM reactions WHERE messageId = old.id AND old.id IS NOT NULL;
END;

CREATE TRIGGER fts_follows_update AFTER UPDATE OF body ON messages
WHEN old.body IS NOT new.body
BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, body) SELECT 'delete', old.rowid, old.body WHERE old.body IS NOT NULL;
    INSERT INTO messages_fts (rowid, body) SELECT new.rowid, new.body WHERE new.body IS NOT NULL;
END;

CREATE TABLE mentions (
    messageId REFERENCES messages (id) ON DELETE CASCADE,
    mentionAci STRING,
    start INTEGER,
    length INTEGER
);

CREATE INDEX mentions_aci ON mentions (mentionAci, messageId, start, length);

CREATE TABLE reactions (
    _id INTEGER PRIMARY KEY AUTOINCREMENT,
    messageId STRING NOT NULL,
    fromId TEXT NOT NULL,
    emoji TEXT,
    "timestamp" NUMERIC,
    unread BOOLEAN DEFAULT 1 CHECK (unread IN (0, 1)),
    UNIQUE (messageId, fromId) ON CONFLICT REPLACE
);

CREATE TABLE sticker_packs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    title STRING,
    status STRING DEFAULT 'known',
    createdAt TIMESTAMP DEFAULT (strftime('%s', 'now')),
    position INTEGER DEFAULT 0 NOT NULL
);

CREATE TABLE stickers (
    packId TEXT NOT NULL,
    emoji STRING,
    id INTEGER NOT NULL,
    isCoverOnly INTEGER,
    path STRING,
    size BIGINT,
    PRIMARY KEY (id, packId),
    CONSTRAINT stickers_fk FOREIGN KEY (packId) REFERENCES sticker_packs (id) ON DELETE CASCADE
);

CREATE TABLE sticker_references (
    messageId STRING,
    packId TEXT,
    stickerId INTEGER,
    FOREIGN KEY (stickerId, packId) REFERENCES stickers (id, packId) ON UPDATE CASCADE ON DELETE RESTRICT
);

CREATE TABLE group_membership (
    _id INTEGER PRIMARY KEY,
    group_id TEXT NOT NULL ON CONFLICT IGNORE,
    recipient_id STRING NOT NULL REFERENCES conversations (id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    endorsement BLOB DEFAULT X'00',
    UNIQUE (group_id, recipient_id) ON CONFLICT IGNORE
);

CREATE TABLE items (id TEXT PRIMARY KEY, value ANY, updated REAL NOT NULL DEFAULT 1.5e3) STRICT, WITHOUT ROWID;

CREATE TABLE message_attachments (
    messageId TEXT NOT NULL,
    attachmentType TEXT NOT NULL CHECK (attachmentType IN ('attachment', 'quote', 'sticker')),
    orderInMessage INTEGER NOT NULL,
    editHistoryIndex INT NOT NULL DEFAULT -1,
    plaintextHash BLOB,
    width INTEGER,
    extra ANY,
    CONSTRAINT nonNegative CHECK (width IS NULL OR width >= 0),
    PRIMARY KEY (messageId, editHistoryIndex, attachmentType, orderInMessage)
) STRICT;

CREATE INDEX message_attachments_hash ON message_attachments (plaintextHash) WHERE plaintextHash IS NOT NULL;

CREATE TABLE sendLogPayloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    "timestamp" INTEGER NOT NULL,
    proto BLOB NOT NULL DEFAULT (zeroblob(2)),
    urgent INTEGER
);

CREATE VIEW unreadStories (messageId, "sent at") AS
    SELECT id, sent_at FROM messages WHERE isStory IS 1 AND readStatus IS NOT 2;
