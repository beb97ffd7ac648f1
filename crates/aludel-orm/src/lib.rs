#![doc = include_str!("../README.md")]

mod by_key;
mod coerce;
pub mod dynamic;
mod empty;
mod errors;
mod field_type;
mod fit;
pub mod hooks;
mod identity_map;
mod insert;
pub mod joined;
mod key_map;
mod key_names;
mod links;
pub mod load;
mod mistakes;
mod model;
mod objects;
#[doc(hidden)]
pub mod private;
pub mod query;
mod read;
mod registry;
mod related;
mod sealed;
pub mod session;
mod write;

pub use aludel_engine;
pub use aludel_sql;

pub use insert::{InsertFrom, InsertMany, InsertStream, OnConflict, excluded};
pub use load::QueryWith;
pub use model::embedded::Embedded;
pub use model::fields::{BelongsTo, HasMany, HasOne, ManyToMany, Ref};
pub use model::{Model, NewModel, PatchModel};
pub use model::{column, embedded, meta, path, polymorphic, relation, validate, variants};
pub use objects::Objects;
pub use query::Query;
pub use registry::{Registry, Reverse};
pub use related::RelatedSet;
pub use session::{DatabaseExt, Key, LentSession, Session};
