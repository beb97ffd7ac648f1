-- Rows for signal.sql.
INSERT INTO conversations (id, json, active_at, type, members, name, serviceId) VALUES
    ('c3a1-one', '{"id":"c3a1-one","n":null}', 1700000000123, 'private', NULL, 'Zoë', 'aci-1'),
    ('group;2', '{}', NULL, 'group', 'aci-1 aci-2', 'Gruppe „Ω“ 👩‍👩‍👧', NULL),
    ('12345', NULL, 9007199254740991, 'private', '', NULL, 'PNI:é');
INSERT INTO messages (rowid, id, json, readStatus, sent_at, conversationId, body, type, isErased, storyId, expirationStartTimestamp, expireTimer) VALUES
    (1, 'm-1', '{"edits":2,"quote":{"id":17}}', 0, 1700000000124, 'c3a1-one', 'Grüße; it''s 5 o''clock', 'incoming', 0, NULL, 1700000000000, 3600),
    (2, 'm-2', '{}', 0, 1700000000125, 'group;2', NULL, 'story', 1, NULL, NULL, NULL),
    (3, '987', NULL, NULL, NULL, '12345', '日本語
second line', 'outgoing', 0, 'm-2', NULL, 0),
    (9223372036854775807, NULL, '{"edits":"many"}', -1, -1, NULL, 'last 🎉', NULL, 0, NULL, 1, 1);
UPDATE messages SET body = 'changed – geändert' WHERE id = 'm-1';
UPDATE messages SET body = 'now with text' WHERE id = 'm-2';
INSERT INTO mentions VALUES ('m-1', 'aci-1', 0, 1), ('m-2', NULL, -1, NULL), (NULL, '00', 2, 0), (987, 'aci-3', 1, 1);
INSERT INTO reactions (messageId, fromId, emoji, "timestamp", unread) VALUES ('m-1', 'c3a1-one', '👍', 1700000000999, 1), ('m-1', 'group;2', NULL, 1700000000.25, NULL);
INSERT INTO reactions (messageId, fromId, emoji, "timestamp", unread) VALUES ('m-1', 'c3a1-one', '❤️', 'unknown', 0);
INSERT INTO sticker_packs (id, key, title, status, createdAt, position) VALUES ('pack1', 'a2V5', 'Kätzchen', 'installed', 1700000000, 0), ('pack2', '', NULL, NULL, NULL, -2147483648), ('00', 'k', '007', 'known', '2024-01-01', 1);
INSERT INTO stickers VALUES ('pack1', '😺', 0, 0, 'ab/cd', 9223372036854775807), ('pack1', NULL, 1, 1, NULL, NULL), ('pack2', '', 0, NULL, 'é', 0);
INSERT INTO sticker_references VALUES ('m-1', 'pack1', 0), ('m-1', 'pack1', 0), ('m-2', NULL, 77);
INSERT INTO group_membership (group_id, recipient_id, endorsement) VALUES ('g', 'c3a1-one', X'00FF00'), ('g', '12345', NULL), ('g', '12345', X'01'), (NULL, 'group;2', NULL);
INSERT INTO group_membership (group_id, recipient_id) VALUES ('g2', 'group;2');
INSERT INTO items (id, value, updated) VALUES ('int', 9223372036854775807, 0.1), ('real', 2.0, 1.7976931348623157e308), ('text', '007', -5e-324), ('blob;ü', X'C0FFEE', 3);
INSERT INTO items (id) VALUES ('null');
INSERT INTO message_attachments VALUES
    ('m-1', 'attachment', 0, -1, X'00', 1920, NULL),
    ('m-1', 'attachment', 1, -1, NULL, NULL, 1.5),
    ('m-2', 'quote', 0, 9007199254740993, X'', 0, 'größe');
INSERT INTO sendLogPayloads (id, "timestamp", proto, urgent) VALUES (10, 1700000000000, X'0A00', 1), (11, -1, 'text in a blob – ü', NULL);
INSERT INTO sendLogPayloads ("timestamp") VALUES (0);
DELETE FROM sendLogPayloads WHERE id = 12;
