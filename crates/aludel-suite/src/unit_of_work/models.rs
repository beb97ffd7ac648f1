//! A library: authors, books, genres; a tree; countries and their capitals; things with given keys.

use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Author {
    pub id: i64,
    #[field(unique, max_length = 100)]
    pub email: String,
    pub name: Option<String>,
    #[field(default = 0)]
    pub score: i64,
    pub mentor: Option<BelongsTo<Author>>,
    #[field(inverse = author)]
    pub books: HasMany<Book>,
    #[field(inverse = editor)]
    pub edited: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Book {
    pub id: i64,
    pub title: String,
    #[field(default = 100)]
    pub pages: i32,
    #[field(on_delete = cascade)]
    pub author: BelongsTo<Author>,
    #[field(on_delete = set_null)]
    pub editor: Option<BelongsTo<Author>>,
    pub genres: ManyToMany<Genre>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Genre {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    pub label: String,
    pub books: ManyToMany<Book>,
}

/// A tree.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Node {
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub parent: Option<BelongsTo<Node>>,
    pub children: HasMany<Node>,
}

/// Countries have capitals, cities have countries: a cycle of tables.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "countries")]
pub struct Country {
    pub id: i64,
    pub name: String,
    pub capital: Option<BelongsTo<City>>,
    #[field(inverse = country)]
    pub cities: HasMany<City>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cities")]
pub struct City {
    pub id: i64,
    pub name: String,
    pub country: BelongsTo<Country>,
}

/// A given key, a unique value that moves about, and a version.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Seat {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(unique)]
    pub number: i64,
    #[field(unique, max_length = 40)]
    pub guest: Option<String>,
    #[field(version)]
    pub version: i64,
}

/// Children that may not be without a parent, or go with it.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Cart {
    pub id: i64,
    #[field(orphans = delete)]
    pub items: HasMany<Item>,
    pub notes: HasMany<Note>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub cart: BelongsTo<Cart>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Note {
    pub id: i64,
    pub text: String,
    #[field(on_delete = restrict)]
    pub cart: BelongsTo<Cart>,
}

pub async fn create(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![
        Author, Book, Genre, Node, Country, City, Seat, Cart, Item, Note
    ])
    .await
}

pub fn author(email: &str) -> NewAuthor {
    NewAuthor {
        email: email.into(),
        name: None,
        score: None,
        mentor: None,
    }
}

pub fn book(title: &str, author: impl Into<Ref<Author>>) -> NewBook {
    NewBook {
        title: title.into(),
        pages: None,
        author: author.into(),
        editor: None,
    }
}

pub fn seat(code: &str, number: i64) -> NewSeat {
    NewSeat {
        code: code.into(),
        number,
        guest: None,
        version: None,
    }
}

/// Two authors, with two books and one.
pub async fn library(db: &Database) -> aludel::Result<[Author; 2]> {
    create(db).await?;
    let authors = Author::insert_many([author("ann"), author("bob")])
        .all(db)
        .await?;
    let [ann, bob] = <[Author; 2]>::try_from(authors).expect("two");
    Book::insert_many([book("one", &ann), book("two", &ann), book("three", &bob)])
        .execute(db)
        .await?;
    Ok([ann, bob])
}

/// The words that statements begin with and the table: `INSERT authors`.
pub fn shapes(texts: &[String]) -> Vec<String> {
    texts
        .iter()
        .map(|text| {
            let mut words = text.split([' ', '(']).filter(|word| !word.is_empty());
            let verb = words.next().unwrap_or_default();
            let table = match verb {
                "INSERT" | "DELETE" => words.nth(1),
                "UPDATE" => words.next(),
                _ => words.skip_while(|word| *word != "FROM").nth(1),
            };
            format!(
                "{verb} {}",
                table.unwrap_or_default().trim_matches(['"', '`'])
            )
        })
        .collect()
}
