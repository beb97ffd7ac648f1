//! Rules 22 and 27: a flush that fails leaves the program's changes pending and nothing that it derived from them, so that
//! the last change counts; and errors of relations name both ends.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
pub struct Person {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub name: String,
    pub likes: ManyToMany<Person>,
    #[field(inverse = likes)]
    pub liked_by: ManyToMany<Person>,
    pub tags: ManyToMany<Tag>,
    #[field(inverse = owner)]
    pub pets: HasMany<Pet>,
    #[field(inverse = sitter)]
    pub sits: HasMany<Pet>,
    #[field(inverse = person, orphans = delete)]
    pub cards: HasMany<Card>,
    #[field(inverse = person)]
    pub desk: HasOne<Desk>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tags")]
pub struct Tag {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    pub people: ManyToMany<Person>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pets")]
pub struct Pet {
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub owner: Option<BelongsTo<Person>>,
    #[field(on_delete = set_null)]
    pub sitter: Option<BelongsTo<Person>>,
    #[field(soft_delete)]
    pub gone: Option<Timestamp>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cards")]
pub struct Card {
    pub id: i64,
    pub text: String,
    pub person: BelongsTo<Person>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "desks")]
pub struct Desk {
    pub id: i64,
    #[field(unique)]
    pub person: Option<BelongsTo<Person>>,
}

fn person(name: &str) -> NewPerson {
    NewPerson { name: name.into() }
}

fn pet(name: &str) -> NewPet {
    NewPet {
        name: name.into(),
        owner: None,
        sitter: None,
        gone: None,
    }
}

struct Home {
    session: Session,
    ann: Key<Person>,
    bob: Key<Person>,
    cat: Key<Pet>,
    tag: Key<Tag>,
    card: Key<Card>,
    desk: Key<Desk>,
}

async fn home(db: &Database) -> aludel::Result<Home> {
    Pet::query()
        .unscoped()
        .unfiltered()
        .erase()
        .execute(db)
        .await?;
    Card::query().unfiltered().delete().execute(db).await?;
    Desk::query().unfiltered().delete().execute(db).await?;
    Person::query().unfiltered().delete().execute(db).await?;
    Tag::query().unfiltered().delete().execute(db).await?;
    let mut session = db.session();
    let (ann, bob) = (session.add(person("ann")), session.add(person("bob")));
    let cat = session.add(NewPet {
        owner: Some(ann.into()),
        ..pet("cat")
    });
    let tag = session.add(NewTag { code: "x".into() });
    let card = session.add(NewCard {
        text: "c".into(),
        person: ann.into(),
    });
    let desk = session.add(NewDesk {
        person: Some(ann.into()),
    });
    session.commit().await?;
    Ok(Home {
        session,
        ann,
        bob,
        cat,
        tag,
        card,
        desk,
    })
}

on_every_database! {
    async fn rule_27_the_last_change_counts_across_a_flush_that_failed(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        let mut wrong = Vec::new();
        let cases = [
            "moved on",
            "moved back",
            "taken out",
            "put back",
            "an orphan put back",
            "an orphan moved",
            "a link taken back",
            "a link put back",
            "from the other side",
            "a desk given on",
        ];
        // A flush fails; or the end of a savepoint, after a flush that went well.
        for (case, within) in cases.iter().flat_map(|case| [(*case, false), (*case, true)]) {
            let Home { mut session, ann, bob, cat, tag, card, desk } = home(db).await?;
            if case == "a link put back" {
                session[ann].tags.add(tag);
                session.commit().await?;
            }
            let change = |session: &mut Session| match case {
                "moved on" => session[bob].pets.add(cat),
                "moved back" => session[bob].pets.add(cat),
                "taken out" => session[bob].pets.add(cat),
                "put back" => session[ann].pets.remove(cat),
                "an orphan put back" | "an orphan moved" => session[ann].cards.remove(card),
                "a link taken back" | "from the other side" => session[ann].tags.add(tag),
                "a link put back" => session[ann].tags.remove(tag),
                _ => session[bob].desk.set(desk),
            };
            let twice;
            let error = if within {
                let mut savepoint = session.savepoint().await?;
                change(&mut savepoint);
                savepoint.flush().await?;
                twice = savepoint.add(person("bob"));
                savepoint.commit().await.unwrap_err()
            } else {
                twice = session.add(person("bob"));
                change(&mut session);
                session.commit().await.unwrap_err()
            };
            let case_of = if within { format!("{case}, in a savepoint") } else { case.to_owned() };
            assert!(error.is_unique_violation(), "{case}: {error}");
            // … and is mended, with second thoughts.
            session.draft_mut(twice)?.name = "cid".into();
            match case {
                "moved on" => session[ann].sits.add(cat),
                "moved back" => session[ann].pets.add(cat),
                "taken out" => session[bob].pets.remove(cat),
                "put back" => session[ann].pets.add(cat),
                "an orphan put back" => session[ann].cards.add(card),
                "an orphan moved" => session[bob].cards.add(card),
                "a link taken back" => session[ann].tags.remove(tag),
                "a link put back" => session[ann].tags.add(tag),
                "from the other side" => session[tag].people.remove(ann),
                _ => session[ann].desk.set(desk),
            }
            if let Err(error) = session.commit().await {
                wrong.push(format!("{case_of}: {error}"));
                continue;
            }
            let name = async |key: Option<i64>| -> aludel::Result<Option<String>> {
                match key {
                    Some(key) => Ok(Some(Person::get(key, db).await?.name)),
                    None => Ok(None),
                }
            };
            let owner = name(Pet::query().one(db).await?.owner.map(|owner| owner.key())).await?;
            let of_desk = name(Desk::query().one(db).await?.person.map(|person| person.key())).await?;
            let of_card = match Card::query().optional(db).await? {
                Some(card) => name(Some(card.person.key())).await?,
                None => None,
            };
            let links = Person::filter(Person::tags.any(Tag::code.eq("x"))).count(db).await?;
            let found = (owner.as_deref(), of_desk.as_deref(), of_card.as_deref(), links);
            let usual = (Some("ann"), Some("ann"), Some("ann"), 0);
            let expected = match case {
                "moved on" => (Some("bob"), usual.1, usual.2, usual.3),
                "taken out" => (None, usual.1, usual.2, usual.3),
                "an orphan moved" => (usual.0, usual.1, Some("bob"), usual.3),
                "a link put back" => (usual.0, usual.1, usual.2, 1),
                _ => usual,
            };
            if found != expected {
                wrong.push(format!("{case_of}: {found:?}, not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_22_what_only_went_along_is_not_gone_after_a_flush_that_failed(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        for within in [false, true] {
        let Home { mut session, ann, bob, cat, .. } = home(db).await?;
        let row = session[ann].clone();
        let ann_desk = session.one(Desk::query()).await?;
        session[ann_desk].person = None;
        for card in session.all(Card::query()).await? {
            session[card].person = bob.into();
        }
        session.commit().await?;
        // The pet goes along with its owner.
        let twice;
        let error = if within {
            let mut savepoint = session.savepoint().await?;
            savepoint.remove(ann)?;
            savepoint.flush().await?;
            twice = savepoint.add(person("bob"));
            savepoint.commit().await.unwrap_err()
        } else {
            session.remove(ann)?;
            twice = session.add(person("bob"));
            session.commit().await.unwrap_err()
        };
        assert!(error.is_unique_violation(), "{error}");
        // It was not removed by anybody: it can be given to another owner, who keeps it.
        session[bob].pets.add(cat);
        session.draft_mut(twice)?.name = "cid".into();
        session.commit().await?;
        let owner = Pet::query().optional(db).await?.and_then(|pet| pet.owner).map(|owner| owner.key());
        assert_eq!(owner, Some(session[bob].id));
        assert!(Person::find(row.id, db).await?.is_none());
        }
    }

    async fn rule_27_what_a_failed_flush_pushed_is_forgotten_whatever_the_relation(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        let Home { mut session, ann, bob, cat, card, desk, tag } = home(db).await?;
        let twice = session.add(person("bob"));
        session[ann].pets.push(pet("pushed"));
        session[bob].tags.push(NewTag { code: "pushed".into() });
        session[bob].desk.push(NewDesk { person: None });
        session[ann].cards.push(NewCard { text: "pushed".into(), person: Ref::default() });
        session[ann].cards.remove(card);
        session[ann].likes.add(bob);
        session[bob].pets.add(cat);
        session.flush().await.unwrap_err();
        session.rollback().await?;
        session.remove(twice)?;
        let report = session.commit().await?;
        assert!(report.is_empty(), "nothing is left to do: {report}");
        assert_eq!((Pet::query().count(db).await?, Desk::query().count(db).await?, Card::query().count(db).await?, Tag::query().count(db).await?), (1, 1, 1, 1));
        assert_eq!(Person::likes.of(&session[ann].clone()).count(db).await?, 0);
        assert_eq!(session[desk].person.as_ref().map(BelongsTo::key), Some(session[ann].id));
        assert_eq!(session[tag].code, "x");
    }

    async fn rule_27_the_last_change_counts_across_a_savepoint(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        let Home { mut session, ann, bob, cat, tag, card, .. } = home(db).await?;
        let mut inner = session.savepoint().await?;
        inner[bob].pets.add(cat);
        inner[ann].tags.add(tag);
        inner[ann].cards.remove(card);
        inner[bob].pets.push(pet("inner"));
        inner[bob].tags.push(NewTag { code: "inner".into() });
        inner.flush().await?;
        inner.rollback().await?;
        // What was new is pending again, as what was added.
        for key in session.new_keys::<Pet>() {
            session.remove(key)?;
        }
        for key in session.new_keys::<Tag>() {
            session.remove(key)?;
        }
        // Not flushed, and undone as well.
        let mut inner = session.savepoint().await?;
        inner[bob].pets.push(pet("quiet"));
        inner[bob].desk.push(NewDesk { person: None });
        inner[ann].cards.remove(card);
        inner.rollback().await?;
        session.commit().await?;
        let row = session[ann].clone();
        assert_eq!(session[cat].owner.as_ref().map(BelongsTo::key), Some(row.id));
        assert_eq!((Person::tags.of(&row).count(db).await?, Card::query().count(db).await?), (0, 1));
        assert_eq!((Desk::query().count(db).await?, Tag::query().count(db).await?), (1, 1), "{:?}", session.new_keys::<Tag>());
        assert_eq!(Pet::query().select(Pet::name).all(db).await?, ["cat"]);
    }

    async fn rule_27_a_link_to_nothing_names_the_row_and_the_relation(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        let Home { mut session, ann, .. } = home(db).await?;
        session[ann].tags.add(Ref::key("no such".to_string()));
        let error = session.commit().await.unwrap_err();
        let row = format!("Person {}", session[ann].id);
        assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ForeignKeyViolation), "{error}");
        for part in [row.as_str(), "tags", "no such"] {
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
        session.rollback().await?;
        // A row of another kind of relation says so.
        session[ann].pets.add(Ref::key(999));
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("Pet 999") && error.to_string().contains("Person::pets"), "{error}");
    }

    async fn rule_27_what_the_program_changed_since_a_flush_stays_when_its_transaction_fails(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        let Home { mut session, ann, bob, cat, card, .. } = home(db).await?;
        let mut inner = session.savepoint().await?;
        // What was derived by one flush is changed by hand before the next.
        inner[bob].pets.add(cat);
        inner[ann].cards.remove(card);
        inner.flush().await?;
        inner[cat].owner = None;
        inner[cat].name = "tom".into();
        inner.flush().await?;
        let cid = inner.add(person("cid"));
        inner[cat].sitter = Some(cid.into());
        let twice = inner.add(person("bob"));
        inner.commit().await.unwrap_err();
        session.draft_mut(twice)?.name = "dan".into();
        session.commit().await?;
        let pet = Pet::query().one(db).await?;
        assert_eq!((pet.owner.map(|owner| owner.key()), pet.name.as_str()), (None, "tom"));
        assert_eq!(pet.sitter.map(|sitter| sitter.key()), Some(session[cid].id));
        assert_eq!(Card::query().count(db).await?, 0, "it was taken out, and nobody put it back");
    }

    async fn rule_27_a_draft_that_went_along_is_pending_again_when_its_transaction_fails(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Person, Tag, Pet, Card, Desk]).await?;
        let Home { mut session, ann, bob, .. } = home(db).await?;
        let desks = session.all(Desk::query()).await?;
        for desk in desks {
            session.remove(desk)?;
        }
        for card in session.all(Card::query()).await? {
            session.remove(card)?;
        }
        session.commit().await?;
        let mut inner = session.savepoint().await?;
        inner[ann].pets.push(pet("kit"));
        inner.remove(ann)?;
        inner.flush().await?;
        assert!(inner.new_keys::<Pet>().is_empty(), "it went with its owner");
        let twice = inner.add(person("bob"));
        inner.commit().await.unwrap_err();
        // It is a draft again, and can be given to somebody else.
        let [kit] = session.new_keys::<Pet>()[..] else { panic!("{:?}", session.new_keys::<Pet>()) };
        session.draft_mut(kit)?.owner = Some(bob.into());
        session.draft_mut(twice)?.name = "cid".into();
        session.commit().await?;
        let owner = Pet::filter(Pet::name.eq("kit")).one(db).await?.owner.map(|owner| owner.key());
        assert_eq!(owner, Some(session[bob].id));
    }
}
