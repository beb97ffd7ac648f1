//! Mistakes that the compiler explains: methods that users look for in the wrong place. Their bounds are never fulfilled;
//! the error says what to write instead.

use crate::model::fields::{BelongsTo, HasMany, HasOne, ManyToMany};
use aludel_engine::{Executor, Result};
use std::future::{Ready, ready};

/// Why `user.insert(&db)` does not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a row that exists, so it can't be inserted",
    label = "not a new row",
    note = "new rows are of the type `New{Self}`: `New{Self} {{ .. }}.insert(&db)`; `.save(&db)` writes a row that exists"
)]
pub trait Inserted {}

/// Why `post.author.load(&db)` does not compile.
#[diagnostic::on_unimplemented(
    message = "a relation is loaded by its name, not by a field of one row",
    label = "this field holds what was loaded of a `{Self}`",
    note = "before: `Post::query().with(Post::author)`; after: `Post::author.load(&mut posts, &db)`, for all rows at once"
)]
pub trait LoadedByItsField {}

impl<M, C> BelongsTo<M, C> {
    /// Relations are loaded by their names: `Post::author.load(&mut posts, &db)`.
    #[doc(hidden)]
    pub fn load<E: Executor>(&self, db: &E) -> Ready<Result<()>>
    where
        M: LoadedByItsField,
    {
        let _ = db;
        ready(Ok(()))
    }
}

impl<M> HasMany<M> {
    /// Relations are loaded by their names: `Post::author.load(&mut posts, &db)`.
    #[doc(hidden)]
    pub fn load<E: Executor>(&self, db: &E) -> Ready<Result<()>>
    where
        M: LoadedByItsField,
    {
        let _ = db;
        ready(Ok(()))
    }
}

impl<M> HasOne<M> {
    /// Relations are loaded by their names: `Post::author.load(&mut posts, &db)`.
    #[doc(hidden)]
    pub fn load<E: Executor>(&self, db: &E) -> Ready<Result<()>>
    where
        M: LoadedByItsField,
    {
        let _ = db;
        ready(Ok(()))
    }
}

impl<M> ManyToMany<M> {
    /// Relations are loaded by their names: `Post::author.load(&mut posts, &db)`.
    #[doc(hidden)]
    pub fn load<E: Executor>(&self, db: &E) -> Ready<Result<()>>
    where
        M: LoadedByItsField,
    {
        let _ = db;
        ready(Ok(()))
    }
}
