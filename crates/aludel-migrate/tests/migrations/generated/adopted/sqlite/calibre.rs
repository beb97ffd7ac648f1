//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "annotations",
    unique(annot_id, book, format, user, user_type),
    index(book, -timestamp, name = "annot_idx")
)]
pub struct Annotation {
    pub id: i64,
    pub annot_id: String,
    pub book: i64,
    pub user: String,
    pub user_type: String,
    #[field(collation = "NOCASE")]
    pub format: String,
    pub annot_data: String,
    #[field(default = "")]
    pub searchable_text: String,
    pub timestamp: f64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "authors")]
pub struct Author {
    pub id: i64,
    #[field(collation = "NOCASE")]
    pub sort: Option<String>,
    #[field(unique, collation = "NOCASE")]
    pub name: String,
    pub born: Option<i64>,
    #[field(default = "")]
    pub link: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "books",
    index(sort("COLLATE NOCASE"), name = "authors_idx"),
    index(title("COLLATE BINARY"), -sort("COLLATE NOCASE"), name = "books_idx"),
    index(on = raw_sql::<Book, String>("substr(pubdate, 1, 4)"), on = raw_sql::<Book, String>("lower(title)"),
        name = "books_year_idx")
)]
pub struct Book {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    pub uuid: Option<String>,
    #[field(default = "")]
    pub path: String,
    #[field(sql_type = "BOOL", default = raw_sql::<(), Option<AnyText>>("0"))]
    pub has_cover: Option<AnyText>,
    #[field(default = "Untitled", collation = "NOCASE")]
    pub title: String,
    #[field(collation = "NOCASE")]
    pub sort: Option<String>,
    #[field(default = raw_sql::<(), Option<String>>("''"), collation = "RTRIM")]
    pub isbn: Option<String>,
    #[field(default = raw_sql::<(), f64>("1.0"))]
    pub series_index: f64,
    #[field(sql_type = "TIMESTAMP")]
    pub pubdate: Option<AnyText>,
    #[field(
        sql_type = "TIMESTAMP",
        default = raw_sql::<(), Option<AnyText>>("CURRENT_TIMESTAMP")
    )]
    pub timestamp: Option<AnyText>,
    #[field(
        sql_type = "TIMESTAMP",
        default = raw_sql::<(), AnyText>("'1999-12-31 00:00:00+00:00'")
    )]
    pub last_modified: AnyText,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "books_authors_link",
    unique(book, author),
    index(author, name = "books_authors_link_aidx"),
    index(book, name = "books_authors_link_bidx")
)]
pub struct BooksAuthorsLink {
    pub id: i64,
    pub book: i64,
    pub author: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "books_tags_link", unique(book, tag))]
pub struct BooksTagsLink {
    pub id: i64,
    pub book: i64,
    pub tag: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "comments")]
pub struct Comment {
    pub id: i64,
    #[field(sql_type = "INTEGER NON", unique)]
    pub book: Option<i64>,
    #[field(sql_type = "TEXT NON", collation = "NOCASE")]
    pub text: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "conversion_options",
    unique(format, book),
    index(format("COLLATE NOCASE"), name = "conversion_options_idx_a", filter = raw_sql::<ConversionOption,
        bool>("book IS NULL"))
)]
pub struct ConversionOption {
    pub id: i64,
    #[field(collation = "NOCASE")]
    pub format: String,
    pub book: Option<i64>,
    pub data: Bytes,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "data",
    unique(book, format),
    index(format("COLLATE NOCASE"), name = "formats_idx")
)]
pub struct Data {
    pub id: i64,
    pub book: i64,
    #[field(collation = "NOCASE")]
    pub format: String,
    pub uncompressed_size: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "identifiers", primary_key(book, type_))]
pub struct Identifier {
    #[field(column = "type", primary_key, default = "isbn", collation = "NOCASE")]
    pub type_: String,
    #[field(collation = "NOCASE")]
    pub val: String,
    #[field(primary_key)]
    pub book: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "ratings",
    named_check(name = "ck_ratings_1", that = raw_sql::<Rating, bool>("rating > -1 AND rating < 11"))
)]
pub struct Rating {
    pub id: i64,
    #[field(unique)]
    pub rating: Option<i64>,
    #[field(default = "")]
    pub link: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "tags")]
pub struct Tag {
    pub id: i64,
    #[field(unique, collation = "NOCASE")]
    pub name: String,
}

// Beside the models: App::view(View::new("meta", "SELECT b.id, b.title, group_concat(a.name, ' & ') AS authors, b.series_index,\n        (SELECT \
//     sum(d.uncompressed_size / 1024) FROM data AS d WHERE d.book = b.id) AS size\n    FROM books \
//     AS b LEFT JOIN books_authors_link AS l ON l.book = b.id LEFT JOIN authors AS a ON a.id = l.author\n    \
//     GROUP BY b.id"))
// Beside the models: App::view(View::new("tag_browser_filtered_tags", "SELECT * FROM tag_browser_tags WHERE \"count\" > 0")
//     .options("(id, name, \"count\")"))
// Beside the models: App::view(View::new("tag_browser_tags", "SELECT t.id, t.name, count(l.book) AS \"count\" FROM tags AS t LEFT JOIN books_tags_link AS \
//     l ON l.tag = t.id GROUP BY t.id"))
// Not managed: ON CONFLICT of books_tags_link
// Not managed: ON CONFLICT of preferences
// Not managed: trigger annotation_added on annotations
// Not managed: trigger annotation_changed on annotations
// Not managed: trigger annotation_removed on annotations
// Not managed: trigger author_link_checked on books_authors_link
// Not managed: trigger book_removed on books
// Not managed: trigger book_sorted on books
// Not managed: trigger tag_in_use on tags
// Not managed: virtual table annotations_fts
// Not managed: virtual table annotations_fts_stemmed
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("preferences")
            .column(column("key", text()))
            .column(column("val", custom("")).nullable())
            .column(
                column("stamp", custom("DATETIME"))
                    .nullable()
                    .default(raw::<Dyn>("datetime('now')")),
            )
            .unique(unique("", ["key"]))
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Annotation,
        Author,
        Book,
        BooksAuthorsLink,
        BooksTagsLink,
        Comment,
        ConversionOption,
        Data,
        Identifier,
        Rating,
        Tag
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (Annotation::meta().table.to_string(), Annotation::query().all(db).await?.len()),
        (Author::meta().table.to_string(), Author::query().all(db).await?.len()),
        (Book::meta().table.to_string(), Book::query().all(db).await?.len()),
        (BooksAuthorsLink::meta().table.to_string(), BooksAuthorsLink::query().all(db).await?.len()),
        (BooksTagsLink::meta().table.to_string(), BooksTagsLink::query().all(db).await?.len()),
        (Comment::meta().table.to_string(), Comment::query().all(db).await?.len()),
        (ConversionOption::meta().table.to_string(), ConversionOption::query().all(db).await?.len()),
        (Data::meta().table.to_string(), Data::query().all(db).await?.len()),
        (Identifier::meta().table.to_string(), Identifier::query().all(db).await?.len()),
        (Rating::meta().table.to_string(), Rating::query().all(db).await?.len()),
        (Tag::meta().table.to_string(), Tag::query().all(db).await?.len()),
    ])
}
