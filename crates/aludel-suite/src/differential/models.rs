//! A small library: columns of every type that databases treat differently, NULLs, a scope, soft deletion, relations.

use super::evaluate::Eval;
use super::tree::{Field, Kind, Of};
use super::typed::{maybe, of};
use aludel::expr::Operand;
use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Its labels are not in the order of the alphabet.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[db_enum(name = "author_level")]
pub enum Level {
    Low,
    Medium,
    High,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub city: Option<String>,
    pub level: Level,
    pub born: Option<Date>,
    #[field(inverse = author)]
    pub books: HasMany<Book>,
    #[field(inverse = editor)]
    pub edited: HasMany<Book>,
}

/// Books must have one, and it may be out of scope.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Publisher {
    pub id: i64,
    pub name: String,
    #[field(soft_delete)]
    pub closed_at: Option<Timestamp>,
    pub books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(scope = Book::hidden.eq(false))]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub price: Decimal,
    pub discount: Option<Decimal>,
    pub pages: Option<i32>,
    pub rating: f64,
    pub published: Date,
    pub at: Timestamp,
    pub doc: serde_json::Value,
    pub active: bool,
    pub hidden: bool,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    pub author: BelongsTo<Author>,
    pub editor: Option<BelongsTo<Author>>,
    pub publisher: BelongsTo<Publisher>,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Tag {
    pub id: i64,
    pub label: String,
    pub weight: Option<i32>,
    pub books: ManyToMany<Book>,
}

/// An author in memory; the key is known when it was stored.
#[derive(Debug, Clone)]
pub struct AuthorRow {
    pub id: i64,
    pub name: String,
    pub city: Option<String>,
    pub level: Level,
    pub born: Option<Date>,
}

#[derive(Debug, Clone)]
pub struct PublisherRow {
    pub name: String,
    pub closed: bool,
}

/// A book in memory; relations are places in the lists of the [`World`].
#[derive(Debug, Clone)]
pub struct BookRow {
    pub id: i64,
    pub title: String,
    pub price: Decimal,
    pub discount: Option<Decimal>,
    pub pages: Option<i32>,
    pub rating: f64,
    pub published: Date,
    pub at: Timestamp,
    pub doc: serde_json::Value,
    pub active: bool,
    pub hidden: bool,
    pub deleted: bool,
    pub author: usize,
    pub editor: Option<usize>,
    pub publisher: usize,
    pub tags: Vec<usize>,
}

#[derive(Debug, Clone)]
pub struct TagRow {
    pub id: i64,
    pub label: String,
    pub weight: Option<i32>,
}

/// All rows, in the order of their keys.
#[derive(Debug, Clone)]
pub struct World {
    pub authors: Vec<AuthorRow>,
    pub publishers: Vec<PublisherRow>,
    pub books: Vec<BookRow>,
    pub tags: Vec<TagRow>,
    /// Whether this database puts NULLs behind everything, where nothing is said.
    pub nulls_last: bool,
}

fn moment(when: bool) -> Option<Timestamp> {
    when.then_some(Timestamp::UNIX_EPOCH)
}

/// Stores the rows, and fills in their keys.
pub async fn store(world: &mut World, db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Author, Publisher, Tag, Book])
        .await?;
    let rows = world.authors.iter().map(|row| NewAuthor {
        name: row.name.clone(),
        city: row.city.clone(),
        level: row.level,
        born: row.born,
    });
    let authors: Vec<Author> = Author::insert_many(rows).all(db).await?;
    let rows = world.publishers.iter().map(|row| NewPublisher {
        name: row.name.clone(),
        closed_at: moment(row.closed),
    });
    let publishers: Vec<Publisher> = Publisher::insert_many(rows).all(db).await?;
    let rows = world.tags.iter().map(|row| NewTag {
        label: row.label.clone(),
        weight: row.weight,
    });
    let tags: Vec<Tag> = Tag::insert_many(rows).all(db).await?;
    let rows = world.books.iter().map(|row| NewBook {
        title: row.title.clone(),
        price: row.price,
        discount: row.discount,
        pages: row.pages,
        rating: row.rating,
        published: row.published,
        at: row.at,
        doc: row.doc.clone(),
        active: row.active,
        hidden: row.hidden,
        deleted_at: moment(row.deleted),
        author: (&authors[row.author]).into(),
        editor: row.editor.map(|at| (&authors[at]).into()),
        publisher: (&publishers[row.publisher]).into(),
    });
    let books: Vec<Book> = Book::insert_many(rows).all(db).await?;
    for (row, book) in world.books.iter_mut().zip(&books) {
        row.id = book.id;
        if !row.tags.is_empty() {
            let tagged: Vec<&Tag> = row.tags.iter().map(|at| &tags[*at]).collect();
            Book::tags.of(book).add(tagged, db).await?;
        }
    }
    for (row, author) in world.authors.iter_mut().zip(&authors) {
        row.id = author.id;
    }
    for (row, tag) in world.tags.iter_mut().zip(&tags) {
        row.id = tag.id;
    }
    Ok(())
}

macro_rules! fields {
    ($($of:ident, $path:literal, $kind:ident, $node:expr, $read:expr;)+) => {
        &[$(Field {
            of: Of::$of,
            path: $path,
            kind: Kind::$kind,
            node: || $node.into_operand(),
            read: $read,
        }),+]
    };
}

/// What terms can be of.
pub static FIELDS: &[Field] = fields! {
    Book, "id", Int, Book::id, |eval, row| of(eval.book(row).id);
    Book, "title", Text, Book::title, |eval, row| of(eval.book(row).title.clone());
    Book, "price", Dec, Book::price, |eval, row| of(eval.book(row).price);
    Book, "discount", Dec, Book::discount, |eval, row| maybe(eval.book(row).discount);
    Book, "pages", Int, Book::pages, |eval, row| maybe(eval.book(row).pages.map(i64::from));
    Book, "rating", Float, Book::rating, |eval, row| of(eval.book(row).rating);
    Book, "published", Date, Book::published, |eval, row| of(eval.book(row).published);
    Book, "at", Moment, Book::at, |eval, row| of(eval.book(row).at);
    Book, "active", Bool, Book::active, |eval, row| of(eval.book(row).active);
    Book, "author.name", Text, Book::author.name, |eval, row| of(writer(eval, row).name.clone());
    Book, "author.city", Text, Book::author.city, |eval, row| maybe(writer(eval, row).city.clone());
    Book, "author.level", Level, Book::author.level, |eval, row| of(writer(eval, row).level);
    Book, "author.born", Date, Book::author.born, |eval, row| maybe(writer(eval, row).born);
    Book, "author.id", Int, Book::author.id, |eval, row| of(writer(eval, row).id);
    Book, "editor.name", Text, Book::editor.name, |eval, row| maybe(editor(eval, row).map(|of| of.name.clone()));
    Book, "editor.level", Level, Book::editor.level, |eval, row| maybe(editor(eval, row).map(|of| of.level));
    Book, "editor.born", Date, Book::editor.born, |eval, row| maybe(editor(eval, row).and_then(|of| of.born));
    Book, "editor.id", Int, Book::editor.id, |eval, row| maybe(editor(eval, row).map(|of| of.id));
    Book, "publisher.name", Text, Book::publisher.name, |eval, row| maybe(publisher(eval, row));
    Author, "id", Int, Author::id, |eval, row| of(eval.author(row).id);
    Author, "name", Text, Author::name, |eval, row| of(eval.author(row).name.clone());
    Author, "city", Text, Author::city, |eval, row| maybe(eval.author(row).city.clone());
    Author, "level", Level, Author::level, |eval, row| of(eval.author(row).level);
    Author, "born", Date, Author::born, |eval, row| maybe(eval.author(row).born);
    Tag, "id", Int, Tag::id, |eval, row| of(eval.tag(row).id);
    Tag, "label", Text, Tag::label, |eval, row| of(eval.tag(row).label.clone());
    Tag, "weight", Int, Tag::weight, |eval, row| maybe(eval.tag(row).weight.map(i64::from));
};

/// The field of books at a path.
pub fn field(path: &str) -> &'static Field {
    let mut fields = FIELDS.iter();
    let found = fields.find(|field| field.of == Of::Book && field.path == path);
    found.expect("a field of books")
}

fn writer<'w>(eval: &Eval<'w>, row: usize) -> &'w AuthorRow {
    eval.author(eval.book(row).author)
}

fn editor<'w>(eval: &Eval<'w>, row: usize) -> Option<&'w AuthorRow> {
    eval.book(row).editor.map(|at| eval.author(at))
}

fn publisher(eval: &Eval<'_>, row: usize) -> Option<String> {
    let publisher = &eval.world.publishers[eval.book(row).publisher];
    let is_seen = eval.unscoped || !publisher.closed;
    is_seen.then(|| publisher.name.clone())
}
