//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "Album",
    index(artist_id, name = "IFK_AlbumArtistId"),
    foreign_key = aludel::schema::ForeignKey::on("FK_AlbumArtistId", ["ArtistId"]).references("Artist",
        ["ArtistId"])
)]
pub struct Album {
    #[field(column = "AlbumId", primary_key, auto)]
    pub album_id: i64,
    #[field(column = "Title", sql_type = "NVARCHAR(160)")]
    pub title: String,
    #[field(column = "ArtistId")]
    pub artist_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "Artist")]
pub struct Artist {
    #[field(column = "ArtistId", primary_key, auto)]
    pub artist_id: i64,
    #[field(column = "Name", sql_type = "NVARCHAR(120)")]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Customer",
    index(on = raw_sql::<Customer, String>("[LastName] || ', ' || [FirstName] COLLATE NOCASE"),
        unique, name = "UX_CustomerName"),
    named_check(name = "ck_Customer_1", that = raw_sql::<Customer, bool>("`Email` LIKE '%@%'")),
    foreign_key = aludel::schema::ForeignKey::on("", ["SupportRepId"]).references("Employee",
        ["EmployeeId"])
)]
pub struct Customer {
    #[field(column = "CustomerId", primary_key, auto)]
    pub customer_id: i64,
    #[field(column = "FirstName", sql_type = "NVARCHAR(40)")]
    pub first_name: String,
    #[field(column = "LastName", sql_type = "NVARCHAR(20)")]
    pub last_name: String,
    #[field(column = "Country", sql_type = "NVARCHAR(40)")]
    pub country: Option<String>,
    #[field(
        column = "Email",
        sql_type = "NVARCHAR(60)",
        unique,
        collation = "NOCASE"
    )]
    pub email: String,
    #[field(column = "SupportRepId")]
    pub support_rep_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Employee",
    foreign_key = aludel::schema::ForeignKey::on("", ["ReportsTo"]).references("Employee", ["EmployeeId"])
)]
pub struct Employee {
    #[field(column = "EmployeeId", primary_key, auto)]
    pub employee_id: i64,
    #[field(column = "LastName", sql_type = "NVARCHAR(20)")]
    pub last_name: String,
    #[field(column = "ReportsTo")]
    pub reports_to: Option<i64>,
    #[field(column = "BirthDate", sql_type = "DATETIME")]
    pub birth_date: Option<AnyText>,
    #[field(
        column = "HireDate",
        sql_type = "DATETIME",
        default = raw_sql::<(), Option<AnyText>>("CURRENT_DATE")
    )]
    pub hire_date: Option<AnyText>,
    #[field(column = "PostalCode", sql_type = "NVARCHAR(10)", collation = "RTRIM")]
    pub postal_code: Option<String>,
    #[field(column = "Email", sql_type = "NVARCHAR(60)", collation = "NOCASE")]
    pub email: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "Genre", unique(name, name = "UQ_Genre"))]
pub struct Genre {
    #[field(column = "GenreId", primary_key, sql_type = "INT")]
    pub genre_id: i64,
    #[field(column = "Name", sql_type = "NVARCHAR(120)")]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Invoice",
    index(customer_id, -invoice_date, name = "IX_Dear Invoices", filter = raw_sql::<Invoice,
        bool>("[Total] > 10")),
    foreign_key = aludel::schema::ForeignKey::on("", ["CustomerId"]).references("Customer",
        ["CustomerId"]).on_delete(aludel::schema::Action::Restrict)
)]
pub struct Invoice {
    #[field(column = "InvoiceId", primary_key, auto)]
    pub invoice_id: i64,
    #[field(column = "CustomerId")]
    pub customer_id: i64,
    #[field(column = "InvoiceDate", sql_type = "DATETIME")]
    pub invoice_date: AnyText,
    #[field(column = "Total", sql_type = "NUMERIC(10,2)", default = raw_sql::<(), f64>("0"))]
    pub total: f64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "InvoiceLine",
    options = "WITHOUT ROWID",
    foreign_key = aludel::schema::ForeignKey::on("FK_InvoiceLineInvoice", ["InvoiceId"]).references("Invoice",
        ["InvoiceId"]).on_delete(aludel::schema::Action::Cascade).deferrable(aludel::schema::Deferrability::Deferred),
    foreign_key = aludel::schema::ForeignKey::on("FK_InvoiceLineEntry", ["PlaylistId", "TrackId"])
        .references("PlaylistTrack", ["PlaylistId", "TrackId"]).on_delete(aludel::schema::Action::SetNull)
        .on_update(aludel::schema::Action::Cascade)
)]
pub struct InvoiceLine {
    #[field(column = "InvoiceId", primary_key)]
    pub invoice_id: i64,
    #[field(column = "LineNo", primary_key)]
    pub line_no: i64,
    #[field(column = "TrackId")]
    pub track_id: Option<i64>,
    #[field(column = "PlaylistId")]
    pub playlist_id: Option<i64>,
    #[field(column = "UnitPrice", sql_type = "NUMERIC(10,2)")]
    pub unit_price: f64,
    #[field(column = "Quantity", default = 1)]
    pub quantity: i64,
    #[field(
        column = "Amount",
        sql_type = "NUMERIC(10,2)",
        generated = raw_sql::<InvoiceLine, Option<f64>>("[UnitPrice] * [Quantity]")
    )]
    pub amount: Option<f64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "Media Type")]
pub struct MediaType {
    #[field(column = "MediaTypeId", primary_key, auto, options = "AUTOINCREMENT")]
    pub media_type_id: i64,
    #[field(
        column = "Name",
        sql_type = "NVARCHAR(120)",
        default = raw_sql::<(), Option<String>>("'MPEG audio file'")
    )]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "Playlist")]
pub struct Playlist {
    #[field(column = "PlaylistId", primary_key, auto)]
    pub playlist_id: i64,
    #[field(column = "Name", sql_type = "NVARCHAR(120)")]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "PlaylistTrack",
    primary_key(track_id, playlist_id),
    foreign_key = aludel::schema::ForeignKey::on("", ["PlaylistId"]).references("Playlist",
        ["PlaylistId"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("", ["TrackId"]).references("Track", ["TrackId"])
        .on_delete(aludel::schema::Action::Cascade)
)]
pub struct PlaylistTrack {
    #[field(column = "PlaylistId", primary_key)]
    pub playlist_id: i64,
    #[field(column = "TrackId", primary_key)]
    pub track_id: i64,
    #[field(
        column = "Position",
        sql_type = "FLOAT",
        default = raw_sql::<(), Option<f64>>("1.0 / 2")
    )]
    pub position: Option<f64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Track",
    index(album_id, name = "IFK_TrackAlbumId"),
    index(-name("COLLATE RTRIM"), -unit_price, name = "IX_TrackName"),
    named_check(name = "CK_Length", that = raw_sql::<Track, bool>("[Milliseconds] >= 0")),
    foreign_key = aludel::schema::ForeignKey::on("", ["MediaTypeId"]).references("Media Type",
        ["MediaTypeId"]).on_delete(aludel::schema::Action::Restrict),
    foreign_key = aludel::schema::ForeignKey::on("", ["GenreId"]).references("Genre", ["GenreId"])
        .on_delete(aludel::schema::Action::SetNull)
)]
pub struct Track {
    #[field(column = "TrackId", primary_key, auto)]
    pub track_id: i64,
    #[field(column = "Name", sql_type = "NVARCHAR(200)", collation = "NOCASE")]
    pub name: String,
    #[field(column = "AlbumId", on_delete = set_null, on_update = cascade)]
    pub album_id: Option<BelongsTo<Album>>,
    #[field(column = "MediaTypeId")]
    pub media_type_id: i64,
    #[field(column = "GenreId", sql_type = "INT")]
    pub genre_id: Option<i64>,
    #[field(column = "Composer", sql_type = "NVARCHAR(220)")]
    pub composer: Option<String>,
    #[field(column = "Milliseconds")]
    pub milliseconds: i64,
    #[field(column = "Bytes", sql_type = "BIGINT")]
    pub bytes: Option<i64>,
    #[field(
        column = "UnitPrice",
        sql_type = "NUMERIC(10,2)",
        default = raw_sql::<(), AnyText>("0.99")
    )]
    pub unit_price: AnyText,
    #[field(
        column = "Seconds",
        sql_type = "",
        generated = raw_sql::<Track, Option<AnyText>>("[Milliseconds] / 1000"),
        virtual
    )]
    pub seconds: Option<AnyText>,
}

// Beside the models: App::view(View::new("Anonymous Tracks", "SELECT [Id], [Title] FROM [Track List] WHERE [By] IS NULL"))
// Beside the models: App::view(View::new("Track List", "SELECT t.[TrackId], t.[Name], ar.[Name] FROM [Track] t\n    LEFT JOIN [Album] al USING ([AlbumId]) \
//     LEFT JOIN [Artist] ar ON ar.[ArtistId] = al.[ArtistId]").options("([Id], [Title], [By])"))
// Not managed: trigger TR_TrackList_Delete on Track List
// Not managed: trigger TR_Track_Price on Track
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("Audit-Log")
            .column(
                column("When", custom("TIMESTAMP"))
                    .nullable()
                    .default(raw::<Dyn>("strftime('%s','now')")),
            )
            .column(column("Table", varchar(50)).nullable())
            .column(column("Old Value", custom("")).nullable())
            .column(column("New Value", custom("")).nullable())
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Album,
        Artist,
        Customer,
        Employee,
        Genre,
        Invoice,
        InvoiceLine,
        MediaType,
        Playlist,
        PlaylistTrack,
        Track
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (Album::meta().table.to_string(), Album::query().all(db).await?.len()),
        (Artist::meta().table.to_string(), Artist::query().all(db).await?.len()),
        (Customer::meta().table.to_string(), Customer::query().all(db).await?.len()),
        (Employee::meta().table.to_string(), Employee::query().all(db).await?.len()),
        (Genre::meta().table.to_string(), Genre::query().all(db).await?.len()),
        (Invoice::meta().table.to_string(), Invoice::query().all(db).await?.len()),
        (InvoiceLine::meta().table.to_string(), InvoiceLine::query().all(db).await?.len()),
        (MediaType::meta().table.to_string(), MediaType::query().all(db).await?.len()),
        (Playlist::meta().table.to_string(), Playlist::query().all(db).await?.len()),
        (PlaylistTrack::meta().table.to_string(), PlaylistTrack::query().all(db).await?.len()),
        (Track::meta().table.to_string(), Track::query().all(db).await?.len()),
    ])
}
