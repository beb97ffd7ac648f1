//! Random operations on a session: the database, the session's memory and a plain model of both agree after each flush,
//! commit and rollback; and a flush succeeds exactly when the rows that it would leave satisfy the constraints.
//!
//! A case is a list of [operations](operations::Op). It runs in a session ([`steps`], [`details`], [`more_steps`]) and in a
//! [world](world::World), which knows what the session's memory and the database have to hold, and what is wrong with it
//! ([`violations`]). Where something is, the flush must fail with an error of that kind, keep all changes in memory and the
//! database as it was ([`check`]); then the rows are mended and flushed again. A case that fails is made shorter before it
//! is shown.
//!
//! `ALUDEL_SESSION_CASES=10000` tries more cases, `ALUDEL_SESSION_SEED=5` others. A failure says the seed that brings it
//! back alone.

mod check;
mod details;
mod models;
mod more_steps;
mod operations;
mod run;
mod steps;
mod violations;
mod world;

cases_of! {
    cases: self;
}

/// Whether new cities refer to countries by their keys, too, and not only by the session's: such a reference is right if a
/// country has that key once all is written.
const BY_KEY: bool = true;

/// Why a case fails.
#[derive(Debug)]
pub struct Wrong(pub String);

impl From<aludel::Error> for Wrong {
    fn from(error: aludel::Error) -> Wrong {
        Wrong(format!("{:?}: {error}", error.kind()))
    }
}

pub type Checked<T = ()> = Result<T, Wrong>;

/// Fails if two things differ.
pub fn equal<T: PartialEq + std::fmt::Debug>(
    found: T,
    expected: T,
    what: impl std::fmt::Display,
) -> Checked {
    if found == expected {
        return Ok(());
    }
    Err(Wrong(format!("{what}: {found:?}, expected {expected:?}")))
}

on_every_database! {
    async fn a_session_writes_what_satisfies_the_constraints_and_nothing_else(fixture) {
        run::all(fixture).await?;
    }
}
