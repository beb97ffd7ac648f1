//! Migrations that are not one transaction: each step is recorded when it starts and when it is done, so that a killed run is
//! resumed, or undone.

use super::super::{Status, in_migration, probe};
use super::{Run, nothing_dangles};
use crate::id::MigrationId;
use crate::migration::hash_of;
use crate::plan::Direction;
use crate::progress::Progress;
use crate::recorder::{self, Unfinished};
use crate::sql::{Step, Work, compile, compile_back};
use aludel_engine::{Error, ErrorKind, Result, Sql, sql};

impl Run<'_> {
    /// Runs steps that are not one transaction, and records each when it starts and when it is done; `false` when another run
    /// has done them in the meantime. On SQLite other runs may work on the same migration, step by step, so each transaction
    /// first checks its progress.
    pub(super) async fn journalled(&self, mut row: Unfinished, steps: &[Step]) -> Result<bool> {
        self.refuse_to_drop_views(steps.get(row.done..).unwrap_or_default())
            .await?;
        let tx = self.begin_transaction(false).await?;
        match recorder::journalled(&tx, &row.id).await? {
            // The operations after those that are done may have changed.
            Some(found) if found.direction == row.direction => {
                row = Unfinished {
                    hash: row.hash,
                    ..found
                };
            }
            found => {
                let undone = row.direction != "forward";
                if found.is_none()
                    && recorder::is_applied(&tx, &row.id).await? != undone
                    && !row.direction.starts_with("undo")
                {
                    tx.rollback().await?;
                    return Ok(false);
                }
                recorder::journal(&tx, &row).await?;
                self.held.claim(&tx).await?;
            }
        }
        tx.commit().await?;
        let transactional = self
            .held
            .executor()
            .dialect()
            .capabilities()
            .transactional_ddl;
        while let Some(step) = steps.get(row.done) {
            let place = (row.done + 1, steps.len());
            let alone = match &step.work {
                Work::Concurrent(_) => true,
                Work::Schema(_) => !transactional,
                _ => false,
            };
            if alone {
                let resumed = row.begun > row.done && !row.refused;
                self.alone(steps, &mut row, resumed, place).await?;
                continue;
            }
            let rebuilds = matches!(step.work, Work::Rebuild(_));
            let tx = self.begin_transaction(rebuilds).await?;
            match recorder::journalled(&tx, &row.id).await? {
                None => {
                    tx.rollback().await?;
                    return Ok(false);
                }
                Some(found) if found.done > row.done => {
                    tx.rollback().await?;
                    row = Unfinished {
                        hash: row.hash,
                        ..found
                    };
                    continue;
                }
                Some(_) => {}
            }
            self.step(&tx, step, place).await?;
            if rebuilds {
                nothing_dangles(&tx).await?;
            }
            row.refused = false;
            row.done += 1;
            row.begun = row.done;
            row.prefix = hash_of_steps(&steps[..row.done]);
            recorder::journal(&tx, &row).await?;
            self.held.claim(&tx).await?;
            tx.commit().await?;
        }
        let tx = self.begin_transaction(false).await?;
        if recorder::journalled(&tx, &row.id).await?.is_none() {
            tx.rollback().await?;
            return Ok(false);
        }
        match row.direction.as_str() {
            "forward" if !recorder::is_applied(&tx, &row.id).await? => {
                recorder::add(&tx, &row.id, &row.hash).await?;
            }
            "backward" => recorder::remove(&tx, &row.id).await?,
            _ => {}
        }
        recorder::close_journal(&tx, &row.id).await?;
        self.held.claim(&tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Records the progress of a migration, if this run still has the lock.
    async fn write_down(&self, row: &Unfinished) -> Result<()> {
        if !self.held.is_claimed() {
            return recorder::journal(self.held.executor(), row).await;
        }
        let tx = self.begin_transaction(false).await?;
        self.held.claim(&tx).await?;
        recorder::journal(&tx, row).await?;
        tx.commit().await
    }

    /// Runs a statement that commits by itself.
    async fn alone(
        &self,
        steps: &[Step],
        row: &mut Unfinished,
        resumed: bool,
        place: (usize, usize),
    ) -> Result<()> {
        let step = &steps[row.done];
        let (Work::Schema(text) | Work::Concurrent(text)) = &step.work else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a step that is no statement runs alone",
            ));
        };
        let done = resumed && probe::is_done(&step.probe, self.held.executor()).await?;
        if !done {
            if resumed {
                self.remove_invalid(step).await?;
            }
            self.refuse_to_lose(&step.redefines).await?;
            if let Some(remade) = &step.remakes {
                self.refuse_to_remake(&remade.0, &remade.1).await?;
            }
            if let Some(removed) = &step.removes {
                self.refuse_to_break(removed, steps.iter()).await?;
            }
            if row.refused {
                self.remove_invalid(step).await?;
            }
            row.refused = false;
            row.begun = row.done + 1;
            self.write_down(row).await?;
            (self.migrator.report)(Progress::Step { place, text });
            let mut tries = 1;
            while let Err(error) = Sql::trusted(text.as_str()).rows(self.held.executor()).await {
                if !self.tries_again(&error, tries).await {
                    // A statement that the server refused did not take effect: the next run, or the undo, starts here.
                    if !error.is_connection_error() && error.kind() != ErrorKind::Cancelled {
                        drop(self.remove_invalid(step).await);
                        row.refused = true;
                        self.write_down(row).await?;
                    }
                    return Err(error);
                }
                self.remove_invalid(step).await?;
                tries += 1;
            }
            (self.migrator.report)(Progress::Done { place });
        }
        row.refused = false;
        row.done += 1;
        row.begun = row.done;
        row.prefix = hash_of_steps(&steps[..row.done]);
        self.write_down(row).await
    }

    /// A killed CREATE INDEX CONCURRENTLY leaves an invalid index: it is dropped.
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
            .execute(self.held.executor())
            .await
            .map(drop)
    }

    /// Resumes a migration that a killed run has started.
    pub(super) async fn finish(
        &self,
        row: &Unfinished,
        status: &Status,
    ) -> Result<Option<(MigrationId, Direction)>> {
        let row = &self.adapted(row, status)?;
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

    /// The row of a migration that was corrected since: what is done is unchanged, and no other step was started.
    fn adapted(&self, row: &Unfinished, status: &Status) -> Result<Unfinished> {
        let hash = self.migrator.migration(&row.id)?.hash();
        if hash == row.hash {
            return Ok(row.clone());
        }
        let is_settled = (row.begun == row.done || row.refused) && row.direction == "forward";
        let steps = match is_settled {
            true => self.steps_of(row, status)?,
            false => Vec::new(),
        };
        let done = steps.get(..row.done);
        if is_settled
            && done.is_some_and(|done| done.is_empty() || hash_of_steps(done) == row.prefix)
        {
            return Ok(Unfinished {
                hash,
                ..row.clone()
            });
        }
        Err(Error::migration(format!(
            "{} is half done ({} steps), and what is done of it was changed since; bring that part back to what it was, and run \
             `migrate` or `migrate --undo-unfinished`",
            row.id, row.done
        )))
    }

    /// Records the step that was started as done.
    pub(in crate::executor) async fn skip_begun(self) -> Result<Option<MigrationId>> {
        let result = self.skip().await;
        self.released(result).await
    }

    async fn skip(&self) -> Result<Option<MigrationId>> {
        let status = self.status().await?;
        let Some(mut row) = status.unfinished.clone().filter(|row| row.begun > row.done) else {
            return Ok(None);
        };
        row = self.adapted(&row, &status)?;
        row.done = row.begun;
        row.refused = false;
        let steps = self.steps_of(&row, &status)?;
        row.prefix = hash_of_steps(steps.get(..row.done).unwrap_or_default());
        self.write_down(&row).await?;
        Ok(Some(row.id))
    }

    fn steps_of(&self, row: &Unfinished, status: &Status) -> Result<Vec<Step>> {
        let dialect = self.held.executor().dialect();
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

    pub(in crate::executor) async fn undo_unfinished(self) -> Result<Option<MigrationId>> {
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
        let row = self.adapted(&row, &status)?;
        let dialect = self.held.executor().dialect();
        let mut before =
            self.migrator
                .state_without(&row.id, &status.seen, &status.seen.applied)?;
        let operations = self.migrator.migration(&row.id)?.operations();
        let steps = compile(operations, &mut before, &row.id.module, dialect)?;
        let mut done = row.done;
        if let Some(step) = steps.get(done)
            && row.begun > done
            && !row.refused
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
            // A step that can be run again can also be undone again.
            if again || probe::is_done(&step.probe, self.held.executor()).await? {
                done += 1;
            }
        }
        // The operations whose steps are all done; none may be half done.
        let whole = match (
            steps.get(done),
            done.checked_sub(1).and_then(|last| steps.get(last)),
        ) {
            // The remaining parts of a table are dropped with the table.
            (Some(next), Some(last))
                if next.operation == last.operation
                    && matches!(operations[next.operation], crate::Operation::CreateTable(_)) =>
            {
                last.operation + 1
            }
            (Some(next), Some(last)) if next.operation == last.operation => {
                let left: Vec<String> = { steps[done..].iter() }
                    .take_while(|step| step.operation == next.operation)
                    .flat_map(Step::texts)
                    .collect();
                return Err(Error::migration(format!(
                    "{}: \"{}\" is half done and can't be undone from there; run `migrate` to go on with it, also with a corrected file. \
                     What is left of it:\n{}",
                    row.id,
                    operations[next.operation],
                    left.join(";\n")
                )));
            }
            (_, None) => 0,
            (_, Some(last)) => last.operation + 1,
        };
        let undo = Unfinished {
            direction: format!("undo {whole}"),
            done: 0,
            begun: 0,
            prefix: String::new(),
            refused: false,
            ..row
        };
        // What can't be undone is refused before the progress is overwritten.
        self.steps_of(&undo, &status)?;
        self.write_down(&undo).await?;
        self.finish(&undo, &status).await?;
        Ok(Some(undo.id))
    }
}

/// A hash of what steps do.
fn hash_of_steps(steps: &[Step]) -> String {
    let texts: Vec<String> = steps.iter().flat_map(Step::texts).collect();
    hash_of(&texts.join("\n"))
}
