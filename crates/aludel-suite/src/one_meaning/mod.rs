//! One meaning on three databases, in every verb and position: tables of cases, each with the value that SQL's standard,
//! PostgreSQL or the rule demands.

mod decimals;
mod enums;
mod functions;
mod keyset;
mod long_conditions;
mod names;
mod narrowing;
mod scopes;

cases_of! {
    cases: decimals, enums, functions, keyset, long_conditions, names, narrowing, scopes;
}

use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Its labels do not sort as they are declared.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Low,
    Medium,
    High,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "one_authors")]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub city: Option<String>,
    pub books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "one_books")]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub price: Decimal,
    pub discount: Option<Decimal>,
    pub pages: Option<i32>,
    pub rating: f64,
    pub level: Level,
    pub published: Date,
    pub at: Timestamp,
    pub author: BelongsTo<Author>,
}

pub fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// alpha 9 / None / 100 p / 2.5 (Ann); beta 10.50 / 2 / 200 p / -2.5 (Ann); gamma 100 / 11 / None / 3.5 (Bob)
pub async fn books(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Author, Book]).await?;
    let ann = NewAuthor {
        name: "Ann".into(),
        city: Some("Rome".into()),
    }
    .insert(db)
    .await?;
    let bob = NewAuthor {
        name: "Bob".into(),
        city: None,
    }
    .insert(db)
    .await?;
    let book =
        |title: &str, price, discount: Option<&str>, pages, rating, level, author: &Author| {
            NewBook {
                title: title.into(),
                price: dec(price),
                discount: discount.map(dec),
                pages,
                rating,
                level,
                published: "2024-02-29".parse().expect("a date"),
                at: "2024-02-29T23:59:59.123456Z".parse().expect("a moment"),
                author: author.into(),
            }
        };
    Book::insert_many([
        book("alpha", "9", None, Some(100), 2.5, Level::Medium, &ann),
        book(
            "beta",
            "10.50",
            Some("2"),
            Some(200),
            -2.5,
            Level::Low,
            &ann,
        ),
        book("gamma", "100", Some("11"), None, 3.5, Level::High, &bob),
    ])
    .execute(db)
    .await?;
    Ok(())
}

pub async fn titles(query: aludel::Query<Book>, db: &dyn Executor) -> aludel::Result<String> {
    let titles = query.order_by(Book::id).select(Book::title).all(db).await?;
    Ok(titles.iter().map(|title| &title[..1]).collect())
}
