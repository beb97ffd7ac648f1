//! Queries in unusual company: a second verb, a lock, a value that changes the text, a column that was not selected. Each
//! means the same on every database, or is refused before it is sent.

use crate::harness::Backend;
use crate::models::{NewPost, Post, User, people, post};
use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "attack_firms")]
struct Firm {
    id: i64,
    name: String,
    #[field(soft_delete)]
    closed_at: Option<Timestamp>,
    #[field(inverse = firm)]
    jobs: HasMany<Job>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "attack_jobs")]
struct Job {
    id: i64,
    name: String,
    firm: BelongsTo<Firm>,
}

/// Columns that hold fewer numbers than the expressions over them come to.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "attack_small")]
struct Small {
    id: i64,
    tiny: u8,
    small: i32,
    single: f32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "attack_lists")]
struct Listed {
    id: i64,
    numbers: Vec<i64>,
}

fn small(tiny: u8, small: i32, single: f32) -> NewSmall {
    NewSmall {
        tiny,
        small,
        single,
    }
}

on_every_database! {
    /// The text of a division depends on whether it is by zero, also of a query that was asked before.
    async fn a_query_asked_again_divides_by_zero_as_any_other(fixture) {
        let db = &fixture.db;
        people(db).await?;
        for (n, found) in [(2_i64, 0_usize), (3, 0), (0, 3), (5, 0), (0, 3)] {
            let quotients = Post::filter((Post::views / literal(n)).is_null());
            assert_eq!(quotients.all(db).await?.len(), found, "quotients by {n}");
            let rests = Post::filter(Post::views.remainder(literal(n)).is_null());
            assert_eq!(rests.all(db).await?.len(), found, "rests by {n}");
            let related = User::filter(User::posts.any((Post::views / literal(n)).is_null()));
            assert_eq!(related.all(db).await?.len(), found.min(2), "related by {n}");
        }
    }

    /// What follows from a key that is grouped is known to HAVING, selected or not.
    async fn groups_are_chosen_by_columns_that_are_not_selected(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let groups = Post::query().group_by(Post::id).having(Post::views.gt(15)).order_by(Post::id);
        let titles: Vec<String> = groups.clone().select(Post::title).all(db).await?;
        assert_eq!(titles, ["rust_guide", "Gärten"]);
        let counts: Vec<i64> = groups.clone().select(count()).all(db).await?;
        assert_eq!(counts, [1, 1]);
        assert_eq!(groups.select(Post::title).count(db).await?, 2);
        let named = User::query().group_by(User::id).having(User::name.is_null()).select(User::email);
        assert_eq!(named.all(db).await?, ["cid@example.org"]);
    }

    /// Of several rows that become one, none has a place in an order by what they differ in.
    async fn distinct_rows_are_sorted_by_what_is_selected(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let watch = db.watch();
        let by_views = Post::query().distinct().order_by(Post::views);
        let refused = by_views.clone().select(Post::title).all(db).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidQuery);
        let refused = by_views.clone().select(Post::title).limit(1).count(db).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidQuery);
        let refused = Post::query().distinct().order_by(Post::author.email).all(db).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidQuery);
        assert_eq!(watch.statements(), 0);
        assert_eq!(by_views.clone().select(Post::title).count(db).await?, 3);
        assert_eq!(by_views.clone().select((Post::title, Post::views)).first(db).await?.map(|(_, views)| views), Some(10));
        assert_eq!(by_views.all(db).await?.len(), 3);
    }

    /// Whole rows are distinct as they are: they have a first, and can be changed and limited.
    async fn whole_rows_are_distinct(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let more = (0..200).map(|n| post(&format!("post {}", n % 7), n, &ann));
        Post::insert_many(more).execute(db).await?;
        let first = Post::query().order_by(Post::id).first(db).await?;
        assert_eq!(Post::query().distinct().first(db).await?, first);
        let dearest = Post::filter(Post::views.gt(0)).distinct().order_by(Post::views.desc()).limit(1);
        let raised = dearest.clone().update(Post::views.set(Post::views + 1000)).execute(db).await?;
        assert_eq!(raised, 1);
        let read = dearest.clone().update(Post::views.set(Post::author.posts.count())).execute(db).await?;
        assert_eq!(read, 1);
        assert_eq!(dearest.one(db).await?.views, 202);
        let gone = Post::filter(Post::views.gt(0)).distinct().order_by(Post::views.desc()).limit(2).delete();
        assert_eq!(gone.execute(db).await?, 2);
        assert_eq!(Post::query().select(Post::views.max()).one(db).await?, Some(197));
    }

    /// A lock is of the rows that were asked for, also where others are joined that may be missing.
    async fn rows_are_locked_over_paths(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tx = db.begin().await?;
        let watch = db.watch();
        let refused = Post::query().distinct().for_update().all(&tx).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidQuery);
        let refused = Post::query().group_by(Post::title).select(count()).for_update().all(&tx).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidQuery);
        assert_eq!(watch.statements(), 0);
        // What only counts locks nothing.
        assert_eq!(Post::query().distinct().for_update().count(&tx).await?, 3);
        if !db.dialect().capabilities().row_locks {
            return Ok(());
        }
        let employed = User::filter(User::company.name.eq("Acme")).order_by(User::id).for_update();
        assert_eq!(employed.all(&tx).await?.len(), 2);
        let sorted = Post::query().order_by(Post::author.company.name).for_share().all(&tx).await?;
        assert_eq!(sorted.len(), 3);
        assert_eq!(employed.with(User::company.joined()).all(&tx).await?.len(), 2);
    }

    /// The one row of aggregates over nothing can be left out, too.
    async fn aggregates_of_nothing_behind_an_offset(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let none = Post::filter(Post::id.is_in(Vec::<i64>::new()));
        let few = Post::filter(Post::id.lt(0));
        for query in [none, few] {
            assert_eq!(query.clone().select(count()).all(db).await?, [0]);
            assert_eq!(query.clone().select(count()).offset(0).all(db).await?, [0]);
            // Of the rows behind the first; it is not the count that is passed over.
            assert_eq!(query.select(count()).offset(1).all(db).await?, [0]);
        }
    }

    /// A zero is one number, whatever its sign.
    async fn zeros_are_equal_in_groups_and_lists(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let rated = |rating: f64| NewPost { rating: Some(rating), ..post("zero", 0, &ann) };
        Post::insert_many([rated(0.0), rated(-0.0)]).execute(db).await?;
        rated(-0.0).insert(db).await?;
        Post::filter(Post::title.eq("Rust 100%")).update(Post::rating.set(-0.0)).execute(db).await?;
        let zeros = Post::filter(Post::rating.is_not_null());
        assert_eq!(zeros.clone().distinct().select(Post::rating).all(db).await?.len(), 1);
        let groups: Vec<i64> = zeros.clone().group_by(Post::rating).select(count()).all(db).await?;
        assert_eq!(groups, [4]);
        for zero in [0.0, -0.0] {
            assert_eq!(Post::filter(Post::rating.eq(zero)).count(db).await?, 4);
            assert_eq!(Post::filter(Post::rating.is_in([zero])).count(db).await?, 4);
        }
        // Pages meet each of them once.
        let query = zeros.order_by(Post::rating.desc());
        let first = query.keyset(None, 3, db).await?;
        let second = query.keyset(first.next, 3, db).await?;
        assert_eq!((first.items.len(), second.items.len()), (3, 1));
    }

    /// Decimals that stand for themselves are compared as numbers.
    async fn decimals_are_the_same_whatever_their_digits(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let dec = |text: &str| text.parse::<Decimal>().expect("a decimal");
        let same = Post::filter(literal(dec("9")).is_not_distinct_from(dec("9.00")));
        assert_eq!(same.count(db).await?, 3);
        let other = Post::filter(literal(dec("9")).is_distinct_from(dec("9.00")));
        assert_eq!(other.count(db).await?, 0);
    }

    /// A question needs the columns that tie it, over a relation without its scope as well.
    async fn questions_over_relations_without_a_scope_are_checked_in_groups(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Firm, Job]).await?;
        let firm = NewFirm { name: "one".into(), closed_at: None }.insert(db).await?;
        NewJob { name: "a".into(), firm: (&firm).into() }.insert(db).await?;
        let watch = db.watch();
        let by_name = Job::query().group_by(Job::name);
        let refused = by_name.clone().select(Job::firm.unscoped().jobs.count()).all(db).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidQuery);
        assert_eq!(watch.statements(), 0);
        // The key by which it refers is the same column with the scope and without.
        let by_firm: Vec<(i64, i64)> = Job::query()
            .group_by(Job::firm.unscoped().id)
            .select((Job::firm.unscoped().id, count()))
            .all(db)
            .await?;
        assert_eq!(by_firm, [(firm.id, 1)]);
    }

    /// What a query or an expression comes to is looked at when it is inserted, as when a column is set to it.
    async fn rows_of_a_query_fit_their_columns(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Small]).await?;
        small(5, 1_000_000, 1.0).insert(db).await?;
        let columns = || (Small::tiny, Small::small, Small::single);
        let copied = Small::insert_from(columns(), Small::query().select((Small::tiny + 250, Small::small + 1, Small::single)));
        assert_eq!(copied.execute(db).await?, 1);
        for (name, query) in [
            ("too small for its type", Small::query().select((Small::tiny - 10, Small::small, Small::single))),
            ("too great for its column", Small::query().select((Small::tiny, Small::small * 1_000_000, Small::single))),
            ("among distinct rows", Small::query().distinct().select((Small::tiny - 10, Small::small, Small::single))),
        ] {
            let refused = Small::insert_from(columns(), query).execute(db).await;
            assert_eq!(refused.map_err(|error| error.kind()), Err(ErrorKind::OutOfRange), "{name}");
        }
        let rows = Small::query().order_by(Small::id).all(db).await?;
        assert_eq!(rows.iter().map(|row| (row.tiny, row.small)).collect::<Vec<_>>(), [(5, 1_000_000), (255, 1_000_001)]);
    }

    /// Sums of narrow floats are wide.
    async fn narrow_floats_are_added_up_exactly(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Small]).await?;
        Small::insert_many([small(1, 1, 16_777_216.0), small(2, 2, 1.0), small(3, 3, 1.0)]).execute(db).await?;
        let sum: Option<f64> = Small::query().select(Small::single.sum()).one(db).await?;
        assert_eq!(sum, Some(16_777_218.0));
    }

    /// A moment is one text, whatever its digits.
    async fn moments_are_cast_to_one_text(fixture) {
        let db = &fixture.db;
        people(db).await?;
        for (at, text) in [
            ("2024-02-29T23:59:59.5Z", "2024-02-29 23:59:59.500000"),
            ("2024-03-01T00:00:00Z", "2024-03-01 00:00:00.000000"),
            ("2024-03-01T00:00:00.000001Z", "2024-03-01 00:00:00.000001"),
        ] {
            let at: Timestamp = at.parse().expect("a moment");
            User::query().unfiltered().update(User::created_at.set(at)).execute(db).await?;
            let cast: Vec<String> = User::query().limit(1).select(User::created_at.cast::<String>()).all(db).await?;
            assert_eq!(cast, [text]);
        }
    }

    /// A cursor that can't be sent as text is none.
    requires(Backend::is_postgres) async fn no_page_is_sorted_by_arrays(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Listed]).await?;
        Listed::insert_many((0..3).map(|n| NewListed { numbers: vec![n] })).execute(db).await?;
        let page = Listed::query().order_by(Listed::numbers).keyset(None, 1, db).await;
        assert_eq!(page.unwrap_err().kind(), ErrorKind::InvalidQuery);
    }

    /// What is answered of rows that go may be over a relation, where rows are answered at all.
    async fn deleted_rows_are_answered_over_paths(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let gone = Post::filter(Post::views.gt(15)).delete().returning((Post::views, Post::author.email));
        let mut gone: Vec<(i64, String)> = gone.all(db).await?;
        gone.sort();
        assert_eq!(gone, [(20, "bob@example.com".into()), (30, "ann@example.com".to_owned())]);
    }
}
