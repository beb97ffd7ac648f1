//! Hooks: in their order, on plain objects and in sessions; an error in one leaves nothing behind.

use aludel::hooks::{
    AfterCommit, AfterDelete, AfterFlush, AfterInsert, AfterRollback, AfterUpdate, BeforeCommit,
    BeforeDelete, BeforeFlush, BeforeInsert, BeforeUpdate, Hooks, On,
};
use aludel::prelude::*;
use aludel::{Error, ErrorKind};
use std::sync::{Arc, Mutex};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(hooks)]
pub struct Page {
    pub id: i64,
    pub title: String,
    pub slug: Option<String>,
}

impl Hooks for Page {
    fn before_insert(new: &mut NewPage) -> aludel::Result<()> {
        if new.title == "refused" {
            return Err(Error::rollback("refused"));
        }
        let title = new.title.to_lowercase();
        new.slug.get_or_insert(title);
        Ok(())
    }
    fn before_update(row: &mut Page) -> aludel::Result<()> {
        row.slug = Some(row.title.to_lowercase());
        Ok(())
    }
    fn after_update(row: &Page) -> aludel::Result<()> {
        match row.title.as_str() {
            "Bad" => Err(Error::rollback("bad")),
            _ => Ok(()),
        }
    }
    fn before_delete(row: &Page) -> aludel::Result<()> {
        match row.title.as_str() {
            "Kept" => Err(Error::rollback("kept")),
            _ => Ok(()),
        }
    }
}

/// What was called, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().expect("a log").push(what.into());
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("a log"))
    }
}

/// Notes every event of a database.
fn listen(db: &Database) -> Log {
    let log = Log::default();
    let to = || log.clone();
    let l = to();
    db.on::<BeforeFlush>(move |()| {
        l.note("before flush");
        Ok(())
    });
    let l = to();
    db.on::<BeforeInsert<Page>>(move |new| {
        l.note(format!("before insert {}", new.title));
        Ok(())
    });
    let l = to();
    db.on::<AfterInsert<Page>>(move |page| {
        l.note(format!("after insert {} {}", page.title, page.id > 0));
        Ok(())
    });
    let l = to();
    db.on::<BeforeUpdate<Page>>(move |page| {
        l.note(format!("before update {}", page.title));
        Ok(())
    });
    let l = to();
    db.on::<AfterUpdate<Page>>(move |page| {
        l.note(format!("after update {}", page.title));
        Ok(())
    });
    let l = to();
    db.on::<BeforeDelete<Page>>(move |page| {
        l.note(format!("before delete {}", page.title));
        Ok(())
    });
    let l = to();
    db.on::<AfterDelete<Page>>(move |page| {
        l.note(format!("after delete {}", page.title));
        Ok(())
    });
    let l = to();
    db.on::<AfterFlush>(move |report| {
        l.note(format!("after flush {report}"));
        Ok(())
    });
    let l = to();
    db.on::<BeforeCommit>(move |()| {
        l.note("before commit");
        Ok(())
    });
    let l = to();
    db.on::<AfterCommit>(move |()| l.note("after commit"));
    let l = to();
    db.on::<AfterRollback>(move |()| l.note("after rollback"));
    log
}

fn page(title: &str) -> NewPage {
    NewPage {
        title: title.into(),
        slug: None,
    }
}

on_every_database! {
    async fn hooks_run_in_their_order(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Page]).await?;
        let log = listen(db);
        let mut session = db.session();
        let one = session.add(page("One"));
        let two = session.add(page("Two"));
        session.commit().await?;
        assert_eq!(
            log.take(),
            [
                "before flush", "before insert One", "before insert Two", "after insert One true", "after insert Two true",
                "after flush Page: 2 inserted", "before commit", "after commit"
            ]
        );
        assert_eq!(session[one].slug.as_deref(), Some("one"));
        session[two].title = "Zwei".into();
        let untouched = session[one].title.clone();
        session[one].title = untouched;
        session.flush().await?;
        assert_eq!(log.take(), ["before flush", "before update Zwei", "after update Zwei", "after flush Page: 1 updated"]);
        assert_eq!(session[two].slug.as_deref(), Some("zwei"));
        session.rollback().await?;
        assert_eq!(log.take(), ["after rollback"]);
        session.remove(one)?;
        session.commit().await?;
        assert_eq!(
            log.take(),
            ["before flush", "before delete One", "after delete One", "after flush Page: 1 deleted", "before commit", "after commit"]
        );
        // Nothing to do, nothing called.
        session.commit().await?;
        assert!(log.take().is_empty());
    }

    async fn hooks_of_plain_objects_run_and_those_of_bulk_statements_do_not(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Page]).await?;
        let log = listen(db);
        let mut row = page("Plain").insert(db).await?;
        assert_eq!(row.slug.as_deref(), Some("plain"));
        row.title = "Saved".into();
        row.save(db).await?;
        assert_eq!(row.slug.as_deref(), Some("saved"));
        let row = row.patch(PagePatch { title: Some("Patched".into()), ..Default::default() }, db).await?;
        assert_eq!(row.slug.as_deref(), Some("patched"));
        assert_eq!(Page::get(row.id, db).await?, row);
        row.delete(db).await?;
        assert_eq!(
            log.take(),
            [
                "before insert Plain", "after insert Plain true", "before update Saved", "after update Saved",
                "before update Patched", "after update Patched", "before delete Patched", "after delete Patched"
            ]
        );
        Page::insert_many([page("Bulk")]).execute(db).await?;
        Page::filter(Page::title.eq("Bulk")).update(Page::title.set("Bad")).execute(db).await?;
        Page::query().unfiltered().delete().execute(db).await?;
        assert!(log.take().is_empty());
    }

    async fn an_error_in_a_hook_leaves_nothing_behind(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Page]).await?;
        let watch = db.watch();
        assert_eq!(page("refused").insert(db).await.unwrap_err().kind(), ErrorKind::Rollback);
        let mut session = db.session();
        session.add(page("fine"));
        let refused = session.add(page("refused"));
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::Rollback);
        assert_eq!(session.failed(), Some(refused));
        assert_eq!(watch.statements(), 0);
        session.draft_mut(refused)?.title = "Good".into();
        session.commit().await?;
        // After: rolled back, still pending.
        session[refused].title = "Bad".into();
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::Rollback);
        assert_eq!(Page::filter(Page::title.eq("Bad")).count(db).await?, 0);
        assert_eq!(session.dirty_keys::<Page>(), [refused]);
        session[refused].title = "Kept".into();
        session.commit().await?;
        session.remove(refused)?;
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::Rollback);
        session.rollback().await?;
        let mut row = Page::filter(Page::title.eq("Kept")).one(db).await?;
        row.title = "Bad".into();
        assert_eq!(row.save(db).await.unwrap_err().kind(), ErrorKind::Rollback);
        assert_eq!(Page::filter(Page::title.eq("Kept")).count(db).await?, 1);
    }
}
