//! Loading relations: rules 10–12 of queries, one statement for each relation, whatever the number of rows.

use crate::models::{NewTag, Post, Tag, User, people, post};
use crate::objects::{
    Address, Card, Category, Customer, LineNew, LineNote, NewCard, NewCategory, NewCustomer,
    NewLineNote, OrderLine, Stamps,
};
use aludel::ErrorKind;
use aludel::prelude::*;

async fn library(db: &Database) -> aludel::Result<()> {
    let [ann, bob, _] = people(db).await?;
    let tags = Tag::insert_many(["rust", "sql", "web"].map(|name| NewTag { name: name.into() }))
        .all(db)
        .await?;
    for n in 0..6 {
        let author = if n % 3 == 0 { &bob } else { &ann };
        let made = post(&format!("more {n}"), 100 + n, author)
            .insert(db)
            .await?;
        Post::tags
            .of(&made)
            .add(&tags[..(n as usize % 4)], db)
            .await?;
    }
    Ok(())
}

fn views(user: &User) -> Vec<i64> {
    user.posts
        .loaded()
        .expect("loaded")
        .iter()
        .map(|post| post.views)
        .collect()
}

on_every_database! {
    async fn rule_10_with_loads_by_one_statement_for_each_relation(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let plain = Post::query().order_by(Post::id).all(db).await?;
        let watch = db.watch();
        let query = Post::query().order_by(Post::id);
        let posts = query.clone().with(Post::author).with(Post::tags).all(db).await?;
        assert_eq!(watch.statements(), 3);
        assert_eq!(posts, plain);
        for post in &posts {
            assert_eq!(post.author.loaded()?.id, post.author.key());
            let tags = Tag::filter(Tag::posts.any(Post::id.eq(post.id))).order_by(Tag::id).all(db).await?;
            assert_eq!(post.tags.loaded()?.iter().cloned().collect::<Vec<_>>(), tags);
            assert!(post.tags.is_whole());
        }
        // Rows, order and limit are as without it.
        let few = query.clone().with(Post::author).filter(Post::views.ge(100)).limit(2).offset(1).all(db).await?;
        assert_eq!(few, query.clone().filter(Post::views.ge(100)).limit(2).offset(1).all(db).await?);
        // What belongs to nobody has nobody, and what is empty is empty, not unknown.
        let users = User::query().order_by(User::id).with(User::company).with(User::posts).all(db).await?;
        assert_eq!(users[0].company.as_ref().expect("a company").loaded()?.name, "Acme");
        assert!(users[2].company.is_none() && users[2].posts.loaded()?.is_empty());
        let one = User::filter(User::id.eq(users[0].id)).with(User::posts).one(db).await?;
        assert_eq!(views(&one).len(), 6);
        assert!(User::filter(User::id.eq(-1)).with(User::posts).optional(db).await?.is_none());
        assert_eq!(User::query().with(User::posts).order_by(User::id).first(db).await?.map(|user| user.id), Some(users[0].id));
        // Nothing found: nothing is loaded.
        let watch = db.watch();
        assert!(User::filter(User::id.eq(-1)).with(User::posts).all(db).await?.is_empty());
        assert_eq!(watch.statements(), 1);
    }

    async fn rule_10_relations_nest_and_are_filtered_ordered_and_limited_per_parent(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let watch = db.watch();
        let latest = User::posts.filter(Post::views.ge(20)).order_by(Post::views.desc()).limit(3).then(Post::tags).then(Post::author);
        let users = User::query().with(latest).order_by(User::id).all(db).await?;
        assert_eq!(watch.statements(), 3, "users, posts, tags; the authors are there already");
        assert_eq!(views(&users[0]), [105, 104, 102]);
        assert_eq!(views(&users[1]), [103, 100, 20]);
        assert!(!users[0].posts.is_whole());
        for post in users[0].posts.loaded()? {
            assert_eq!(post.author.loaded()?.id, users[0].id);
            assert!(post.tags.is_whole());
        }
        // Over a join table, too.
        let tagged = Post::query().with(Post::tags.order_by(Tag::name.desc()).limit(1)).order_by(Post::id).all(db).await?;
        let last: Vec<Option<&str>> = tagged.iter().map(|post| post.tags.loaded().expect("loaded").first().map(|tag| tag.name.as_str())).collect();
        assert_eq!(last[last.len() - 3..], [Some("web"), None, Some("rust")]);
        // A condition over a path of the related model, which joins.
        let joined = User::query().with(User::posts.filter(Post::author.company.name.eq("Acme"))).order_by(User::id).all(db).await?;
        let acme: Vec<usize> = joined.iter().map(|user| views(user).len()).collect();
        let counted = User::query().order_by(User::id).select(User::posts.count_where(Post::author.company.name.eq("Acme"))).all(db).await?;
        assert_eq!(acme.iter().map(|n| *n as i64).collect::<Vec<_>>(), counted);
    }

    async fn rule_11_what_was_not_loaded_says_what_to_add(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let user = User::query().order_by(User::id).first(db).await?.expect("a user");
        let error = user.posts.loaded().expect_err("not loaded");
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        assert!(error.to_string().contains("User::posts was read") && error.to_string().contains("`.with(User::posts)`"), "{error}");
        let post = Post::query().with(Post::tags).first(db).await?.expect("a post");
        let error = post.author.loaded().expect_err("not loaded");
        assert!(error.kind() == ErrorKind::NotLoaded && error.to_string().contains("`.with(Post::author)`"), "{error}");
    }

    async fn rule_12_slices_load_by_one_statement(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let mut posts = Post::query().order_by(Post::id).all(db).await?;
        let watch = db.watch();
        Post::author.load(&mut posts, db).await?;
        Post::tags.load(&mut posts[..2], db).await?;
        assert_eq!(watch.statements(), 2);
        assert!(posts.iter().all(|post| post.author.loaded().is_ok()));
        assert!(posts[1].tags.loaded().is_ok() && posts[2].tags.loaded().is_err());
        User::posts.limit(1).load(&mut User::query().all(db).await?, db).await?;
        // More rows than keys go into one statement: chunks.
        Tag::insert_many((0..12_000).map(|n| NewTag { name: format!("t{n}") })).execute(db).await?;
        let mut tags = Tag::query().all(db).await?;
        let watch = db.watch();
        Tag::posts.load(&mut tags, db).await?;
        assert_eq!(watch.statements(), 2);
        assert!(tags.iter().all(|tag| tag.posts.is_whole()));
    }

    async fn relations_of_every_kind_load(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Customer, Card, OrderLine, LineNote, Category]).await?;
        // A composite key.
        let mut lines = Vec::new();
        for n in 1..=3 {
            let line = LineNew { order_no: n, line: 7, amount: 1 }.insert(db).await?;
            for text in 0..n {
                NewLineNote { line: (&line).into(), text: format!("{n} {text}") }.insert(db).await?;
            }
            lines.push(line);
        }
        OrderLine::notes.order_by(LineNote::text.desc()).limit(2).load(&mut lines, db).await?;
        let texts: Vec<Vec<&str>> = lines.iter().map(|line| line.notes.loaded().expect("loaded").iter().map(|note| note.text.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["1 0"], vec!["2 1", "2 0"], vec!["3 2", "3 1"]]);
        let notes = LineNote::query().order_by(LineNote::id).with(LineNote::line).all(db).await?;
        assert!(notes.iter().all(|note| note.line.loaded().is_ok_and(|line| line.key() == note.line.key())));
        // Itself: a tree, and a graph from both sides.
        let category = |name: &str, parent: Option<&Category>| NewCategory { name: name.into(), parent: parent.map(Into::into) };
        let top = category("top", None).insert(db).await?;
        let left = category("left", Some(&top)).insert(db).await?;
        let right = category("right", Some(&top)).insert(db).await?;
        Category::related.of(&left).add([&right], db).await?;
        let found = Category::query().order_by(Category::id).with(Category::children.then(Category::parent)).with(Category::related).with(Category::related_to).all(db).await?;
        assert_eq!(found[0].children.loaded()?.len(), 2);
        assert_eq!(found[0].children.loaded()?[1].parent.as_ref().expect("a parent").loaded()?.name, "top");
        assert_eq!((found[1].related.loaded()?.len(), found[1].related_to.loaded()?.len()), (1, 0));
        assert_eq!(found[2].related_to.loaded()?[0].id, left.id);
        // At most one.
        let customer = |name: &str| NewCustomer {
            name: name.into(),
            age: None,
            home: Address { street: "a".into(), city: "b".into(), zip: None },
            stamps: Stamps { made_by: "me".into(), note: None },
            source: None,
            reserved: None,
        };
        let (ann, _) = (customer("ann").insert(db).await?, customer("bob").insert(db).await?);
        NewCard { number: "1".into(), customer: (&ann).into() }.insert(db).await?;
        let customers = Customer::query().order_by(Customer::id).with(Customer::card.then(Card::customer)).all(db).await?;
        let card = customers[0].card.loaded()?.expect("a card");
        assert_eq!((card.number.as_str(), card.customer.loaded()?.name.as_str()), ("1", "ann"));
        assert!(customers[1].card.loaded()?.is_none());
    }

    async fn rule_10_children_get_their_parent_without_a_query(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let watch = db.watch();
        let users = User::query().order_by(User::id).with(User::posts.then(Post::author).then(Post::tags)).all(db).await?;
        assert_eq!(watch.statements(), 3, "users, posts, tags");
        for user in &users {
            for post in user.posts.loaded()? {
                assert_eq!(post.author.loaded()?.email, user.email);
                assert!(post.tags.loaded().is_ok());
                // The copy is of the row alone.
                assert!(post.author.loaded()?.posts.loaded().is_err());
            }
        }
        // More than the row itself is a query.
        watch.reset();
        let users = User::query().with(User::posts.then(Post::author.then(User::company))).all(db).await?;
        assert_eq!(watch.statements(), 4);
        assert!(users[0].posts.loaded()?[0].author.loaded()?.company.as_ref().expect("a company").loaded().is_ok());
    }

    async fn rule_10_trees_are_loaded_to_a_depth(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Category]).await?;
        let mut parent: Option<Category> = None;
        for name in ["a", "b", "c", "d"] {
            let new = NewCategory { name: name.into(), parent: parent.as_ref().map(Into::into) };
            parent = Some(new.insert(db).await?);
        }
        let watch = db.watch();
        let root = Category::filter(Category::parent.is_null()).with(Category::children.recursive(2)).one(db).await?;
        assert_eq!(watch.statements(), 3);
        let b = &root.children.all()[0];
        assert_eq!(b.children.all()[0].name, "c");
        assert!(b.children.all()[0].children.loaded().is_err(), "below it is not loaded");
        // Deeper than the tree is deep.
        watch.reset();
        let root = Category::filter(Category::parent.is_null()).with(Category::children.recursive(9)).one(db).await?;
        assert_eq!(watch.statements(), 5);
        assert!(root.children.all()[0].children.all()[0].children.all()[0].children.all().is_empty());
        let leaf = Category::filter(Category::name.eq("d")).with(Category::parent.recursive(9)).one(db).await?;
        let up = |row: &Category| row.parent.as_ref().map(|parent| parent.row().name.clone());
        assert_eq!(up(leaf.parent.as_ref().expect("a parent").row()), Some("b".into()));
    }

    async fn rule_10_streams_load_by_chunk(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let query = Post::query().order_by(Post::views.desc()).with(Post::author).with(Post::tags);
        let all = query.all(db).await?;
        let watch = db.watch();
        let tx = db.begin().await?;
        let mut stream = query.stream(4, &tx)?;
        let mut found = Vec::new();
        while let Some(post) = stream.next().await.transpose()? {
            assert_eq!(post.author.row().id, post.author.key());
            assert!(post.tags.is_whole());
            found.push(post);
        }
        assert_eq!(found, all);
        assert_eq!(all.len(), 9);
        assert_eq!(watch.statements(), 9, "three for each chunk of four");
        tx.commit().await?;
        // Limit and offset are of the whole.
        let mut stream = query.clone().limit(5).offset(1).stream(2, db)?;
        let mut few = Vec::new();
        while let Some(post) = stream.next().await.transpose()? {
            few.push(post);
        }
        assert_eq!(few, all[1..6]);
        let page = query.page(2, 4, db).await?;
        assert_eq!((page.items.as_slice(), page.total, query.count(db).await?), (&all[4..8], 9, 9));
        assert!(page.items[0].tags.loaded().is_ok());
    }

    /// Queries, with relations or without, dynamic queries and sessions: each is a `Stream` that ends after an error.
    async fn every_stream_has_one_shape(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let count = Post::query().count(db).await?;
        let mut session = db.session();
        assert_eq!(all_of(Post::query().stream(db)?).await, (count, None));
        assert_eq!(all_of(Post::query().with(Post::tags).stream(2, db)?).await, (count, None));
        assert_eq!(all_of(aludel::dynamic::DynQuery::new(Post::meta()).stream(db)?).await, (count, None));
        assert_eq!(all_of(session.stream(Post::query()).await?).await, (count, None));
        drop(session);
        let broken = || Post::filter(aludel::expr::functions::raw_sql::<Post, bool>("no_such_column = 1"));
        let failed = (0, Some(ErrorKind::InvalidStatement));
        assert_eq!(all_of(broken().stream(db)?).await, failed);
        assert_eq!(all_of(broken().with(Post::tags).stream(2, db)?).await, failed);
        let mut session = db.session();
        assert_eq!(all_of(session.stream(broken()).await?).await, failed);
    }

    /// A chunk that is on its way keeps nothing from others, whether its stream is polled again or dropped.
    async fn a_stream_of_chunks_leaves_its_transaction_free(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let count = Post::query().count(db).await?;
        let query = Post::query().order_by(Post::id).with(Post::tags);
        let tx = db.begin().await?;
        let mut stream = query.stream(2, &tx)?;
        for _ in 0..3 {
            // The chunk is asked for, and the answer is not waited for.
            let mut next = std::pin::pin!(stream.next());
            std::future::poll_fn(|cx| std::task::Poll::Ready(next.as_mut().poll(cx).is_ready())).await;
            assert_eq!(Post::query().count(&tx).await?, count);
        }
        drop(stream);
        let dropped = query.stream(2, &tx)?;
        let mut dropped = Box::pin(dropped);
        let polled = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(futures_core::Stream::poll_next(dropped.as_mut(), cx).is_ready())
        });
        polled.await;
        drop(dropped);
        NewTag { name: "kept".into() }.insert(&tx).await?;
        tx.commit().await?;
        assert_eq!(Tag::filter(Tag::name.eq("kept")).count(db).await?, 1);
    }

    /// It ends with its transaction, even if the connection has another one by then.
    async fn a_stream_of_chunks_ends_with_its_transaction(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let query = Post::query().order_by(Post::id).with(Post::tags);
        // A savepoint, and another in its place.
        let tx = db.begin().await?;
        let inner = tx.begin().await?;
        let mut stream = query.stream(2, &inner)?;
        assert!(stream.next().await.transpose()?.is_some() && stream.next().await.transpose()?.is_some());
        inner.commit().await?;
        let inner = tx.begin().await?;
        let ended = stream.next().await.expect("an error").unwrap_err();
        assert_eq!(ended.kind(), ErrorKind::TransactionFinished, "{ended}");
        assert!(stream.next().await.is_none());
        inner.commit().await?;
        tx.commit().await?;
        if fixture.is_pooled() {
            // Only a transaction has a connection of its own there.
            return Ok(());
        }
        // The same for a transaction of a connection.
        let connection = db.acquire().await?;
        let first = connection.begin().await?;
        let mut stream = query.stream(2, &first)?;
        assert!(stream.next().await.transpose()?.is_some() && stream.next().await.transpose()?.is_some());
        first.commit().await?;
        let second = connection.begin().await?;
        let ended = stream.next().await.expect("an error").unwrap_err();
        assert_eq!(ended.kind(), ErrorKind::TransactionFinished, "{ended}");
        second.commit().await?;
        // A stream that was read to its end keeps no connection.
        let mut whole = query.stream(100, &connection)?;
        while whole.next().await.transpose()?.is_some() {}
        drop(connection);
        assert_eq!(db.pool_status().idle, db.pool_status().size);
        drop(whole);
    }

    async fn rule_11_the_short_accessor_panics_with_the_way_out(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let post = Post::query().first(db).await?.expect("a post");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| post.author.row().id)).unwrap_err();
        let text = panicked.downcast_ref::<String>().expect("a text");
        assert!(text.contains("Post::author") && text.contains(".with(Post::author)"), "{text}");
    }

    async fn rule_10_to_one_relations_are_joined_by_choice(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let query = Post::query().order_by(Post::id);
        let watch = db.watch();
        let posts = query.clone().with(Post::author.joined()).with(Post::tags).all(db).await?;
        assert_eq!(watch.statements(), 2, "{:?}", watch.texts());
        assert_eq!(posts, query.all(db).await?);
        let separately = query.clone().with(Post::author).all(db).await?;
        for (joined, separate) in posts.iter().zip(&separately) {
            assert_eq!(joined.author.loaded()?, separate.author.loaded()?);
            assert!(joined.tags.is_whole());
        }
        // One that may be missing, in a query that joins it anyway.
        let users = User::query().order_by(User::id).with(User::company.joined()).all(db).await?;
        assert_eq!(users.iter().map(|user| user.company.as_ref().map(|company| company.row().name.as_str())).collect::<Vec<_>>(), [Some("Acme"), Some("Acme"), None]);
        watch.reset();
        let found = User::filter(User::company.city.eq("Paris")).with(User::company.joined()).limit(1).order_by(User::id).all(db).await?;
        assert_eq!((found.len(), watch.statements()), (1, 1));
        assert_eq!(watch.texts()[0].matches("JOIN").count(), 1, "{}", watch.texts()[0]);
        assert_eq!(User::filter(User::email.eq("ann@example.com")).with(User::company.joined()).one(db).await?.company.expect("a company").row().name, "Acme");
        let error = Post::query().with(Post::author.joined().then(User::company)).all(db).await.unwrap_err();
        assert!(error.to_string().contains("leave out .joined()"), "{error}");
        // A session does it in its own way.
        let mut session = db.session();
        let keys = session.all(Post::query().order_by(Post::id).with(Post::author.joined())).await?;
        assert!(session.related(keys[0], Post::author)?.is_some());
    }

    /// Rows that nobody gave an order come in that of their keys, however the database finds them; and in the order that
    /// somebody gave, if somebody did.
    async fn related_rows_come_in_the_order_of_their_keys(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let ann = User::filter(User::email.eq("ann@example.com")).one(db).await?;
        let many: Vec<_> = (0..40).map(|n| post(&format!("post {n}"), 40 - n, &ann)).collect();
        let tag = NewTag { name: "often".into() }.insert(db).await?;
        for made in Post::insert_many(many).all(db).await? {
            Post::tags.of(&made).add([&tag], db).await?;
        }
        // What is updated, PostgreSQL puts behind the others.
        let update = Post::filter(Post::views.gt(20)).update(Post::title.set("moved"));
        assert!(update.execute(db).await? >= 20);
        let users = User::query().with(User::posts.then(Post::tags)).all(db).await?;
        for user in &users {
            let ids: Vec<i64> = user.posts.loaded()?.iter().map(|post| post.id).collect();
            assert!(ids.is_sorted(), "{ids:?}");
        }
        let tags = Tag::query().with(Tag::posts).all(db).await?;
        for tag in &tags {
            assert!(tag.posts.loaded()?.iter().is_sorted_by_key(|post| post.id), "{}", tag.name);
        }
        assert!(tags.iter().any(|tag| tag.posts.loaded().is_ok_and(|posts| posts.len() == 40)));
        let by_views = User::query().with(User::posts.order_by(Post::views)).all(db).await?;
        for user in &by_views {
            assert!(user.posts.loaded()?.iter().is_sorted_by_key(|post| post.views));
        }
        let watch = db.watch();
        Post::query().with(Post::author).all(db).await?;
        User::query().with(User::posts).all(db).await?;
        assert!(watch.texts().iter().all(|text| !text.contains("ORDER BY")), "{:?}", watch.texts());
    }
}

/// How many rows a stream has, and the kind of the error that ended it.
async fn all_of<T>(
    stream: impl futures_core::Stream<Item = aludel::Result<T>>,
) -> (u64, Option<ErrorKind>) {
    let mut stream = std::pin::pin!(stream);
    let (mut rows, mut error) = (0, None);
    while let Some(row) = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
        assert!(error.is_none(), "nothing follows an error");
        match row {
            Ok(_) => rows += 1,
            Err(found) => error = Some(found.kind()),
        }
    }
    (rows, error)
}
