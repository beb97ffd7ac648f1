//! The model that all benchmarks read and write: Diesel's own schema of users.
pub mod blog;

use aludel::prelude::*;

/// A user.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
pub struct User {
    /// The key.
    pub id: i64,
    /// A name.
    pub name: String,
    /// A colour, perhaps.
    pub hair_color: Option<String>,
}

/// The same without a model, for the raw drivers.
#[derive(Debug, Clone, PartialEq)]
pub struct Plain {
    /// The key.
    pub id: i64,
    /// A name.
    pub name: String,
    /// A colour, perhaps.
    pub hair_color: Option<String>,
}

/// So many new users.
pub fn users(count: usize) -> Vec<NewUser> {
    (0..count)
        .map(|n| NewUser {
            name: format!("User {n}"),
            hair_color: Some("hair color".into()),
        })
        .collect()
}
