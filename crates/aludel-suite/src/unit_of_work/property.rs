//! A session and a plain model in memory are driven by the same random operations; after each flush, commit and
//! rollback the rows of the database, the session's memory and the model are the same.

use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

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

#[derive(Debug, Clone)]
enum Op {
    AddPerson(i64, Option<usize>),
    AddPet(usize, bool),
    Email(usize, i64),
    Name(usize, Option<u8>),
    Boss(usize, Option<usize>),
    Owner(usize, usize, bool),
    RemovePerson(usize),
    RemovePet(usize),
    Club(usize, usize, bool, bool),
    AddCoded(i64, Option<i64>),
    Code(usize, i64),
    Note(usize, Option<i64>),
    Level(usize),
    RemoveCoded(usize),
    Flush,
    Read(usize),
    Commit,
    Rollback,
    Savepoint(Vec<Op>, bool),
}

fn op() -> impl Strategy<Value = Op> {
    let email = || 0..6_i64;
    let at = || 0..8_usize;
    prop_oneof![
        3 => (email(), proptest::option::of(at())).prop_map(|(email, boss)| Op::AddPerson(email, boss)),
        3 => (at(), any::<bool>()).prop_map(|(owner, push)| Op::AddPet(owner, push)),
        3 => (at(), email()).prop_map(|(who, email)| Op::Email(who, email)),
        1 => (at(), proptest::option::of(0..3_u8)).prop_map(|(who, name)| Op::Name(who, name)),
        2 => (at(), proptest::option::of(at())).prop_map(|(who, boss)| Op::Boss(who, boss)),
        2 => (at(), at(), any::<bool>()).prop_map(|(pet, owner, add)| Op::Owner(pet, owner, add)),
        2 => at().prop_map(Op::RemovePerson),
        1 => at().prop_map(Op::RemovePet),
        2 => (at(), 0..3_usize, any::<bool>(), any::<bool>()).prop_map(|(who, club, add, side)| Op::Club(who, club, add, side)),
        2 => (0..5_i64, proptest::option::of(0..3_i64)).prop_map(|(code, note)| Op::AddCoded(code, note)),
        2 => (at(), 0..5_i64).prop_map(|(at, code)| Op::Code(at, code)),
        2 => (at(), proptest::option::of(0..3_i64)).prop_map(|(at, note)| Op::Note(at, note)),
        1 => at().prop_map(Op::Level),
        2 => at().prop_map(Op::RemoveCoded),
        3 => Just(Op::Flush),
        1 => at().prop_map(Op::Read),
    ]
}

fn operations() -> impl Strategy<Value = Vec<Op>> {
    let inner = || proptest::collection::vec(op(), 0..12);
    let nested = (
        proptest::collection::vec(op(), 0..6),
        any::<bool>(),
        inner(),
        any::<bool>(),
    )
        .prop_map(|(mut before, deep, inner, keep)| {
            if deep {
                before.push(Op::Savepoint(inner, !keep));
            }
            Op::Savepoint(before, keep)
        });
    let any = prop_oneof![
        20 => op(),
        2 => Just(Op::Commit),
        2 => Just(Op::Rollback),
        3 => nested,
    ];
    proptest::collection::vec(any, 1..40)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Pending,
    Stored,
    /// Deleted in this transaction.
    Deleted,
    Gone,
}

#[derive(Debug, Clone)]
struct Entry<M, D> {
    key: Key<M>,
    status: Status,
    removed: bool,
    data: D,
    /// What the database has, in this transaction.
    stored: D,
    draft: D,
}

impl<M: Model, D: Clone + PartialEq> Entry<M, D> {
    fn new(key: Key<M>, data: D) -> Self {
        Entry {
            key,
            status: Status::Pending,
            removed: false,
            data: data.clone(),
            stored: data.clone(),
            draft: data,
        }
    }
    fn lives(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Stored) && !self.removed
    }
    fn is_dirty(&self) -> bool {
        self.status == Status::Pending || self.data != self.stored
    }
    /// What a flush does to it.
    fn flush(&mut self) {
        match self.status {
            Status::Pending => {
                self.status = Status::Stored;
                self.draft = self.data.clone();
            }
            Status::Stored if self.removed => {
                self.status = Status::Deleted;
                self.removed = false;
                return;
            }
            _ => {}
        }
        self.stored = self.data.clone();
    }
    fn rollback(&mut self, before: Option<&(Status, D)>) {
        match (before, self.status) {
            (Some((Status::Deleted, _)), _) => self.status = Status::Deleted,
            (Some((_, data)), _) => {
                self.status = Status::Stored;
                self.data = data.clone();
                self.stored = data.clone();
            }
            (None, Status::Stored | Status::Deleted) => {
                self.status = Status::Pending;
                self.data = self.draft.clone();
            }
            (None, Status::Pending | Status::Gone) => {}
        }
        self.removed = false;
    }
}

#[derive(Debug, Clone, PartialEq)]
struct PersonData {
    email: i64,
    name: Option<String>,
    boss: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
struct PetData {
    name: String,
    owner: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct CodedData {
    code: i64,
    note: Option<i64>,
    level: i64,
}

struct World {
    people: Vec<Entry<Person, PersonData>>,
    pets: Vec<Entry<Pet, PetData>>,
    coded: Vec<Entry<Coded, CodedData>>,
    clubs: Vec<Key<Club>>,
    /// Members of clubs: in memory, and flushed.
    pairs: BTreeSet<(usize, usize)>,
    stored_pairs: BTreeSet<(usize, usize)>,
    fresh: i64,
}

/// What the database had at some point.
#[derive(Clone, Default)]
struct Snapshot {
    people: BTreeMap<usize, (Status, PersonData)>,
    pets: BTreeMap<usize, (Status, PetData)>,
    coded: BTreeMap<usize, (Status, CodedData)>,
    pairs: BTreeSet<(usize, usize)>,
}

fn living<M: Model, D: Clone + PartialEq>(entries: &[Entry<M, D>], at: usize) -> Option<usize> {
    let alive: Vec<usize> = (0..entries.len())
        .filter(|at| entries[*at].lives())
        .collect();
    (!alive.is_empty()).then(|| alive[at % alive.len()])
}

impl World {
    fn snapshot(&self) -> Snapshot {
        fn stored<M: Model, D: Clone + PartialEq>(
            entries: &[Entry<M, D>],
        ) -> BTreeMap<usize, (Status, D)> {
            let there =
                |entry: &Entry<M, D>| matches!(entry.status, Status::Stored | Status::Deleted);
            let all = entries.iter().enumerate().filter(|(_, entry)| there(entry));
            all.map(|(at, entry)| (at, (entry.status, entry.stored.clone())))
                .collect()
        }
        Snapshot {
            people: stored(&self.people),
            pets: stored(&self.pets),
            coded: stored(&self.coded),
            pairs: self.stored_pairs.clone(),
        }
    }

    fn rollback(&mut self, to: &Snapshot) {
        self.people
            .iter_mut()
            .enumerate()
            .for_each(|(at, entry)| entry.rollback(to.people.get(&at)));
        self.pets
            .iter_mut()
            .enumerate()
            .for_each(|(at, entry)| entry.rollback(to.pets.get(&at)));
        self.coded
            .iter_mut()
            .enumerate()
            .for_each(|(at, entry)| entry.rollback(to.coded.get(&at)));
        self.pairs = to.pairs.clone();
        self.stored_pairs = to.pairs.clone();
    }

    /// What a removed person takes along.
    fn cascade(&mut self) {
        for at in 0..self.people.len() {
            if self.people[at].removed {
                for pet in self
                    .pets
                    .iter_mut()
                    .filter(|pet| pet.lives() && pet.data.owner == at)
                {
                    pet.removed = true;
                }
                for person in self
                    .people
                    .iter_mut()
                    .filter(|person| person.lives() && person.data.boss == Some(at))
                {
                    person.data.boss = None;
                }
                self.pairs.retain(|(person, _)| *person != at);
            }
        }
    }

    fn flush(&mut self) {
        self.cascade();
        self.people.iter_mut().for_each(Entry::flush);
        self.pets.iter_mut().for_each(Entry::flush);
        self.coded.iter_mut().for_each(Entry::flush);
        self.stored_pairs = self.pairs.clone();
    }

    fn commit(&mut self) {
        fn end<M, D>(entries: &mut [Entry<M, D>]) {
            for entry in entries
                .iter_mut()
                .filter(|entry| entry.status == Status::Deleted)
            {
                entry.status = Status::Gone;
            }
        }
        end(&mut self.people);
        end(&mut self.pets);
        end(&mut self.coded);
    }

    /// Rows that would have a unique value that another row has.
    fn conflicts(&self) -> (Vec<usize>, Vec<usize>) {
        let mut emails = BTreeSet::new();
        let people = (0..self.people.len()).filter(|at| {
            let person = &self.people[*at];
            person.lives() && !emails.insert(person.data.email)
        });
        let (mut codes, mut notes) = (BTreeSet::new(), BTreeSet::new());
        let people: Vec<usize> = people.collect();
        let coded = (0..self.coded.len()).filter(|at| {
            let coded = &self.coded[*at];
            coded.lives()
                && (!codes.insert(coded.data.code)
                    | coded.data.note.is_some_and(|note| !notes.insert(note)))
        });
        (people, coded.collect())
    }
}

async fn edit_person(
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

fn edit_coded(session: &mut Session, entry: &Entry<Coded, CodedData>) -> aludel::Result<()> {
    if entry.status == Status::Pending {
        let draft = session.draft_mut(entry.key)?;
        (draft.code, draft.note) = (entry.data.code, entry.data.note);
    } else {
        let row = &mut session[entry.key];
        (row.code, row.note, row.level) = (entry.data.code, entry.data.note, entry.data.level);
    }
    Ok(())
}

/// Flushes; where the model says that it must fail, it fails, changes nothing, and is mended.
async fn flush(session: &mut Session, world: &mut World) -> aludel::Result<()> {
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
async fn compare(session: &mut Session, world: &World) -> aludel::Result<()> {
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

fn run<'a>(
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

async fn step(
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
