//! Inserting one row.

use super::rows::Rows;
use super::single_cache::{KnownRow, insert_known};
use super::statements::rows_command;
use crate::model::any::{AnyDraft, AnyRow, AnyRows, any_rows, row_sink, rows_in};
use crate::model::meta::ModelMeta;
use crate::model::row_hooks::{AnySubject, When};
use crate::model::values::NewRow;
use crate::model::{Model, NewModel};
use crate::read::unreadable;
use crate::write::{find_sink, read_back};
use aludel_engine::spi::Target;
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::{RowList, taken};
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::row::Row;
use std::future::Future;
use std::panic::Location;

/// Inserts a new row, with the hooks of its model and of the database.
pub async fn insert_new<N: NewModel>(
    new: N,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<N::Model> {
    let meta = <N::Model as Model>::meta();
    let draft = match meta.any().hooks.are_called(target.database()) {
        true => Draft::Hooked(Box::new(new), Vec::new()),
        false => {
            let mut row = NewRow::of_one(meta);
            new.write(&mut row);
            Draft::Row(Rows::single(row))
        }
    };
    match insert_draft(meta, draft, ReadAs::Typed, target, site).await {
        Ok(made) => made.read(),
        Err(error) => Err(error),
    }
}

/// How a row is read that comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadAs {
    /// As the model's type.
    Typed,
    /// As [`AnyRow`].
    Any,
}

impl ReadAs {
    /// A sink for one row.
    fn sink(self, meta: &ModelMeta) -> Box<dyn Sink> {
        row_sink(self.list(meta))
    }

    /// An empty list.
    fn list(self, meta: &ModelMeta) -> Box<dyn RowList> {
        let model = meta.any();
        match self {
            ReadAs::Typed => (model.list)(),
            ReadAs::Any => Box::new(AnyRows::new(model)),
        }
    }
}

/// A new row to insert: its values, or the draft whose hooks are called first, with values that drafts can't express.
pub(crate) enum Draft {
    Row(Rows),
    Hooked(Box<dyn AnyDraft>, Vec<(usize, Value)>),
}

/// Inserts a row without hooks, and returns it with everything the database filled in.
pub(crate) fn insert_one<'a, M: Model>(
    row: Rows,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
    let made = insert_plain(M::meta(), row, ReadAs::Typed, target, site);
    async move { made.await?.read() }
}

/// A row that was inserted, before it is a struct.
pub(crate) enum Inserted {
    /// Its values are known without reading it back.
    Known(KnownRow),
    /// It was read back: the only row of a list.
    Read(Box<dyn RowList>),
}

impl Inserted {
    pub(crate) fn read<M: Model>(self) -> Result<M> {
        match self {
            Inserted::Known(mut known) => {
                let (mut cells, sources) = known.cells();
                match M::from_row(&mut Row::reordered(&mut cells, sources)) {
                    Ok(row) => Ok(row),
                    // With hooks it was read before the commit.
                    Err(error) => Err(read_back(unreadable(error))),
                }
            }
            Inserted::Read(rows) => {
                if let Some(mut rows) = taken::<M>(rows)
                    && let Some(row) = rows.pop()
                {
                    return Ok(row);
                }
                Err(lost(M::meta()))
            }
        }
    }

    /// The row, for code that does not know its type.
    pub(crate) fn any(self, meta: &'static ModelMeta) -> Result<Box<dyn AnyRow>> {
        let rows = self.listed(meta, ReadAs::Any)?;
        any_rows(rows).pop().ok_or_else(|| lost(meta))
    }

    /// The row in a list, as it is read.
    fn listed(self, meta: &'static ModelMeta, read: ReadAs) -> Result<Box<dyn RowList>> {
        match self {
            Inserted::Known(mut known) => {
                let (mut cells, sources) = known.cells();
                let mut rows = read.list(meta);
                match rows.read(&mut Row::reordered(&mut cells, sources)) {
                    Ok(()) => Ok(rows),
                    Err(error) => Err(unreadable(error)),
                }
            }
            Inserted::Read(rows) => Ok(rows),
        }
    }
}

/// Inserts a new row of any model; with hooks, everything is in a transaction.
pub(crate) async fn insert_draft(
    meta: &'static ModelMeta,
    draft: Draft,
    read: ReadAs,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Inserted> {
    let (mut draft, extra) = match draft {
        Draft::Row(row) => {
            let made = insert_plain(meta, row, read, target, site).await;
            return made.map_err(read_back);
        }
        Draft::Hooked(draft, extra) => (draft, extra),
    };
    // If the row can't be read back, its insert is rolled back, too.
    Box::pin(async move {
        let (model, db) = (meta.any(), target.database());
        draft.before_insert(model, db)?;
        let row = match extra.is_empty() {
            true => {
                let mut row = NewRow::of_one(meta);
                draft.write_copy(&mut row);
                Rows::single(row)
            }
            false => Rows::of_draft(&*draft, extra, meta),
        };
        drop(draft);
        let tx = target.begin(site).await?;
        let made = insert_plain(meta, row, read, tx.target(), site).await?;
        let rows = made.listed(meta, read)?;
        match rows.first() {
            Some(row) => model
                .hooks
                .run(db, When::AfterInsert, AnySubject::Shared(row))?,
            None => return Err(lost(meta)),
        }
        tx.commit_at(site).await?;
        Ok(Inserted::Read(rows))
    })
    .await
}

/// Inserts a row without hooks.
pub(super) async fn insert_plain(
    meta: &'static ModelMeta,
    mut row: Rows,
    read: ReadAs,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Inserted> {
    let dialect = target.database().dialect();
    row.check_required(meta)?;
    row.validate(meta)?;
    row.fit(meta)?;
    if !dialect.capabilities().insert_returning {
        let key = insert_unseen(meta, row, target, site).await?;
        let sink = find_sink(read.sink(meta), meta, target, key, site).await?;
        return only(sink, meta);
    }
    let row = match insert_known(meta, row, target, site).await? {
        Ok(known) => return Ok(Inserted::Known(known)),
        Err(row) => row,
    };
    let command = rows_command(meta, row, true, None, dialect, site)?;
    let found = target.fetch(command, read.sink(meta)).await;
    let (sink, _) = found.map_err(|error| meta.named(error))?;
    only(sink, meta)
}

/// The only row in a sink.
fn only(sink: Box<dyn Sink>, meta: &ModelMeta) -> Result<Inserted> {
    match rows_in(sink) {
        Some(rows) => Ok(Inserted::Read(rows)),
        None => Err(lost(meta)),
    }
}

fn lost(meta: &ModelMeta) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!(
            "the database did not return the {} that it inserted",
            meta.name
        ),
    )
}

/// Inserts without RETURNING, and returns the key: given, or the last that was generated.
pub(crate) async fn insert_unseen(
    meta: &'static ModelMeta,
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Value>> {
    let dialect = target.database().dialect();
    let known: Vec<Option<Value>> = meta.key.iter().map(|at| row.first(*at).cloned()).collect();
    let command = rows_command(meta, row, false, None, dialect, site)?;
    let done = target.execute(command).await;
    let outcome = done.map_err(|error| meta.named(error))?;
    known
        .into_iter()
        .map(|value| {
            value
                .or_else(|| outcome.last_id.map(Value::I64))
                .ok_or_else(|| {
                    Error::new(
                        ErrorKind::Unsupported,
                        format!(
                            "{} has no RETURNING, so a key of {} that is not a number must be given by the program",
                            dialect.name(),
                            meta.name
                        ),
                    )
                })
        })
        .collect()
}
