//! Many keys and many conditions: no limit of a database is met, nothing takes time by the square, and what is nested too
//! deep is an error.

use crate::models::{Company, NewCompany, NewTag, Post, Tag, User, create, people, user};
use aludel::ErrorKind;
use aludel::prelude::*;

/// More than any database takes binds for, at two for each.
const MANY: usize = 33_000;

/// A row in a relation whose key is composite.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "long_cells")]
pub struct LongCell {
    #[field(primary_key)]
    pub x: i32,
    #[field(primary_key)]
    pub y: i32,
    pub label: String,
    pub sheets: ManyToMany<LongSheet>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "long_sheets")]
pub struct LongSheet {
    pub id: i64,
    pub name: String,
    pub cells: ManyToMany<LongCell>,
}

/// `it's \ 7`: what a literal has to escape.
fn name(n: usize) -> String {
    format!("it's \\ {n}")
}

async fn tags(db: &Database) -> aludel::Result<Vec<Tag>> {
    let new = (0..MANY).map(|n| NewTag { name: name(n) });
    Tag::insert_many(new).all(db).await
}

on_every_database! {
    /// Query rule 8, of related sets: no number of rows is too many.
    async fn a_related_set_takes_any_number_of_rows(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tags = tags(db).await?;
        let post = Post::query().first(db).await?.expect("a post");
        let of = || Post::tags.of(&post);
        of().add(&tags, db).await?;
        of().add(&tags[..2_000], db).await?;
        assert_eq!(of().count(db).await?, MANY as u64);
        of().remove(&tags[..12_000], db).await?;
        assert_eq!(of().count(db).await?, MANY as u64 - 12_000);
        assert!(!of().contains(&tags[0], db).await? && of().contains(&tags[12_000], db).await?);
        for (from, to) in [(0, MANY), (100, 1_700), (1_000, 1_001), (500, 500)] {
            of().set(&tags[from..to], db).await?;
            assert_eq!(of().count(db).await?, (to - from) as u64);
            let first = of().query()?.order_by(Tag::id).first(db).await?;
            assert_eq!(first.map(|tag| tag.id), tags[from..to].first().map(|tag| tag.id));
        }
        assert_eq!(Tag::query().count(db).await?, MANY as u64);
    }

    async fn a_related_set_of_rows_that_refer_takes_many(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let company = NewCompany { name: "Acme".into(), city: None }.insert(db).await?;
        let new = (0..6_000).map(|n| user(&format!("u{n}@example.com")));
        let users: Vec<User> = User::insert_many(new).all(db).await?;
        let of = || Company::users.of(&company);
        of().add(&users, db).await?;
        assert_eq!(of().count(db).await?, 6_000);
        of().set(&users[..3_000], db).await?;
        assert_eq!(of().count(db).await?, 3_000);
        of().remove(&users[..2_999], db).await?;
        assert_eq!(of().query()?.one(db).await?.id, users[2_999].id);
        assert_eq!(User::query().count(db).await?, 6_000);
    }

    async fn a_related_set_of_composite_keys_takes_many(fixture) {
        let db = &fixture.db;
        db.create_all(&models![LongSheet, LongCell]).await?;
        let sheet = NewLongSheet { name: "a".into() }.insert(db).await?;
        let new = (0..2_000).map(|n| NewLongCell { x: n / 50, y: n % 50, label: n.to_string() });
        let cells: Vec<LongCell> = LongCell::insert_many(new).all(db).await?;
        let of = || LongSheet::cells.of(&sheet);
        of().add(&cells, db).await?;
        assert_eq!(of().count(db).await?, 2_000);
        of().remove(&cells[..1_100], db).await?;
        assert_eq!(of().count(db).await?, 900);
        // What is not among so many is found out; what is not among a few is said.
        for (from, to) in [(500, 1_800), (490, 510), (0, 0), (0, 2_000)] {
            of().set(&cells[from..to], db).await?;
            assert_eq!(of().count(db).await?, (to - from) as u64);
            let rows = of().query()?.order_by((LongCell::x, LongCell::y)).all(db).await?;
            assert_eq!(rows, cells[from..to]);
        }
    }

    /// Query rule 8, of updates and deletes.
    async fn an_update_or_delete_takes_any_number_of_keys(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let tags = tags(db).await?;
        let ids = |from: usize, to: usize| tags[from..to].iter().map(|tag| tag.id);
        let among = |from, to| Tag::filter(Tag::id.is_in(ids(from, to)));
        assert_eq!(among(0, 8_000).update(Tag::name.set(Tag::name.concat("!"))).execute(db).await?, 8_000);
        for (from, to) in [(0, 1), (1, 600), (600, 1_700), (1_700, 20_000)] {
            assert_eq!(among(from, to).delete().execute(db).await?, (to - from) as u64);
        }
        let others = Tag::filter(Tag::id.not_in(ids(20_500, MANY)));
        assert_eq!(others.delete().execute(db).await?, 500);
        let names = Tag::filter(Tag::name.is_in(tags.iter().map(|tag| &tag.name)));
        assert_eq!(names.delete().execute(db).await?, MANY as u64 - 20_500);
        assert_eq!(Tag::query().count(db).await?, 0);
    }

    async fn many_conditions_are_no_deep_tree(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let any = |prepend: bool| {
            let each = (0..1_500_i64).map(|n| Post::views.eq(n));
            each.reduce(|all, one| if prepend { one | all } else { all | one }).expect("conditions")
        };
        let all = || (0..1_500_i64).map(|n| Post::views.ne(n + 100)).reduce(|all, one| all & one).expect("conditions");
        for condition in [any(false), any(true), all(), any(false) & all(), any(true) & !any(false) | all()] {
            assert_eq!(Post::filter(condition.clone()).count(db).await?, 3);
            assert_eq!(Post::exclude(condition.clone()).count(db).await?, 0);
            let raise = Post::views.set(Post::views + 1);
            assert_eq!(Post::filter(condition.clone()).update(raise).execute(db).await?, 3);
        }
        assert_eq!(Post::filter(any(true)).delete().execute(db).await?, 3);
    }

    /// A filter that comes from a request must not decide how much stack is taken.
    async fn what_is_nested_too_deep_is_an_error(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let mixed = |operators: i64| {
            (0..operators).fold(Post::views.ge(0), |all, n| match n % 2 {
                0 => all & Post::views.ne(-1 - n),
                _ => Post::views.eq(-1 - n) | all,
            })
        };
        let not = |operators: usize| (0..operators).fold(Post::views.lt(0), |all, _| !all);
        let sum = |operators: i64| (0..operators).fold(Post::views + 0, |all, n| all + n);
        for operators in [1, 10, 120] {
            assert_eq!(Post::filter(mixed(operators)).count(db).await?, 3);
            assert_eq!(Post::filter(mixed(operators)).exclude(!mixed(operators)).all(db).await?.len(), 3);
        }
        for operators in [1, 499, 20_001] {
            assert_eq!(Post::filter(not(operators)).count(db).await?, 3);
        }
        assert_eq!(Post::filter(sum(100).ge(4_950)).count(db).await?, 3);
        let watch = db.watch();
        for operators in [200, 500, 20_000] {
            let deep = || Post::filter(mixed(operators));
            let related = User::filter(User::posts.any(mixed(operators)));
            for error in [
                deep().all(db).await.unwrap_err(),
                deep().count(db).await.unwrap_err(),
                deep().delete().execute(db).await.unwrap_err(),
                deep().update(Post::views.set(1)).execute(db).await.unwrap_err(),
                related.count(db).await.unwrap_err(),
                Post::exclude(mixed(operators)).first(db).await.unwrap_err(),
                Post::query().order_by(sum(operators).desc()).all(db).await.unwrap_err(),
                Post::query().unfiltered().update(Post::views.set(sum(operators))).execute(db).await.unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::InvalidQuery);
                assert!(error.to_string().contains("more than 128 levels deep"), "{error}");
            }
        }
        assert_eq!(watch.statements(), 0);
        assert_eq!(Post::query().count(db).await?, 3);
    }
}
