//! Rule 30: what waits for a session's commit.

use super::models::{author, create};
use aludel::prelude::*;
use std::sync::{Arc, Mutex};

/// The words that were called, in order.
#[derive(Clone, Default)]
struct Called(Arc<Mutex<Vec<&'static str>>>);

impl Called {
    fn call(&self, word: &'static str) -> impl FnOnce() + Send + use<> {
        let called = self.clone();
        move || called.0.lock().expect("not poisoned").push(word)
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

on_every_database! {
    async fn it_is_called_once_and_after_the_commit(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let (called, mut session) = (Called::default(), db.session());
        session.add(author("ann"));
        session.on_commit(called.call("before the flush"));
        session.flush().await?;
        session.on_commit(called.call("behind it"));
        assert!(called.take().is_empty());
        session.commit().await?;
        assert_eq!(called.take(), ["before the flush", "behind it"]);
        session.add(author("bob"));
        session.commit().await?;
        assert!(called.take().is_empty());
        // Where there is nothing to commit it waits for nothing.
        session.on_commit(called.call("at once"));
        session.commit().await?;
        assert_eq!(called.take(), ["at once"]);
    }

    async fn it_is_forgotten_with_what_it_belongs_to(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let (called, mut session) = (Called::default(), db.session());
        session.on_commit(called.call("rolled back before anything was flushed"));
        session.rollback().await?;
        session.add(author("ann"));
        session.flush().await?;
        session.on_commit(called.call("rolled back"));
        session.rollback().await?;
        session.add(author("bob"));
        session.on_commit(called.call("outside"));
        let mut inside = session.savepoint().await?;
        inside.on_commit(called.call("inside, rolled back"));
        inside.rollback().await?;
        let mut inside = session.savepoint().await?;
        inside.on_commit(called.call("inside"));
        let mut deeper = inside.savepoint().await?;
        deeper.on_commit(called.call("deeper"));
        deeper.commit().await?;
        inside.commit().await?;
        {
            let mut dropped = session.savepoint().await?;
            dropped.on_commit(called.call("inside, dropped"));
        }
        session.commit().await?;
        assert_eq!(called.take(), ["outside", "inside", "deeper"]);
        let mut dropped = db.session();
        dropped.on_commit(called.call("dropped"));
        drop(dropped);
        assert!(called.take().is_empty());
    }

    async fn it_waits_on_after_a_flush_that_failed(fixture) {
        let db = &fixture.db;
        create(db).await?;
        author("ann").insert(db).await?;
        let (called, mut session) = (Called::default(), db.session());
        let new = session.add(author("ann"));
        session.on_commit(called.call("mended"));
        assert!(session.commit().await.unwrap_err().is_unique_violation());
        assert!(called.take().is_empty());
        session.draft_mut(new)?.email = "bob".into();
        session.commit().await?;
        assert_eq!(called.take(), ["mended"]);
    }

    async fn one_that_panics_keeps_none_from_being_called(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let (called, mut session) = (Called::default(), db.session());
        session.add(author("ann"));
        session.on_commit(|| panic!("on purpose"));
        session.on_commit(called.call("behind it"));
        let panicked = tokio::spawn(async move { session.commit().await.map(drop) }).await;
        assert!(panicked.unwrap_err().is_panic());
        assert_eq!(called.take(), ["behind it"]);
    }
}
