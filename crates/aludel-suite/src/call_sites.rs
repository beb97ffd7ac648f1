//! Events and the repeat guard name the line of the program that called a verb, never one of these crates.

use crate::models::{NewTag, Post, Tag, User, create, people, post, user};
use aludel::Event;
use aludel::prelude::*;
use std::sync::{Arc, Mutex};

#[derive(Polymorphic, Debug, Clone)]
pub enum About {
    Tag(Tag),
    Post(Post),
}

/// The files that statements came from since the last time, each once.
#[derive(Clone, Default)]
struct Sites(Arc<Mutex<Vec<&'static str>>>);

impl Sites {
    fn check(&self, verb: &str) {
        let seen = std::mem::take(&mut *self.0.lock().expect("not poisoned"));
        assert!(!seen.is_empty(), "{verb} sends something");
        let others: Vec<&&str> = seen
            .iter()
            .filter(|file| !file.ends_with("call_sites.rs"))
            .collect();
        assert!(others.is_empty(), "{verb}: {others:?}");
    }
}

/// A statement, and the name of its verb.
macro_rules! check {
    ($sites:ident, $($verb:literal: $call:expr;)+) => {$(
        $call.await?;
        $sites.check($verb);
    )+};
}

on_every_database! {
    async fn every_verb_names_the_line_that_called_it(fixture) {
        people(&fixture.db).await?;
        let sites = Sites::default();
        let log = sites.clone();
        let options = Database::options().on_event(move |event| {
            if let Event::Statement { site, control: false, .. } = event {
                log.0.lock().expect("not poisoned").push(site.file());
            }
        });
        let db = &fixture.connect(options).await;
        let ann = User::query().order_by(User::id).first(db).await?.expect("Ann is there");
        sites.check("first");
        let tag = NewTag { name: "a".into() }.insert(db).await?;
        sites.check("insert");
        let mut first = Post::query().order_by(Post::id).first(db).await?.expect("there is one");
        sites.check("first");
        let before = first.clone();
        first.views += 1;
        let set = Post::tags.of(&first);
        check! { sites,
            "all": Post::query().all(db);
            "count": Post::query().count(db);
            "exists": Post::query().exists(db);
            "page": Post::query().order_by(Post::id).page(1, 2, db);
            "keyset": Post::query().order_by(Post::id).keyset(None, 2, db);
            "with": Post::query().with((Post::author, Post::tags)).all(db);
            "get": Post::get(first.id, db);
            "find": Post::find(first.id, db);
            "insert_many": Tag::insert_many([NewTag { name: "b".into() }]).execute(db);
            "insert_many, with rows": Tag::insert_many([NewTag { name: "c".into() }]).all(db);
            "get_or_create": Tag::get_or_create(Tag::name.eq("d"), || NewTag { name: "d".into() }, db);
            "save_changed": first.save_changed(&before, db);
            "save": first.save(db);
            "reload": first.reload(db);
            "update": Post::filter(Post::id.eq(first.id)).update(Post::views.set(1)).execute(db);
            "delete": Post::filter(Post::id.eq(0)).delete().execute(db);
            "of, add": set.add([&tag], db);
            "of, count": set.count(db);
            "of, contains": set.contains(&tag, db);
            "of, query": set.query()?.all(db);
            "of, set": set.set([&tag], db);
            "of, remove": set.remove([&tag], db);
            "of, clear": set.clear(db);
            "polymorphic get": About::get(&tag, db);
            "polymorphic load": About::load([(&tag).into(), (&first).into()], db);
            "raw": sql("SELECT 1").execute(db);
            "inspect": db.inspect();
            "a model of its own": post("x", 1, &ann).insert(db);
        }
        let mut rows = Post::query().all(db).await?;
        sites.check("all");
        Post::author.load(&mut rows, db).await?;
        sites.check("load");
        let mut stream = Post::query().with(Post::author).stream(1, db)?;
        while stream.next().await.transpose()?.is_some() {}
        sites.check("stream with relations");
        let mut session = db.session();
        let key: Key<User> = session.get(ann.id).await?;
        sites.check("session, get");
        session[key].age = Some(41);
        session.add(user("new@example.com"));
        session.commit().await?;
        sites.check("session, commit");
        let set = models![User, Post, Tag, crate::models::Company];
        db.drop_all(&set).await?;
        sites.check("drop_all");
        create(db).await?;
        sites.0.lock().expect("not poisoned").clear();
        db.drop_all(&set).await?;
        sites.check("drop_all");
        db.create_all(&set).await?;
        sites.check("create_all");
        db.close();
    }
}
