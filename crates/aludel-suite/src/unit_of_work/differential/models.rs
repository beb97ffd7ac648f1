//! Rows that are only marked as deleted, with a value that is unique among those that are not; keys of several columns;
//! natural keys that others refer to; chains; names that are unique whatever their letters; a many-to-many relation.

use crate::harness::{Backend, Fixture};
use aludel::prelude::*;
use jiff::Timestamp;

const LIVE_SLUG: &str = "one_live_slug";
const ANY_CASE: &str = "one_label_in_any_case";

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(slug, unique, filter = Account::deleted_at.is_null(), name = "one_live_slug"))]
pub struct Account {
    pub id: i64,
    #[field(max_length = 20)]
    pub slug: String,
    #[field(unique)]
    pub code: Option<i64>,
    pub note: Option<String>,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(version)]
    pub version: i64,
    pub labels: ManyToMany<Label>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Setting {
    #[field(primary_key)]
    pub account: BelongsTo<Account>,
    #[field(primary_key, max_length = 20)]
    pub name: String,
    pub value: Option<String>,
    pub unit: Option<i64>,
    #[field(default = 3)]
    pub level: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "countries")]
pub struct Country {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    pub name: Option<String>,
    pub cities: HasMany<City>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cities")]
pub struct City {
    pub id: i64,
    pub name: String,
    #[field(on_update = cascade, on_delete = cascade)]
    pub country: BelongsTo<Country>,
}

/// A chain. What is before a link is no relation: the database lets it go.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Link {
    pub id: i64,
    #[field(unique, on_delete = set_null)]
    pub next: Option<BelongsTo<Link>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(on = Label::name.lower(), unique, name = "one_label_in_any_case"))]
pub struct Label {
    pub id: i64,
    #[field(max_length = 20)]
    pub name: String,
    pub accounts: ManyToMany<Account>,
}

/// Makes the tables. MariaDB has neither of the two indexes, but columns that come to the same.
pub async fn create(fixture: &Fixture) -> aludel::Result<()> {
    let db = &fixture.db;
    let models = models![Account, Setting, Country, City, Link, Label];
    if fixture.backend != Backend::Mariadb {
        return db.create_all(&models).await;
    }
    let mut tables = aludel::Tables::tables(&models)?;
    for table in &mut tables {
        let ours = [LIVE_SLUG, ANY_CASE];
        table
            .indexes
            .retain(|index| !ours.contains(&index.name.as_str()));
    }
    db.create_all(&tables).await?;
    for change in [
        "ALTER TABLE accounts ADD COLUMN live_slug varchar(20) AS (CASE WHEN deleted_at IS NULL THEN slug END) STORED, ADD UNIQUE KEY one_live_slug (live_slug)",
        "ALTER TABLE labels ADD COLUMN any_case varchar(20) AS (lower(name)) STORED, ADD UNIQUE KEY one_label_in_any_case (any_case)",
    ] {
        sql(change).execute(db).await?;
    }
    Ok(())
}

/// Deletes all rows.
pub async fn clear(db: &Database) -> aludel::Result<()> {
    Setting::query().unfiltered().delete().execute(db).await?;
    City::query().unfiltered().delete().execute(db).await?;
    Country::query().unfiltered().delete().execute(db).await?;
    let links = Link::query().unfiltered();
    links
        .update(Link::next.set(Ref::default()))
        .execute(db)
        .await?;
    Link::query().unfiltered().delete().execute(db).await?;
    Label::query().unfiltered().delete().execute(db).await?;
    let accounts = Account::query().unscoped().unfiltered();
    accounts.erase().execute(db).await?;
    Ok(())
}
