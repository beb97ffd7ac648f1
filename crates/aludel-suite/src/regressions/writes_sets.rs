//! The rows related to a row, as a set: what queries do not see, it leaves alone; a join model's rows are rows as any other.

use super::writes_ways::*;
use aludel::Error;
use aludel::dynamic::DynQuery;
use aludel::prelude::*;
use jiff::Timestamp;

/// A join model with a life of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_seats")]
pub struct Seat {
    #[field(primary_key)]
    pub guest: BelongsTo<Guest>,
    #[field(primary_key)]
    pub party: BelongsTo<Party>,
    #[field(created)]
    pub created_at: Timestamp,
    #[field(soft_delete)]
    pub left_at: Option<Timestamp>,
    #[field(version)]
    pub version: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_guests")]
pub struct Guest {
    pub id: i64,
    #[field(through = Seat)]
    pub parties: ManyToMany<Party>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_parties")]
pub struct Party {
    pub id: i64,
    #[field(through = Seat)]
    pub guests: ManyToMany<Guest>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_bags")]
pub struct Bag {
    pub id: i64,
    pub name: String,
    #[field(through = Tie)]
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_tags")]
pub struct Tag {
    pub id: i64,
    pub name: String,
    #[field(inverse = tags)]
    pub bags: ManyToMany<Bag>,
}

/// Rows of a pair that are marked are its history: it may have several.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_ties", scope = Tie::secret.eq(false))]
pub struct Tie {
    pub id: i64,
    pub bag: BelongsTo<Bag>,
    pub tag: BelongsTo<Tag>,
    #[field(default = false)]
    pub secret: bool,
    #[field(soft_delete)]
    pub gone_at: Option<Timestamp>,
}

on_every_database! {
    /// The rows related to a row are those that queries see: related sets leave out what is out of scope or deleted.
    async fn rule_26_related_sets_leave_rows_out_of_scope_alone(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut faults = Vec::new();
        for (n, way) in ["remove", "set", "clear", "add"].into_iter().enumerate() {
            let shelf = NewShelf::new("one").insert(db).await?;
            let other = NewShelf::new("other").insert(db).await?;
            let on = |code: &str| NewItem { shelf: Some((&shelf).into()), ..item(&format!("{code} {n}"), "right", "1.5") };
            let seen = on("seen").insert(db).await?;
            let hidden = NewItem { hidden: Some(true), ..on("hidden") }.insert(db).await?;
            let deleted = on("deleted").insert(db).await?;
            deleted.clone().delete(db).await?;
            assert_eq!(Shelf::items.of(&shelf).count(db).await?, 1);
            let all = [&seen, &hidden, &deleted];
            match way {
                "remove" => Shelf::items.of(&shelf).remove(all, db).await?,
                "set" => Shelf::items.of(&shelf).set(Vec::<&Item>::new(), db).await?,
                "clear" => Shelf::items.of(&shelf).clear(db).await?,
                _ => Shelf::items.of(&other).add(all, db).await?,
            }
            for (row, moves) in [(&seen, true), (&hidden, false), (&deleted, false)] {
                let now = stored(&row.code, db).await?.expect("a row");
                let moved = now.shelf.as_ref().map(BelongsTo::key) != Some(shelf.id);
                if moved != moves {
                    faults.push(format!("{way}: {} {}", row.code, if moved { "is moved" } else { "stays" }));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// A join model is a model: who adds and removes through it keeps its version, its moments and its marks.
    async fn rule_26_a_join_model_keeps_its_rows_as_any_other(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Seat, Guest, Party]).await?;
        let mut faults = Vec::new();
        for way in ["a related set", "a session"] {
            let guest = NewGuest::default().insert(db).await?;
            let party = NewParty::default().insert(db).await?;
            let added = match way {
                "a session" => {
                    let mut session = db.session();
                    let (guest, party) = (session.get::<Guest>(guest.id).await?, session.get::<Party>(party.id).await?);
                    session[guest].parties.add(party);
                    session.commit().await.map(drop)
                }
                _ => Guest::parties.of(&guest).add([&party], db).await,
            };
            if let Err(error) = added {
                faults.push(format!("{way} can't add: {error}"));
                NewSeat::new(&guest, &party).insert(db).await?;
            }
            let this = || Seat::filter(Seat::guest.eq(guest.id)).unscoped();
            let seat = this().one(db).await?;
            assert_eq!(seat.version, 1, "{way}");
            match way {
                "a session" => {
                    let mut session = db.session();
                    let (guest, party) = (session.get::<Guest>(guest.id).await?, session.get::<Party>(party.id).await?);
                    session[guest].parties.remove(party);
                    session.commit().await?;
                }
                _ => Guest::parties.of(&guest).remove([&party], db).await?,
            }
            match this().optional(db).await? {
                None => faults.push(format!("{way} deletes for good")),
                Some(seat) if seat.left_at.is_none() || seat.version != 2 => faults.push(format!("{way}: {seat:?}")),
                Some(_) => {}
            }
            if Guest::parties.of(&guest).count(db).await? != 0 {
                faults.push(format!("{way}: a pair that left is there"));
            }
            // A pair whose row is marked is in no set, and comes back when it is added.
            let party = NewParty::default().insert(db).await?;
            NewSeat::new(&guest, &party).insert(db).await?.delete(db).await?;
            let loaded = Guest::filter(Guest::id.eq(guest.id)).with(Guest::parties).all(db).await?;
            let seen = (
                Guest::parties.of(&guest).count(db).await?,
                Guest::filter(Guest::parties.any(Party::id.eq(party.id))).count(db).await?,
                loaded.iter().map(|guest| guest.parties.all().len()).sum::<usize>(),
            );
            if seen != (0, 0, 0) {
                faults.push(format!("{way}: a pair whose row is marked as deleted is seen: {seen:?}"));
            }
            Guest::parties.of(&guest).add([&party], db).await?;
            if !Seat::filter(Seat::party.eq(party.id)).exists(db).await? {
                faults.push(format!("{way}: a pair that was added again stays marked"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// What is out of the scope of a join table's model is in no list, whichever way the list is read; `unscoped` reads it.
    async fn rule_25_scopes_of_join_models_narrow_lists(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Bag, Tag, Tie]).await?;
        let bag = NewBag::new("bag").insert(db).await?;
        let tags = Tag::insert_many(["seen", "secret", "gone"].map(NewTag::new)).all(db).await?;
        for tag in &tags {
            let tie = NewTie { secret: Some(tag.name == "secret"), ..NewTie::new(&bag, tag) };
            let tie = tie.insert(db).await?;
            if tag.name == "gone" {
                tie.delete(db).await?;
            }
        }
        let of = |name: &'static str| Bag::filter(Bag::tags.any(Tag::name.eq(name)));
        let names = |bags: Vec<Bag>| bags[0].tags.all().iter().map(|tag| tag.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(Bag::query().with(Bag::tags).all(db).await?), ["seen"]);
        assert_eq!(names(Bag::query().with(Bag::tags.order_by(Tag::id).limit(5)).all(db).await?), ["seen"]);
        assert_eq!(names(Bag::query().with(Bag::tags.unscoped().order_by(Tag::id)).all(db).await?), ["seen", "secret", "gone"]);
        assert_eq!(Bag::query().select(Bag::tags.count()).one(db).await?, 1);
        assert_eq!(Bag::query().unscoped().select(Bag::tags.count()).one(db).await?, 3);
        assert_eq!((of("seen").count(db).await?, of("secret").count(db).await?, of("gone").count(db).await?), (1, 0, 0));
        assert_eq!(Tag::query().order_by(Tag::id).select(Tag::bags.count()).all(db).await?, [1, 0, 0]);
        assert_eq!(Bag::tags.of(&bag).count(db).await?, 1);
        assert!(!Bag::tags.of(&bag).contains(&tags[1], db).await?);
        assert_eq!(Tag::bags.of(&tags[2]).count(db).await?, 0);
        let row = DynQuery::new(Bag::meta()).with("tags")?.one(db).await?;
        assert_eq!(row.many("tags")?.len(), 1);
        // A session reads and writes the same list.
        let mut session = db.session();
        let key = session.one(Bag::query()).await?;
        session.load(key, Bag::tags).await?;
        assert_eq!(session.related(key, Bag::tags)?.len(), 1);
        // Changes leave alone what is not seen; a pair that may have several rows gets a new one.
        let state = async || {
            let all = Tie::query().unscoped().order_by(Tie::id).select((Tie::tag.id, Tie::secret, Tie::gone_at.is_null()));
            Ok::<_, Error>(all.all(db).await?.into_iter().map(|(tag, secret, live)| (tag - tags[0].id, secret, live)).collect::<Vec<_>>())
        };
        Bag::tags.of(&bag).add([&tags[2]], db).await?;
        assert_eq!(state().await?, [(0, false, true), (1, true, true), (2, false, false), (2, false, true)]);
        Bag::tags.of(&bag).set([&tags[2]], db).await?;
        assert_eq!(state().await?[..2], [(0, false, false), (1, true, true)]);
        Bag::tags.of(&bag).clear(db).await?;
        let now = state().await?;
        assert!(now.contains(&(1, true, true)), "what is out of scope stays: {now:?}");
        assert_eq!(now.iter().filter(|(_, _, live)| *live).count(), 1, "{now:?}");
    }
}
