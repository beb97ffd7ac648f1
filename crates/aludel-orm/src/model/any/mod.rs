//! A model without its type: [`AnyModel`], and its [rows](AnyRow) and [drafts](AnyDraft).
//!
//! What is the same for all models is compiled once, for these. Each model adds a few small functions: they are what makes a
//! program of many models slow to build.

mod draft;
mod model;
mod row;
mod rows;

pub use draft::AnyDraft;
pub use model::AsAnyModel;
pub use row::{AnyRow, Part};

pub(crate) use model::{AnyModel, NewValues, numbered};
pub(crate) use rows::{AnyRows, Swaps, any_rows, any_rows_in, row_sink, rows_in};
