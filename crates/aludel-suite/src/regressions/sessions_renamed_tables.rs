//! Rule 29: a natural key that changes in a table that refers to itself: rows that are joined with themselves, and
//! references of the other models of an enum's table.

use aludel::ErrorKind;
use aludel::prelude::*;

/// Words that are like each other, and perhaps themselves.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "signs")]
pub struct Sign {
    #[field(primary_key, max_length = 20)]
    pub name: String,
    pub like: ManyToMany<Sign>,
    #[field(inverse = like)]
    pub liked_by: ManyToMany<Sign>,
}

/// May refer to one sign twice.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "couples")]
pub struct Couple {
    pub id: i64,
    #[field(on_update = cascade)]
    pub left: BelongsTo<Sign>,
    #[field(on_update = cascade)]
    pub right: BelongsTo<Sign>,
}

/// … by its key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bonds")]
pub struct Bond {
    #[field(primary_key, on_update = cascade)]
    pub left: BelongsTo<Sign>,
    #[field(primary_key, on_update = cascade)]
    pub right: BelongsTo<Sign>,
}

/// Its key is of a type that databases have no word of their own for, and of others.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "steps")]
pub struct Step {
    #[field(primary_key)]
    pub number: i32,
    #[field(on_update = cascade)]
    pub back: Option<BelongsTo<Step>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "badges")]
pub struct Badge {
    #[field(primary_key)]
    pub id: uuid::Uuid,
    #[field(on_update = cascade)]
    pub before: Option<BelongsTo<Badge>>,
}

/// Refers to itself by another key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "rungs")]
pub struct Rung {
    pub id: i32,
    #[field(alternate_key, max_length = 20)]
    pub code: String,
    #[field(on_update = cascade, column = "down")]
    pub down: Option<BelongsTo<Rung, RungCode>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "beings", discriminator = "sort", common(name: String))]
pub enum Being {
    Person(Person),
    Pet(Pet),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Being, referred_by(Picture::of))]
pub struct Person {
    #[field(primary_key, max_length = 20)]
    pub name: String,
    pub age: i64,
}

/// Its owner, and what it is fond of, are of its own table, and of another model.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Being)]
pub struct Pet {
    #[field(primary_key, max_length = 20)]
    pub name: String,
    #[field(on_update = cascade, on_delete = set_null)]
    pub owner: Option<BelongsTo<Person>>,
    pub fond_of: ManyToMany<Person>,
    pub toys: ManyToMany<Toy>,
    pub friends: ManyToMany<Pet>,
    pub homes: ManyToMany<Home>,
}

/// Both sides say that they belong together, and neither that it is the inverse.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "homes")]
pub struct Home {
    pub id: i64,
    pub pets: ManyToMany<Pet>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "toys")]
pub struct Toy {
    pub id: i64,
    #[field(inverse = toys)]
    pub pets: ManyToMany<Pet>,
}

#[derive(Polymorphic, Debug, Clone, PartialEq)]
pub enum Depicted {
    Person(Person),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pictures", index(of))]
pub struct Picture {
    pub id: i64,
    #[field(embedded, on_delete = cascade, on_update = cascade)]
    pub of: DepictedRef,
}

async fn likes(db: &Database) -> aludel::Result<Vec<String>> {
    let all = Sign::query()
        .order_by(Sign::name)
        .with(Sign::like)
        .all(db)
        .await?;
    let shown = all.iter().flat_map(|sign| {
        let liked = sign.like.iter();
        liked.map(|other| format!("{}~{}", sign.name, other.name))
    });
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    Ok(shown)
}

on_every_database! {
    async fn rule_29_a_row_that_is_joined_with_itself_follows_its_own_key(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Sign]).await?;
        let cases: &[(&str, &[&str])] = &[
            ("one", &["B~B", "B~X", "X~B", "X~X"]),
            ("both", &["X~X", "X~Y", "Y~X", "Y~Y"]),
            ("exchanged", &["A~A", "A~B", "B~A", "B~B"]),
            ("nobody known", &["B~B", "B~X", "X~B", "X~X"]),
            ("parted", &["B~B", "B~X", "X~B"]),
            ("joined now", &["B~B", "B~X", "C~C", "X~B", "X~X"]),
        ];
        let mut wrong = Vec::new();
        for (case, expected) in cases {
            Sign::query().unfiltered().delete().execute(db).await?;
            let mut session = db.session();
            let (a, b) = (session.add(NewSign { name: "A".into() }), session.add(NewSign { name: "B".into() }));
            session.flush().await?;
            for one in [a, b] {
                for other in [a, b] {
                    session[one].like.add(other);
                }
            }
            session.commit().await?;
            match *case {
                "one" => session[a].name = "X".into(),
                "both" => {
                    session[a].name = "X".into();
                    session[b].name = "Y".into();
                }
                "exchanged" => {
                    session[a].name = "B".into();
                    session[b].name = "A".into();
                }
                "nobody known" => {
                    session = db.session();
                    let a = session.get::<Sign>("A").await?;
                    session[a].name = "X".into();
                }
                "parted" => {
                    session[a].name = "X".into();
                    session[a].like.remove(a);
                }
                _ => {
                    let c = session.add(NewSign { name: "C".into() });
                    session.flush().await?;
                    session[c].like.add(c);
                    session[a].name = "X".into();
                }
            }
            if let Err(error) = session.commit().await {
                wrong.push(format!("{case}: {error}"));
                continue;
            }
            let found = likes(db).await?;
            if found != *expected {
                wrong.push(format!("{case}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Rows that refer to themselves have another key by the time that their references are led back.
    async fn rule_29_keys_of_any_type_follow_in_their_own_table(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Step, Badge, Rung]).await?;
        let mut session = db.session();
        let one = session.add(NewStep { number: 1, back: None });
        let two = session.add(NewStep { number: 2, back: Some(one.into()) });
        session.commit().await?;
        session[one].back = Some(one.into());
        session.commit().await?;
        session[one].number = 7;
        session.commit().await?;
        let steps = Step::query().order_by(Step::number).all(db).await?;
        let back: Vec<(i32, Option<i32>)> = steps.iter().map(|step| (step.number, step.back.as_ref().map(|back| back.key()))).collect();
        assert_eq!(back, [(2, Some(7)), (7, Some(7))]);
        assert_eq!(steps, [session[two].clone(), session[one].clone()]);

        let ids = [1, 2, 3].map(uuid::Uuid::from_u128);
        let mut session = db.session();
        let first = session.add(NewBadge { id: ids[0], before: None });
        session.add(NewBadge { id: ids[1], before: Some(first.into()) });
        session.commit().await?;
        session[first].before = Some(first.into());
        session.commit().await?;
        session[first].id = ids[2];
        session.commit().await?;
        let badges = Badge::query().order_by(Badge::id).all(db).await?;
        let before: Vec<_> = badges.iter().map(|badge| badge.before.as_ref().map(|before| before.key())).collect();
        assert_eq!(before, [Some(ids[2]), Some(ids[2])]);

        let mut session = db.session();
        let (a, b) = (session.add(NewRung { code: "a".into(), down: None }), session.add(NewRung { code: "b".into(), down: None }));
        session.commit().await?;
        session[a].down = Some(a.into());
        session.commit().await?;
        session[a].code = "c".into();
        session[a].down = Some(b.into());
        session.commit().await?;
        let rungs = Rung::query().order_by(Rung::code).all(db).await?;
        let down: Vec<Option<String>> = rungs.iter().map(|rung| rung.down.as_ref().map(|down| down.key())).collect();
        assert_eq!(down, [None, Some("b".to_string())]);
    }

    /// MariaDB writes a row with another key anew, and looks at both references while it changes one.
    async fn rule_29_a_row_that_refers_to_a_key_twice_follows_or_is_refused(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Sign, Couple, Bond]).await?;
        let mut session = db.session();
        let a = session.add(NewSign { name: "A".into() });
        session.add(NewCouple { left: a.into(), right: a.into() });
        session.commit().await?;
        session[a].name = "B".into();
        session.commit().await?;
        let couples = Couple::query().select((Couple::left.name, Couple::right.name));
        assert_eq!(couples.all(db).await?, [("B".to_string(), "B".to_string())]);
        session.add(NewBond { left: a.into(), right: a.into() });
        session.commit().await?;
        session[a].name = "C".into();
        let expected = match session.commit().await {
            Ok(_) => "C",
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
                session.rollback().await?;
                "B"
            }
        };
        let bonds = Bond::query().select((Bond::left.name, Bond::right.name));
        assert_eq!(bonds.all(db).await?, [(expected.to_string(), expected.to_string())]);
        assert_eq!(fixture.backend == crate::harness::Backend::Mariadb, expected == "B");
    }

    async fn rule_29_references_of_other_models_of_an_enums_table_follow(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Home, Being, Person, Pet, Toy, Picture]).await?;
        let mut wrong = Vec::new();
        for case in ["the variant", "the enum", "exchanged", "nobody known"] {
            Picture::query().unfiltered().delete().execute(db).await?;
            Pet::query().unfiltered().delete().execute(db).await?;
            Being::query().unfiltered().delete().execute(db).await?;
            let mut session = db.session();
            let ann = session.add(NewPerson { name: "Ann".into(), age: 1 });
            let bob = session.add(NewPerson { name: "Bob".into(), age: 2 });
            let rex = session.add(NewPet { name: "Rex".into(), owner: Some(ann.into()) });
            session.flush().await?;
            session[rex].fond_of.add(ann);
            session.commit().await?;
            let being = session.get::<Being>("Ann").await?;
            let picture = session.add(NewPicture { of: ann.into() });
            session.commit().await?;
            let expected = match case {
                "exchanged" => "Bob",
                _ => "Eve",
            };
            match case {
                "the variant" => session[ann].name = "Eve".into(),
                "the enum" => {
                    let Being::Person(person) = &mut session[being] else { panic!("a person") };
                    person.name = "Eve".into();
                }
                "exchanged" => {
                    session[ann].name = "Bob".into();
                    session[bob].name = "Ann".into();
                }
                _ => {
                    session = db.session();
                    let ann = session.get::<Person>("Ann").await?;
                    session[ann].name = "Eve".into();
                }
            }
            if let Err(error) = session.commit().await {
                wrong.push(format!("{case}: {error}"));
                continue;
            }
            let owners = Pet::query().all(db).await?;
            let owner = owners[0].owner.as_ref().map(|owner| owner.key());
            let fond = Pet::fond_of.of(&owners[0]).query()?.select(Person::name).all(db).await?;
            let shown = Picture::query().all(db).await?;
            let found = format!("{owner:?} {fond:?} {:?}", shown[0].of);
            let wanted = format!("{:?} {:?} {:?}", Some(expected), [expected], DepictedRef::Person(expected.into()));
            if found != wanted {
                wrong.push(format!("{case}: {found}, not {wanted}"));
            }
            if case != "nobody known" {
                let owner = session[rex].owner.as_ref().map(|owner| owner.key());
                let memory = format!("{owner:?} {:?}", session[picture].of);
                let wanted = format!("{:?} {:?}", Some(expected), DepictedRef::Person(expected.into()));
                if memory != wanted {
                    wrong.push(format!("{case}, in memory: {memory}, not {wanted}"));
                }
                // The same row, as the enum has it.
                let twin = &session[being].common().name;
                if *twin != expected {
                    wrong.push(format!("{case}, as the enum: {twin}, not {expected}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// The table is made once, for the enum, and written and read by way of the variant.
    async fn join_tables_of_a_variant_join_its_rows(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Home, Being, Person, Pet, Toy, Picture]).await?;
        let ann = NewPerson { name: "Ann".into(), age: 1 }.insert(db).await?;
        let rex = NewPet { name: "Rex".into(), owner: None }.insert(db).await?;
        let (ball, bone) = (NewToy::default().insert(db).await?, NewToy::default().insert(db).await?);
        Pet::toys.of(&rex).add([&ball, &bone], db).await?;
        Pet::fond_of.of(&rex).add([&ann], db).await?;
        Pet::friends.of(&rex).add([&rex], db).await?;
        assert_eq!(Pet::friends.of(&rex).query()?.select(Pet::name).all(db).await?, ["Rex"]);
        let home = NewHome::default().insert(db).await?;
        Home::pets.of(&home).add([&rex], db).await?;
        assert_eq!(Pet::homes.of(&rex).query()?.select(Home::id).all(db).await?, [home.id]);
        Toy::pets.of(&bone).remove([&rex], db).await?;
        assert_eq!(Pet::toys.of(&rex).query()?.select(Toy::id).all(db).await?, [ball.id]);
        let pets = Toy::query().order_by(Toy::id).with(Toy::pets).all(db).await?;
        let pets: Vec<usize> = pets.iter().map(|toy| toy.pets.len()).collect();
        assert_eq!(pets, [1, 0]);
        let fond = Pet::query().filter(Pet::fond_of.any(Person::age.eq(1))).count(db).await?;
        assert_eq!(fond, 1);
        let mut session = db.session();
        let rex = session.get::<Pet>("Rex").await?;
        session[rex].name = "Max".into();
        session.commit().await?;
        let pets = Toy::filter(Toy::id.eq(ball.id)).with(Toy::pets).one(db).await?;
        assert_eq!(pets.pets.iter().map(|pet| pet.name.as_str()).collect::<Vec<_>>(), ["Max"]);
        let friends = Pet::query().with(Pet::friends).with(Pet::homes).one(db).await?;
        assert_eq!(friends.friends.iter().map(|pet| pet.name.as_str()).collect::<Vec<_>>(), ["Max"]);
        assert_eq!(friends.homes.len(), 1);
    }
}
