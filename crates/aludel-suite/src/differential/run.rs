//! Runs cases, and compares what a database says with what the evaluator does.

use super::case::{Case, Verb};
use super::evaluate::Eval;
use super::models::{Book, World, store};
use super::queries::{assignment, grouped, query};
use super::rows::Generator;
use super::tree::{Agg, Term};
use super::typed::term;
use super::verbs::{Wrong, check};
use crate::harness::{Backend, Fixture};
use aludel::prelude::*;
use aludel::render::Sql;

/// Failures that are shown before no more cases are tried.
const MOST_FAILURES: usize = 5;

/// Cases that are tried to make one that failed smaller.
const MOST_SMALLER: usize = 400;

fn given(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// All cases of a seed.
pub async fn all(fixture: &Fixture) -> aludel::Result<()> {
    let db = &fixture.db;
    let seed = given("ALUDEL_DIFFERENTIAL_SEED", 1);
    let first = given("ALUDEL_DIFFERENTIAL_FIRST", 0);
    let cases = given("ALUDEL_DIFFERENTIAL_CASES", 250);
    let mut world = Generator::new(seed).world();
    world.nulls_last = fixture.backend == Backend::Postgres;
    store(&mut world, db).await?;
    let mut failures: Vec<String> = Vec::new();
    for number in first..first + cases {
        let case = Generator::new(seed.wrapping_mul(1_000_003).wrapping_add(number + 1)).case();
        if let Err(Wrong(why)) = Box::pin(check(&case, &world, db)).await {
            let (case, why) = Box::pin(smallest(case, why, &world, db)).await;
            failures.push(format!(
                "ALUDEL_DIFFERENTIAL_SEED={seed} ALUDEL_DIFFERENTIAL_FIRST={number} ALUDEL_DIFFERENTIAL_CASES=1\n{why}\n{case:?}\n{}\n",
                shown(&case, db).join("\n")
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
    // Updates and deletes were all rolled back.
    let visible = Eval::new(&world, false).books(|_| true);
    assert_eq!(Book::query().count(db).await?, visible.len() as u64);
    Ok(())
}

/// A case that fails still, and of which no smaller one does.
async fn smallest(mut case: Case, mut why: String, world: &World, db: &Database) -> (Case, String) {
    let mut tries = 0;
    'smaller: loop {
        for smaller in case.smaller() {
            tries += 1;
            if tries > MOST_SMALLER {
                break 'smaller;
            }
            if let Err(Wrong(found)) = Box::pin(check(&smaller, world, db)).await {
                (case, why) = (smaller, found);
                continue 'smaller;
            }
        }
        break;
    }
    (case, why)
}

/// The case's statements, as far as they are made by one query.
fn shown(case: &Case, db: &Database) -> Vec<String> {
    let dialect = db.dialect();
    let selected = |query: Query<Book>, of: &Term| by_kind!(of.kind(), T => query.select(term::<Book, T>(of)).to_sql(dialect));
    let aggregates = |query: Query<Book>, of: &[Agg]| -> Vec<aludel::Result<Sql>> {
        let terms = of.iter().map(|of| Term::Aggregate(Box::new(of.clone())));
        terms.map(|of| selected(query.clone(), &of)).collect()
    };
    let query = query(case);
    let texts: Vec<aludel::Result<Sql>> = match &case.verb {
        Verb::Values(terms) => terms.iter().map(|of| selected(query.clone(), of)).collect(),
        Verb::Totals(of) => aggregates(query.unordered(), of),
        Verb::Groups { by, having, of, .. } => aggregates(grouped(query, by, having.as_ref()), of),
        Verb::Update(target, to, _) => {
            let update = query.unordered().unfiltered();
            vec![update.update(assignment(*target, to)).to_sql(dialect)]
        }
        _ => vec![query.to_sql(dialect)],
    };
    let text = |sql: aludel::Result<Sql>| match sql {
        Ok(sql) => format!("{} {:?}", sql.text, sql.binds),
        Err(error) => error.to_string(),
    };
    texts.into_iter().map(text).collect()
}
