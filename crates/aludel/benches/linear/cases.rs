//! The cases: each makes its rows, and returns how many µs an item took of what is measured.

use super::models::{
    Cell, Child, Mark, NewChild, NewMark, NewToy, Parent, Post, Tag, Toy, cells, families, family,
    new_child, new_parent, new_tag, new_tags, post, tags,
};
use aludel::dynamic::{self, DynCondition, DynQuery, Lookup};
use aludel::prelude::*;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Instant;

pub type Run =
    for<'a> fn(&'a Database, usize) -> Pin<Box<dyn Future<Output = aludel::Result<f64>> + 'a>>;

pub struct Case {
    pub name: &'static str,
    pub run: Run,
}

macro_rules! cases {
    ($($name:literal => $case:ident,)+) => {
        pub const CASES: &[Case] = &[$(Case {
            name: $name,
            run: |db, items| Box::pin($case(db, items)),
        }),+];
    };
}

cases! {
    "select, is_in" => select_is_in,
    "select, not_in" => select_not_in,
    "update, is_in" => update_is_in,
    "delete, is_in" => delete_is_in,
    "delete, not_in" => delete_not_in,
    "filter, OR of conditions" => or_of_conditions,
    "filter, one after another" => filters,
    "dynamic filter, any of conditions" => dynamic_conditions,
    "many-to-many, add" => many_add,
    "many-to-many, set to the other half" => many_set,
    "many-to-many, remove" => many_remove,
    "many-to-many, clear" => many_clear,
    "insert_many, execute" => insert_execute,
    "insert_many, all" => insert_all,
    "upsert" => upsert,
    "dynamic insert_many" => dynamic_insert,
    "load, to-many" => load_to_many,
    "load, to-one" => load_to_one,
    "load, by a composite key" => load_composite,
    "keyset page in the middle (µs per page)" => keyset_page,
    "session, many-to-many, add" => session_many_add,
    "session, many-to-many, to the other half" => session_many_set,
    "session, many-to-many, remove" => session_many_remove,
    "session, add parents with a child" => session_add,
    "session, push children" => session_push,
    "session, change" => session_change,
    "session, ask what is changed" => session_ask,
    "session, update by key in turn" => session_execute,
    "session, delete by key in turn" => session_execute_delete,
    "session, delete parents by key in turn, among children" => session_execute_parents,
    "session, remove and flush parents in turn, among children" => session_remove_parents,
    "session, delete" => session_delete,
    "session, detach among removed" => session_detach,
    "session, delete a parent of children with a child" => session_cascade,
    "session, move children between lists" => session_move,
    "session, unique values in a ring" => session_ring,
    "session, get by a composite key" => session_get,
    "session, add, flush and get in turn" => session_in_turn,
}

/// How many µs each of so many items takes. The work is lazy, so that all of it is in the time.
async fn timed<T>(
    items: usize,
    work: impl Future<Output = aludel::Result<T>>,
) -> aludel::Result<f64> {
    let begin = Instant::now();
    black_box(work.await?);
    Ok(begin.elapsed().as_secs_f64() * 1e6 / items as f64)
}

fn ids(tags: &[Tag]) -> Vec<i64> {
    tags.iter().map(|tag| tag.id).collect()
}

async fn select_is_in(db: &Database, n: usize) -> aludel::Result<f64> {
    let ids = ids(&tags(db, n).await?);
    timed(n, async { Tag::filter(Tag::id.is_in(ids)).all(db).await }).await
}

async fn select_not_in(db: &Database, n: usize) -> aludel::Result<f64> {
    let ids = ids(&tags(db, n + 1).await?[1..]);
    timed(n, async { Tag::filter(Tag::id.not_in(ids)).all(db).await }).await
}

async fn update_is_in(db: &Database, n: usize) -> aludel::Result<f64> {
    let ids = ids(&tags(db, n).await?);
    timed(n, async {
        let among = Tag::filter(Tag::id.is_in(ids));
        among.update(Tag::name.set("other")).execute(db).await
    })
    .await
}

async fn delete_is_in(db: &Database, n: usize) -> aludel::Result<f64> {
    let ids = ids(&tags(db, n).await?);
    timed(n, async {
        Tag::filter(Tag::id.is_in(ids)).delete().execute(db).await
    })
    .await
}

async fn delete_not_in(db: &Database, n: usize) -> aludel::Result<f64> {
    let ids = ids(&tags(db, n + 1).await?[1..]);
    timed(n, async {
        Tag::filter(Tag::id.not_in(ids)).delete().execute(db).await
    })
    .await
}

/// Of a table of a few rows: each row is compared with each condition.
async fn or_of_conditions(db: &Database, n: usize) -> aludel::Result<f64> {
    tags(db, 8).await?;
    timed(n, async {
        let each = (0..n as i64)
            .map(|number| Tag::number.eq(number) & Tag::name.eq(format!("tag {number}")));
        let any = each.reduce(|all, one| all | one).expect("conditions");
        Tag::filter(any).count(db).await
    })
    .await
}

async fn filters(db: &Database, n: usize) -> aludel::Result<f64> {
    tags(db, 8).await?;
    timed(n, async {
        let mut query = Tag::query();
        for number in 0..n as i64 {
            query = query.filter(Tag::number.ne(100 + number));
        }
        query.count(db).await
    })
    .await
}

async fn dynamic_conditions(db: &Database, n: usize) -> aludel::Result<f64> {
    tags(db, 8).await?;
    timed(n, async {
        let meta = Tag::meta();
        let each = (0..n as i64).map(|number| {
            let given = Value::I64(number);
            DynCondition::new(meta, "number", Lookup::Equal, given)
        });
        let each: Vec<DynCondition> = each.collect::<aludel::Result<_>>()?;
        let any = DynCondition::any(meta, each);
        DynQuery::new(meta).matching(any)?.count(db).await
    })
    .await
}

async fn many_add(db: &Database, n: usize) -> aludel::Result<f64> {
    let (post, tags) = (post(db).await?, tags(db, n).await?);
    timed(n, async { Post::tags.of(&post).add(&tags, db).await }).await
}

async fn many_set(db: &Database, n: usize) -> aludel::Result<f64> {
    let (post, tags) = (post(db).await?, tags(db, n).await?);
    let (one, other) = tags.split_at(n / 2);
    Post::tags.of(&post).add(one, db).await?;
    timed(n, async { Post::tags.of(&post).set(other, db).await }).await
}

async fn many_remove(db: &Database, n: usize) -> aludel::Result<f64> {
    let (post, tags) = (post(db).await?, tags(db, n).await?);
    Post::tags.of(&post).add(&tags, db).await?;
    timed(n, async { Post::tags.of(&post).remove(&tags, db).await }).await
}

async fn many_clear(db: &Database, n: usize) -> aludel::Result<f64> {
    let (post, tags) = (post(db).await?, tags(db, n).await?);
    Post::tags.of(&post).add(&tags, db).await?;
    timed(n, async { Post::tags.of(&post).clear(db).await }).await
}

async fn insert_execute(db: &Database, n: usize) -> aludel::Result<f64> {
    timed(n, async { Tag::insert_many(new_tags(n)).execute(db).await }).await
}

async fn insert_all(db: &Database, n: usize) -> aludel::Result<f64> {
    timed(n, async { Tag::insert_many(new_tags(n)).all(db).await }).await
}

/// Half of the rows are there.
async fn upsert(db: &Database, n: usize) -> aludel::Result<f64> {
    tags(db, n / 2).await?;
    timed(n, async {
        let update = Tag::name.set(excluded(Tag::name));
        let new = Tag::insert_many(new_tags(n)).on_conflict(Tag::number);
        new.do_update(update).execute(db).await
    })
    .await
}

async fn dynamic_insert(db: &Database, n: usize) -> aludel::Result<f64> {
    timed(n, async {
        let rows = new_tags(n).map(|tag| {
            [
                ("number".to_string(), Value::I64(tag.number)),
                ("name".to_string(), Value::Text(tag.name)),
            ]
        });
        dynamic::insert_many(Tag::meta(), rows, db).await
    })
    .await
}

async fn load_to_many(db: &Database, n: usize) -> aludel::Result<f64> {
    families(db, n).await?;
    timed(n, async {
        Parent::query().with(Parent::children).all(db).await
    })
    .await
}

async fn load_to_one(db: &Database, n: usize) -> aludel::Result<f64> {
    families(db, n).await?;
    timed(n, async {
        Child::query().with(Child::parent).all(db).await
    })
    .await
}

async fn load_composite(db: &Database, n: usize) -> aludel::Result<f64> {
    let cells = cells(db, n).await?;
    let marks = cells.iter().map(|cell| NewMark { cell: cell.into() });
    Mark::insert_many(marks).execute(db).await?;
    timed(n, async { Mark::query().with(Mark::cell).all(db).await }).await
}

/// Pages of 20 rows: what one takes does not depend on how many rows there are.
async fn keyset_page(db: &Database, n: usize) -> aludel::Result<f64> {
    const PAGES: usize = 100;
    let tags = tags(db, n).await?;
    let query = Tag::query().order_by((Tag::name, Tag::id));
    let middle = query.cursor(&tags[n / 2])?;
    timed(PAGES, async {
        for _ in 0..PAGES {
            black_box(query.keyset(Some(middle.clone()), 20, db).await?);
        }
        Ok(())
    })
    .await
}

/// A session with a post and tags, of which the post has the first.
async fn tagged(
    db: &Database,
    n: usize,
    had: usize,
) -> aludel::Result<(Session, Key<Post>, Vec<Key<Tag>>)> {
    let (post, tags) = (post(db).await?, tags(db, n).await?);
    Post::tags.of(&post).add(&tags[..had], db).await?;
    let mut session = db.session();
    let post = session.get::<Post>(post.id).await?;
    let tags = session.all(Tag::query().order_by(Tag::id)).await?;
    Ok((session, post, tags))
}

async fn session_many_add(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, post, tags) = tagged(db, n, 0).await?;
    timed(n, async {
        for tag in tags {
            session[post].tags.add(tag);
        }
        session.commit().await
    })
    .await
}

async fn session_many_set(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, post, tags) = tagged(db, n, n / 2).await?;
    timed(n, async {
        for (at, tag) in tags.into_iter().enumerate() {
            match at < n / 2 {
                true => session[post].tags.remove(tag),
                false => session[post].tags.add(tag),
            }
        }
        session.commit().await
    })
    .await
}

async fn session_many_remove(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, post, tags) = tagged(db, n, n).await?;
    timed(n, async {
        for tag in tags {
            session[post].tags.remove(tag);
        }
        session.commit().await
    })
    .await
}

async fn session_add(db: &Database, n: usize) -> aludel::Result<f64> {
    let mut session = db.session();
    timed(n, async {
        for _ in 0..n {
            let parent = session.add(new_parent());
            session.add(new_child(parent.into()));
        }
        session.commit().await
    })
    .await
}

async fn session_push(db: &Database, n: usize) -> aludel::Result<f64> {
    let parent = new_parent().insert(db).await?;
    let mut session = db.session();
    let parent = session.get::<Parent>(parent.id).await?;
    timed(n, async {
        for _ in 0..n {
            let new: NewChild = new_child(Ref::default());
            session[parent].children.push(new);
        }
        session.commit().await
    })
    .await
}

/// A session with tags, in the order of their numbers.
async fn numbered(db: &Database, n: usize) -> aludel::Result<(Session, Vec<Key<Tag>>)> {
    tags(db, n).await?;
    let mut session = db.session();
    let keys = session.all(Tag::query().order_by(Tag::number)).await?;
    Ok((session, keys))
}

async fn session_change(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    timed(n, async {
        for key in keys {
            session[key].name.push('!');
        }
        session.commit().await
    })
    .await
}

async fn session_ask(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    for key in &keys {
        session[*key].name.push('!');
    }
    timed(n, async {
        for key in keys {
            black_box((session.is_dirty(key)?, session.changes(key)?));
        }
        Ok(())
    })
    .await
}

async fn session_execute(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    timed(n, async {
        for key in keys {
            let row = Tag::filter(Tag::id.eq(session[key].id));
            let update = row.update(Tag::name.set("other"));
            session.execute(update).await?;
        }
        session.commit().await
    })
    .await
}

async fn session_execute_delete(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    timed(n, async {
        for key in keys {
            let row = Tag::filter(Tag::id.eq(session[key].id));
            session.execute(row.delete()).await?;
        }
        session.commit().await
    })
    .await
}

/// Parents with a child each, all of them known.
async fn known_families(db: &Database, n: usize) -> aludel::Result<(Session, Vec<Key<Parent>>)> {
    families(db, n).await?;
    let mut session = db.session();
    session.all(Child::query()).await?;
    let keys = session.all(Parent::query()).await?;
    Ok((session, keys))
}

async fn session_execute_parents(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = known_families(db, n).await?;
    timed(n, async {
        for key in keys {
            let row = Parent::filter(Parent::id.eq(session[key].id));
            session.execute(row.delete()).await?;
        }
        session.commit().await
    })
    .await
}

async fn session_remove_parents(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = known_families(db, n).await?;
    timed(n, async {
        for key in keys {
            session.remove(key)?;
            session.flush().await?;
        }
        session.commit().await
    })
    .await
}

async fn session_delete(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    timed(n, async {
        for key in keys {
            session.remove(key)?;
        }
        session.commit().await
    })
    .await
}

async fn session_detach(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    let (gone, left) = keys.split_at(n / 2);
    for key in gone {
        session.remove(*key)?;
    }
    timed(n / 2, async {
        for key in left {
            black_box(session.detach(*key)?);
        }
        Ok(())
    })
    .await
}

async fn session_cascade(db: &Database, n: usize) -> aludel::Result<f64> {
    let (parent, children) = family(db, n).await?;
    let toys = children.iter().map(|child| NewToy {
        name: "toy".into(),
        child: child.into(),
    });
    Toy::insert_many(toys).execute(db).await?;
    let mut session = db.session();
    let parent = session.get::<Parent>(parent.id).await?;
    timed(n, async {
        session.remove(parent)?;
        session.commit().await
    })
    .await
}

/// From one parent to another, both of whose lists are loaded and follow.
async fn session_move(db: &Database, n: usize) -> aludel::Result<f64> {
    let (one, _) = family(db, n).await?;
    let (other, _) = family(db, 1).await?;
    let mut session = db.session();
    let one = session.get::<Parent>(one.id).await?;
    let other = session.get::<Parent>(other.id).await?;
    session.load(one, Parent::children).await?;
    session.load(other, Parent::children).await?;
    let children = session.related(one, Parent::children)?;
    timed(n, async {
        for child in children {
            session[child].parent = other.into();
        }
        session.commit().await
    })
    .await
}

async fn session_ring(db: &Database, n: usize) -> aludel::Result<f64> {
    let (mut session, keys) = numbered(db, n).await?;
    timed(n, async {
        for (at, key) in keys.into_iter().enumerate() {
            session[key].number = ((at + 1) % n) as i64;
        }
        session.commit().await
    })
    .await
}

/// Of rows that the session has: nothing is sent.
async fn session_get(db: &Database, n: usize) -> aludel::Result<f64> {
    let cells = cells(db, n).await?;
    let mut session = db.session();
    session.all(Cell::query()).await?;
    timed(n, async {
        for cell in &cells {
            black_box(session.get::<Cell>((cell.x, cell.y)).await?);
        }
        Ok(())
    })
    .await
}

/// One row after the other, in one transaction, and each is looked for.
async fn session_in_turn(db: &Database, n: usize) -> aludel::Result<f64> {
    let mut session = db.session();
    timed(n, async {
        for number in 0..n as i64 {
            let new = session.add(new_tag(number));
            session.flush().await?;
            let id = session[new].id;
            black_box(session.get::<Tag>(id).await?);
        }
        session.commit().await
    })
    .await
}
