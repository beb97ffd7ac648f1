//! Inserts: one row, many rows, the rows of a query; upserts; get or create.

mod batches;
mod chunks;
mod computed;
mod drawn;
mod exact;
mod from_query;
mod get_or_create;
mod keys_first;
mod many;
mod no_returning;
mod once;
mod one;
mod placed;
mod rows;
mod single_cache;
mod statements;
mod stream;
mod upsert;

pub use from_query::InsertFrom;
pub use many::InsertMany;
pub use one::insert_new;
pub use stream::InsertStream;
pub use upsert::{OnConflict, excluded};

pub(crate) use batches::{Batch, batches};
pub(crate) use computed::computed_rows;
pub(crate) use drawn::{draw, drawn, lock, sequence};
pub(crate) use exact::{columns, exact_columns, fit, keeps, keyed, may_stay, touch};
pub(crate) use get_or_create::{get_or_create, update_or_create};
pub(crate) use keys_first::keys_first;
pub(crate) use many::insert_drafts;
pub(crate) use no_returning::{Numbering, SentRows, Shape, repeated};
pub(crate) use one::{Draft, ReadAs, insert_draft, insert_unseen};
pub(crate) use placed::{Marks, placed};
pub(crate) use rows::{Rows, write_draft};
pub(crate) use statements::{has_elements, typed_column};
