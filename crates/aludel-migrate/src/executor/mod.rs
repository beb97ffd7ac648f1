//! [`Migrator`]: plans, and their execution under a lock.
//!
//! One run at a time: an advisory lock on PostgreSQL, MariaDB and MySQL, the writer's lock on SQLite. Where DDL is
//! transactional, a migration and its record are one transaction. Elsewhere, and where a migration says `atomic(false)`, each
//! step is recorded when it starts and when it is done, so that a run that was killed at any point is resumed exactly there, or
//! undone.

mod lock;
mod probe;
mod run;
mod settings;
mod views;

use crate::app::App;
use crate::exclude::Exclusions;
use crate::graph::{Graph, Seen};
use crate::id::MigrationId;
use crate::plan::{Direction, Plan, Target};
use crate::progress::{Report, silent};
use crate::recorder::{self, Applied, Unfinished};
use crate::sql::{Step, compile, compile_back};
use crate::state::State;
use aludel_engine::{Database, Error, ErrorKind, Executor, Result};
use aludel_sql::dialect::Dialect;
use aludel_sql::schema::{Difference, Schema, Unmanaged, differences};
use std::collections::BTreeSet;
use std::time::Duration;

/// The timeouts and retries of a run.
#[derive(Debug, Clone)]
pub struct Patience {
    /// How long a statement waits for a lock before it times out and is tried again.
    pub lock_timeout: Duration,
    /// How often a statement is tried.
    pub tries: usize,
    /// How long it waits for another run.
    pub other_run: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            lock_timeout: Duration::from_secs(5),
            tries: 10,
            other_run: Duration::from_secs(600),
        }
    }
}

/// Runs migrations on a database.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use aludel_engine::Database;
/// use aludel_migrate::prelude::*;
/// use aludel_migrate::{App, Migrator, Target};
///
/// let first = Migration::new("0001_initial").create_table(new_table("notes").id().column(column("text", text())));
/// let app = App::new(Default::default(), vec![first]);
/// let db = Database::connect("sqlite::memory:").await?;
/// let migrator = Migrator::new(&db, &app)?;
/// migrator.migrate(&Target::Latest).await?;
/// assert_eq!(db.inspect().await?.tables.len(), 3); // notes, and two of the migrator's own
/// # Ok::<(), aludel_engine::Error>(()) }).unwrap();
/// ```
pub struct Migrator {
    db: Database,
    graph: Graph,
    patience: Patience,
    report: Report,
    allow_newer: bool,
    exclusions: Exclusions,
}

/// The status of a database, from its records.
#[derive(Debug, Clone)]
pub struct Status {
    /// The migrations of the graph that are visible.
    pub seen: Seen,
    /// What is recorded.
    pub applied: Applied,
    /// The migration that is under way, if a run was killed.
    pub unfinished: Option<Unfinished>,
    /// Recorded migrations that the program does not know.
    pub unknown: Vec<MigrationId>,
    /// Migrations whose operations changed after they were applied.
    pub changed: Vec<MigrationId>,
}

impl Migrator {
    /// A migrator for the migrations of a program.
    ///
    /// # Errors
    /// An invalid graph.
    pub fn new(db: &Database, app: &App) -> Result<Migrator> {
        Ok(Migrator {
            db: db.clone(),
            graph: Graph::new(app)?,
            patience: Patience::default(),
            report: silent(),
            allow_newer: false,
            exclusions: app.exclusions.clone(),
        })
    }

    /// Sets the timeouts and retries.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Migrator {
        self.patience = patience;
        self
    }

    /// Whether to ignore migrations that the database has and this program does not know: a newer version of the program
    /// applied them, and this one can work with their schema.
    #[must_use]
    pub fn allow_newer(mut self, allowed: bool) -> Migrator {
        self.allow_newer = allowed;
        self
    }

    /// Reports progress to a function.
    #[must_use]
    pub fn report(
        mut self,
        report: impl Fn(crate::Progress<'_>) + Send + Sync + 'static,
    ) -> Migrator {
        self.report = std::sync::Arc::new(report);
        self
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Reads the status from the records of the database. Nothing is written.
    ///
    /// # Errors
    /// Any database error.
    pub async fn status(&self) -> Result<Status> {
        self.status_on(&self.db).await
    }

    async fn status_on(&self, db: &dyn Executor) -> Result<Status> {
        let applied = recorder::applied(db).await?;
        let unfinished = recorder::unfinished(db).await?;
        let ids: BTreeSet<MigrationId> = applied.keys().cloned().collect();
        let seen = self.graph.seen(&ids)?;
        let known = |id: &&MigrationId| self.graph.get(id).is_none() && !self.graph.replaces(id);
        let changed = |(id, hash): &(&MigrationId, &String)| {
            { self.graph.get(id) }.is_some_and(|migration| migration.hash() != **hash)
        };
        Ok(Status {
            unknown: applied.keys().filter(known).cloned().collect(),
            changed: { applied.iter() }
                .filter(changed)
                .map(|(id, _)| id.clone())
                .collect(),
            seen,
            applied,
            unfinished,
        })
    }

    /// The plan that leads to a target. Nothing is written.
    ///
    /// # Errors
    /// Two heads, an inconsistent history, migrations that were changed after they were applied or that only the database
    /// knows.
    pub async fn plan(&self, target: &Target) -> Result<Plan> {
        let status = self.status().await?;
        status.check_known(self.allow_newer)?;
        target.plan(&self.graph, &status.seen)
    }

    /// The steps of a plan, for each of its migrations, starting from what is applied.
    ///
    /// # Errors
    /// What the dialect can't do, and what can't be undone.
    pub fn steps(
        &self,
        plan: &Plan,
        seen: &Seen,
        dialect: &'static dyn Dialect,
    ) -> Result<Vec<(MigrationId, Direction, Vec<Step>)>> {
        let mut applied = seen.applied.clone();
        let mut all = Vec::new();
        // Forward migrations fold into one state; only for one that is undone, the state without it is folded.
        let mut state = State::default();
        let earlier = seen.order.iter().filter(|id| applied.contains(id));
        self.graph.fold(earlier, &mut state)?;
        for (id, direction) in &plan.steps {
            let steps = match direction {
                Direction::Forward => {
                    applied.insert(id.clone());
                    let operations = self.migration(id)?.operations();
                    compile(operations, &mut state, &id.module, dialect)
                        .map_err(|error| in_migration(id, error))?
                }
                Direction::Backward => {
                    state = self.state_without(id, seen, &applied)?;
                    applied.remove(id);
                    let operations = self.migration(id)?.operations();
                    compile_back(operations, &state, &id.module, dialect)
                        .map_err(|error| in_migration(id, error))?
                }
            };
            all.push((id.clone(), *direction, steps));
        }
        Ok(all)
    }

    /// The schema from all applied migrations except one.
    fn state_without(
        &self,
        id: &MigrationId,
        seen: &Seen,
        applied: &BTreeSet<MigrationId>,
    ) -> Result<State> {
        let mut state = State::default();
        let others = seen
            .order
            .iter()
            .filter(|other| *other != id && applied.contains(other));
        self.graph.fold(others, &mut state)?;
        Ok(state)
    }

    fn steps_of(
        &self,
        id: &MigrationId,
        direction: Direction,
        seen: &Seen,
        applied: &BTreeSet<MigrationId>,
        dialect: &'static dyn Dialect,
    ) -> Result<Vec<Step>> {
        let mut state = self.state_without(id, seen, applied)?;
        let migration = self.migration(id)?;
        match direction {
            Direction::Forward => compile(migration.operations(), &mut state, &id.module, dialect),
            Direction::Backward => {
                compile_back(migration.operations(), &state, &id.module, dialect)
            }
        }
        .map_err(|error| in_migration(id, error))
    }

    fn migration(&self, id: &MigrationId) -> Result<&crate::Migration> {
        self.graph
            .get(id)
            .ok_or_else(|| Error::migration(format!("there is no migration {id}")))
    }

    /// The differences between the database and the history, in both directions.
    ///
    /// # Errors
    /// Any database error.
    pub async fn drift(&self) -> Result<Vec<Difference>> {
        let status = self.status().await?;
        let mut state = State::default();
        let applied = { status.seen.order.iter() }.filter(|id| status.seen.applied.contains(id));
        self.graph.fold(applied, &mut state)?;
        let found = self.managed(&state).await?;
        Ok(differences(&state.schema, &found, self.db.dialect()))
    }

    /// The live schema, without what the program ignores.
    async fn managed(&self, history: &State) -> Result<Schema> {
        let found = recorder::without_records(self.db.inspect().await?);
        Ok(self.exclusions.managed(found, &history.external))
    }

    /// What the database has that neither models nor migrations can express: it is listed here, and never touched.
    ///
    /// # Errors
    /// Any database error.
    pub async fn unmanaged(&self) -> Result<Vec<Unmanaged>> {
        Ok(self.managed(&State::default()).await?.unmanaged)
    }

    /// Migrates to a target; returns what was done.
    ///
    /// Every step of the plan is rendered before the first is run.
    ///
    /// # Errors
    /// As [`plan`](Migrator::plan) and [`steps`](Migrator::steps); [`ErrorKind::LockTimeout`] when another run does not end;
    /// any database error, with the name of the migration. A migration that was started is rolled back, or recorded so that the
    /// next run resumes it.
    pub async fn migrate(&self, target: &Target) -> Result<Plan> {
        run::Run::begin(self).await?.migrate(target).await
    }

    /// Records the migrations that lead to a target, without running anything.
    ///
    /// # Errors
    /// As [`plan`](Migrator::plan).
    pub async fn fake(&self, target: &Target) -> Result<Plan> {
        run::Run::begin(self)
            .await?
            .fake(target, |_, _, _| true)
            .await
    }

    /// Records the first migrations of modules whose tables already exist, without running them, and runs the rest.
    ///
    /// # Errors
    /// As [`migrate`](Migrator::migrate).
    pub async fn fake_initial(&self, target: &Target) -> Result<Plan> {
        let found = self.db.inspect().await?;
        let is_there = |graph: &Graph, id: &MigrationId, direction: Direction| {
            if direction == Direction::Backward {
                return false;
            }
            let Some(migration) = graph.get(id) else {
                return false;
            };
            let created = migration
                .operations()
                .iter()
                .filter_map(|operation| match operation {
                    crate::Operation::CreateTable(table) => Some(&table.name),
                    _ => None,
                });
            let first = { migration.parents().iter() }
                .all(|parent| MigrationId::parse(parent, &id.module).module != id.module);
            first
                && created.clone().count() > 0
                && created.clone().all(|name| found.table(name).is_some())
        };
        let mut plan = run::Run::begin(self).await?.fake(target, is_there).await?;
        plan.steps.extend(self.migrate(target).await?.steps);
        Ok(plan)
    }

    /// Adopts a database that already matches the history: records all migrations. If there are differences, they are returned
    /// and nothing is recorded, unless forced.
    ///
    /// # Errors
    /// A database that already has migrations, and a program that has none.
    pub async fn baseline(&self, force: bool) -> Result<Result<Plan, Vec<Difference>>> {
        let status = self.status().await?;
        if !status.applied.is_empty() {
            return Err(Error::migration(
                "this database has migrations already; `migrate` goes on from there",
            ));
        }
        if status.seen.order.is_empty() {
            return Err(Error::migration(
                "there are no migrations yet: write the models (`inspectdb` helps), and run `makemigrations`",
            ));
        }
        let history = self.graph.state()?;
        let found = self.managed(&history).await?;
        let all = differences(&history.schema, &found, self.db.dialect());
        if !all.is_empty() && !force {
            return Ok(Err(all));
        }
        Ok(Ok(self.fake(&Target::Latest).await?))
    }

    /// Records the current hashes of migrations that were changed after they were applied.
    ///
    /// # Errors
    /// Any database error.
    pub async fn accept_changes(&self) -> Result<Vec<MigrationId>> {
        run::Run::begin(self).await?.accept_changes().await
    }

    /// Records the statement that was started, and may or may not have taken effect, as done: for the user's SQL on MariaDB and
    /// MySQL that can't be run twice. Returns its migration.
    ///
    /// # Errors
    /// Any database error.
    pub async fn skip_begun(&self) -> Result<Option<MigrationId>> {
        run::Run::begin(self).await?.skip_begun().await
    }

    /// Undoes what a failed or killed run has done of a migration whose steps are recorded one by one. Returns the migration.
    ///
    /// # Errors
    /// An operation that is half done or can't be undone.
    pub async fn undo_unfinished(&self) -> Result<Option<MigrationId>> {
        run::Run::begin(self).await?.undo_unfinished().await
    }
}

impl Status {
    /// Refuses a status from which no run should continue.
    ///
    /// # Errors
    /// Migrations that were changed after they were applied, or that only the database knows.
    pub fn check(&self) -> Result<()> {
        self.check_known(false)
    }

    /// As [`check`](Status::check); with `allow_newer`, migrations that only the database knows are ignored.
    ///
    /// # Errors
    /// As [`check`](Status::check).
    pub fn check_known(&self, allow_newer: bool) -> Result<()> {
        if let Some(id) = self.unknown.first().filter(|_| !allow_newer) {
            return Err(Error::migration(format!(
                "the database has the migration {id}, which this program does not know: it was made by a newer program, or its file is missing in `migrations/mod.rs`; with `--allow-newer` it is left alone"
            )));
        }
        if let Some(id) = self.changed.first() {
            return Err(Error::migration(format!(
                "{id} was changed after it was applied; write a new migration instead, or take it as it is now with `migrate --accept-changes`"
            )));
        }
        self.seen.check_history()
    }
}

/// Adds the migration to the error.
fn in_migration(id: &MigrationId, error: Error) -> Error {
    match error.kind() {
        // The error of an operation names the migration already.
        ErrorKind::Migration if error.to_string().starts_with(&id.to_string()) => error,
        ErrorKind::Unsupported
        | ErrorKind::InvalidQuery
        | ErrorKind::InvalidModel
        | ErrorKind::TransactionState
        | ErrorKind::SessionState
        | ErrorKind::Migration => Error::new(error.kind(), format!("{id}: {error}")),
        _ => error.with_row(format!("migration {id}")),
    }
}
