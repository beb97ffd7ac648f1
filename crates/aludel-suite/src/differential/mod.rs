//! Random queries over random rows mean on every database what an evaluator in Rust says that they mean.
//!
//! A [case](case::Case) is a small tree: conditions, an order, a verb. It becomes a typed query ([`queries`]), where it can
//! be said there a query of the dynamic layer ([`dynamic`]), and is evaluated over the rows in memory, with the three truth
//! values of SQL ([`evaluate`]). All databases are compared with the same evaluator, and so with each other. A case that
//! fails is made smaller before it is shown.
//!
//! `ALUDEL_DIFFERENTIAL_CASES=10000` tries more cases, `ALUDEL_DIFFERENTIAL_SEED=5` others (rows and queries). A failure
//! says the seed that brings it back alone.

/// Runs `$body` with the Rust type of a kind as `$T`.
macro_rules! by_kind {
    ($kind:expr, $T:ident => $body:expr) => {
        match $kind {
            $crate::differential::tree::Kind::Bool => {
                type $T = bool;
                $body
            }
            $crate::differential::tree::Kind::Int => {
                type $T = i64;
                $body
            }
            $crate::differential::tree::Kind::Float => {
                type $T = f64;
                $body
            }
            $crate::differential::tree::Kind::Dec => {
                type $T = rust_decimal::Decimal;
                $body
            }
            $crate::differential::tree::Kind::Text => {
                type $T = String;
                $body
            }
            $crate::differential::tree::Kind::Date => {
                type $T = jiff::civil::Date;
                $body
            }
            $crate::differential::tree::Kind::Moment => {
                type $T = jiff::Timestamp;
                $body
            }
            $crate::differential::tree::Kind::Level => {
                type $T = $crate::differential::models::Level;
                $body
            }
        }
    };
}

/// Runs `$body` with a to-many relation as `$r`, and its model as `$Target`.
macro_rules! by_relation {
    ($relation:expr, $r:ident: $Target:ident => $body:expr) => {
        match $relation {
            $crate::differential::tree::Rel::Tags => {
                type $Target = $crate::differential::models::Tag;
                let $r = $crate::differential::models::Book::tags;
                $body
            }
            $crate::differential::tree::Rel::AuthorBooks => {
                type $Target = $crate::differential::models::Book;
                let $r = $crate::differential::models::Book::author.books;
                $body
            }
            $crate::differential::tree::Rel::EditorBooks => {
                type $Target = $crate::differential::models::Book;
                let $r = $crate::differential::models::Book::editor.books;
                $body
            }
            $crate::differential::tree::Rel::Books => {
                type $Target = $crate::differential::models::Book;
                let $r = $crate::differential::models::Author::books;
                $body
            }
            $crate::differential::tree::Rel::Edited => {
                type $Target = $crate::differential::models::Book;
                let $r = $crate::differential::models::Author::edited;
                $body
            }
            $crate::differential::tree::Rel::TagBooks => {
                type $Target = $crate::differential::models::Book;
                let $r = $crate::differential::models::Tag::books;
                $body
            }
        }
    };
}

mod case;
mod cases;
mod dynamic;
mod evaluate;
mod functions;
mod generate;
mod models;
mod queries;
mod rows;
mod run;
mod shrink;
mod tree;
mod typed;
mod verbs;

cases_of! {
    cases: self;
}

/// Whether cases read to-one paths to rows that a scope leaves out (`Book::publisher.name` of a publisher that is
/// closed): the column is NULL there, and the book stays (rule 25).
const SCOPED_PATHS: bool = true;

on_every_database! {
    async fn queries_mean_what_they_mean_in_rust(fixture) {
        run::all(fixture).await?;
    }
}
