#![doc = include_str!("../README.md")]

mod any;
pub mod column;
mod draft;
pub mod dynamic;
pub mod embedded;
mod empty;
mod field_type;
mod fields;
mod fit;
pub mod hooks;
mod identity_map;
mod insert;
mod key_map;
mod key_names;
mod links;
pub mod load;
pub mod meta;
mod mistakes;
mod model;
pub mod path;
pub mod polymorphic;
#[doc(hidden)]
pub mod private;
pub mod query;
mod read;
mod registry;
mod related;
pub mod relation;
pub mod session;
pub mod validate;
mod values;
pub mod variants;
mod write;

pub use aludel_engine;
pub use aludel_sql;

pub use embedded::Embedded;
pub use fields::{BelongsTo, HasMany, HasOne, ManyToMany, Ref};
pub use insert::{InsertFrom, InsertMany, InsertStream, OnConflict, excluded};
pub use load::QueryWith;
pub use model::{Model, NewModel, PatchModel};
pub use query::Query;
pub use registry::{Registry, Reverse};
pub use related::RelatedSet;
pub use session::{DatabaseExt, Key, LentSession, Session};
