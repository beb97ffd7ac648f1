//! [`InsertMany`]: inserts many rows.

use super::batches::{Batch, batches};
use super::chunks::{Chunks, Source, chunk_batches, longest_chunk};
use super::keys_first::in_order;
use super::once::once;
use super::one::{ReadAs, insert_one, insert_plain};
use super::placed::placed;
use super::rows::Rows;
use super::upsert::{OnConflict, computed};
use crate::model::Model;
use crate::model::any::{AnyModel, AnyRows, Swaps, any_rows_in, rows_in};
use crate::model::column::ColumnList;
use crate::model::meta::ModelMeta;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Collect, Command};
use aludel_engine::spi::gather::taken;
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::render::{Sql, Writer};
use aludel_sql::statement::{Conflict, ConflictAction};
use std::panic::Location;

/// An insert of many rows: `Post::insert_many(rows).all(&db)` or `.execute(&db)`. The rows are built as they are sent, so an
/// iterator may yield any number of them.
pub struct InsertMany<'a, M: Model> {
    rows: Source<'a, M>,
    pub(super) conflict: Option<Conflict>,
    last_wins: bool,
    validated: bool,
    site: &'static Location<'static>,
}

impl<'a, M: Model> InsertMany<'a, M> {
    pub(crate) fn new<I>(rows: I, site: &'static Location<'static>) -> InsertMany<'a, M>
    where
        I: Iterator<Item = M::New> + Send + 'a,
    {
        InsertMany::of(Source::Plain(Box::new(rows)), site)
    }

    /// Rows with their keys.
    pub(crate) fn keyed<I>(rows: I, site: &'static Location<'static>) -> InsertMany<'a, M>
    where
        I: Iterator<Item = (M::Key, M::New)> + Send + 'a,
    {
        InsertMany::of(Source::Keyed(Box::new(rows)), site)
    }

    fn of(rows: Source<'a, M>, site: &'static Location<'static>) -> InsertMany<'a, M> {
        InsertMany {
            rows,
            conflict: None,
            last_wins: false,
            validated: true,
            site,
        }
    }

    /// Skips the model's validation rules.
    #[must_use]
    pub fn unvalidated(mut self) -> Self {
        self.validated = false;
        self
    }

    /// In an upsert where a key occurs several times, sends only the last row with that key. Without this, such rows are an
    /// error.
    #[must_use]
    pub fn last_wins(mut self) -> Self {
        self.last_wins = true;
        self
    }

    /// All rows, validated by the model's rules; each key of an upsert once.
    fn written(&mut self) -> Result<Rows> {
        let rows = self.rows.write(usize::MAX);
        if self.validated {
            rows.validate(M::meta())?;
        }
        once(M::meta(), rows, self.conflict.as_ref(), self.last_wins)
    }

    /// Chooses what to do with rows that already exist, by these columns of a unique key (ON CONFLICT).
    #[doc(alias = "upsert")]
    pub fn on_conflict(self, columns: impl ColumnList<M>) -> OnConflict<'a, M> {
        OnConflict::new(self, columns.names())
    }

    /// Inserts them; returns how many (with `do_nothing`, how many were new).
    ///
    /// # Errors
    /// Constraint violations, and any database error: then none is inserted.
    pub async fn execute(mut self, db: &dyn Executor) -> Result<u64> {
        let (site, meta) = (self.site, M::meta());
        if self.conflict.is_none() {
            return self.execute_plainly(db).await;
        }
        let rows = self.written()?;
        let conflict = self.conflict.as_ref();
        let batches = batches(meta, rows, false, conflict, db.dialect(), site)?;
        let computed = computed(meta, self.conflict.as_ref());
        let counts_rows = matches!(&self.conflict, Some(conflict) if matches!(conflict.action, ConflictAction::Update(_)))
            && db.dialect().capabilities().upsert_counts_twice;
        // A command of many runs is several statements, too.
        let is_several = |batch: &Batch| batch.command.is_repeated();
        let raises = self.raises(db);
        let several = raises || batches.len() > 1 || batches.iter().any(is_several);
        in_one(db.target(), several, site, async move |target| {
            let mut affected = 0;
            for batch in batches {
                let outcome = target.execute(batch.command).await?;
                // MariaDB and MySQL count an updated row twice.
                affected += if counts_rows {
                    batch.rows as u64
                } else {
                    outcome.affected
                };
            }
            if raises {
                raise_sequence(meta, target, site).await?;
            }
            Ok(affected)
        })
        .await
        .map_err(|error| computed.name(meta.named(error)))
    }

    /// Whether the database must be told that keys were given, so that it numbers new rows above them.
    fn raises(&self, db: &dyn Executor) -> bool {
        let key = match M::meta().key[..] {
            [key] => M::meta().fields[key].identity,
            _ => None,
        };
        self.rows.is_keyed() && key.is_some() && !db.dialect().capabilities().numbers_after_given
    }

    /// Inserts rows as they come, in one transaction if they need more than one statement.
    async fn execute_plainly(mut self, db: &dyn Executor) -> Result<u64> {
        let (meta, site, target) = (M::meta(), self.site, db.target());
        let most = longest_chunk(meta, db.dialect());
        let first = self.rows.write(most);
        // A full chunk may be followed by others.
        let second = (first.len() == most).then(|| self.rows.write(most));
        let more = second.filter(|rows| rows.len() > 0);
        let raises = self.raises(db);
        if more.is_none() && !raises {
            if self.validated {
                first.validate(meta)?;
            }
            let batches = chunk_batches(meta, first, target, site)?;
            let loads = db.target().database().takes_files();
            // A command of many runs is several statements, too, and rows that are sent as a file may have to be undone.
            let is_several =
                |command: &Command| command.is_repeated() || loads && command.is_copying();
            let several =
                batches.len() > 1 || batches.iter().any(|batch| is_several(&batch.command));
            let done = in_one(target, several, site, async move |target| {
                let mut affected = 0;
                for batch in batches {
                    affected += target.execute(batch.command).await?.affected;
                }
                Ok(affected)
            });
            return done.await.map_err(|error| meta.named(error));
        }
        let validated = self.validated;
        let rows = &mut self.rows;
        let done = in_one(target, true, site, async move |target| {
            let mut chunks = Chunks::new(meta, target, site, validated);
            chunks.send(first).await?;
            let mut next = more;
            while let Some(chunk) = next.take() {
                let is_full = chunk.len() == most;
                chunks.send(chunk).await?;
                next = is_full
                    .then(|| rows.write(most))
                    .filter(|rows| rows.len() > 0);
            }
            if raises {
                raise_sequence(meta, target, site).await?;
            }
            Ok(chunks.affected)
        });
        done.await.map_err(|error| meta.named(error))
    }

    /// Inserts them, and returns the rows in the order of the inputs, with everything the database filled in. With
    /// `do_nothing`, rows that already existed are missing, and those that give their keys come before those that are
    /// numbered.
    ///
    /// # Errors
    /// Constraint violations, and any database error: then none is inserted.
    pub async fn all(mut self, db: &dyn Executor) -> Result<Vec<M>> {
        let (meta, site) = (M::meta(), self.site);
        let rows = self.written()?;
        if !db.dialect().capabilities().insert_returning {
            return one_by_one::<M>(rows, self.conflict, db, site).await;
        }
        if db.dialect().capabilities().returns_ignored
            && matches!(&self.conflict, Some(conflict) if conflict.action == ConflictAction::Nothing)
        {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{} returns rows that were there already as if they were new; use execute() and read the rows",
                    db.dialect().name()
                ),
            ));
        }
        let order = rows.keys_first(meta, db.dialect());
        let batches = batches(meta, rows, true, self.conflict.as_ref(), db.dialect(), site)?;
        let computed = computed(meta, self.conflict.as_ref());
        let raises = self.raises(db);
        let several = batches.len() > 1 || raises;
        in_one(db.target(), several, site, async move |target| {
            let mut found: Vec<M> = Vec::new();
            for batch in batches {
                let rows = fetch_placed::<M>(target, batch).await;
                // A single statement needs no transaction, and its rows stay.
                let rows = match several {
                    true => rows?,
                    false => rows.map_err(crate::write::read_back)?,
                };
                if found.is_empty() {
                    found = rows;
                } else {
                    found.extend(rows);
                }
            }
            if raises {
                raise_sequence(meta, target, site).await?;
            }
            Ok(in_order(found, order))
        })
        .await
        .map_err(|error| computed.name(meta.named(error)))
    }

    /// Its first statement's text and binds in a dialect.
    ///
    /// # Errors
    /// Anything that the dialect does not support.
    pub fn to_sql(mut self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.validated = false;
        let rows = self.written()?;
        let batches = batches(
            M::meta(),
            rows,
            false,
            self.conflict.as_ref(),
            dialect,
            self.site,
        )?;
        let first = batches
            .into_iter()
            .next()
            .ok_or_else(|| Error::invalid_query("no rows to insert"))?;
        Ok(Sql {
            text: first.command.text.to_string(),
            binds: first.command.binds.into_vec(),
        })
    }
}

/// Raises the sequence of a key, so that the next number is above all keys that were given, where it does not follow them by
/// itself. Other writers wait until the transaction ends: a number drawn meanwhile would be used twice.
async fn raise_sequence(
    meta: &'static ModelMeta,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let dialect = target.database().dialect();
    let ([key], Some(sequence)) = (&meta.key[..], dialect.bulk().sequence()) else {
        return Ok(());
    };
    let (table, column) = (&meta.table, &meta.fields[*key].column);
    let mut w = Writer::new(dialect);
    sequence.lock(&mut w, table)?;
    let lock = Command::new(w.finish()?, Access::Write).at(site);
    target.execute(lock).await?;
    let mut w = Writer::new(dialect);
    sequence.name(&mut w, table, column)?;
    let ask = Command::new(w.finish()?, Access::Read).at(site);
    let (named, _) = target.fetch(ask, Collect::<Option<String>>::all()).await?;
    let [Some(name)] = &named.rows[..] else {
        return Ok(());
    };
    let mut w = Writer::new(dialect);
    sequence.raise(&mut w, name, table, column)?;
    let raise = Command::new(w.finish()?, Access::Write).at(site);
    target.execute(raise).await.map(drop)
}

/// Inserts new rows of any model, all of them or none; returns their values in their order.
pub(crate) async fn insert_drafts(
    model: &'static AnyModel,
    rows: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Vec<Value>>> {
    let (meta, dialect) = (model.meta(), target.database().dialect());
    rows.validate(meta)?;
    let mut found = Vec::with_capacity(rows.len());
    if rows.len() == 0 {
        return Ok(found);
    }
    let order = rows.keys_first(meta, dialect);
    if !dialect.capabilities().insert_returning {
        let rows = match &order {
            Some(order) => rows.reordered(meta, order),
            None => rows,
        };
        let (mut rows, tx) = (rows.into_front(), target.begin(site).await?);
        while rows.len() > 0 {
            let row = rows.take(1);
            let made = insert_plain(meta, row, ReadAs::Any, tx.target(), site).await?;
            found.push(made.any(meta)?.values());
        }
        tx.commit_at(site).await?;
        return Ok(in_order(found, order));
    }
    let batches = batches(meta, rows, true, None, dialect, site)?;
    let tx = target.begin(site).await?;
    for Batch { command, marks, .. } in batches {
        let sink = placed(Box::new(AnyRows::new(model)), Swaps::ANY, marks);
        let rows = tx.target().fetch(command, sink).await;
        let (sink, _) = rows.map_err(|error| meta.named(error))?;
        found.extend(any_rows_in(sink).iter().map(|row| row.values()));
    }
    tx.commit_at(site).await?;
    Ok(in_order(found, order))
}

/// The rows of an INSERT, in the order in which they were sent.
async fn fetch_placed<M: Model>(target: Target<'_>, batch: Batch) -> Result<Vec<M>> {
    let sink = placed(Box::new(Vec::<M>::new()), Swaps::of::<M>(), batch.marks);
    let (sink, _) = target.fetch(batch.command, sink).await?;
    Ok(rows_in(sink).and_then(taken::<M>).unwrap_or_default())
}

/// Runs a function on the target, or in a transaction of its own if it sends several statements.
pub(super) async fn in_one<T>(
    target: Target<'_>,
    several: bool,
    site: &'static Location<'static>,
    run: impl AsyncFnOnce(Target<'_>) -> Result<T>,
) -> Result<T> {
    if !several {
        return run(target).await;
    }
    let tx = target.begin(site).await?;
    let value = run(tx.target()).await?;
    tx.commit().await?;
    Ok(value)
}

/// Inserts row by row, in one transaction, where there is no RETURNING (MySQL).
async fn one_by_one<M: Model>(
    rows: Rows,
    conflict: Option<Conflict>,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<Vec<M>> {
    if conflict.is_some() {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "{} can't return the rows of an upsert; use execute() and read the rows",
                db.dialect().name()
            ),
        ));
    }
    let order = rows.keys_first(M::meta(), db.dialect());
    let rows = match &order {
        Some(order) => rows.reordered(M::meta(), order),
        None => rows,
    };
    let mut rows = rows.into_front();
    in_one(db.target(), true, site, async |target| {
        let mut found = Vec::with_capacity(rows.len());
        while rows.len() > 0 {
            let row = rows.take(1);
            found.push(insert_one::<M>(row, target, site).await?);
        }
        Ok(in_order(found, order))
    })
    .await
}
