//! Hooks: functions that run when rows are written, of a model (`#[model(hooks)]` and `impl Hooks`) or of a database
//! (`db.on::<AfterInsert<Post>>(|post| …)`).
//!
//! | when | gets | an error |
//! |---|---|---|
//! | [`BeforeFlush`] | – | nothing is sent |
//! | [`BeforeInsert`], [`BeforeUpdate`], [`BeforeDelete`] | the draft or row; the first two may change it | nothing is sent |
//! | [`AfterInsert`], [`AfterUpdate`], [`AfterDelete`] | the row as it was written | rolls the flush back |
//! | [`AfterFlush`] | what was written | rolls the flush back |
//! | [`BeforeCommit`] | – | the transaction stays open |
//! | [`AfterCommit`], [`AfterRollback`] | – | there is none |
//!
//! They run in this order: a model's own first, then the database's in the order in which they were added. `insert`, `save`,
//! `patch` and `delete` of plain objects run those of their row, and so do those of the dynamic layer; bulk statements
//! (`insert_many`, updates and deletes by query, and [`Session::execute`](crate::Session::execute)) run none, as in Django.
//! A hook is a plain function: it can't wait for the database. If a flush fails, a retry runs its `before` hooks again.

pub use crate::model::row_hooks::{
    AfterDelete, AfterInsert, AfterUpdate, Answer, BeforeDelete, BeforeInsert, BeforeUpdate, Event,
    Hooks, On,
};
#[doc(hidden)]
pub use crate::model::row_hooks::{AnySubject, Moment, dispatch};
pub use crate::session::events::{
    AfterCommit, AfterFlush, AfterRollback, BeforeCommit, BeforeFlush,
};
