-- Rows for chinook.sql.
INSERT INTO [Artist] VALUES (1, 'AC/DC'), (2, 'Antônio Carlos Jobim'), (3, NULL), (4, '');
INSERT INTO [Album] VALUES (1, 'Let There Be; Rock', 1), (2, 'Só Danço Samba', 2), (2147483648, 'It''s', 3);
INSERT INTO [Genre] VALUES (1, 'Rock'), (2, NULL), (-3, 'Bossa Nova – ボサノヴァ');
INSERT INTO [Media Type] VALUES (1, 'MPEG audio file'), (5, NULL);
INSERT INTO [Media Type] DEFAULT VALUES;
INSERT INTO [Playlist] VALUES (1, 'Music'), (2, 'Música 🎵'), (3, NULL);
INSERT INTO [Track] ([TrackId], [Name], [AlbumId], [MediaTypeId], [GenreId], [Composer], [Milliseconds], [Bytes], [UnitPrice]) VALUES
    (1, 'Overdose', 1, 1, 1, 'Young & Young', 369319, 12066294, 0.99),
    (2, 'Água de Beber', 2, 5, -3, NULL, 0, 9223372036854775807, 2),
    (3, 'nameless  ', NULL, 6, NULL, '', 9007199254740993, NULL, 'free'),
    (4, 'to delete', NULL, 1, NULL, NULL, 1999, -1, 1e-7);
UPDATE [Track] SET [UnitPrice] = 1.29 WHERE [TrackId] = 1;
DELETE FROM [Track List] WHERE [Id] = 4;
INSERT INTO [PlaylistTrack] VALUES (1, 1, 1), (1, 2, NULL), (2, 1, 0.1);
INSERT INTO [PlaylistTrack] ([PlaylistId], [TrackId]) VALUES (2, 3);
INSERT INTO [Employee] VALUES
    (1, 'Adams', NULL, '1962-02-18 00:00:00', '2002-08-14 00:00:00', 'T5K 2N1   ', 'Andrew@Example.org'),
    (2, 'Müller', 1, NULL, '2002-05-01', NULL, NULL),
    (3, '', 3, -1, 0, '00123', 'x');
INSERT INTO `Customer` VALUES (1, 'Luís', 'Gonçalves', 'Brazil', 'luis@example.org', 1), (2, 'Владимир', 'П;', NULL, '@', NULL);
INSERT INTO [Invoice] VALUES (1, 1, '2009-01-01 00:00:00', 1.98), (2, 2, '9999-12-31 23:59:59', 99999999.99), (3, 1, 1230768000, -5);
INSERT INTO [InvoiceLine] ([InvoiceId], [LineNo], [TrackId], [PlaylistId], [UnitPrice], [Quantity]) VALUES
    (1, 1, 1, 1, 0.99, 2), (1, 2, 3, NULL, 0.1, 3), (2, 1, NULL, NULL, 1e15, -1), (2, -1, 2, 1, 5, 2147483647);
INSERT INTO [Audit-Log] VALUES (1700000000, 'Größe', NULL, 1.5), (NULL, NULL, X'00', 'text;'), ('2024-01-01', 'Track', 9223372036854775807, -0.0);
