#![doc = include_str!("../README.md")]

// The pages' links lead to files in the repository, and to modules in the documentation: the first definition of a link counts.
#[cfg(any(doc, doctest))]
#[doc = "[attributes]: crate::guide::attributes"]
#[doc = "[errors]: crate::guide::errors"]
#[doc = "[meanings]: crate::guide::meanings"]
#[cfg_attr(feature = "manage", doc = "[migrations]: crate::guide::migrations")]
#[doc = ""]
#[doc = include_str!("../docs/guide.md")]
pub mod guide {
    #[cfg(feature = "manage")]
    #[doc = include_str!("../docs/migrations.md")]
    pub mod migrations {}

    #[doc = include_str!("../docs/meanings.md")]
    pub mod meanings {}

    #[doc = include_str!("../docs/errors.md")]
    pub mod errors {}

    #[doc = include_str!("../docs/attributes.md")]
    pub mod attributes {}
}

pub use aludel_derive::{DbEnum, DbNewtype, Embedded, FromRow, Model, Polymorphic};
pub use aludel_engine::{
    Answer, Connection, Constraint, Database, DatabaseMessage, DatabaseUrl, DynRow, Error,
    ErrorKind, Event, Executor, FieldError, FromRow, Holder, IsolationLevel, Options, PoolStatus,
    Result, RowStream, Sql, Tables, Text, Transaction, TransactionOptions, TransactionRun, Watch,
    sql,
};
#[cfg(feature = "manage")]
pub use aludel_manage as manage;
#[cfg(feature = "migrate")]
pub use aludel_migrate as migrate;
pub use aludel_orm::joined::JoinedVariants;
pub use aludel_orm::load;
pub use aludel_orm::polymorphic::Polymorphic;
pub use aludel_orm::{
    BelongsTo, DatabaseExt, Embedded, HasMany, HasOne, InsertFrom, InsertMany, InsertStream, Key,
    LentSession, ManyToMany, Model, NewModel, Objects, OnConflict, PatchModel, Query, QueryWith,
    Ref, Registry, Reverse, Session, column, dynamic, excluded, hooks, meta, models, path,
    polymorphic, query, relation, session, validate, variants,
};
pub use aludel_sql::types::{AnyText, Bytes, DbEnum, Scalar, SqlType};
pub use aludel_sql::{Value, dialect, expr, render, row, schema, statement, types, value};

// The crates whose types columns can have: types of another version of such a crate are different types.
#[cfg(feature = "chrono")]
pub use aludel_sql::chrono;
#[cfg(feature = "jiff")]
pub use aludel_sql::jiff;
#[cfg(feature = "decimal")]
pub use aludel_sql::rust_decimal;
#[cfg(feature = "json")]
pub use aludel_sql::serde_json;
#[cfg(feature = "time")]
pub use aludel_sql::time;
#[cfg(feature = "uuid")]
pub use aludel_sql::uuid;

#[doc(hidden)]
pub use aludel_orm::private as __private;

/// What most programs need: `use aludel::prelude::*`.
pub mod prelude {
    pub use crate::{AnyText, Bytes, Connection, Database, Value};
    pub use crate::{
        BelongsTo, DatabaseExt, DbEnum, DbNewtype, Embedded, Executor, FromRow, HasMany, HasOne,
        JoinedVariants, Key, ManyToMany, Model, NewModel, Objects, Polymorphic, Query, Ref,
        Session, Transaction, excluded, models, sql,
    };
    pub use aludel_sql::expr::functions::{
        coalesce, count, func, greatest, least, length, literal, now, random, raw_sql, today,
    };
    pub use aludel_sql::expr::{Expr, Operators, table, when};
    #[cfg(feature = "json")]
    pub use aludel_sql::types::Json;
}
