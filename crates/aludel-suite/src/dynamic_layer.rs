//! The dynamic layer: the same semantics, known at run time.

use crate::models::{Company, NewTag, Post, Tag, User, people};
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{ErrorKind, Registry, value};

fn registry() -> Registry {
    models![User, Company, Post, Tag]
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

on_every_database! {
    async fn conditions_from_paths_lookups_and_values(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let registry = registry();
        registry.check()?;
        let (posts, users) = (registry.model("Post")?, registry.model("User")?);
        let found = DynQuery::new(posts)
            .filter("author.email", Lookup::EndsWith, text("@example.com"))?
            .filter("author.company.city", Lookup::Equal, text("Paris"))?
            .filter("views", Lookup::Greater, text("10"))?
            .order_by("-views")?
            .all(db)
            .await?;
        assert_eq!(found.iter().map(|row| row.get("title").cloned()).collect::<Vec<_>>(), [Some(text("rust_guide")), Some(text("Gärten"))]);
        assert_eq!(found[0].get("author_id"), Some(&Value::I64(ann.id)));
        // The typed layer says the same.
        let typed = Post::filter(Post::author.email.ends_with("@example.com") & Post::author.company.city.eq("Paris") & Post::views.gt(10)).count(db).await?;
        assert_eq!(typed, found.len() as u64);

        let first = Post::query().first(db).await?.expect("a post");
        let rust = NewTag { name: "rust".into() }.insert(db).await?;
        Post::tags.of(&first).add([&rust], db).await?;
        assert_eq!(DynQuery::new(posts).filter("tags.name", Lookup::Equal, text("rust"))?.count(db).await?, 1);
        assert_eq!(DynQuery::new(users).filter("posts.tags.name", Lookup::IContains, text("RUS"))?.count(db).await?, 1);
        assert_eq!(DynQuery::new(users).exclude("name", Lookup::Equal, text("Ann"))?.count(db).await?, 2);
        assert_eq!(DynQuery::new(users).filter("name", Lookup::IsNull, Value::Bool(true))?.count(db).await?, 1);
        assert_eq!(DynQuery::new(users).filter("name", Lookup::NotEqual, Value::Null)?.limit(1).all(db).await?.len(), 1);
        let some = value::Array { element: aludel::SqlType::BigInt, items: vec![Value::I32(10), text("30")] };
        assert_eq!(DynQuery::new(posts).filter("views", Lookup::In, Value::Array(Box::new(some)))?.count(db).await?, 2);
    }

    async fn rows_as_names_and_values(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let registry = registry();
        let users = registry.model("User")?;
        let row = [("email", text("dan@example.com")), ("age", text("7")), ("created_at", text("1999-12-31T23:59:59Z")), ("company_id", Value::Null)];
        let made = dynamic::insert(users, row.map(|(name, value)| (name.to_string(), value)), db).await?;
        assert_eq!(made.get("age"), Some(&Value::I32(7)));
        let Some(&Value::I64(id)) = made.get("id") else { panic!("no id in {made:?}") };
        let typed = User::get(id, db).await?;
        assert_eq!(typed.created_at.to_string(), "1999-12-31T23:59:59Z");
        let updated = dynamic::update(users, vec![Value::I64(id)], [("name".to_string(), text("Dan"))], db).await?;
        assert_eq!(updated.get("name"), Some(&text("Dan")));
        assert_eq!(User::get(id, db).await?.name.as_deref(), Some("Dan"));
        assert_eq!(dynamic::delete(users, vec![text(&id.to_string())], db).await?, updated);
        assert_eq!(dynamic::delete(users, vec![Value::I64(id)], db).await.unwrap_err().kind(), ErrorKind::NotFound);
        let _ = ann;
    }

    async fn what_does_not_fit_is_told_before_anything_is_sent(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let registry = registry();
        let (posts, users) = (registry.model("Post")?, registry.model("User")?);
        let watch = db.watch();
        let far = format!("{}name", "company.users.".repeat(10_000));
        for (error, said) in [
            (registry.model("Nobody").unwrap_err(), "User, Company, Post, Tag"),
            (DynQuery::new(posts).filter("nonsense", Lookup::Equal, text("x")).err().expect("an error"), "no field \"nonsense\""),
            (DynQuery::new(posts).filter("author.nonsense", Lookup::Equal, text("x")).err().expect("an error"), "User has no field"),
            (DynQuery::new(posts).filter("views", Lookup::Equal, text("many")).err().expect("an error"), "Post.views"),
            (DynQuery::new(posts).filter("views", Lookup::Contains, Value::I64(1)).err().expect("an error"), "Post.views: Contains looks into text"),
            (DynQuery::new(posts).order_by("\"; drop table posts").err().expect("an error"), "no field"),
            // A path may come from a request; each relation in it is a join or a subquery.
            (DynQuery::new(users).filter(&far, Lookup::Equal, text("x")).err().expect("an error"), "relations, and 16 are the most"),
            (DynQuery::new(users).order_by(&far).err().expect("an error"), "relations, and 16 are the most"),
            (dynamic::update(users, vec![], [], db).await.expect_err("an error"), "1 columns"),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidQuery);
            assert!(error.to_string().contains(said), "{error}");
        }
        for (name, value, kind, said) in [
            ("age", Value::I64(1 << 40), ErrorKind::Validation, "out of range"),
            ("email", Value::Null, ErrorKind::Validation, "NULL"),
            ("email", text(&"x".repeat(255)), ErrorKind::ValueTooLong, "254"),
        ] {
            let error = dynamic::insert(users, [(name.to_string(), value)], db).await.expect_err("an error");
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().contains(said), "{error}");
        }
        assert_eq!(watch.statements(), 0);
    }
}

alone! {
    fn a_registry_knows_relations_from_both_sides_and_finds_mistakes() {
        let registry = registry();
        let users = registry.model("User").expect("a model");
        let reverse: Vec<String> = registry
            .reverse(users)
            .iter()
            .map(|reverse| format!("{}::{}", reverse.owner.name, reverse.relation.name))
            .collect();
        assert_eq!(reverse, ["Company::users", "Post::author"]);
        let incomplete = models![Post].check().unwrap_err().to_string();
        assert!(
            incomplete.contains("Post::author leads to User") && incomplete.contains("models![..]"),
            "{incomplete}"
        );
    }
}
