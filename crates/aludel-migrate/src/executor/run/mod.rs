//! One run: a connection that has the lock.

mod journal;
mod refuse;

use super::lock::Held;
use super::settings::settings;
use super::views::dependents;
use super::{Migrator, Status, in_migration};
use crate::graph::Graph;
use crate::historical::Historical;
use crate::id::MigrationId;
use crate::plan::{Direction, Plan, Target};
use crate::progress::Progress;
use crate::recorder::{self, Unfinished};
use crate::sql::{Step, ViewStep, Work};
use aludel_engine::{Error, ErrorKind, Result, Sql, Transaction, sql};
use aludel_sql::dialect::DialectKind;
use aludel_sql::statement::TableName;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Run<'a> {
    migrator: &'a Migrator,
    held: Held,
}

impl<'a> Run<'a> {
    pub(super) async fn begin(migrator: &'a Migrator) -> Result<Run<'a>> {
        let held = Held::take(&migrator.db, &migrator.patience).await?;
        let run = Run { migrator, held };
        match run.prepare().await {
            Ok(()) => Ok(run),
            Err(error) => run.released(Err(error)).await,
        }
    }

    async fn prepare(&self) -> Result<()> {
        if recorder::is_prepared(self.held.executor()).await? {
            return Ok(());
        }
        if self.is_sqlite() {
            let tx = self.begin_sqlite(false).await?;
            recorder::prepare(&tx).await?;
            return tx.commit().await;
        }
        recorder::prepare(self.held.executor()).await
    }

    fn is_sqlite(&self) -> bool {
        self.held.executor().dialect().kind() == Some(DialectKind::Sqlite)
    }

    async fn status(&self) -> Result<Status> {
        self.migrator.status_on(self.held.executor()).await
    }

    async fn released<T>(self, result: Result<T>) -> Result<T> {
        self.held.release().await;
        result
    }

    pub(super) async fn migrate(self, target: &Target) -> Result<Plan> {
        let result = self.migrate_all(target).await;
        self.released(result).await
    }

    async fn migrate_all(&self, target: &Target) -> Result<Plan> {
        let mut done = Plan::default();
        let status = self.status().await?;
        let mut status = status;
        while let Some(unfinished) = &status.unfinished {
            done.steps.extend(self.finish(unfinished, &status).await?);
            status = self.status().await?;
        }
        status.check_known(self.migrator.allow_newer)?;
        self.adopt(&status).await?;
        let plan = target.plan(&self.migrator.graph, &status.seen)?;
        let dialect = self.held.executor().dialect();
        // All of it is rendered before any of it is run.
        let all = self.migrator.steps(&plan, &status.seen, dialect)?;
        if self.is_sqlite() {
            self.refuse_early(&all).await?;
        }
        self.refuse_to_lose_early(&all).await?;
        let count = all.len();
        for (n, (id, direction, steps)) in all.into_iter().enumerate() {
            let backwards = direction == Direction::Backward;
            (self.migrator.report)(Progress::Started {
                id: &id,
                backwards,
                place: (n + 1, count),
            });
            let ran = self.one(&id, direction, &steps).await;
            if ran.map_err(|error| in_migration(&id, error))? {
                (self.migrator.report)(Progress::Finished { id: &id });
                done.steps.push((id, direction));
            } else {
                (self.migrator.report)(Progress::Skipped { id: &id });
            }
        }
        Ok(done)
    }

    /// Refuses table rebuilds that would lose something, before the first migration of the plan. Tables that an earlier step
    /// touches are checked only when it is their turn.
    async fn refuse_early(&self, all: &[(MigrationId, Direction, Vec<Step>)]) -> Result<()> {
        let mut touched = String::new();
        for (id, _, steps) in all {
            for step in steps {
                if let Work::Code(..) = step.work {
                    return Ok(());
                }
                if let Work::Rebuild(rebuild) = &step.work
                    && !rebuild.is_in(&touched)
                {
                    let refused = rebuild.refuse(self.held.executor()).await;
                    refused.map_err(|error| in_migration(id, error))?;
                }
                touched.push_str(&step.texts().concat());
            }
        }
        Ok(())
    }

    /// Records squashes in place of their parts.
    async fn adopt(&self, status: &Status) -> Result<()> {
        for id in &status.seen.adopted {
            let migration = self.migrator.migration(id)?;
            let tx = self.begin_transaction(false).await?;
            if !recorder::is_applied(&tx, id).await? {
                recorder::add(&tx, id, &migration.hash()).await?;
                for part in migration.replaced() {
                    recorder::remove(&tx, &MigrationId::parse(part, &id.module)).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    pub(super) async fn fake(
        self,
        target: &Target,
        wanted: impl Fn(&Graph, &MigrationId, Direction) -> bool,
    ) -> Result<Plan> {
        let result = self.fake_all(target, wanted).await;
        self.released(result).await
    }

    async fn fake_all(
        &self,
        target: &Target,
        wanted: impl Fn(&Graph, &MigrationId, Direction) -> bool,
    ) -> Result<Plan> {
        let mut status = self.status().await?;
        if let Some(row) = &status.unfinished {
            return Err(Error::migration(format!(
                "{} is half done; run `migrate` or `migrate --undo-unfinished` before anything is recorded by hand",
                row.id
            )));
        }
        if !status.seen.adopted.is_empty() {
            self.adopt(&status).await?;
            status = self.status().await?;
        }
        let mut plan = match status.check() {
            // This very call repairs an inconsistent history.
            Err(error) if status.seen.check_history().is_ok() => return Err(error),
            Err(_) => match target {
                Target::To(id) => Plan {
                    steps: vec![(id.clone(), Direction::Forward)],
                },
                _ => return Err(Error::migration("say which migration is to be recorded")),
            },
            Ok(()) => target.plan(&self.migrator.graph, &status.seen)?,
        };
        let graph = &self.migrator.graph;
        plan.steps
            .retain(|(id, direction)| wanted(graph, id, *direction));
        let tx = self.begin_transaction(false).await?;
        for (id, direction) in &plan.steps {
            match direction {
                Direction::Backward => recorder::remove(&tx, id).await?,
                Direction::Forward if recorder::is_applied(&tx, id).await? => {}
                Direction::Forward => {
                    recorder::add(&tx, id, &self.migrator.migration(id)?.hash()).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(plan)
    }

    pub(super) async fn accept_changes(self) -> Result<Vec<MigrationId>> {
        let result = self.accept_all().await;
        self.released(result).await
    }

    async fn accept_all(&self) -> Result<Vec<MigrationId>> {
        let status = self.status().await?;
        let tx = self.begin_transaction(false).await?;
        for id in &status.changed {
            recorder::remove(&tx, id).await?;
            recorder::add(&tx, id, &self.migrator.migration(id)?.hash()).await?;
        }
        tx.commit().await?;
        Ok(status.changed)
    }

    /// Runs a migration; `false` when another run has done it in the meantime.
    async fn one(&self, id: &MigrationId, direction: Direction, steps: &[Step]) -> Result<bool> {
        let migration = self.migrator.migration(id)?;
        let transactional = self
            .held
            .executor()
            .dialect()
            .capabilities()
            .transactional_ddl;
        let concurrent = steps
            .iter()
            .any(|step| matches!(step.work, Work::Concurrent(_)));
        if transactional && migration.is_atomic() && !concurrent {
            return self
                .in_one_transaction(id, direction, steps, &migration.hash())
                .await;
        }
        let row = Unfinished {
            id: id.clone(),
            hash: migration.hash(),
            prefix: String::new(),
            refused: false,
            direction: match direction {
                Direction::Forward => "forward".into(),
                Direction::Backward => "backward".into(),
            },
            done: 0,
            begun: 0,
        };
        self.journalled(row, steps).await
    }

    async fn in_one_transaction(
        &self,
        id: &MigrationId,
        direction: Direction,
        steps: &[Step],
        hash: &str,
    ) -> Result<bool> {
        let rebuilds = steps
            .iter()
            .any(|step| matches!(step.work, Work::Rebuild(_)));
        let tx = self.begin_transaction(rebuilds).await?;
        let backwards = direction == Direction::Backward;
        if recorder::is_applied(&tx, id).await? != backwards {
            tx.rollback().await?;
            return Ok(false);
        }
        let mut kept: HashMap<TableName, Vec<String>> = HashMap::new();
        for (n, step) in steps.iter().enumerate() {
            let place = (n + 1, steps.len());
            if let Some(ViewStep::Dropped(view)) = &step.view {
                kept.insert(view.name.clone(), dependents(&tx, view).await?);
            }
            let settings = settings(&tx, &step.redefines).await?;
            self.step(&tx, step, place).await?;
            for text in settings {
                self.statement(&tx, &text).await?;
            }
            if let Some(ViewStep::Made(name)) = &step.view {
                for text in kept.remove(name).unwrap_or_default() {
                    self.bring_back(&tx, name, &text).await?;
                }
            }
        }
        if rebuilds {
            nothing_dangles(&tx).await?;
        }
        match direction {
            Direction::Forward => recorder::add(&tx, id, hash).await?,
            Direction::Backward => recorder::remove(&tx, id).await?,
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Restores what depended on a view.
    async fn bring_back(&self, tx: &Transaction, view: &TableName, text: &str) -> Result<()> {
        self.statement(tx, text).await.map_err(|error| {
            Error::new(
                error.kind(),
                format!(
                    "the view {view} is made again, and what hung on it can't be brought back ({error}): {text}; drop it before with `run_sql`"
                ),
            )
            .with_source(error)
        })
    }

    /// Refuses to drop a view with dependents that the history does not know, and to change the type of a column with settings
    /// of its own: outside one transaction, what was read would be lost if the run were killed in between.
    pub(super) async fn refuse_to_drop_views(&self, steps: &[Step]) -> Result<()> {
        for step in steps {
            if let Some(text) = settings(self.held.executor(), &step.redefines)
                .await?
                .first()
            {
                return Err(Error::migration(format!(
                    "a column of another type would lose a setting ({text}), and to keep it takes one transaction; let the migration be atomic"
                )));
            }
            let Some(ViewStep::Dropped(view)) = &step.view else {
                continue;
            };
            if let Some(text) = dependents(self.held.executor(), view).await?.first() {
                return Err(Error::migration(format!(
                    "the view {} would be made again, with what hangs on it ({text}), and that takes one transaction; let the migration be atomic, or put the view into one of its own",
                    view.name
                )));
            }
        }
        Ok(())
    }

    /// Begins a transaction; on SQLite optionally with foreign keys off, which can only be set before it begins.
    async fn begin_transaction(&self, foreign_keys_off: bool) -> Result<Transaction> {
        if self.is_sqlite() {
            return self.begin_sqlite(foreign_keys_off).await;
        }
        self.held.begin(&self.migrator.patience).await
    }

    /// Waits for other runs: their transactions are the lock.
    async fn begin_sqlite(&self, foreign_keys_off: bool) -> Result<Transaction> {
        let begun = std::time::Instant::now();
        loop {
            if foreign_keys_off {
                self.held
                    .connection()?
                    .set_until_transaction("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
                    .await?;
            }
            match self.held.begin(&self.migrator.patience).await {
                Err(error)
                    if error.kind() == ErrorKind::LockTimeout
                        && begun.elapsed() < self.migrator.patience.other_run =>
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                other => return other,
            }
        }
    }

    /// Runs a step in a transaction; it is tried again when it timed out waiting for a lock.
    async fn step(&self, tx: &Transaction, step: &Step, place: (usize, usize)) -> Result<()> {
        let label = step.label();
        (self.migrator.report)(Progress::Step {
            place,
            text: &label,
        });
        match &step.work {
            Work::Code(run, state) => {
                let report = Arc::clone(&self.migrator.report);
                let historical = Historical::new(tx.handle(), Arc::clone(state), report);
                run.forward.call(historical).await?;
            }
            Work::Rebuild(rebuild) => rebuild.run(tx).await?,
            Work::Schema(text) | Work::Concurrent(text) | Work::Data(text) => {
                self.statement(tx, text).await?;
            }
        }
        (self.migrator.report)(Progress::Done { place });
        Ok(())
    }

    async fn statement(&self, tx: &Transaction, text: &str) -> Result<()> {
        if self.is_sqlite() {
            return Sql::trusted(text).rows(tx).await.map(drop);
        }
        let mut tries = 1;
        loop {
            let savepoint = tx.begin().await?;
            match Sql::trusted(text).rows(&savepoint).await {
                Ok(_) => return savepoint.commit().await,
                Err(error) => {
                    let is_over = savepoint.is_over().await;
                    if is_over || !self.tries_again(&error, tries).await {
                        return Err(error);
                    }
                    savepoint.rollback().await?;
                }
            }
            tries += 1;
        }
    }

    /// Waits a while after a lock timeout; `false` after the last try.
    async fn tries_again(&self, error: &Error, tries: usize) -> bool {
        if error.kind() != ErrorKind::LockTimeout || tries >= self.migrator.patience.tries {
            return false;
        }
        let reason = error.to_string();
        (self.migrator.report)(Progress::Waiting {
            tries,
            reason: &reason,
        });
        let wait = 100_u64 << tries.min(6);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        true
    }
}

/// Refuses rows that refer to nothing, and views that no longer work, after a table was rebuilt (SQLite).
async fn nothing_dangles(tx: &Transaction) -> Result<()> {
    let dangling = sql("PRAGMA foreign_key_check").rows(tx).await?;
    if let Some(row) = dangling.first() {
        let text = |name: &str| {
            row.get(name)
                .and_then(|value| value.as_str())
                .unwrap_or("?")
        };
        return Err(Error::new(
            ErrorKind::ForeignKeyViolation,
            format!(
                "{} rows refer to rows that are not there, the first from {} to {}",
                dangling.len(),
                text("table"),
                text("parent")
            ),
        ));
    }
    let views: Vec<String> = sql("SELECT name FROM sqlite_master WHERE type = 'view'")
        .all(tx)
        .await?;
    for view in views {
        let works = sql("EXPLAIN SELECT * FROM ")
            .identifier(view.clone())
            .rows(tx)
            .await;
        if let Err(error) = works {
            return Err(Error::new(
                ErrorKind::Migration,
                format!(
                    "the view {view:?} would not work any more ({error}); drop or change it first"
                ),
            ));
        }
    }
    Ok(())
}
