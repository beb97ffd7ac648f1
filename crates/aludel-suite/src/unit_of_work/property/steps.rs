//! Each operation, on the session and on the plain model.

use super::check::{compare, flush};
use super::operations::Op;
use super::world::{CodedData, Entry, PersonData, PetData, Snapshot, Status, World, living};
use super::{Coded, NewCoded, NewPerson, NewPet, Person, Pet};
use aludel::prelude::*;

pub(super) async fn edit_person(
    session: &mut Session,
    entry: &Entry<Person, PersonData>,
    world: &World,
) -> aludel::Result<()> {
    let boss = entry.data.boss.map(|boss| world.people[boss].key);
    if entry.status == Status::Pending {
        let draft = session.draft_mut(entry.key)?;
        draft.email = entry.data.email;
        draft.name = entry.data.name.clone();
        draft.boss = boss.map(Into::into);
    } else {
        let row = &mut session[entry.key];
        row.email = entry.data.email;
        row.name = entry.data.name.clone();
        if entry.data.boss != entry.stored.boss {
            row.boss = boss.map(Into::into);
        } else if let Some(boss) = boss {
            let same = (&session[boss]).into();
            session[entry.key].boss = Some(same);
        } else {
            row.boss = None;
        }
    }
    Ok(())
}

pub(super) fn edit_coded(
    session: &mut Session,
    entry: &Entry<Coded, CodedData>,
) -> aludel::Result<()> {
    if entry.status == Status::Pending {
        let draft = session.draft_mut(entry.key)?;
        (draft.code, draft.note) = (entry.data.code, entry.data.note);
    } else {
        let row = &mut session[entry.key];
        (row.code, row.note, row.level) = (entry.data.code, entry.data.note, entry.data.level);
    }
    Ok(())
}

pub(super) fn run<'a>(
    ops: &'a [Op],
    session: &'a mut Session,
    world: &'a mut World,
    base: &'a mut Snapshot,
) -> std::pin::Pin<Box<dyn Future<Output = aludel::Result<()>> + 'a>> {
    Box::pin(async move {
        for op in ops {
            step(op, session, world, base).await?;
        }
        Ok(())
    })
}

pub(super) async fn step(
    op: &Op,
    session: &mut Session,
    world: &mut World,
    base: &mut Snapshot,
) -> aludel::Result<()> {
    match op.clone() {
        Op::AddPerson(email, boss) => {
            let boss = boss.and_then(|boss| living(&world.people, boss));
            let key = session.add(NewPerson {
                email,
                name: None,
                boss: boss.map(|boss| world.people[boss].key.into()),
                version: None,
            });
            world.people.push(Entry::new(
                key,
                PersonData {
                    email,
                    name: None,
                    boss,
                },
            ));
        }
        Op::AddPet(owner, push) => {
            let Some(owner) = living(&world.people, owner) else {
                return Ok(());
            };
            let name = format!("pet {}", world.pets.len());
            let entry = &world.people[owner];
            if push && entry.status == Status::Stored {
                let owner_key = entry.key;
                flush(session, world).await?;
                // Pushed to its owner, it has a key only once it is flushed.
                session[owner_key].pets.push(NewPet {
                    name: name.clone(),
                    owner: Ref::default(),
                });
                session.flush().await?;
                let key = session
                    .one(Pet::filter(Pet::name.eq(name.as_str())))
                    .await?;
                let mut pet = Entry::new(key, PetData { name, owner });
                pet.flush();
                world.pets.push(pet);
                return compare(session, world).await;
            }
            let key = session.add(NewPet {
                name: name.clone(),
                owner: entry.key.into(),
            });
            world.pets.push(Entry::new(key, PetData { name, owner }));
        }
        Op::Email(who, email) => {
            let Some(at) = living(&world.people, who) else {
                return Ok(());
            };
            world.people[at].data.email = email;
            let entry = world.people[at].clone();
            edit_person(session, &entry, world).await?;
        }
        Op::Name(who, name) => {
            let Some(at) = living(&world.people, who) else {
                return Ok(());
            };
            world.people[at].data.name = name.map(|name| format!("name {name}"));
            let entry = world.people[at].clone();
            edit_person(session, &entry, world).await?;
        }
        Op::Boss(who, boss) => {
            let Some(at) = living(&world.people, who) else {
                return Ok(());
            };
            world.people[at].data.boss = boss.and_then(|boss| living(&world.people, boss));
            let entry = world.people[at].clone();
            edit_person(session, &entry, world).await?;
        }
        Op::Owner(pet, owner, add) => {
            let (Some(pet), Some(owner)) = (living(&world.pets, pet), living(&world.people, owner))
            else {
                return Ok(());
            };
            let key = world.people[owner].key;
            let entry = &mut world.pets[pet];
            let add = add && !entry.is_dirty() && world.people[owner].status == Status::Stored;
            entry.data.owner = owner;
            if add {
                session[key].pets.add(entry.key);
                // Until the flush the pet itself does not know it.
                return flush(session, world).await;
            } else if entry.status == Status::Pending {
                session.draft_mut(entry.key)?.owner = key.into();
            } else {
                session[entry.key].owner = key.into();
            }
        }
        Op::RemovePerson(who) => {
            let Some(at) = living(&world.people, who) else {
                return Ok(());
            };
            // What the session can't know from the database goes by hand.
            for pet in world
                .pets
                .iter_mut()
                .filter(|pet| pet.lives() && pet.data.owner == at)
            {
                if pet.is_dirty() {
                    session.remove(pet.key)?;
                    if pet.status == Status::Pending {
                        pet.status = Status::Gone;
                    } else {
                        pet.removed = true;
                    }
                }
            }
            for other in 0..world.people.len() {
                let entry = &world.people[other];
                if entry.lives() && entry.data.boss == Some(at) && entry.is_dirty() {
                    world.people[other].data.boss = None;
                    let entry = world.people[other].clone();
                    edit_person(session, &entry, world).await?;
                }
            }
            session.remove(world.people[at].key)?;
            if world.people[at].status == Status::Pending {
                world.people[at].status = Status::Gone;
            } else {
                world.people[at].removed = true;
            }
        }
        Op::RemovePet(pet) => {
            let Some(at) = living(&world.pets, pet) else {
                return Ok(());
            };
            session.remove(world.pets[at].key)?;
            if world.pets[at].status == Status::Pending {
                world.pets[at].status = Status::Gone;
            } else {
                world.pets[at].removed = true;
            }
        }
        Op::Club(who, club, add, side) => {
            let Some(at) = living(&world.people, who) else {
                return Ok(());
            };
            let (person, club_key) = (world.people[at].key, world.clubs[club]);
            if world.people[at].status != Status::Stored {
                return Ok(());
            }
            match (add, side) {
                (true, true) => session[person].clubs.add(club_key),
                (true, false) => session[club_key].members.add(person),
                (false, true) => session[person].clubs.remove(club_key),
                (false, false) => session[club_key].members.remove(person),
            }
            if add {
                world.pairs.insert((at, club));
            } else {
                world.pairs.remove(&(at, club));
            }
            // Several changes in one flush have tests of their own.
            return flush(session, world).await;
        }
        Op::AddCoded(code, note) => {
            let key = session.add(NewCoded {
                code,
                note,
                level: None,
            });
            world.coded.push(Entry::new(
                key,
                CodedData {
                    code,
                    note,
                    level: 3,
                },
            ));
        }
        Op::Code(at, code) => {
            let Some(at) = living(&world.coded, at) else {
                return Ok(());
            };
            world.coded[at].data.code = code;
            edit_coded(session, &world.coded[at])?;
        }
        Op::Note(at, note) => {
            let Some(at) = living(&world.coded, at) else {
                return Ok(());
            };
            world.coded[at].data.note = note;
            edit_coded(session, &world.coded[at])?;
        }
        Op::Level(at) => {
            let Some(at) = living(&world.coded, at) else {
                return Ok(());
            };
            let entry = &mut world.coded[at];
            if entry.status == Status::Stored && entry.data.level == entry.stored.level {
                session.set(entry.key, Coded::level.set(Coded::level + 1))?;
                entry.data.level += 1;
                return flush(session, world).await;
            }
        }
        Op::RemoveCoded(at) => {
            let Some(at) = living(&world.coded, at) else {
                return Ok(());
            };
            session.remove(world.coded[at].key)?;
            if world.coded[at].status == Status::Pending {
                world.coded[at].status = Status::Gone;
            } else {
                world.coded[at].removed = true;
            }
        }
        Op::Flush => flush(session, world).await?,
        Op::Read(at) => {
            flush(session, world).await?;
            let found = session
                .all(Person::query().order_by(Person::id).with(Person::pets))
                .await?;
            for key in &found {
                let at = world
                    .people
                    .iter()
                    .position(|entry| entry.key == *key)
                    .expect("a known person");
                let pets = session.related(*key, Person::pets)?.len();
                let expected = world
                    .pets
                    .iter()
                    .filter(|pet| pet.status == Status::Stored && pet.data.owner == at);
                assert_eq!(pets, expected.count(), "pets of person {at}");
            }
            if let Some(at) = living(&world.coded, at) {
                let code = world.coded[at].data.code;
                assert_eq!(session.get::<Coded>(code).await?, world.coded[at].key);
            }
        }
        Op::Commit => {
            flush(session, world).await?;
            session.commit().await?;
            world.commit();
            *base = world.snapshot();
            compare(session, world).await?;
        }
        Op::Rollback => {
            session.rollback().await?;
            world.rollback(base);
            compare(session, world).await?;
        }
        Op::Savepoint(ops, keep) => {
            flush(session, world).await?;
            let mut before = world.snapshot();
            let back = before.clone();
            let mut savepoint = session.savepoint().await?;
            run(&ops, &mut savepoint, world, &mut before).await?;
            if keep {
                flush(&mut savepoint, world).await?;
                savepoint.commit().await?;
            } else {
                savepoint.rollback().await?;
                world.rollback(&back);
            }
            compare(session, world).await?;
        }
    }
    Ok(())
}
