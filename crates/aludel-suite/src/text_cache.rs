//! A query that was asked before is not rendered again. Whatever its values are, it finds what it would find if it were:
//! compared with the same query with an offset of nothing, which always is.

use crate::models::{Post, User, create, post, user};
use aludel::prelude::*;

/// Queries of one shape each, by a number.
fn of_posts() -> Vec<(&'static str, fn(i64) -> Query<Post>)> {
    vec![
        ("a comparison", |n| Post::filter(Post::views.ge(n))),
        ("two that are easily mixed up", |n| {
            Post::filter(Post::views.gt(n) & Post::views.lt(9 - n))
        }),
        ("one value twice", |n| {
            Post::filter(Post::views.eq(n) | Post::author.age.eq(n as i32))
        }),
        ("between", |n| Post::filter(Post::views.between(n, n + 2))),
        ("between the other way round", |n| {
            Post::filter(!Post::views.between(2, n))
        }),
        ("arithmetic", |n| {
            Post::filter((Post::views * 2 - n).gt(4) & Post::rating.lt(n as f64 / 2.0))
        }),
        ("over a relation", |n| {
            Post::filter(Post::author.email.eq(format!("{n}@example.com")) & Post::views.ne(n))
                .order_by(Post::author.name.desc())
                .order_by(Post::title.asc())
        }),
        ("a value in the order", |n| {
            Post::filter(Post::views.ge(0)).order_by((Post::views - n) * (Post::views - n))
        }),
        ("a limit", |n| {
            Post::query().order_by(Post::views).limit(n as u64)
        }),
        ("a pattern", |n| {
            Post::filter(Post::title.contains(n.to_string()) & Post::views.ge(n))
        }),
        ("a list", |n| {
            Post::filter(Post::views.is_in((0..n).step_by(2)) & Post::views.ge(n / 2))
        }),
        ("a constant", |n| {
            Post::filter(Post::views.lt(5) & Post::views.ge(n))
        }),
    ]
}

fn of_users() -> Vec<(&'static str, fn(i64) -> Query<User>)> {
    vec![
        ("any of many", |n| {
            User::filter(User::posts.any(Post::views.eq(n)))
        }),
        ("all of many, and one of its own", |n| {
            User::filter(User::age.ge(n as i32) & User::posts.all(Post::views.ge(n)))
        }),
        ("a number of many", |n| {
            User::filter(User::posts.count().gt(n)).order_by(User::posts.sum(Post::views))
        }),
        ("nothing or something", |n| {
            let age = (n % 2 == 0).then_some(n as i32);
            User::filter(User::age.is_not_distinct_from(age))
        }),
    ]
}

async fn compare<M: Model + PartialEq + std::fmt::Debug>(
    shapes: Vec<(&'static str, fn(i64) -> Query<M>)>,
    db: &Database,
) -> aludel::Result<()> {
    for (name, query) in shapes {
        for n in [3, 0, 7, 1, 5, 2, 4, 6] {
            let mut known = query(n).all(db).await?;
            let mut rendered = query(n).offset(0).all(db).await?;
            let as_text = |row: &M| format!("{row:?}");
            known.sort_by_key(as_text);
            rendered.sort_by_key(as_text);
            assert_eq!(known, rendered, "{name} of {n}");
        }
    }
    Ok(())
}

on_every_database! {
    async fn a_query_asked_again_with_other_values_finds_what_they_say(fixture) {
        let db = &fixture.db;
        create(db).await?;
        for n in 0..6 {
            let mut new = user(&format!("{n}@example.com"));
            new.age = (n % 3 > 0).then_some(n as i32);
            new.name = (n % 2 == 0).then(|| format!("name {n}"));
            let author = new.insert(db).await?;
            for views in 0..n {
                let mut post = post(&format!("post {views} of {n}"), views, &author);
                post.rating = (views > 1).then_some(views as f64 / 3.0);
                post.insert(db).await?;
            }
        }
        compare(of_posts(), db).await?;
        compare(of_users(), db).await?;
    }

    /// What can't be sent is refused however often the query was asked.
    async fn a_value_that_cannot_be_sent_is_refused_by_a_query_that_is_known(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let named = |name: &str| User::filter(User::name.eq(name.to_string()));
        for _ in 0..2 {
            assert_eq!(named("fine").all(db).await?.len(), 0);
        }
        let before = named("with a \0 in it").offset(0).all(db).await.map(|rows| rows.len());
        let after = named("with a \0 in it").all(db).await.map(|rows| rows.len());
        match (before, after) {
            (Ok(before), Ok(after)) => assert_eq!(before, after),
            (Err(before), Err(after)) => assert_eq!(before.kind(), after.kind()),
            (before, after) => panic!("{before:?} and then {after:?}"),
        }
    }
}
