//! Runs cases, and makes those that fail shorter.

use super::models::{clear, create};
use super::operations::{Generator, Op, smaller};
use super::steps::whole;
use super::world::World;
use super::{Checked, Wrong, equal};
use crate::harness::Fixture;
use aludel::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// Failures that are shown before no more cases are tried.
const MOST_FAILURES: usize = 3;

/// Cases that are tried to make one that failed shorter.
const MOST_SHORTER: usize = 600;

fn given(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// All cases of a seed.
pub async fn all(fixture: &Fixture) -> aludel::Result<()> {
    let db = &fixture.db;
    create(fixture).await?;
    let seed = given("ALUDEL_SESSION_SEED", 1);
    let first = given("ALUDEL_SESSION_FIRST", 0);
    let cases = given("ALUDEL_SESSION_CASES", 60);
    let mut failures: Vec<String> = Vec::new();
    for number in first..first.saturating_add(cases) {
        let mixed = seed.wrapping_mul(1_000_003).wrapping_add(number);
        let ops = Generator::new(mixed).operations();
        if let Err(why) = tried(&ops, db) {
            let (ops, why) = shortest(ops, why, db);
            let ops: Vec<String> = ops.iter().map(|op| format!("    {op:?}")).collect();
            failures.push(format!(
                "ALUDEL_SESSION_SEED={seed} ALUDEL_SESSION_FIRST={number} ALUDEL_SESSION_CASES=1\n{why}\n{}\n",
                ops.join("\n")
            ));
            if failures.len() == MOST_FAILURES {
                break;
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{:?} differs:\n{}",
        fixture.backend,
        failures.join("\n")
    );
    Ok(())
}

/// Runs a case; a panic is a failure like others.
fn tried(ops: &[Op], db: &Database) -> Result<(), String> {
    let run = || Handle::current().block_on(Box::pin(case(ops, db)));
    match block_in_place(|| catch_unwind(AssertUnwindSafe(run))) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Wrong(why))) => Err(why),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
            Err(format!("it panicked: {}", text.unwrap_or_default()))
        }
    }
}

async fn case(ops: &[Op], db: &Database) -> Checked {
    clear(db).await?;
    let (mut session, mut world) = (db.session(), World::default());
    whole(ops, &mut session, &mut world).await?;
    equal(session.in_transaction(), false, "a transaction is open")
}

/// A list that fails still, and of which no shorter one does.
fn shortest(mut ops: Vec<Op>, mut why: String, db: &Database) -> (Vec<Op>, String) {
    let mut tries = 0;
    'shorter: loop {
        for shorter in smaller(&ops) {
            tries += 1;
            if tries > MOST_SHORTER {
                break 'shorter;
            }
            if let Err(found) = tried(&shorter, db) {
                (ops, why) = (shorter, found);
                continue 'shorter;
            }
        }
        break;
    }
    (ops, why)
}
