//! Rules 8 and 25: rows exchange unique values of columns that take only some: enums, ranges, CHECKs.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medal {
    Gold,
    Silver,
    Bronze,
    Wood,
}

/// The ordered list that everybody has.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items", unique(list, position))]
pub struct Item {
    pub id: i64,
    pub list: i64,
    #[field(min = 0, enforce)]
    pub position: i32,
    pub name: String,
}

/// One of each column's kind that has limits.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "limits", check(even = Limit::even.is_in([2, 4, 6, 8])), check(over = Limit::over.gt(Limit::under)))]
pub struct Limit {
    pub id: i64,
    #[field(unique)]
    pub medal: Medal,
    #[field(unique, min = 1, enforce)]
    pub from_one: i32,
    #[field(unique, min = 1, max = 5, enforce)]
    pub few: i32,
    #[field(unique, check = Limit::checked.ge(0))]
    pub checked: i64,
    #[field(unique, check = Limit::between.between(10, 1_000_000))]
    pub between: i64,
    #[field(unique)]
    pub even: i32,
    pub under: i32,
    #[field(unique)]
    pub over: i32,
    #[field(unique, max_length = 1)]
    pub letter: String,
    #[field(
        unique,
        one_of("red", "green", "blue", "black"),
        enforce,
        max_length = 10
    )]
    pub colour: String,
    #[field(unique, length(min = 6, max = 8), enforce, max_length = 10)]
    pub code: String,
    #[field(unique, check = Limit::day.ge(date(2000, 1, 1)))]
    pub day: Date,
    #[field(unique, check = Limit::share.between(Decimal::ZERO, Decimal::ONE), decimal(4, 3))]
    pub share: Decimal,
    #[field(unique, min = 0.0, max = 1.0, enforce)]
    pub part: f64,
}

/// Few values, whose rows may be marked as deleted.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "prizes", index(medal, unique, name = "one_prize_alive", filter = Prize::deleted_at.is_null()))]
pub struct Prize {
    pub id: i64,
    pub medal: Medal,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
}

/// Few values.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "seats")]
pub struct Seat {
    pub id: i64,
    #[field(unique)]
    pub medal: Medal,
    pub name: String,
}

/// Two, of which no third is free.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "switches")]
pub struct Switch {
    pub id: i64,
    #[field(unique)]
    pub is_on: bool,
}

/// Few values, or none.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "ranks")]
pub struct Rank {
    pub id: i64,
    #[field(unique, min = 1, max = 3, enforce)]
    pub number: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "sitters")]
pub struct Sitter {
    pub id: i64,
    pub seat: BelongsTo<Seat>,
}

/// Few values together.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pairs", unique(medal, is_on))]
pub struct Pair {
    pub id: i64,
    pub medal: Medal,
    pub is_on: bool,
}

/// The key itself has a limit.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "doors")]
pub struct Door {
    #[field(primary_key, min = 1, enforce)]
    pub number: i32,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "rooms")]
pub struct Room {
    #[field(primary_key, max_length = 10)]
    pub code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "guests")]
pub struct Guest {
    pub id: i64,
    pub name: String,
}

/// Both columns always lead to a row.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookings", unique(room, guest))]
pub struct Booking {
    pub id: i64,
    pub room: BelongsTo<Room>,
    pub guest: BelongsTo<Guest>,
}

fn limit(n: i8) -> NewLimit {
    NewLimit {
        medal: [Medal::Gold, Medal::Silver, Medal::Bronze][n as usize - 1],
        from_one: n.into(),
        few: n.into(),
        checked: i64::from(n) - 1,
        between: i64::from(n) + 9,
        even: i32::from(n) * 2,
        under: 0,
        over: n.into(),
        letter: n.to_string(),
        colour: ["red", "green", "blue"][n as usize - 1].into(),
        code: format!("code-{n}"),
        day: date(2000, 1, n),
        share: Decimal::new(n.into(), 3),
        part: f64::from(n) / 4.0,
    }
}

on_every_database! {
    async fn rule_08_values_within_limits_are_exchanged_and_rotated(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let mut wrong = Vec::new();
        macro_rules! cases {
            ($($field:ident)+) => {
                [$((stringify!($field), (|to: &mut Limit, from: &Limit| to.$field = from.$field.clone()) as fn(&mut Limit, &Limit))),+]
            };
        }
        let cases = cases![medal from_one few checked between even over letter colour code day share part];
        for (case, take) in cases {
            for moves in [&[(0, 1), (1, 0)][..], &[(0, 1), (1, 2), (2, 0)], &[(0, 2), (2, 0)]] {
                let mut session = db.session();
                let keys = session.add_all([limit(1), limit(2), limit(3)]);
                session.commit().await?;
                let before: Vec<Limit> = keys.iter().map(|key| session[*key].clone()).collect();
                let mut expected = before.clone();
                for (to, from) in moves {
                    take(&mut expected[*to], &before[*from]);
                    session[keys[*to]] = expected[*to].clone();
                }
                match session.commit().await {
                    Err(error) => wrong.push(format!("{case} {moves:?}: {error}")),
                    Ok(_) => {
                        let stored = Limit::query().order_by(Limit::id).all(db).await?;
                        let memory: Vec<Limit> = keys.iter().map(|key| session[*key].clone()).collect();
                        if stored != expected || memory != expected {
                            wrong.push(format!("{case} {moves:?}: {stored:?}"));
                        }
                    }
                }
                Limit::query().unfiltered().delete().execute(db).await?;
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_08_an_item_of_an_ordered_list_moves_and_all_others_are_shifted(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Item]).await?;
        let mut session = db.session();
        let new = |list, position| NewItem { list, position, name: format!("{list}/{position}") };
        let mut keys = Vec::new();
        for list in [1, 2] {
            keys.extend(session.add_all((0..5).map(|position| new(list, position))));
        }
        session.commit().await?;
        // The last one to the front, of both lists at once; and back again.
        for round in 0..3 {
            for list in keys.chunks(5) {
                for key in list {
                    let position = session[*key].position;
                    session[*key].position = (position + 1 + round) % 5;
                }
            }
            session.commit().await?;
            for item in Item::query().all(db).await? {
                let key = keys.iter().find(|key| session[**key].id == item.id).expect("known");
                assert_eq!(session[*key], item);
            }
        }
        // Into the other list, whose items make room.
        let moved = keys[0];
        let (list, position) = (2, session[moved].position);
        for key in &keys[5..] {
            if session[*key].position >= position {
                session[*key].position += 1;
            }
        }
        session[moved].list = list;
        session.commit().await?;
        assert_eq!(Item::query().filter(Item::list.eq(2)).count(db).await?, 6);
    }

    async fn rule_08_the_last_free_value_is_enough(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Seat, Pair]).await?;
        let mut wrong = Vec::new();
        let medals = [Medal::Gold, Medal::Silver, Medal::Bronze, Medal::Wood];
        // How many seats there are, who takes whose medal (`usize::MAX` is nobody's), who is removed, whether one is added.
        type Case<'a> = (&'a str, usize, &'a [(usize, usize)], &'a [usize], Option<Medal>);
        let cases: [Case<'_>; 9] = [
            ("one is free", 3, &[(0, 1), (1, 0)], &[], None),
            ("it is given to a new row", 3, &[(0, 1), (1, 0)], &[], Some(Medal::Wood)),
            ("it is given to a new row after a rotation", 3, &[(0, 1), (1, 2), (2, 0)], &[], Some(Medal::Wood)),
            ("a removed row frees one", 4, &[(0, 1), (1, 0)], &[3], None),
            ("a removed row frees one, which a new one takes", 4, &[(0, 1), (1, 0)], &[3], Some(Medal::Wood)),
            ("a removed row frees one, which another takes", 4, &[(0, 2), (1, 0)], &[2], None),
            ("two are free", 2, &[(0, 1), (1, 0)], &[], Some(Medal::Bronze)),
            ("a row takes a free one", 2, &[(0, 1), (1, 2)], &[], Some(Medal::Gold)),
            ("a chain of all", 3, &[(0, 1), (1, 2), (2, 3)], &[], Some(Medal::Gold)),
        ];
        for (case, seats, moves, removed, added) in cases {
            let mut session = db.session();
            let new = |n: usize| NewSeat { medal: medals[n], name: n.to_string() };
            let keys = session.add_all((0..seats).map(new));
            session.commit().await?;
            for (who, whose) in moves {
                session[keys[*who]].medal = medals[*whose];
            }
            for n in removed {
                session.remove(keys[*n])?;
            }
            if let Some(medal) = added {
                session.add(NewSeat { medal, name: "new".into() });
            }
            let mut expected: Vec<(String, Medal)> = (0..seats)
                .filter(|n| !removed.contains(n))
                .map(|n| (n.to_string(), moves.iter().find(|(who, _)| *who == n).map_or(medals[n], |(_, whose)| medals[*whose])))
                .collect();
            expected.extend(added.map(|medal| ("new".to_string(), medal)));
            match session.commit().await {
                Err(error) => wrong.push(format!("{case}: {error}")),
                Ok(_) => {
                    let mut stored: Vec<(String, Medal)> = Seat::query().all(db).await?.into_iter().map(|seat| (seat.name, seat.medal)).collect();
                    stored.sort_by(|a, b| a.0.cmp(&b.0));
                    if stored != expected {
                        wrong.push(format!("{case}: {stored:?}"));
                    }
                }
            }
            Seat::query().unfiltered().delete().execute(db).await?;
        }
        // Two exchanges, and one value for both.
        let mut session = db.session();
        let all = [(0, true), (0, false), (1, true), (1, false), (2, true), (2, false), (3, true)];
        let keys = session.add_all(all.map(|(n, is_on)| NewPair { medal: medals[n], is_on }));
        session.commit().await?;
        for n in 0..3 {
            session[keys[2 * n]].is_on = false;
            session[keys[2 * n + 1]].is_on = true;
        }
        session.commit().await?;
        for pair in Pair::query().all(db).await? {
            let key = keys.iter().find(|key| session[**key].id == pair.id).expect("known");
            assert_eq!(session[*key], pair);
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// A row that refers to a removed one is led to a new one before that goes: the new one has the free value, and the next
    /// one takes the removed row's.
    async fn rule_08_the_last_free_value_is_enough_where_references_move(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Seat, Sitter]).await?;
        let mut session = db.session();
        let new = |medal: Medal, name: &str| NewSeat { medal, name: name.into() };
        let one = session.add(new(Medal::Gold, "one"));
        let two = session.add(new(Medal::Silver, "two"));
        let gone = session.add(new(Medal::Bronze, "gone"));
        let sitter = session.add(NewSitter { seat: gone.into() });
        session.commit().await?;
        session[one].medal = Medal::Silver;
        session[two].medal = Medal::Gold;
        let first = session.add(new(Medal::Wood, "first"));
        session[sitter].seat = first.into();
        session.remove(gone)?;
        session.add(new(Medal::Bronze, "second"));
        session.commit().await?;
        let seats = Seat::query().order_by(Seat::name).select((Seat::name, Seat::medal)).all(db).await?;
        let expected = [("first", Medal::Wood), ("one", Medal::Silver), ("second", Medal::Bronze), ("two", Medal::Gold)];
        assert_eq!(seats, expected.map(|(name, medal)| (name.to_string(), medal)));
        let sitter = Sitter::get(session[sitter].id, db).await?;
        assert_eq!(sitter.seat.key(), session[first].id);
    }

    async fn rule_08_an_exchange_without_a_free_value_says_so_and_does_nothing(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Switch, Rank]).await?;
        let mut session = db.session();
        let keys = session.add_all([false, true].map(|is_on| NewSwitch { is_on }));
        let other = session.add(NewRank { number: Some(1) });
        session.commit().await?;
        session[keys[0]].is_on = true;
        session[keys[1]].is_on = false;
        session[other].number = Some(2);
        let error = session.commit().await.expect_err("both are taken");
        assert_eq!(error.kind(), ErrorKind::SessionState);
        let text = error.to_string();
        for word in ["Switch", "\"is_on\"", "NULL"] {
            assert!(text.contains(word), "{text}");
        }
        assert_eq!(Rank::query().one(db).await?.number, Some(1));
        // The changes are still there, and can be taken back.
        assert!(session[keys[0]].is_on);
        session[keys[0]].is_on = false;
        session[keys[1]].is_on = true;
        session.commit().await?;
        assert_eq!(Rank::query().one(db).await?.number, Some(2));
        // Where NULL is a value, all can be exchanged.
        let more = session.add_all([1, 3].map(|number| NewRank { number: Some(number) }));
        session.commit().await?;
        session[other].number = Some(3);
        session[more[0]].number = Some(2);
        session[more[1]].number = Some(1);
        session.commit().await?;
        let numbers: Vec<Option<i32>> = Rank::query().order_by(Rank::id).all(db).await?.into_iter().map(|rank| rank.number).collect();
        assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
    }

    async fn rule_25_marked_rows_give_up_values_of_which_there_are_few(fixture) {
        if fixture.backend == crate::harness::Backend::Mariadb {
            return Ok(());
        }
        let db = &fixture.db;
        db.create_all(&models![Prize]).await?;
        let medals = [Medal::Gold, Medal::Silver, Medal::Bronze, Medal::Wood];
        for is_marked_before in [true, false] {
            let mut session = db.session();
            let keys = session.add_all(medals.map(|medal| NewPrize { medal, deleted_at: None }));
            session.commit().await?;
            session.remove(keys[3])?;
            if is_marked_before {
                session.commit().await?;
            }
            session[keys[0]].medal = Medal::Silver;
            session[keys[1]].medal = Medal::Gold;
            session.commit().await?;
            let stored: Vec<Medal> = Prize::query().order_by(Prize::id).all(db).await?.into_iter().map(|prize| prize.medal).collect();
            assert_eq!(stored, [Medal::Silver, Medal::Gold, Medal::Bronze]);
            Prize::query().unscoped().unfiltered().delete().execute(db).await?;
        }
    }

    async fn rule_12_keys_within_limits_are_exchanged(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Door]).await?;
        let mut session = db.session();
        let keys = session.add_all([1, 2, 3].map(|number| NewDoor { number, name: number.to_string() }));
        session.commit().await?;
        for (key, number) in keys.iter().zip([2, 3, 1]) {
            session[*key].number = number;
        }
        session.commit().await?;
        let stored: Vec<String> = Door::query().order_by(Door::number).all(db).await?.into_iter().map(|door| door.name).collect();
        assert_eq!(stored, ["3", "1", "2"]);
        assert_eq!(session.find::<Door>(3).await?, Some(keys[1]));
    }

    async fn rule_25_required_references_lead_elsewhere_for_a_moment(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Room, Guest, Booking]).await?;
        for code in ["a", "b"] {
            NewRoom { code: code.into() }.insert(db).await?;
        }
        let mut guests = Vec::new();
        for name in ["Ann", "Bob"] {
            guests.push(NewGuest { name: name.into() }.insert(db).await?);
        }
        let mut session = db.session();
        let book = |room: &str, guest: &Guest| NewBooking { room: Ref::key(room), guest: guest.into() };
        let one = session.add(book("a", &guests[0]));
        let two = session.add(book("a", &guests[1]));
        session.commit().await?;
        // There is no third guest, but another room; then there is neither; then a third guest.
        for round in 0..3 {
            if round == 1 {
                for guest in &guests {
                    book("b", guest).insert(db).await?;
                }
            }
            if round == 2 {
                NewGuest { name: "Eve".into() }.insert(db).await?;
            }
            let (first, second) = (session[one].guest.clone(), session[two].guest.clone());
            session[one].guest = second.clone();
            session[two].guest = first.clone();
            match session.commit().await {
                Ok(_) => {
                    let id = session[one].id;
                    let stored = Booking::get(id, db).await?;
                    assert_eq!(stored, session[one]);
                    assert_eq!(stored.guest, second);
                    assert_eq!(stored.room.key(), "a");
                }
                Err(error) => {
                    assert_eq!(round, 1, "{error}");
                    assert_eq!(error.kind(), ErrorKind::SessionState, "{error}");
                    assert!(error.to_string().contains("Booking"), "{error}");
                    session[one].guest = first;
                    session[two].guest = second;
                }
            }
        }
    }
}
