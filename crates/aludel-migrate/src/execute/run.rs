//! One run: a connection with the lock.

use super::{Migrator, Status, in_migration, lock, probe};
use crate::graph::Graph;
use crate::migration::MigrationId;
use crate::past::Past;
use crate::plan::{Direction, Plan, Target};
use crate::progress::Progress;
use crate::record::{self, Unfinished};
use crate::sql::{Step, Work, compile, compile_back};
use aludel_engine::{Connection, Error, ErrorKind, Executor, Result, Sql, Transaction, sql};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Run<'a> {
    migrator: &'a Migrator,
    connection: Held,
}

/// The connection that has the lock. A run that is dropped half-way, or panics, closes it, and so lets other runs go on.
struct Held(Option<Connection>);

impl std::ops::Deref for Held {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.0 {
            Some(connection) => connection,
            // It is taken out by its end only.
            None => unreachable!("a run without its connection"),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            connection.close();
        }
    }
}

impl<'a> Run<'a> {
    pub(super) async fn begin(migrator: &'a Migrator) -> Result<Run<'a>> {
        let connection = Held(Some(migrator.db.acquire().await?));
        lock::take(&connection, &migrator.patience).await?;
        let run = Run {
            migrator,
            connection,
        };
        match run.prepare().await {
            Ok(()) => Ok(run),
            Err(error) => run.released(Err(error)).await,
        }
    }

    async fn prepare(&self) -> Result<()> {
        if record::is_prepared(&*self.connection).await? {
            return Ok(());
        }
        if self.is_sqlite() {
            let tx = self.begin_sqlite(false).await?;
            record::prepare(&tx).await?;
            return tx.commit().await;
        }
        record::prepare(&*self.connection).await
    }

    fn is_sqlite(&self) -> bool {
        self.connection.dialect().name() == "sqlite"
    }

    async fn status(&self) -> Result<Status> {
        self.migrator.status_on(&*self.connection).await
    }

    async fn released<T>(mut self, result: Result<T>) -> Result<T> {
        lock::release(&self.connection).await;
        // It goes back to the pool as it was.
        drop(self.connection.0.take());
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
        status.check()?;
        self.adopt(&status).await?;
        let plan = target.plan(&self.migrator.graph, &status.seen)?;
        let dialect = self.connection.dialect();
        // All of it is rendered before any of it is run.
        let all = self.migrator.steps(&plan, &status.seen, dialect)?;
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

    /// Records squashes in the place of their parts.
    async fn adopt(&self, status: &Status) -> Result<()> {
        for id in &status.seen.adopted {
            let migration = self.migrator.migration(id)?;
            let tx = self.begin_transaction(false).await?;
            if !record::is_applied(&tx, id).await? {
                record::add(&tx, id, &migration.hash()).await?;
                for part in migration.replaced() {
                    record::remove(&tx, &MigrationId::parse(part, &id.module)).await?;
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
            // A history that is inconsistent is put right by this very call.
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
                Direction::Backward => record::remove(&tx, id).await?,
                Direction::Forward if record::is_applied(&tx, id).await? => {}
                Direction::Forward => {
                    record::add(&tx, id, &self.migrator.migration(id)?.hash()).await?;
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
            record::remove(&tx, id).await?;
            record::add(&tx, id, &self.migrator.migration(id)?.hash()).await?;
        }
        tx.commit().await?;
        Ok(status.changed)
    }

    /// Runs a migration; `false` when another run has done it in the meantime.
    async fn one(&self, id: &MigrationId, direction: Direction, steps: &[Step]) -> Result<bool> {
        let migration = self.migrator.migration(id)?;
        let transactional = self.connection.dialect().capabilities().transactional_ddl;
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
        if record::is_applied(&tx, id).await? != backwards {
            tx.rollback().await?;
            return Ok(false);
        }
        for (n, step) in steps.iter().enumerate() {
            let place = (n + 1, steps.len());
            self.step(&tx, step, place).await?;
        }
        if rebuilds {
            nothing_dangles(&tx).await?;
        }
        match direction {
            Direction::Forward => record::add(&tx, id, hash).await?,
            Direction::Backward => record::remove(&tx, id).await?,
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A transaction; on SQLite perhaps with foreign keys off, which can only be said before it begins.
    async fn begin_transaction(&self, foreign_keys_off: bool) -> Result<Transaction> {
        if self.is_sqlite() {
            return self.begin_sqlite(foreign_keys_off).await;
        }
        self.connection.begin().await
    }

    /// Other runs are waited for here: their transactions are the lock.
    async fn begin_sqlite(&self, foreign_keys_off: bool) -> Result<Transaction> {
        let begun = std::time::Instant::now();
        loop {
            if foreign_keys_off {
                self.connection
                    .set_until_transaction("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
                    .await?;
            }
            match self.connection.begin().await {
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

    /// Runs a step in a transaction, again when a lock was not had in time.
    async fn step(&self, tx: &Transaction, step: &Step, place: (usize, usize)) -> Result<()> {
        let label = step.label();
        (self.migrator.report)(Progress::Step {
            place,
            text: &label,
        });
        match &step.work {
            Work::Code(run, state) => {
                let report = Arc::clone(&self.migrator.report);
                let past = Past::new(tx.handle(), Arc::clone(state), report);
                (run.forward)(past).await?;
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

    /// Waits a while after a lock was not had; `false` when it was tried often enough.
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

    /// Runs steps that are not one transaction, each written down when it is begun and when it is done; `false` when another
    /// run has done them in the meantime. On SQLite other runs may be at work on the same migration, step by step, so each
    /// transaction looks first at how far it has come.
    async fn journalled(&self, mut row: Unfinished, steps: &[Step]) -> Result<bool> {
        let tx = self.begin_transaction(false).await?;
        match record::journalled(&tx, &row.id).await? {
            Some(found) if found.direction == row.direction => row = found,
            found => {
                let undone = row.direction != "forward";
                if found.is_none()
                    && record::is_applied(&tx, &row.id).await? != undone
                    && !row.direction.starts_with("undo")
                {
                    tx.rollback().await?;
                    return Ok(false);
                }
                record::journal(&tx, &row).await?;
            }
        }
        tx.commit().await?;
        let transactional = self.connection.dialect().capabilities().transactional_ddl;
        while let Some(step) = steps.get(row.done) {
            let place = (row.done + 1, steps.len());
            let alone = match &step.work {
                Work::Concurrent(_) => true,
                Work::Schema(_) => !transactional,
                _ => false,
            };
            if alone {
                let resumed = row.begun > row.done;
                self.alone(step, &mut row, resumed, place).await?;
                continue;
            }
            let rebuilds = matches!(step.work, Work::Rebuild(_));
            let tx = self.begin_transaction(rebuilds).await?;
            match record::journalled(&tx, &row.id).await? {
                None => {
                    tx.rollback().await?;
                    return Ok(false);
                }
                Some(found) if found.done > row.done => {
                    tx.rollback().await?;
                    row = found;
                    continue;
                }
                Some(_) => {}
            }
            self.step(&tx, step, place).await?;
            if rebuilds {
                nothing_dangles(&tx).await?;
            }
            row.done += 1;
            row.begun = row.done;
            record::journal(&tx, &row).await?;
            tx.commit().await?;
        }
        let tx = self.begin_transaction(false).await?;
        if record::journalled(&tx, &row.id).await?.is_none() {
            tx.rollback().await?;
            return Ok(false);
        }
        match row.direction.as_str() {
            "forward" if !record::is_applied(&tx, &row.id).await? => {
                record::add(&tx, &row.id, &row.hash).await?;
            }
            "backward" => record::remove(&tx, &row.id).await?,
            _ => {}
        }
        record::close_journal(&tx, &row.id).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A statement that commits by itself.
    async fn alone(
        &self,
        step: &Step,
        row: &mut Unfinished,
        resumed: bool,
        place: (usize, usize),
    ) -> Result<()> {
        let (Work::Schema(text) | Work::Concurrent(text)) = &step.work else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a step that is no statement runs alone",
            ));
        };
        let done = resumed && probe::is_done(&step.probe, &*self.connection).await?;
        if !done {
            if resumed {
                self.remove_invalid(step).await?;
            }
            row.begun = row.done + 1;
            record::journal(&*self.connection, row).await?;
            (self.migrator.report)(Progress::Step { place, text });
            let mut tries = 1;
            while let Err(error) = Sql::trusted(text.as_str()).rows(&*self.connection).await {
                if !self.tries_again(&error, tries).await {
                    return Err(error);
                }
                self.remove_invalid(step).await?;
                tries += 1;
            }
            (self.migrator.report)(Progress::Done { place });
        }
        row.done += 1;
        row.begun = row.done;
        record::journal(&*self.connection, row).await
    }

    /// CREATE INDEX CONCURRENTLY that was killed leaves an index that is not valid.
    async fn remove_invalid(&self, step: &Step) -> Result<()> {
        let (Work::Concurrent(_), crate::sql::Probe::Key(table, name, true)) =
            (&step.work, &step.probe)
        else {
            return Ok(());
        };
        let schema = match &table.schema {
            Some(schema) => sql("DROP INDEX IF EXISTS ")
                .identifier(schema.to_string())
                .push("."),
            None => sql("DROP INDEX IF EXISTS "),
        };
        schema
            .identifier(name.clone())
            .execute(&*self.connection)
            .await
            .map(drop)
    }

    /// Goes on with what a run that was killed has begun.
    async fn finish(
        &self,
        row: &Unfinished,
        status: &Status,
    ) -> Result<Option<(MigrationId, Direction)>> {
        self.is_unchanged(row)?;
        let steps = self.steps_of(row, status)?;
        (self.migrator.report)(Progress::Started {
            id: &row.id,
            backwards: row.direction != "forward",
            place: (1, 1),
        });
        let ran = self.journalled(row.clone(), &steps).await;
        ran.map_err(|error| in_migration(&row.id, error))?;
        (self.migrator.report)(Progress::Finished { id: &row.id });
        Ok(match row.direction.as_str() {
            "forward" => Some((row.id.clone(), Direction::Forward)),
            "backward" => Some((row.id.clone(), Direction::Backward)),
            _ => None,
        })
    }

    fn is_unchanged(&self, row: &Unfinished) -> Result<()> {
        if self.migrator.migration(&row.id)?.hash() == row.hash {
            return Ok(());
        }
        Err(Error::migration(format!(
            "{} is half done, and was changed since; bring it back to what it was, and run `migrate` or `migrate --undo-unfinished`",
            row.id
        )))
    }

    /// Takes the step that was begun as done.
    pub(super) async fn skip_begun(self) -> Result<Option<MigrationId>> {
        let result = self.skip().await;
        self.released(result).await
    }

    async fn skip(&self) -> Result<Option<MigrationId>> {
        let status = self.status().await?;
        let Some(mut row) = status.unfinished.clone().filter(|row| row.begun > row.done) else {
            return Ok(None);
        };
        self.is_unchanged(&row)?;
        row.done = row.begun;
        record::journal(&*self.connection, &row).await?;
        Ok(Some(row.id))
    }

    fn steps_of(&self, row: &Unfinished, status: &Status) -> Result<Vec<Step>> {
        let dialect = self.connection.dialect();
        let applied = &status.seen.applied;
        let (seen, id) = (&status.seen, &row.id);
        match row.direction.strip_prefix("undo ") {
            None => {
                let direction = match row.direction.as_str() {
                    "backward" => Direction::Backward,
                    _ => Direction::Forward,
                };
                self.migrator
                    .steps_of(id, direction, seen, applied, dialect)
            }
            Some(count) => {
                let count: usize = count.parse().unwrap_or(0);
                let before = self.migrator.state_without(id, seen, applied)?;
                let operations = self.migrator.migration(id)?.operations();
                compile_back(
                    &operations[..count.min(operations.len())],
                    &before,
                    &id.module,
                    dialect,
                )
            }
        }
    }

    pub(super) async fn undo_unfinished(self) -> Result<Option<MigrationId>> {
        let result = self.undo().await;
        self.released(result).await
    }

    async fn undo(&self) -> Result<Option<MigrationId>> {
        let status = self.status().await?;
        let Some(row) = status.unfinished.clone() else {
            return Ok(None);
        };
        if row.direction != "forward" {
            self.finish(&row, &status).await?;
            return Ok(Some(row.id));
        }
        self.is_unchanged(&row)?;
        let dialect = self.connection.dialect();
        let mut before =
            self.migrator
                .state_without(&row.id, &status.seen, &status.seen.applied)?;
        let operations = self.migrator.migration(&row.id)?.operations();
        let steps = compile(operations, &mut before, &row.id.module, dialect)?;
        let mut done = row.done;
        if let Some(step) = steps.get(done)
            && row.begun > done
        {
            let own = matches!(operations[step.operation], crate::Operation::RunSql(_));
            let again = step.probe == crate::sql::Probe::Again;
            if own && again {
                return Err(Error::migration(format!(
                    "{}: nobody knows whether `{}` took effect; if it did, say `migrate --skip-begun` first, and if it did not, run `migrate`",
                    row.id,
                    step.label()
                )));
            }
            // What can be run again can be undone again too.
            if again || probe::is_done(&step.probe, &*self.connection).await? {
                done += 1;
            }
        }
        // The operations whose steps are all done; none may be half done.
        let whole = match (
            steps.get(done),
            done.checked_sub(1).and_then(|last| steps.get(last)),
        ) {
            (Some(next), Some(last)) if next.operation == last.operation => {
                return Err(Error::migration(format!(
                    "{}: \"{}\" is half done and can't be undone from there; run `migrate` to go on with it",
                    row.id, operations[next.operation]
                )));
            }
            (_, None) => 0,
            (_, Some(last)) => last.operation + 1,
        };
        let undo = Unfinished {
            direction: format!("undo {whole}"),
            done: 0,
            begun: 0,
            ..row
        };
        // What can't be undone is known before the place where it stands is forgotten.
        self.steps_of(&undo, &status)?;
        record::journal(&*self.connection, &undo).await?;
        self.finish(&undo, &status).await?;
        Ok(Some(undo.id))
    }
}

/// Rows that refer to nothing, and views that no longer work, after a table was made anew (SQLite).
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
