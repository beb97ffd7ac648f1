//! The dynamic layer: models known by name at run time, rows as names and values, conditions from a path, an
//! operator and a value. It builds the same trees as the typed layer, so they mean the same.
//!
//! Admin, fixtures and historical models are built on it.
//!
//! | | |
//! |---|---|
//! | [`DynQuery`] | a query: conditions, order, limits, columns, groups, aggregates; all verbs of the typed one |
//! | [`DynCondition`] | conditions, combined with Rust's operators, and conditions on related rows |
//! | [`Lookup`] | how a column is compared |
//! | [`DynAggregate`] | counts, sums, means, minima and maxima |
//! | [`DynQueryWith`], [`DynObject`] | rows with the rows that are related to them |
//! | [`DynChange`] | update and delete by query |
//!
//! # Paths
//!
//! | Path | Leads to |
//! |---|---|
//! | `email`, `address.city` | a field, also one in an embedded value |
//! | `author` | the key of the row that a `BelongsTo` refers to |
//! | `author.company.name` | a field over to-one relations, joined in the same SELECT |
//! | `tags.name` | in a condition: a field of some related row |
//! | `published.year` | a part of a date or time: `year`, `month`, `day`, `hour`, `minute`, `second` |
//! | `doc.address.city`, `doc.items[0]` | the text of a scalar in a JSON document |
//!
//! A path may come from outside the program. It is looked up in the metadata and never written into SQL, and is limited
//! in length and in the number of relations.
//!
//! ```
//! use aludel::dynamic::{DynQuery, Lookup};
//! use aludel::prelude::*;
//! # #[derive(Model)] struct User { id: i64, email: String }
//! # #[derive(Model)] struct Post { id: i64, views: i64, author: BelongsTo<User> }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let db = Database::connect("sqlite::memory:").await?;
//!
//! let registry = models![User, Post];
//! db.create_all(&registry).await?;
//! let posts = DynQuery::new(registry.model("Post")?)
//!     .filter("author.email", Lookup::EndsWith, Value::Text("@example.com".into()))?
//!     .order_by("-views")?
//!     .all(&db)
//!     .await?;
//! assert!(posts.is_empty());
//! # Ok::<(), aludel::Error>(()) }).unwrap();
//! ```

mod aggregate;
mod change;
mod condition;
mod given;
mod lookup;
mod object;
mod path;
mod query;
mod relations;
mod rows;
mod session;
mod stream;
mod verbs;
mod write;

pub use crate::coerce::coerce;
pub use aggregate::DynAggregate;
pub use change::DynChange;
pub use condition::{DynCondition, condition};
pub use lookup::Lookup;
pub use object::DynObject;
pub use query::DynQuery;
pub use relations::DynQueryWith;
pub use session::{DynInput, DynKey, DynSession};
pub use write::{delete, erase, insert, insert_many, update};

use crate::model::meta::{FieldMeta, ModelMeta};
use aludel_engine::{Error, Result};

fn field<'m>(meta: &'m ModelMeta, name: &str) -> Result<&'m FieldMeta> {
    meta.field(name).ok_or_else(|| {
        let known: Vec<&str> = meta
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        Error::invalid_query(format!(
            "{} has no field {name:?}; it has {}",
            meta.name,
            known.join(", ")
        ))
    })
}
