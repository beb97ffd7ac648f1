//! Rules 8 and 25: unique values change hands, whatever their type, and though only the database can compute them.

use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;
use rust_decimal::Decimal;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Busy,
    Done,
}

/// By expressions.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "slots", index(on = Slot::number * 2, unique, name = "one_slot_double"), index(on = length(Slot::word), unique, name = "one_slot_length"))]
pub struct Slot {
    pub id: i64,
    pub number: i64,
    #[field(max_length = 20)]
    pub word: String,
}

/// The same by a column that every database generates.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lanes")]
pub struct Lane {
    pub id: i64,
    pub number: i64,
    #[field(unique, generated = Lane::number * 2)]
    pub double: i64,
}

/// A word whose case does not count, nor its accents, as the database says.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "words")]
pub struct Word {
    pub id: i64,
    #[field(unique, sql_type = "varchar(20) collate utf8mb4_general_ci")]
    pub text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "swaps")]
pub struct Swap {
    pub id: i64,
    #[field(unique)]
    pub day: jiff::civil::Date,
    #[field(unique)]
    pub moment: Timestamp,
    #[field(unique)]
    pub clock: jiff::civil::Time,
    #[field(unique, decimal(6, 2))]
    pub price: Decimal,
    #[field(unique)]
    pub factor: f64,
    pub state: State,
    #[field(unique)]
    pub small: u8,
    #[field(unique, max_length = 1)]
    pub letter: String,
    #[field(unique, max_length = 20)]
    pub word: String,
}

/// Each is followed by one, and by nothing else.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "beads")]
pub struct Bead {
    #[field(primary_key)]
    pub number: i64,
    #[field(unique)]
    pub next: BelongsTo<Bead>,
}

fn swap(n: i8, state: State, word: &str) -> NewSwap {
    NewSwap {
        day: jiff::civil::date(2020, 1, n),
        moment: Timestamp::from_second(i64::from(n)).expect("a moment"),
        clock: jiff::civil::time(n, 0, 0, 0),
        price: Decimal::from(n),
        factor: f64::from(n),
        state,
        small: n as u8,
        letter: n.to_string(),
        word: word.into(),
    }
}

on_every_database! {
    async fn rule_08_unique_values_of_every_type_are_exchanged(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Swap]).await?;
        let mut wrong = Vec::new();
        type Exchange = fn(&mut Swap, &mut Swap);
        let cases: [(&str, Exchange); 8] = [
            ("dates", |a, b| std::mem::swap(&mut a.day, &mut b.day)),
            ("moments", |a, b| std::mem::swap(&mut a.moment, &mut b.moment)),
            ("times", |a, b| std::mem::swap(&mut a.clock, &mut b.clock)),
            ("decimals", |a, b| std::mem::swap(&mut a.price, &mut b.price)),
            ("floats", |a, b| std::mem::swap(&mut a.factor, &mut b.factor)),
            ("small numbers", |a, b| std::mem::swap(&mut a.small, &mut b.small)),
            ("letters", |a, b| std::mem::swap(&mut a.letter, &mut b.letter)),
            ("words, beside others like those that stand in for them", |a, b| std::mem::swap(&mut a.word, &mut b.word)),
        ];
        for (case, exchange) in cases {
            let mut session = db.session();
            let keys = session.add_all([swap(1, State::Open, "one"), swap(2, State::Busy, "two"), swap(3, State::Done, "~1"), swap(4, State::Done, "~0")].into_iter().take(3));
            session.commit().await?;
            let (mut a, mut b) = (session[keys[0]].clone(), session[keys[1]].clone());
            exchange(&mut a, &mut b);
            let expected = [a.clone(), b.clone()];
            session[keys[0]] = a;
            session[keys[1]] = b;
            match session.commit().await {
                Err(error) => wrong.push(format!("{case}: {error}")),
                Ok(_) => {
                    let stored = Swap::query().order_by(Swap::id).limit(2).all(db).await?;
                    if stored != expected {
                        wrong.push(format!("{case}: {stored:?}"));
                    }
                }
            }
            Swap::query().unfiltered().delete().execute(db).await?;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_25_generated_values_change_hands(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Lane]).await?;
        let mut wrong = Vec::new();
        for case in ["delete and add", "chain up", "chain down", "exchange", "update and add", "delete and update"] {
            let mut session = db.session();
            let keys = session.add_all([1, 2, 3].map(|number| NewLane { number }));
            session.commit().await?;
            let [a, b, c] = keys[..] else { panic!("three") };
            match case {
                "delete and add" => {
                    session.remove(a)?;
                    session.add(NewLane { number: 1 });
                }
                "chain up" => {
                    session[a].number = 2;
                    session[b].number = 3;
                    session[c].number = 4;
                }
                "chain down" => {
                    session[a].number = 0;
                    session[b].number = 1;
                    session[c].number = 2;
                }
                "exchange" => {
                    session[a].number = 2;
                    session[b].number = 1;
                }
                "update and add" => {
                    session[b].number = 9;
                    session.add(NewLane { number: 2 });
                }
                _ => {
                    session.remove(b)?;
                    session[c].number = 2;
                }
            }
            match session.commit().await {
                Err(error) => wrong.push(format!("{case}: {error}")),
                Ok(_) => {
                    for key in keys {
                        if let Ok(row) = session.row(key) {
                            assert_eq!((row.double, row), (row.number * 2, &Lane::get(row.id, db).await?), "{case}");
                        }
                    }
                }
            }
            Lane::query().unfiltered().delete().execute(db).await?;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_25_values_that_only_the_database_computes_change_hands(fixture) {
        let db = &fixture.db;
        if fixture.backend == Backend::Mariadb {
            return Ok(());
        }
        db.create_all(&models![Slot]).await?;
        let slot = |number: i64, length: usize| NewSlot { number, word: "x".repeat(length) };
        let mut wrong = Vec::new();
        for case in ["delete and add", "chain up", "chain down", "exchange", "update and add", "delete and update", "exchange words"] {
            let mut session = db.session();
            let keys = session.add_all([slot(1, 1), slot(2, 2), slot(3, 3)]);
            session.commit().await?;
            let [a, b, c] = keys[..] else { panic!("three") };
            match case {
                "delete and add" => {
                    session.remove(a)?;
                    session.add(slot(1, 1));
                }
                "chain up" => {
                    session[a].number = 2;
                    session[b].number = 3;
                    session[c].number = 4;
                }
                "chain down" => {
                    session[a].number = 0;
                    session[b].number = 1;
                    session[c].number = 2;
                }
                "exchange" => {
                    session[a].number = 2;
                    session[b].number = 1;
                }
                "update and add" => {
                    session[b].number = 9;
                    session[b].word = "x".repeat(9);
                    session.add(slot(2, 2));
                }
                "delete and update" => {
                    session.remove(b)?;
                    session[c].number = 2;
                }
                _ => {
                    session[a].word = "yy".into();
                    session[b].word = "y".into();
                }
            }
            if let Err(error) = session.commit().await {
                wrong.push(format!("{case}: {error}"));
            }
            Slot::query().unfiltered().delete().execute(db).await?;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    requires(Backend::is_mariadb) async fn rule_25_texts_that_a_collation_takes_for_equal_change_hands(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Word]).await?;
        let mut wrong = Vec::new();
        for (before, after) in [("e", "E"), ("e", "\u{e9}"), ("e", "e "), ("stra\u{df}e", "strase")] {
            let mut session = db.session();
            let old = session.add(NewWord { text: before.into() });
            session.commit().await?;
            session.remove(old)?;
            session.add(NewWord { text: after.into() });
            if let Err(error) = session.commit().await {
                wrong.push(format!("{before:?} {after:?}: {error}"));
            }
            Word::query().unfiltered().delete().execute(db).await?;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_25_a_required_reference_that_stands_in_the_way_is_told(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Bead]).await?;
        let bead = |number: i64, next: i64| NewBead { number, next: Ref::key(next) };
        bead(1, 1).insert(db).await?;
        let mut session = db.session();
        let a = session.get::<Bead>(1).await?;
        let b = session.add(bead(2, 1));
        session[a].next = b.into();
        let watch = db.watch();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionState, "{error}");
        assert!(error.to_string().contains("circle"), "{error}");
        for part in ["Bead 1", "Bead::next"] {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!(watch.statements(), 0, "{:?}", watch.texts());
    }
}
