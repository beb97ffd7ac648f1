-- Condensed from the constructs of the Chinook sample database as ported from
-- SQL Server: [bracketed] CamelCase names, NVARCHAR, NUMERIC(10,2), named
-- constraints with spelled-out actions; views and an audit trail added.

CREATE TABLE [Artist]
(
    [ArtistId] INTEGER  NOT NULL,
    [Name] NVARCHAR(120),
    CONSTRAINT [PK_Artist] PRIMARY KEY  ([ArtistId])
);

CREATE TABLE [Album]
(
    [AlbumId] INTEGER  NOT NULL,
    [Title] NVARCHAR(160)  NOT NULL,
    [ArtistId] INTEGER  NOT NULL,
    CONSTRAINT [PK_Album] PRIMARY KEY  ([AlbumId]),
    CONSTRAINT [FK_AlbumArtistId] FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId])
        ON DELETE NO ACTION ON UPDATE NO ACTION
);

CREATE TABLE [Genre] ([GenreId] INT NOT NULL PRIMARY KEY, [Name] NVARCHAR(120) CONSTRAINT [UQ_Genre] UNIQUE);

CREATE TABLE [Media Type]
(
    [MediaTypeId] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    [Name] NVARCHAR(120) DEFAULT 'MPEG audio file'
);

CREATE TABLE [Playlist] ([PlaylistId] INTEGER NOT NULL PRIMARY KEY, [Name] NVARCHAR(120));

CREATE TABLE [Track]
(
    [TrackId] INTEGER  NOT NULL,
    [Name] NVARCHAR(200)  NOT NULL COLLATE NOCASE,
    [AlbumId] INTEGER,
    [MediaTypeId] INTEGER  NOT NULL,
    [GenreId] INT,
    [Composer] NVARCHAR(220),
    [Milliseconds] INTEGER  NOT NULL CONSTRAINT [CK_Length] CHECK ([Milliseconds] >= 0),
    [Bytes] BIGINT,
    [UnitPrice] NUMERIC(10,2)  NOT NULL DEFAULT 0.99,
    [Seconds] AS ([Milliseconds] / 1000),
    CONSTRAINT [PK_Track] PRIMARY KEY  ([TrackId]),
    FOREIGN KEY ([AlbumId]) REFERENCES [Album] ([AlbumId]) ON DELETE SET NULL ON UPDATE CASCADE,
    FOREIGN KEY ([MediaTypeId]) REFERENCES [Media Type] ([MediaTypeId]) ON DELETE RESTRICT ON UPDATE NO ACTION,
    FOREIGN KEY ([GenreId]) REFERENCES [Genre] ([GenreId]) ON DELETE SET NULL
);

CREATE TABLE [PlaylistTrack]
(
    [PlaylistId] INTEGER  NOT NULL,
    [TrackId] INTEGER  NOT NULL,
    [Position] FLOAT DEFAULT (1.0 / 2),
    CONSTRAINT [PK_PlaylistTrack] PRIMARY KEY  ([TrackId], [PlaylistId]),
    FOREIGN KEY ([PlaylistId]) REFERENCES [Playlist] ([PlaylistId]) ON DELETE CASCADE,
    FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId]) ON DELETE CASCADE
);

CREATE TABLE [Employee]
(
    [EmployeeId] INTEGER  NOT NULL,
    [LastName] NVARCHAR(20)  NOT NULL,
    [ReportsTo] INTEGER DEFAULT NULL,
    [BirthDate] DATETIME,
    [HireDate] DATETIME DEFAULT CURRENT_DATE,
    [PostalCode] NVARCHAR(10) COLLATE RTRIM,
    [Email] NVARCHAR(60) COLLATE NOCASE,
    CONSTRAINT [PK_Employee] PRIMARY KEY  ([EmployeeId]),
    FOREIGN KEY ([ReportsTo]) REFERENCES [Employee] ([EmployeeId]) ON DELETE NO ACTION ON UPDATE NO ACTION
);

CREATE TABLE `Customer`
(
    `CustomerId` INTEGER NOT NULL PRIMARY KEY,
    `FirstName` NVARCHAR(40) NOT NULL,
    `LastName` NVARCHAR(20) NOT NULL,
    `Country` NVARCHAR(40),
    `Email` NVARCHAR(60) NOT NULL UNIQUE COLLATE NOCASE,
    `SupportRepId` INTEGER REFERENCES `Employee`,
    CHECK (`Email` LIKE '%@%')
);

CREATE TABLE [Invoice]
(
    [InvoiceId] INTEGER NOT NULL PRIMARY KEY,
    [CustomerId] INTEGER NOT NULL REFERENCES [Customer] ([CustomerId]) ON DELETE RESTRICT,
    [InvoiceDate] DATETIME NOT NULL,
    [Total] NUMERIC(10,2) NOT NULL DEFAULT (0)
);

CREATE TABLE [InvoiceLine]
(
    [InvoiceId] INTEGER NOT NULL,
    [LineNo] INTEGER NOT NULL,
    [TrackId] INTEGER,
    [PlaylistId] INTEGER,
    [UnitPrice] NUMERIC(10,2) NOT NULL,
    [Quantity] INTEGER NOT NULL DEFAULT 1,
    [Amount] NUMERIC(10,2) GENERATED ALWAYS AS ([UnitPrice] * [Quantity]) STORED,
    PRIMARY KEY ([InvoiceId], [LineNo]),
    CONSTRAINT [FK_InvoiceLineInvoice] FOREIGN KEY ([InvoiceId]) REFERENCES [Invoice] ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT [FK_InvoiceLineEntry] FOREIGN KEY ([PlaylistId], [TrackId]) REFERENCES [PlaylistTrack] ([PlaylistId], [TrackId]) ON DELETE SET NULL ON UPDATE CASCADE
) WITHOUT ROWID;

CREATE TABLE [Audit-Log] ([When] TIMESTAMP DEFAULT (strftime('%s','now')), [Table] VARCHAR(50), [Old Value], [New Value]);

CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId]);
CREATE INDEX [IFK_TrackAlbumId] ON [Track] ([AlbumId]);
CREATE INDEX [IX_TrackName] ON [Track] ([Name] COLLATE RTRIM DESC, [UnitPrice] DESC);
CREATE UNIQUE INDEX [UX_CustomerName] ON [Customer] ([LastName] || ', ' || [FirstName] COLLATE NOCASE);
CREATE INDEX [IX_Dear Invoices] ON [Invoice] ([CustomerId], [InvoiceDate] DESC) WHERE [Total] > 10;

CREATE TRIGGER [TR_Track_Price] AFTER UPDATE OF [UnitPrice] ON [Track]
WHEN OLD.[UnitPrice] IS NOT NEW.[UnitPrice]
BEGIN
    INSERT INTO [Audit-Log] ([When], [Table], [Old Value], [New Value]) VALUES (0, 'Track', OLD.[UnitPrice], NEW.[UnitPrice]);
END;

CREATE VIEW [Track List] ([Id], [Title], [By]) AS
    SELECT t.[TrackId], t.[Name], ar.[Name] FROM [Track] t
    LEFT JOIN [Album] al USING ([AlbumId]) LEFT JOIN [Artist] ar ON ar.[ArtistId] = al.[ArtistId];

CREATE VIEW [Anonymous Tracks] AS SELECT [Id], [Title] FROM [Track List] WHERE [By] IS NULL;

CREATE TRIGGER [TR_TrackList_Delete] INSTEAD OF DELETE ON [Track List]
BEGIN
    DELETE FROM [Track] WHERE [TrackId] = OLD.[Id];
END;
