//! Generates Rust from operations and schemas, as if written by hand.

mod expression;
mod format;
mod lines;
mod models;
mod operations;
mod survey;

pub use format::format;
pub(crate) use format::generated;
pub use models::{models, models_read};
pub(crate) use operations::functions;
pub use operations::operation;
pub use survey::{Survey, survey, survey_types};
