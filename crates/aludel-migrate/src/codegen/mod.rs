//! Generates Rust from operations and schemas, as if written by hand.

mod expression;
mod files;
mod lines;
mod models;
mod operations;
mod survey;

pub use files::{
    MigrationFile, file_name, format, list_of, name_of, names_in, next_number, path_of,
};
pub use models::{models, models_read};
pub use operations::operation;
pub(crate) use operations::{functions, sql_type};
pub use survey::{Survey, survey, survey_types};
