//! Inserting: one row, many, what a query finds; upserts; get or create.

mod command;
mod computed;
mod drawn;
mod exact;
mod from_query;
mod get_or_create;
mod kept;
mod keys_first;
mod many;
mod once;
mod one;
mod pieces;
mod placed;
mod rows;
mod single;

pub use from_query::InsertFrom;
pub use many::{InsertMany, InsertStream, OnConflict, excluded};
pub use one::insert_new;

pub(crate) use command::{bind_array, can_unnest};
pub(crate) use computed::computed_rows;
pub(crate) use drawn::{draw, drawn, lock, sequence};
pub(crate) use exact::{Shown, columns, exact_columns, fit, keeps, keyed, may_stay, touch};
pub(crate) use get_or_create::{get_or_create, update_or_create};
pub(crate) use kept::{Kept, Numbering, Shape, repeated};
pub(crate) use keys_first::keys_first;
pub(crate) use many::{Batch, batches, insert_drafts};
pub(crate) use one::{Draft, Inserted, insert_draft, insert_unseen};
pub(crate) use placed::{Marks, Placed};
pub(crate) use rows::Rows;
pub(crate) use single::Singles;
