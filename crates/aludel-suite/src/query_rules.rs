//! `queries.md`, rule by rule. Each test is named after its rule.

use crate::harness::Backend;
use crate::models::{Company, NewPost, NewTag, Post, Tag, User, people, post, user};
use aludel::prelude::*;
use aludel::{ErrorKind, dialect};

fn emails(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.email.as_str()).collect()
}

on_every_database! {
    /// Two verbs, two statements; nothing is cached in a query.
    async fn rule_01_a_query_is_immutable_and_caches_nothing(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let query = User::query().order_by(User::id);
        let narrowed = query.clone().filter(User::name.eq("Ann"));
        let watch = db.watch();
        assert_eq!(query.count(db).await?, 3);
        assert_eq!(narrowed.count(db).await?, 1);
        assert_eq!(query.all(db).await?.len(), 3);
        user("dan@example.com").insert(db).await?;
        assert_eq!(query.all(db).await?.len(), 4);
        assert_eq!(watch.statements(), 5);
    }

    /// One path is joined once; a nullable hop joins LEFT; the target's key joins nothing.
    async fn rule_02_to_one_paths_join(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let query = Post::filter(Post::author.email.eq("ann@example.com") & Post::author.name.eq("Ann"))
            .order_by(Post::author.company.name.asc())
            .order_by(Post::views);
        let text = query.to_sql(db.dialect())?.text;
        assert_eq!(text.matches(" INNER JOIN ").count(), 1, "{text}");
        assert_eq!(text.matches(" LEFT JOIN ").count(), 1, "{text}");
        assert_eq!(query.all(db).await?.len(), 2);

        let by_key = Post::filter(Post::author.id.eq(ann.id));
        assert!(!by_key.to_sql(db.dialect())?.text.contains("JOIN"));
        assert_eq!(by_key.count(db).await?, 2);
        assert_eq!(Post::filter(Post::author.is(&ann)).count(db).await?, 2);

        // Over a nullable hop the type is an Option, and users without a company stay.
        let cities: Vec<(String, Option<String>)> =
            User::query().order_by(User::id).select((User::email, User::company.name)).all(db).await?;
        assert_eq!(cities[0].1.as_deref(), Some("Acme"));
        assert_eq!(cities[2].1, None);
        assert_eq!(User::filter(User::company.is_null()).count(db).await?, 1);
        assert_eq!(Post::filter(Post::author.company.city.eq("Paris")).count(db).await?, 3);
    }

    /// Parents never come twice; conditions inside one `any` speak of one child; aggregates never multiply.
    async fn rule_03_to_many_relations_take_a_quantifier(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let some = User::filter(User::posts.any(Post::views.ge(10))).order_by(User::id).all(db).await?;
        assert_eq!(emails(&some), ["ann@example.com", "bob@example.com"]);
        // No single post of Ann's is a guide with 10 views; two of hers together are.
        assert_eq!(User::filter(User::posts.any(Post::views.eq(10) & Post::title.contains("guide"))).count(db).await?, 0);
        assert_eq!(User::filter(User::posts.any(Post::views.eq(10)) & User::posts.any(Post::title.contains("guide"))).count(db).await?, 1);
        let all: Vec<User> = User::filter(User::posts.all(Post::views.ge(20))).order_by(User::id).all(db).await?;
        assert_eq!(emails(&all), ["bob@example.com", "cid@example.org"]);
        let none = User::filter(User::posts.none(Post::views.ge(30))).order_by(User::id).all(db).await?;
        assert_eq!(emails(&none), ["bob@example.com", "cid@example.org"]);
        assert_eq!(User::filter(User::posts.is_empty()).one(db).await?.email, "cid@example.org");

        let rust = NewTag { name: "rust".into() }.insert(db).await?;
        let green = NewTag { name: "green".into() }.insert(db).await?;
        let posts = Post::query().order_by(Post::id).all(db).await?;
        Post::tags.of(&posts[0]).add([&rust, &green], db).await?;
        // Two aggregates over two relations, of one row, do not multiply each other.
        let counts: Vec<(String, i64, Option<i64>, Option<i64>)> = User::query()
            .order_by(User::id)
            .select((User::email, User::posts.count(), User::posts.sum(Post::views), User::posts.max(Post::views)))
            .all(db)
            .await?;
        assert_eq!(counts[0], ("ann@example.com".into(), 2, Some(40), Some(30)));
        assert_eq!(counts[2], ("cid@example.org".into(), 0, None, None));
        let both: (i64, i64) = Post::filter(Post::id.eq(posts[0].id)).select((Post::tags.count(), Post::author.posts.count())).one(db).await?;
        assert_eq!(both, (2, 2));
        assert_eq!(Tag::filter(Tag::posts.any(Post::author.is(&ann))).count(db).await?, 2);
        assert_eq!(Tag::filter(Tag::posts.any(Post::author.is(&bob))).count(db).await?, 0);
        let means: Vec<Option<f64>> = User::query().order_by(User::id).select(User::posts.avg(Post::views)).all(db).await?;
        assert_eq!(means, [Some(20.0), Some(20.0), None]);
        // A company's users' posts: a quantifier inside a quantifier.
        assert_eq!(Company::filter(Company::users.any(User::posts.any(Post::views.eq(30)))).count(db).await?, 1);
        assert_eq!(Company::filter(Company::users.any(User::posts.any(Post::views.eq(31)))).count(db).await?, 0);
    }

    /// `filter(a).filter(b)` is `filter(a & b)`.
    async fn rule_04_filters_add_up(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let (a, b) = (|| User::posts.any(Post::views.eq(10)), || User::posts.any(Post::views.eq(30)));
        let chained = User::filter(a()).filter(b());
        let together = User::filter(a() & b());
        assert_eq!(chained.to_sql(db.dialect())?.text, together.to_sql(db.dialect())?.text);
        assert_eq!(chained.all(db).await?, together.all(db).await?);
    }

    /// `!` is SQL's NOT; `exclude` is the complement, NULLs included; NOT IN ignores NULLs of its query.
    async fn rule_05_negations(fixture) {
        let db = &fixture.db;
        people(db).await?;
        assert_eq!(User::filter(!User::name.eq("Ann")).count(db).await?, 1); // Cid's name is unknown
        assert_eq!(User::exclude(User::name.eq("Ann")).count(db).await?, 2);
        assert_eq!(User::exclude(User::company.name.eq("Acme")).count(db).await?, 1);
        // Bob is 30, Ann 40, Cid's age is NULL: a plain NOT IN would find nobody.
        let ages = User::filter(User::age.eq(30) | User::age.is_null()).select(User::age);
        assert_eq!(User::filter(User::age.not_in_query(ages)).one(db).await?.email, "ann@example.com");
        let names = User::filter(User::name.starts_with("A")).select(User::name);
        assert_eq!(User::filter(User::name.is_in_query(names)).count(db).await?, 1);
    }

    /// `eq(None)` is IS NULL; `is_distinct_from` is NULL-safe.
    async fn rule_06_null_is_a_value_where_it_is_asked_for(fixture) {
        let db = &fixture.db;
        people(db).await?;
        assert_eq!(User::filter(User::name.eq(None)).count(db).await?, 1);
        assert_eq!(User::filter(User::name.ne(None)).count(db).await?, 2);
        assert_eq!(User::filter(User::name.eq(Some("Ann".to_string()))).count(db).await?, 1);
        assert_eq!(User::filter(User::name.is_distinct_from("Ann")).count(db).await?, 2);
        assert_eq!(User::filter(User::name.is_not_distinct_from(User::name)).count(db).await?, 3);
        assert_eq!(User::filter(User::name.eq(User::name)).count(db).await?, 2);
    }

    /// A query that finds nothing for sure sends nothing, and its aggregates are right.
    async fn rule_07_empty_lists(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let watch = db.watch();
        let nobody = User::filter(User::id.is_in(Vec::<i64>::new()));
        assert!(nobody.all(db).await?.is_empty());
        assert_eq!(nobody.count(db).await?, 0);
        assert!(!nobody.exists(db).await?);
        assert!(nobody.first(db).await?.is_none());
        let totals: (i64, Option<i64>, Option<f64>) = nobody.clone().select((count(), User::age.sum(), User::age.avg())).one(db).await?;
        assert_eq!(totals, (0, None, None));
        assert_eq!(nobody.clone().update(User::age.set(1)).execute(db).await?, 0);
        assert_eq!(nobody.delete().execute(db).await?, 0);
        assert_eq!(watch.statements(), 0);
        assert_eq!(User::filter(User::id.not_in(Vec::<i64>::new())).count(db).await?, 3);
    }

    /// The text does not depend on the list's length, and no list exceeds a limit of binds.
    async fn rule_08_long_lists(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let text = |n: i64| Ok::<_, aludel::Error>(User::filter(User::id.is_in(0..n)).to_sql(db.dialect())?.text);
        assert_eq!(text(5)?, text(8)?);
        assert_eq!(text(1025)?, text(100_000)?);
        let many = (-100_000..=bob.id).chain(1_000_000..1_100_000);
        assert_eq!(User::filter(User::id.is_in(many.clone())).count(db).await?, 2);
        assert_eq!(User::filter(User::id.not_in(many)).count(db).await?, 1);
        let names = (0..2000).map(|n| format!("it's \"{n}\" \\ ü")).chain(["Ann".to_string()]);
        assert_eq!(User::filter(User::name.is_in(names)).one(db).await?.id, ann.id);
        assert_eq!(User::filter(User::email.is_in(["ann@example.com", "x"])).count(db).await?, 1);
        assert_eq!(Post::filter(Post::rating.is_in([0.5, 1e300])).count(db).await?, 0);
    }

    /// Text operators mind case, their `i…` twins do not, and wildcards are literal but in `like`.
    async fn rule_09_text(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let found = async |condition| Post::filter(condition).count(db).await;
        assert_eq!(found(Post::title.contains("ust")).await?, 2);
        assert_eq!(found(Post::title.contains("RUST")).await?, 0);
        assert_eq!(found(Post::title.icontains("RUST")).await?, 2);
        assert_eq!(found(Post::title.starts_with("Rust")).await?, 1);
        assert_eq!(found(Post::title.istarts_with("RUST")).await?, 2);
        assert_eq!(found(Post::title.ends_with("guide")).await?, 1);
        assert_eq!(found(Post::title.iends_with("GUIDE")).await?, 1);
        assert_eq!(found(Post::title.contains("100%")).await?, 1);
        assert_eq!(found(Post::title.contains("%")).await?, 1);
        assert_eq!(found(Post::title.contains("t_g")).await?, 1);
        assert_eq!(found(Post::title.contains("t%g")).await?, 0);
        assert_eq!(found(Post::title.contains("\\")).await?, 0);
        assert_eq!(found(Post::title.ends_with("")).await?, 3);
        assert_eq!(found(Post::title.like("_ust%")).await?, 2);
        assert_eq!(found(Post::title.like("RUST%")).await?, 0);
        assert_eq!(found(Post::title.ilike("RUST%")).await?, 2);
        assert_eq!(found(Post::title.like("%\\%")).await?, 1);
        assert_eq!(found(Post::title.icontains("GÄRT")).await?, 1);
        assert_eq!(found(Post::title.ieq("gärten")).await?, 1);
        assert_eq!(found(Post::title.eq("gärten")).await?, 0);
        // A column as the pattern is literal, too.
        assert_eq!(found(Post::title.contains(Post::title)).await?, 3);
        assert_eq!(found(Post::title.starts_with(Post::title)).await?, 3);
        assert_eq!(found(Post::title.ends_with(Post::title)).await?, 3);
        assert_eq!(found(Post::title.istarts_with(Post::title.upper())).await?, 3);
        assert_eq!(found(Post::title.lower().eq("gärten")).await?, 1);
    }

    /// Updates and deletes need a filter or `.unfiltered()`, answer the rows affected, and see old values.
    async fn rule_13_updates_and_deletes(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        for text in [
            Post::query().update(Post::views.set(0)).execute(db).await.unwrap_err().to_string(),
            Post::query().delete().execute(db).await.unwrap_err().to_string(),
        ] {
            assert!(text.contains(".unfiltered()"), "{text}");
        }
        assert_eq!(Post::filter(Post::views.ge(20)).update(Post::views.set(Post::views + 1)).execute(db).await?, 2);
        // Rows count when they are found, changed or not.
        assert_eq!(Post::query().unfiltered().update(Post::rating.set(None)).execute(db).await?, 3);
        // SET sees the old values: a swap.
        let swapped = User::filter(User::id.eq(ann.id)).update((User::name.set(User::email), User::email.set(User::name.or_else("?"))));
        swapped.execute(db).await?;
        let after = ann.reload(db).await?;
        assert_eq!((after.name.as_deref(), after.email.as_str()), (Some("ann@example.com"), "Ann"));
        // To-one paths in the filter and in values.
        let moved = Post::filter(Post::author.company.name.eq("Acme") & Post::views.lt(20))
            .update(Post::title.set(Post::author.email.concat("!")));
        assert_eq!(moved.execute(db).await?, 1);
        assert_eq!(Post::filter(Post::title.eq("Ann!")).count(db).await?, 1);
        // To-many relations in the filter, and a limit.
        assert_eq!(User::filter(User::posts.is_empty()).update(User::age.set(7)).execute(db).await?, 1);
        let two = Post::query().unfiltered().order_by(Post::views.desc()).limit(2).update(Post::views.set(1000));
        assert_eq!(two.execute(db).await?, 2);
        assert_eq!(Post::filter(Post::views.eq(1000)).count(db).await?, 2);
        assert_eq!(Post::filter(Post::views.eq(1000)).order_by(Post::id).limit(1).delete().execute(db).await?, 1);
        assert_eq!(Post::filter(Post::author.name.is_not_null()).delete().execute(db).await?, 2);

        let changed = User::filter(User::age.is_not_null()).update(User::age.set(User::age + 1)).returning((User::id, User::age));
        if db.dialect().capabilities().update_returning {
            let rows = changed.all(db).await?;
            assert_eq!(rows.len(), 3);
            assert!(rows.contains(&(ann.id, Some(41))));
        } else {
            let watch = db.watch();
            assert_eq!(changed.all(db).await.unwrap_err().kind(), ErrorKind::Unsupported);
            assert_eq!(watch.statements(), 0);
        }
        let gone = User::filter(User::id.eq(ann.id)).delete().returning(User::email).all(db).await?;
        assert_eq!(gone, ["Ann"]);
    }

    /// Inserts of many keep their order and get their keys; upserts; insert from a query; get or create.
    async fn rule_14_inserts(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let watch = db.watch();
        let many: Vec<Post> = Post::insert_many((0..500).map(|n| post(&format!("n{n}"), n, &ann))).all(db).await?;
        // On SQLite a short statement, prepared once, is faster than a long one.
        let most = if fixture.backend == Backend::Sqlite { 4 } else { 1 };
        assert_eq!(watch.statements(), most);
        assert!(many.iter().enumerate().all(|(n, post)| post.title == format!("n{n}") && post.views == n as i64));
        assert!(many.windows(2).all(|pair| pair[0].id < pair[1].id));

        // More rows than binds allow: several statements, one transaction, still in order.
        let rows = (0..40_000).map(|n| NewTag { name: format!("t{n}") });
        let tags: Vec<Tag> = Tag::insert_many(rows).all(db).await?;
        assert!(tags.iter().enumerate().all(|(n, tag)| tag.name == format!("t{n}")));
        let clash = Tag::insert_many((0..40_000).map(|n| NewTag { name: if n == 39_999 { "t0".into() } else { format!("u{n}") } }));
        assert!(clash.execute(db).await.unwrap_err().is_unique_violation());
        assert_eq!(Tag::query().count(db).await?, 40_000);

        // Rows that give different columns.
        let mixed: Vec<Post> = Post::insert_many([
            NewPost { views: None, ..post("a", 0, &ann) },
            post("b", 5, &ann),
            NewPost { rating: Some(0.5), ..post("c", 6, &ann) },
        ])
        .all(db)
        .await?;
        assert_eq!(mixed.iter().map(|post| (post.views, post.rating)).collect::<Vec<_>>(), [(0, None), (5, None), (6, Some(0.5))]);
        assert_eq!(Post::insert_many([]).all(db).await?.len(), 0);

        // Upserts.
        let names = || [NewTag { name: "t1".into() }, NewTag { name: "new".into() }];
        assert_eq!(Tag::insert_many(names()).on_conflict(Tag::name).do_nothing().execute(db).await?, 1);
        assert_eq!(Tag::insert_many(names()).on_conflict(Tag::name).do_nothing().execute(db).await?, 0);
        let renamed = Tag::insert_many(names()).on_conflict(Tag::name).do_update(Tag::name.set(excluded(Tag::name).concat("!")));
        assert_eq!(renamed.execute(db).await?, 2);
        assert_eq!(Tag::filter(Tag::name.is_in(["t1!", "new!"])).count(db).await?, 2);
        let again: Vec<User> = User::insert_many([user("ann@example.com")])
            .on_conflict(User::email)
            .do_update(User::age.set(User::age + 5))
            .all(db)
            .await?;
        assert_eq!((again[0].id, again[0].age), (ann.id, Some(45)));

        // Many rows at once, with a value of the program's own in what they update.
        let crowd = || (0..40).map(|n| user(&format!("{n}@example.net")));
        assert_eq!(User::insert_many(crowd()).execute(db).await?, 40);
        let crowded = User::insert_many(crowd())
            .on_conflict(User::email)
            .do_update((User::age.set(7), User::name.set(excluded(User::email).concat("?"))))
            .all(db)
            .await?;
        assert!(crowded.len() == 40 && crowded.iter().all(|user| user.age == Some(7)));
        assert_eq!(crowded[39].name.as_deref(), Some("39@example.net?"));
        assert_eq!(User::filter(User::age.eq(7)).delete().execute(db).await?, 40);

        // From a query.
        let copied = Tag::insert_from((Tag::name,), User::query().select((User::email,)));
        assert_eq!(copied.execute(db).await?, 3);

        // Get or create.
        let (rust, made) = Tag::get_or_create(Tag::name.eq("rust"), || NewTag { name: "rust".into() }, db).await?;
        assert!(made);
        let (same, made) = Tag::get_or_create(Tag::name.eq("rust"), || NewTag { name: "rust".into() }, db).await?;
        assert!(!made && same == rust);
        let bob = User::filter(User::email.eq("bob@example.com"));
        let patch = || crate::models::UserPatch { age: Some(Some(31)), ..Default::default() };
        let (changed, made) = User::update_or_create(User::email.eq("bob@example.com"), patch(), || user("bob@example.com"), db).await?;
        assert!(!made && changed.age == Some(31) && bob.one(db).await?.age == Some(31));
        let (fresh, made) = User::update_or_create(User::email.eq("eve@example.com"), patch(), || user("eve@example.com"), db).await?;
        assert!(made && fresh.age.is_none());
    }

    /// Callers at once, given a unique constraint, get one row.
    async fn rule_14_get_or_create_is_race_safe(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    Tag::get_or_create(Tag::name.eq("hot"), || NewTag { name: "hot".into() }, &db).await
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += usize::from(task.await.expect("no panic")?.1);
        }
        assert_eq!(made, 1);
        assert_eq!(Tag::query().count(db).await?, 1);
        // Inside a transaction the violation aborts nothing else.
        let tx = db.begin().await?;
        let (_, again) = Tag::get_or_create(Tag::name.eq("hot"), || NewTag { name: "hot".into() }, &tx).await?;
        assert!(!again);
        NewTag { name: "cold".into() }.insert(&tx).await?;
        tx.commit().await?;
        assert_eq!(Tag::query().count(db).await?, 2);
    }

    /// `first` orders by key; `one` says how many; pages and cursors have a total order.
    async fn rule_15_first_one_and_pages(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        assert_eq!(User::query().first(db).await?.map(|user| user.id), Some(ann.id));
        assert!(User::query().unordered().order_by(User::email.desc()).first(db).await?.is_some());
        let none = User::filter(User::name.eq("Zoe")).one(db).await.unwrap_err();
        assert_eq!(none.kind(), ErrorKind::NotFound);
        let many = User::query().one(db).await.unwrap_err();
        assert_eq!(many.kind(), ErrorKind::ManyFound);
        assert!(many.to_string().contains("more than one"));
        assert!(User::filter(User::name.eq("Zoe")).optional(db).await?.is_none());

        Post::insert_many((0..25).map(|n| post(&format!("p{n}"), n % 3, &ann))).execute(db).await?;
        let query = Post::query().order_by(Post::views.desc());
        let mut seen = Vec::new();
        for number in 1..=3 {
            let page = query.page(number, 10, db).await?;
            assert_eq!((page.total, page.pages(), page.has_next()), (28, 3, number < 3));
            seen.extend(page.items);
        }
        let mut ids: Vec<i64> = seen.iter().map(|post| post.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 28);
        assert!(query.page(0, 10, db).await.is_err());

        // By place in the order, ties and all.
        let total = query.clone().order_by(Post::id.desc());
        let mut by_cursor = total.clone().limit(10).all(db).await?;
        while let Some(last) = by_cursor.last() {
            let cursor = total.cursor(last)?;
            let next = total.clone().after(cursor).limit(10).all(db).await?;
            if next.is_empty() {
                break;
            }
            by_cursor.extend(next);
        }
        assert_eq!(by_cursor, seen);
        // An order with ties has no places.
        assert_eq!(query.cursor(&seen[0]).unwrap_err().kind(), ErrorKind::InvalidQuery);

        // NULLs in the order are passed once, whichever end they are at.
        for order in [User::age.asc().nulls_last(), User::age.asc().nulls_first(), User::age.desc().nulls_last(), User::age.asc(), User::age.desc()] {
            let query = User::query().order_by(order).order_by(User::id);
            let all = query.all(db).await?;
            let mut walked: Vec<User> = Vec::new();
            loop {
                let step = match walked.last() {
                    None => query.clone(),
                    Some(last) => query.clone().after(query.cursor(last)?),
                };
                match step.limit(1).all(db).await?.pop() {
                    Some(next) => walked.push(next),
                    None => break,
                }
            }
            assert_eq!(walked, all);
        }
    }

    /// Aggregates and their types; GROUP BY is only what was asked.
    async fn rule_16_aggregates(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let all: (i64, Option<i64>, Option<f64>, Option<i64>, Option<i64>) = Post::query()
            .select((count(), Post::views.sum(), Post::views.avg(), Post::views.min(), Post::views.max()))
            .one(db)
            .await?;
        assert_eq!(all, (3, Some(60), Some(20.0), Some(10), Some(30)));
        let (third,): (Option<f64>,) = User::query().select((User::age.avg(),)).one(db).await?;
        assert_eq!(third, Some(35.0));
        let named: (i64, i64) = User::query().select((User::name.count(), count().filter(User::age.gt(35)))).one(db).await?;
        assert_eq!(named, (2, 1));
        let distinct: i64 = User::query().select(User::company.id.count().distinct()).one(db).await?;
        assert_eq!(distinct, 1);
        let filtered: Option<i64> = Post::query().select(Post::views.sum().filter(Post::title.icontains("rust"))).one(db).await?;
        assert_eq!(filtered, Some(40));

        let grouped: Vec<(String, i64)> = Post::query()
            .group_by(Post::author.email)
            .having(count().ge(1))
            .order_by(Post::views.sum().desc())
            .select((Post::author.email, count()))
            .all(db)
            .await?;
        assert_eq!(grouped, [("ann@example.com".to_string(), 2), ("bob@example.com".to_string(), 1)]);
        assert_eq!(Post::query().group_by(Post::author.id).select((Post::author.id, count())).count(db).await?, 2);
        for (error, column) in [
            (Post::query().group_by(Post::author.id).select((Post::title, count())).all(db).await.unwrap_err(), "title"),
            (Post::query().group_by(Post::author.id).order_by(Post::views).select(count()).all(db).await.unwrap_err(), "views"),
            (Post::query().select((Post::title, count())).all(db).await.unwrap_err(), "title"),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidQuery);
            assert!(error.to_string().contains(column), "{error}");
        }
        let text = Post::query().group_by(Post::author.id).all(db).await.unwrap_err().to_string();
        assert!(text.contains("whole rows"), "{text}");
        let text = Post::filter(count().gt(1)).all(db).await.unwrap_err().to_string();
        assert!(text.contains("having"), "{text}");
        let distinct: Vec<i64> = Post::query().distinct().order_by(Post::author.id).select(Post::author.id).all(db).await?;
        assert_eq!(distinct.len(), 2);
        let with_counts: Vec<(User, i64)> = User::query().order_by(User::id).annotate(User::posts.count()).all(db).await?;
        assert_eq!(with_counts.iter().map(|(_, posts)| *posts).collect::<Vec<_>>(), [2, 1, 0]);
    }

    /// `explain` answers the plan, `to_sql` text and binds, for every statement.
    async fn rule_20_explain_and_to_sql(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let query = Post::filter(Post::author.email.eq("ann@example.com"));
        assert!(!query.explain(db).await?.is_empty());
        assert!(!query.clone().update(Post::views.set(1)).explain(db).await?.is_empty());
        assert!(!query.clone().delete().explain(db).await?.is_empty());
        assert_eq!(Post::query().count(db).await?, 3);
        for dialect in [&dialect::SQLITE as &'static dyn dialect::Dialect, &dialect::POSTGRES, &dialect::MARIADB, &dialect::MYSQL] {
            let sql = query.to_sql(dialect)?;
            assert_eq!(sql.binds, [Value::Text("ann@example.com".into())]);
            assert!(query.clone().update(Post::views.set(1)).to_sql(dialect)?.text.starts_with("UPDATE "));
            assert!(query.clone().delete().to_sql(dialect)?.text.starts_with("DELETE FROM "));
            assert!(Post::insert_many([post("x", 1, &ann)]).to_sql(dialect)?.text.starts_with("INSERT INTO "));
        }
    }
}
