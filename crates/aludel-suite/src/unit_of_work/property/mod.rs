//! A session and a plain model in memory are driven by the same random operations; after each flush, commit and
//! rollback the rows of the database, the session's memory and the model are the same.

mod check;
mod operations;
mod steps;
mod world;

use crate::harness::Backend;
use aludel::prelude::*;
use operations::{Op, operations};
use proptest::test_runner::{TestCaseError, TestRunner};
use std::collections::BTreeSet;
use steps::{run, step};
use world::World;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
pub struct Person {
    pub id: i64,
    #[field(unique)]
    pub email: i64,
    pub name: Option<String>,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Person>>,
    #[field(version)]
    pub version: i32,
    #[field(inverse = boss)]
    pub team: HasMany<Person>,
    pub pets: HasMany<Pet>,
    pub clubs: ManyToMany<Club>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Pet {
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub owner: BelongsTo<Person>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Club {
    pub id: i64,
    pub members: ManyToMany<Person>,
}

/// A key that changes.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Coded {
    #[field(primary_key)]
    pub code: i64,
    #[field(unique)]
    pub note: Option<i64>,
    #[field(default = 3)]
    pub level: i64,
}

async fn case(ops: &[Op], db: &Database) -> aludel::Result<()> {
    Person::query()
        .unfiltered()
        .update(Person::boss.set(Ref::default()))
        .execute(db)
        .await?;
    Pet::query().unfiltered().delete().execute(db).await?;
    Person::query().unfiltered().delete().execute(db).await?;
    Coded::query().unfiltered().delete().execute(db).await?;
    let mut session = db.session();
    let clubs = session.all(Club::query().order_by(Club::id)).await?;
    let mut world = World {
        people: Vec::new(),
        pets: Vec::new(),
        coded: Vec::new(),
        clubs,
        pairs: BTreeSet::new(),
        stored_pairs: BTreeSet::new(),
        fresh: 100,
    };
    let mut base = world.snapshot();
    run(ops, &mut session, &mut world, &mut base).await?;
    step(&Op::Commit, &mut session, &mut world, &mut base).await?;
    drop(session);
    assert_eq!(Person::query().count(db).await?, base.people.len() as u64);
    assert_eq!(Pet::query().count(db).await?, base.pets.len() as u64);
    Ok(())
}

on_every_database! {
    async fn a_session_the_database_and_a_plain_model_agree(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Pet, Club, Coded]).await?;
        Club::insert_many([NewClub {}, NewClub {}, NewClub {}]).execute(db).await?;
        let cases = if fixture.backend == Backend::Sqlite { 1000 } else { 40 };
        let mut runner = TestRunner::new(crate::harness::cases(cases));
        let outcome = runner.run(&operations(), |ops| {
            tokio::task::block_in_place(|| {
                let tried = std::panic::AssertUnwindSafe(|| {
                    tokio::runtime::Handle::current().block_on(Box::pin(case(&ops, db)))
                });
                match std::panic::catch_unwind(tried) {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(TestCaseError::fail(error.to_string())),
                    Err(panic) => {
                        let text = panic.downcast_ref::<String>().cloned();
                        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
                        Err(TestCaseError::fail(text.unwrap_or_default()))
                    }
                }
            })
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }
}
