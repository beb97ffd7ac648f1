//! Rule 28: what refers to a row that is removed goes along, is let go, or is refused, however it refers to it, and though
//! another row takes the key in the same flush.

use aludel::prelude::*;
use jiff::Timestamp;

/// Nothing is declared on it; its key can be taken over.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "depots")]
pub struct Depot {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(alternate_key, max_length = 20)]
    pub sign: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "trucks")]
pub struct Truck {
    pub id: i64,
    #[field(on_delete = cascade, on_update = cascade)]
    pub depot: BelongsTo<Depot>,
    #[field(on_delete = cascade, on_update = cascade)]
    pub base: Option<BelongsTo<Depot, DepotSign>>,
    #[field(on_delete = set_null, on_update = cascade)]
    pub old: Option<BelongsTo<Depot>>,
}

/// A parent that is only marked, and children that are or are not.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "clubs")]
pub struct Club {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(soft_delete)]
    pub closed: Option<Timestamp>,
    pub members: HasMany<Member>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "members")]
pub struct Member {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub club: BelongsTo<Club>,
    #[field(soft_delete)]
    pub left: Option<Timestamp>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shows", referred_by(Remark::about))]
pub struct Show {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(alternate_key, max_length = 20)]
    pub slug: String,
    pub remarks: HasMany<Ticket>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "films", referred_by(Remark::about))]
pub struct Film {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    pub title: String,
}

#[derive(Polymorphic, Debug, Clone, PartialEq)]
pub enum Thing {
    Show(Show),
    Film(Film),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "remarks")]
pub struct Remark {
    pub id: i64,
    pub text: String,
    #[field(embedded, on_delete = cascade)]
    pub about: ThingRef,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tickets")]
pub struct Ticket {
    pub id: i64,
    #[field(on_delete = cascade, on_update = cascade)]
    pub show: BelongsTo<Show>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "seats")]
pub struct Seat {
    pub id: i64,
    #[field(on_delete = cascade, on_update = cascade)]
    pub show: BelongsTo<Show, ShowSlug>,
    #[field(on_delete = set_null)]
    pub ticket: Option<BelongsTo<Ticket>>,
}

fn show(code: &str) -> NewShow {
    NewShow {
        code: code.into(),
        slug: format!("slug {code}"),
    }
}

fn remark(text: &str, about: ThingRef) -> NewRemark {
    NewRemark {
        text: text.into(),
        about,
    }
}

/// A ring.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "hops")]
pub struct Hop {
    pub id: i64,
    #[field(unique, on_delete = set_null)]
    pub next: Option<BelongsTo<Hop>>,
}

on_every_database! {
    async fn rule_28_what_went_along_is_not_found_though_another_row_took_the_key(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Depot, Truck]).await?;
        let mut wrong = Vec::new();
        for case in ["a new row takes the alternate key", "a row takes the alternate key", "a row takes the key"] {
            Truck::query().unfiltered().delete().execute(db).await?;
            Depot::query().unfiltered().delete().execute(db).await?;
            let depot = |code: &str, sign: &str| NewDepot { code: code.into(), sign: sign.into() };
            let mut session = db.session();
            let (a, b) = (session.add(depot("a", "x")), session.add(depot("b", "y")));
            let base = session.add(NewTruck { depot: b.into(), base: Some(a.into()), old: None });
            let own = session.add(NewTruck { depot: a.into(), base: None, old: None });
            let let_go = session.add(NewTruck { depot: b.into(), base: None, old: Some(a.into()) });
            session.commit().await?;
            let keys = [base, own, let_go].map(|key| (key, session[key].id));
            session.remove(a)?;
            let late = match case {
                "a new row takes the alternate key" => {
                    let new = session.add(depot("c", "x"));
                    session.add(NewTruck { depot: b.into(), base: Some(new.into()), old: None })
                }
                "a row takes the alternate key" => {
                    session[b].sign = "x".into();
                    session.add(NewTruck { depot: b.into(), base: Some(b.into()), old: None })
                }
                _ => {
                    session[b].code = "a".into();
                    session.add(NewTruck { depot: b.into(), base: None, old: Some(b.into()) })
                }
            };
            session.commit().await?;
            // What the session has is what the database has.
            for (key, id) in keys.into_iter().chain([(late, session[late].id)]) {
                let stored = Truck::find(id, db).await?;
                let known = session.find::<Truck>(id).await?;
                if known.is_some() != stored.is_some() {
                    wrong.push(format!("{case}: {id} is {stored:?}, and found: {}", known.is_some()));
                } else if let Some(stored) = stored
                    && session[key] != stored
                {
                    wrong.push(format!("{case}: {:?} is {stored:?}", session[key]));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_28_references_to_one_of_several_models_by_a_value_go_along_too(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Show, Film, Remark, Ticket, Seat]).await?;
        let mut wrong = Vec::new();
        for case in ["pending", "changed", "stored", "changed away"] {
            Remark::query().unfiltered().delete().execute(db).await?;
            Show::query().unfiltered().delete().execute(db).await?;
            let mut session = db.session();
            let (a, b) = (session.add(show("a")), session.add(show("b")));
            let about = session.add(remark("old", ThingRef::Show("b".into())));
            let other = session.add(remark("other", ThingRef::Show("a".into())));
            session.commit().await?;
            match case {
                "pending" => _ = session.add(remark("new", ThingRef::Show("a".into()))),
                "changed" => session[about].about = ThingRef::Show("a".into()),
                "changed away" => session[other].about = ThingRef::Show("b".into()),
                _ => {}
            }
            session.remove(a)?;
            if let Err(error) = session.commit().await {
                // It may be an error that says which row leads to what was removed.
                if !(error.to_string().contains("Remark") && error.to_string().contains("Show")) {
                    wrong.push(format!("{case}: {error}"));
                }
                continue;
            }
            let left = Remark::query().order_by(Remark::text).all(db).await?;
            let dangling: Vec<_> = left.iter().filter(|row| row.about == ThingRef::Show("a".into())).map(|row| &row.text).collect();
            if !dangling.is_empty() {
                wrong.push(format!("{case}: {dangling:?} refer to nothing"));
            }
            let _ = b;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_28_children_by_a_value_of_a_row_that_is_marked(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Club, Member]).await?;
        let mut wrong = Vec::new();
        for case in ["pending by the key", "moved by the key"] {
            Member::query().unscoped().unfiltered().erase().execute(db).await?;
            Club::query().unscoped().unfiltered().erase().execute(db).await?;
            let mut session = db.session();
            let (a, b) = (session.add(NewClub { code: "a".into(), closed: None }), session.add(NewClub { code: "b".into(), closed: None }));
            session.add(NewMember { club: a.into(), left: None });
            let moved = session.add(NewMember { club: b.into(), left: None });
            session.commit().await?;
            match case {
                "pending by the key" => _ = session.add(NewMember { club: Ref::key("a".to_string()), left: None }),
                _ => session.set(moved, Member::club.set(Ref::<Club>::key("a".to_string())))?,
            }
            session.remove(a)?;
            if let Err(error) = session.commit().await {
                // It may be refused, as long as it says which row leads to what was removed.
                assert!(error.to_string().contains("Member"), "{case}: {error}");
                continue;
            }
            let there = Member::filter(Member::club.eq("a")).count(db).await?;
            if there != 0 {
                wrong.push(format!("{case}: {there} members of a club that is gone"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_28_the_report_counts_what_the_database_took_along(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Show, Film, Remark, Ticket, Seat]).await?;
        let mut session = db.session();
        let a = session.add(show("a"));
        let ticket = session.add(NewTicket { show: a.into() });
        let seat = session.add(NewSeat { show: a.into(), ticket: Some(ticket.into()) });
        session.add(remark("r", a.into()));
        session.commit().await?;
        session.remove(a)?;
        let report = session.commit().await?.to_string();
        for part in ["Show: 1 deleted", "Ticket: 1 deleted", "Seat: 1 deleted", "Remark: 1 deleted"] {
            assert!(report.contains(part), "{report}");
        }
        assert!(session.row(seat).is_err());
    }

    async fn rule_28_a_reference_leads_to_a_new_row_that_has_the_number_of_a_deleted_one(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Hop]).await?;
        let mut session = db.session();
        let first = session.add(NewHop { next: None });
        session.commit().await?;
        let second = session.add(NewHop { next: Some(first.into()) });
        session[first].next = Some(second.into());
        session.commit().await?;
        // SQLite gives the greatest number again, once its row is gone.
        session.remove(second)?;
        let third = session.add(NewHop { next: Some(first.into()) });
        session[first].next = Some(third.into());
        session.commit().await?;
        session.refresh(third).await?;
        let next = session.all(Hop::query()).await?.into_iter().find(|key| *key == first);
        let next = next.and_then(|key| session[key].next.as_ref()).map(BelongsTo::key);
        assert_eq!(next, Some(session[third].id));
        let stored = Hop::get(session[first].id, db).await?.next.map(|next| next.key());
        assert_eq!(stored, next);
    }
}
