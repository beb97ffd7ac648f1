//! Flushes, and compares the database, the session's memory and the plain model.

use super::steps::{edit_coded, edit_person};
use super::world::{Status, World};
use super::{Club, Coded, Person, Pet};
use aludel::ErrorKind;
use aludel::prelude::*;
use std::collections::BTreeSet;

/// Flushes; where the model says that it must fail, it fails, changes nothing, and is mended.
pub(super) async fn flush(session: &mut Session, world: &mut World) -> aludel::Result<()> {
    let (people, coded) = world.conflicts();
    if !(people.is_empty() && coded.is_empty()) {
        let error = session
            .flush()
            .await
            .expect_err("two rows have one unique value");
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
        assert!(error.row().is_some(), "{error}");
        for at in people {
            world.fresh += 1;
            world.people[at].data.email = world.fresh;
            let entry = world.people[at].clone();
            edit_person(session, &entry, world).await?;
        }
        for at in coded {
            world.fresh += 1;
            world.coded[at].data.code = world.fresh;
            world.coded[at].data.note = Some(world.fresh);
            let entry = world.coded[at].clone();
            edit_coded(session, &entry)?;
        }
    }
    session.flush().await?;
    world.flush();
    compare(session, world).await
}

/// The database, as the session's transaction sees it, memory and model are the same.
pub(super) async fn compare(session: &mut Session, world: &World) -> aludel::Result<()> {
    let db = session.executor();
    let people = Person::query().order_by(Person::id).all(db).await?;
    let pets = Pet::query().order_by(Pet::id).all(db).await?;
    let coded = Coded::query().order_by(Coded::code).all(db).await?;
    let mut pairs = BTreeSet::new();
    for (club, key) in world.clubs.iter().enumerate() {
        let members = Person::filter(Person::clubs.any(Club::id.eq(session[*key].id)));
        for id in members.select(Person::id).all(db).await? {
            pairs.insert((id, club));
        }
    }
    let mut expected_pairs = BTreeSet::new();
    let mut seen = (0, 0, 0);
    for (at, entry) in world.people.iter().enumerate() {
        match entry.status {
            Status::Stored => {
                seen.0 += 1;
                let row = &session[entry.key];
                let found = people.iter().find(|person| person.id == row.id);
                let found = found.unwrap_or_else(|| panic!("person {at} is not in the database"));
                let boss = |row: &Person| row.boss.as_ref().map(BelongsTo::key);
                assert_eq!(
                    (found.email, &found.name),
                    (entry.stored.email, &entry.stored.name),
                    "person {at} in the database"
                );
                assert_eq!(
                    (row.email, &row.name),
                    (entry.data.email, &entry.data.name),
                    "person {at} in memory"
                );
                let stored_boss = entry
                    .stored
                    .boss
                    .map(|boss| session[world.people[boss].key].id);
                assert_eq!(
                    boss(found),
                    stored_boss,
                    "person {at}'s boss in the database"
                );
                if entry.data == entry.stored && !entry.removed {
                    assert_eq!(boss(row), stored_boss, "person {at}'s boss in memory");
                    assert_eq!(row.version, found.version, "person {at}'s version");
                    assert!(!session.is_dirty(entry.key)?, "person {at} is not dirty");
                }
                for (person, club) in &world.stored_pairs {
                    if *person == at {
                        expected_pairs.insert((row.id, *club));
                    }
                }
            }
            Status::Pending => {
                let draft = session.draft(entry.key)?;
                assert_eq!(
                    (draft.email, &draft.name),
                    (entry.data.email, &entry.data.name),
                    "person {at}'s draft"
                );
                assert_eq!(
                    draft.boss.is_some(),
                    entry.data.boss.is_some(),
                    "person {at}'s draft's boss"
                );
            }
            Status::Gone => assert!(session.row(entry.key).is_err()),
            Status::Deleted => {}
        }
    }
    for (at, entry) in world.pets.iter().enumerate() {
        match entry.status {
            Status::Stored => {
                seen.1 += 1;
                let row = &session[entry.key];
                let found = pets.iter().find(|pet| pet.id == row.id);
                let found = found.unwrap_or_else(|| panic!("pet {at} is not in the database"));
                assert_eq!(found.name, entry.stored.name);
                assert_eq!(
                    found.owner.key(),
                    session[world.people[entry.stored.owner].key].id,
                    "pet {at}'s owner in the database"
                );
                if entry.data == entry.stored {
                    assert_eq!(
                        row.owner.key(),
                        found.owner.key(),
                        "pet {at}'s owner in memory"
                    );
                }
            }
            Status::Pending => assert_eq!(session.draft(entry.key)?.name, entry.data.name),
            Status::Gone => assert!(session.row(entry.key).is_err()),
            Status::Deleted => {}
        }
    }
    for (at, entry) in world.coded.iter().enumerate() {
        match entry.status {
            Status::Stored => {
                seen.2 += 1;
                let found = coded.iter().find(|coded| coded.code == entry.stored.code);
                let found = found.unwrap_or_else(|| panic!("coded {at} is not in the database"));
                assert_eq!(
                    (found.note, found.level),
                    (entry.stored.note, entry.stored.level),
                    "coded {at} in the database"
                );
                let row = &session[entry.key];
                assert_eq!(
                    (row.code, row.note, row.level),
                    (entry.data.code, entry.data.note, entry.data.level),
                    "coded {at} in memory"
                );
            }
            Status::Pending => {
                let draft = session.draft(entry.key)?;
                assert_eq!(
                    (draft.code, draft.note),
                    (entry.data.code, entry.data.note),
                    "coded {at}'s draft"
                );
            }
            Status::Gone => assert!(session.row(entry.key).is_err()),
            Status::Deleted => {}
        }
    }
    assert_eq!(
        (people.len(), pets.len(), coded.len()),
        seen,
        "rows of the database"
    );
    assert_eq!(pairs, expected_pairs, "members of clubs");
    let pending = world
        .people
        .iter()
        .filter(|entry| entry.status == Status::Pending);
    assert_eq!(
        session.new_keys::<Person>(),
        pending.map(|entry| entry.key).collect::<Vec<_>>()
    );
    Ok(())
}
