//! D2: the dynamic layer lifts the scope of a to-one relation in its paths, as `Post::author.unscoped().name` does.

use aludel::ErrorKind;
use aludel::dynamic::{DynAggregate, DynCondition, DynQuery, Lookup};
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lifted_firms", scope = Firm::hidden.eq(false))]
struct Firm {
    id: i64,
    name: String,
    hidden: bool,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lifted_writers", scope = Writer::hidden.eq(false))]
struct Writer {
    id: i64,
    name: String,
    hidden: bool,
    firm: BelongsTo<Firm>,
    posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lifted_posts")]
struct Post {
    id: i64,
    title: String,
    writer: BelongsTo<Writer>,
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

on_every_database! {
    async fn paths_lift_the_scope_of_a_relation(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Firm, Writer, Post]).await?;
        let firm = NewFirm::new("Inc", true).insert(db).await?;
        let ann = NewWriter::new("Ann", false, &firm).insert(db).await?;
        let bob = NewWriter::new("Bob", true, &firm).insert(db).await?;
        NewPost::new("by Ann", &ann).insert(db).await?;
        NewPost::new("by Bob", &bob).insert(db).await?;
        let posts = || DynQuery::new(Post::meta());
        let named = |path: &str, name: &str| DynCondition::new(Post::meta(), path, Lookup::Equal, text(name));
        // Conditions, alone and beside one that keeps the scope.
        assert_eq!(posts().matching(named("writer.name", "Bob")?)?.count(db).await?, 0);
        assert_eq!(posts().matching(named("writer.name", "Bob")?.with_unscoped("writer")?)?.count(db).await?, 1);
        let both = named("writer.name", "Bob")? | named("writer.name", "Bob")?.with_unscoped("writer")?;
        assert_eq!(posts().matching(both)?.count(db).await?, 1);
        assert_eq!(posts().matching(!named("writer.name", "Ann")?.with_unscoped("writer")?)?.count(db).await?, 1);
        // The last relation of a path, and the one before it.
        let firm = |ways: &[&str]| -> aludel::Result<DynCondition> {
            ways.iter().try_fold(named("writer.firm.name", "Inc")?, |condition, way| condition.with_unscoped(way))
        };
        for (ways, found) in [(&[][..], 0), (&["writer"], 0), (&["writer.firm"], 1), (&["writer", "writer.firm"], 2)] {
            assert_eq!(posts().matching(firm(ways)?)?.count(db).await?, found, "{ways:?}");
        }
        // A question about rows behind it.
        let titled = || DynCondition::new(Post::meta(), "writer.posts.title", Lookup::Equal, text("by Bob"));
        assert_eq!(posts().matching(titled()?)?.count(db).await?, 0);
        assert_eq!(posts().matching(titled()?.with_unscoped("writer")?)?.count(db).await?, 1);
        // All paths of a query, before and after: columns, order, groups, aggregates, filters.
        let names = |rows: Vec<aludel::DynRow>| rows.iter().map(|row| row.get("writer.name").cloned().unwrap_or(Value::Null)).collect::<Vec<_>>();
        let columns = || posts().columns(["writer.name"])?.order_by("id");
        assert_eq!(names(columns()?.all(db).await?), [text("Ann"), Value::Null]);
        assert_eq!(names(columns()?.paths_unscoped("writer")?.all(db).await?), [text("Ann"), text("Bob")]);
        let sorted = posts().paths_unscoped("writer")?.columns(["writer.name"])?.order_by("-writer.name")?;
        assert_eq!(names(sorted.all(db).await?), [text("Bob"), text("Ann")]);
        let groups = posts().group_by(["writer.name"])?.aggregate([DynAggregate::rows()])?.order_by("writer.name")?;
        assert_eq!(names(groups.paths_unscoped("writer")?.all(db).await?), [text("Ann"), text("Bob")]);
        let most = posts().paths_unscoped("writer")?.aggregate([DynAggregate::max("writer.name")])?.all(db).await?;
        assert_eq!(most[0].get("max(writer.name)"), Some(&text("Bob")));
        let filtered = posts().paths_unscoped("writer")?.filter("writer.name", Lookup::Equal, text("Bob"))?;
        assert_eq!(filtered.count(db).await?, 1);
        assert_eq!(filtered.update([("title".to_owned(), text("seen"))])?.execute(db).await?, 1);
        // What is no such relation is refused, and no path in words lifts a scope.
        for error in [
            named("writer.name", "Bob")?.with_unscoped("title").err(),
            named("writer.name", "Bob")?.with_unscoped("nobody").err(),
            DynQuery::new(Writer::meta()).paths_unscoped("posts").err(),
            named("writer*.name", "Bob").err(),
        ] {
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::InvalidQuery));
        }
    }
}
