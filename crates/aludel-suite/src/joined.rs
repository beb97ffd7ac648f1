//! Relations that are loaded by a join (query rule 10): a row that several refer to is read once, and shared. And what is
//! loaded of a list: a part from a place on, for each row.

use crate::models::{NewTag, Post, Tag, User, people, post};
use crate::objects::{
    Address, Card, Customer, LineNew, LineNote, NewCard, NewCustomer, NewLineNote, OrderLine,
    Stamps,
};
use aludel::prelude::*;
use std::collections::HashSet;

/// A wide row that many refer to, by its key and by its code.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "joined_shelves")]
pub struct Shelf {
    pub id: i64,
    #[field(alternate_key, max_length = 50)]
    pub code: String,
    pub label: String,
    pub note: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "joined_volumes")]
pub struct Volume {
    pub id: i64,
    pub title: String,
    pub shelf: BelongsTo<Shelf>,
    pub lent_from: Option<BelongsTo<Shelf, ShelfCode>>,
}

/// Rows of several kinds, and what refers to them.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "joined_carriers", common(id: i64))]
pub enum Carrier {
    Cart(Cart),
    Barge(Barge),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Carrier)]
pub struct Cart {
    pub id: i64,
    pub wheels: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Carrier)]
pub struct Barge {
    pub id: i64,
    pub river: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "joined_loads")]
pub struct Load {
    pub id: i64,
    pub carrier: Option<BelongsTo<Carrier>>,
    pub volume: BelongsTo<Volume>,
}

/// How many rows there are in memory.
fn copies<'a, M: 'a>(rows: impl IntoIterator<Item = &'a M>) -> usize {
    let places: HashSet<*const M> = rows.into_iter().map(std::ptr::from_ref).collect();
    places.len()
}

async fn shelves(db: &Database) -> aludel::Result<Vec<Shelf>> {
    db.create_all(&models![Shelf, Volume, Carrier, Load])
        .await?;
    let new = (0..3).map(|n| NewShelf {
        code: format!("S{n}"),
        label: "wide ".repeat(400 + n),
        note: (n > 0).then(|| format!("note {n}")),
    });
    Shelf::insert_many(new).all(db).await
}

fn volume(n: usize, shelves: &[Shelf]) -> NewVolume {
    NewVolume {
        title: format!("Volume {n}"),
        shelf: (&shelves[n % 3]).into(),
        lent_from: (!n.is_multiple_of(4)).then(|| (&shelves[n % 2]).into()),
    }
}

on_every_database! {
    /// One copy of each parent, however many rows refer to it; by its key, by another key, and where some refer to none.
    async fn joined_rows_are_shared(fixture) {
        let db = &fixture.db;
        let shelves = shelves(db).await?;
        Volume::insert_many((0..600).map(|n| volume(n, &shelves))).execute(db).await?;
        let query = Volume::query().order_by(Volume::id);
        let watch = db.watch();
        let joined = query.clone().with(Volume::shelf.joined()).with(Volume::lent_from.joined()).all(db).await?;
        assert_eq!(watch.statements(), 1, "{:?}", watch.texts());
        let apart = query.clone().with(Volume::shelf).with(Volume::lent_from).all(db).await?;
        assert_eq!(joined.len(), 600);
        for (one, other) in joined.iter().zip(&apart) {
            assert_eq!((one, one.shelf.row()), (other, other.shelf.row()));
            let lent = |volume: &Volume| volume.lent_from.as_ref().map(|shelf| shelf.row().clone());
            assert_eq!(lent(one), lent(other));
        }
        for rows in [&joined, &apart] {
            assert_eq!(copies(rows.iter().map(|volume| volume.shelf.row())), 3);
            assert_eq!(copies(rows.iter().filter_map(|volume| volume.lent_from.as_ref()).map(|shelf| shelf.row())), 2);
        }
        // Each result has rows of its own.
        let again = query.limit(1).with(Volume::shelf.joined()).all(db).await?;
        assert!(!std::ptr::eq(again[0].shelf.row(), joined[0].shelf.row()));
    }

    async fn joined_rows_of_several_kinds_are_shared(fixture) {
        let db = &fixture.db;
        let shelves = shelves(db).await?;
        let volumes: Vec<Volume> = Volume::insert_many((0..6).map(|n| volume(n, &shelves))).all(db).await?;
        let cart = NewCart { wheels: 2 }.insert(db).await?;
        let barge = NewBarge { river: "Rhine".into() }.insert(db).await?;
        let carriers: [Option<Ref<Carrier>>; 3] = [Some(Ref::key(cart.id)), Some(Ref::key(barge.id)), None];
        let new = volumes.iter().enumerate().map(|(n, volume)| NewLoad { carrier: carriers[n % 3].clone(), volume: volume.into() });
        Load::insert_many(new).execute(db).await?;
        // What is passed over of the one is not read of the other.
        let loads = Load::query().order_by(Load::id).with(Load::carrier.joined()).with(Load::volume.joined()).all(db).await?;
        let kinds: Vec<_> = loads.iter().map(|load| load.carrier.as_ref().map(|carrier| matches!(carrier.row(), Carrier::Cart(cart) if cart.wheels == 2))).collect();
        assert_eq!(kinds, [Some(true), Some(false), None, Some(true), Some(false), None]);
        assert_eq!(copies(loads.iter().filter_map(|load| load.carrier.as_ref()).map(|carrier| carrier.row())), 2);
        let titles: Vec<&str> = loads.iter().map(|load| load.volume.row().title.as_str()).collect();
        assert_eq!(titles, ["Volume 0", "Volume 1", "Volume 2", "Volume 3", "Volume 4", "Volume 5"]);
    }

    async fn joined_rows_with_composite_keys_are_shared(fixture) {
        let db = &fixture.db;
        db.create_all(&models![OrderLine, LineNote]).await?;
        for order_no in 1..=2 {
            let line = LineNew { order_no, line: 7, amount: i64::from(order_no) }.insert(db).await?;
            for text in ["a", "b", "c"] {
                NewLineNote { line: (&line).into(), text: text.into() }.insert(db).await?;
            }
        }
        let notes = LineNote::query().order_by(LineNote::id).with(LineNote::line.joined()).all(db).await?;
        assert!(notes.iter().all(|note| note.line.row().key() == note.line.key()));
        assert_eq!((notes.len(), copies(notes.iter().map(|note| note.line.row()))), (6, 2));
    }

    /// The other side of a unique reference is joined as well: a row, or none.
    async fn a_row_that_refers_is_joined(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Customer, Card]).await?;
        let customer = |name: &str| NewCustomer {
            name: name.into(),
            age: None,
            home: Address { street: "a".into(), city: "b".into(), zip: None },
            stamps: Stamps { made_by: "me".into(), note: None },
            source: None,
            reserved: None,
        };
        let ann = customer("ann").insert(db).await?;
        customer("bob").insert(db).await?;
        NewCard { number: "1".into(), customer: (&ann).into() }.insert(db).await?;
        let watch = db.watch();
        let customers = Customer::query().order_by(Customer::id).with(Customer::card.joined()).all(db).await?;
        assert_eq!(watch.statements(), 1);
        assert_eq!(customers[0].card.loaded()?.map(|card| card.number.as_str()), Some("1"));
        assert!(customers[1].card.loaded()?.is_none());
    }

    /// Pages and streams join what is to be joined; their rows share it, within a page or a chunk.
    async fn pages_and_streams_join(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        Post::insert_many((0..9).map(|n| post(&format!("more {n}"), n, if n % 3 == 0 { &bob } else { &ann }))).execute(db).await?;
        let plain = Post::query().order_by(Post::views.desc());
        let query = plain.clone().with(Post::author.joined()).with(Post::tags);
        let all = query.all(db).await?;
        let watch = db.watch();
        let page = query.page(2, 5, db).await?;
        assert_eq!(watch.statements(), 3, "the count, the rows with their authors, the tags");
        assert_eq!((page.items.as_slice(), page.number, page.size, page.total), (&all[5..10], 2, 5, 12));
        assert_eq!(copies(page.items.iter().map(|post| post.author.row())), 2);
        assert!(page.items.iter().all(|post| post.author.row().id == post.author.key() && post.tags.is_whole()));
        assert!(query.page(4, 5, db).await?.items.is_empty());
        assert!(query.page(0, 5, db).await.is_err());
        watch.reset();
        let mut stream = query.stream(5, db)?;
        let mut found = Vec::new();
        while let Some(post) = stream.next().await.transpose()? {
            found.push(post);
        }
        assert_eq!(found, all);
        assert_eq!(watch.statements(), 6, "two for each chunk of five");
        assert_eq!(copies(found[..5].iter().map(|post| post.author.row())), 2);
    }

    /// Query rule 10: a list is loaded from a place on, for each row.
    async fn related_rows_are_limited_from_a_place_on(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        Post::insert_many((0..6).map(|n| post(&format!("more {n}"), 100 + n, if n % 3 == 0 { &bob } else { &ann }))).execute(db).await?;
        let views = |users: &[User]| -> Vec<Vec<i64>> {
            let of = |user: &User| user.posts.all().iter().map(|post| post.views).collect();
            users.iter().map(of).collect()
        };
        let ordered = || User::posts.order_by(Post::views.desc());
        let query = User::query().order_by(User::id);
        // Ann: 105, 104, 102, 101, 30, 10; Bob: 103, 100, 20; Cid: none.
        let cases: [(_, [&[i64]; 3]); 5] = [
            (ordered().limit(2).offset(1), [&[104, 102], &[100, 20], &[]]),
            (ordered().offset(2).limit(2), [&[102, 101], &[20], &[]]),
            (ordered().offset(4), [&[30, 10], &[], &[]]),
            (ordered().limit(2).offset(0), [&[105, 104], &[103, 100], &[]]),
            (ordered().limit(u64::MAX).offset(5), [&[10], &[], &[]]),
        ];
        let watch = db.watch();
        for (load, expected) in cases {
            watch.reset();
            let users = query.clone().with(load).all(db).await?;
            assert_eq!(watch.statements(), 2);
            assert_eq!(views(&users), expected);
            assert!(!users[0].posts.is_whole());
        }
        let by_key = query.clone().with(User::posts.offset(1).filter(Post::views.ge(100))).all(db).await?;
        assert_eq!(views(&by_key), [vec![102, 104, 105], vec![103], vec![]]);
        // Over a join table.
        let tags: Vec<Tag> = Tag::insert_many(["a", "b", "c"].map(|name| NewTag { name: name.into() })).all(db).await?;
        let first = Post::query().order_by(Post::id).first(db).await?.expect("a post");
        Post::tags.of(&first).add(&tags, db).await?;
        let post = Post::filter(Post::id.eq(first.id)).with(Post::tags.order_by(Tag::name).limit(1).offset(1)).one(db).await?;
        assert_eq!(post.tags.all()[0].name, "b");
        // A session loads the same part.
        let mut session = db.session();
        let keys = session.all(query.with(ordered().limit(1).offset(1))).await?;
        assert_eq!(session.related(keys[0], User::posts)?.len(), 1);
    }
}
