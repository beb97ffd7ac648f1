//! Inserting one row.

use super::rows::{Rows, write_with_extra};
use super::single_cache::{KnownRow, insert_known};
use super::statements::rows_command;
use crate::any_row::row_in;
use crate::dynamic::AsAnyModel;
use crate::hooks::{Moment, is_hooked, run};
use crate::meta::ModelMeta;
use crate::model::{Model, NewModel};
use crate::values::NewRow;
use crate::write::find_sink;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::Sink;
use aludel_engine::{Database, Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use std::any::Any;
use std::future::Future;
use std::panic::Location;

/// Inserts a new row, with the hooks of its model and of the database.
pub async fn insert_new<N: NewModel>(
    new: N,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<N::Model> {
    let draft = match Draft::of(new, Vec::new(), target.database()) {
        Ok(draft) => draft,
        Err(error) => return Err(error),
    };
    let is_hooked = draft.after.is_some();
    let made = match insert_draft(N::Model::meta(), draft, target, site).await {
        Ok(made) => made.read(),
        Err(error) => Err(error),
    };
    match made {
        // With hooks, if the row can't be read back, its insert was rolled back, too.
        Err(error) if !is_hooked => Err(crate::write::read_back(error)),
        made => made,
    }
}

/// A new row to insert: its values, the sink for the row that comes back, and the hooks to call then.
pub(crate) struct Draft {
    row: Rows,
    sink: fn() -> Box<dyn Sink>,
    after: Option<AfterInsert>,
}

impl Draft {
    /// A new row, after its `before` hooks have run.
    pub(crate) fn of<N: NewModel>(
        mut new: N,
        extra: Vec<(usize, Value)>,
        db: &Database,
    ) -> Result<Draft> {
        let mut after = None;
        if is_hooked::<N::Model>(db) {
            run::<N::Model>(db, Moment::BeforeInsert(&mut new))?;
            after = Some(after_insert::<N::Model> as AfterInsert);
        }
        let row = match extra.is_empty() {
            true => Rows::single(new),
            false => {
                let mut row = NewRow::even(N::Model::meta());
                write_with_extra(new, extra, &mut row);
                Rows::written(row, N::Model::meta())
            }
        };
        Ok(Draft {
            row,
            sink: N::Model::any_sink,
            after,
        })
    }
}

/// Inserts a row without hooks, and returns it with everything the database filled in.
pub(crate) fn insert_one<'a, M: Model>(
    row: Rows,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
    let made = insert_plain(M::meta(), row, M::any_sink, target, site);
    async move { made.await?.read() }
}

/// Builds the inserted row, and calls its `after` hooks.
type AfterInsert = fn(Inserted, &Database) -> Result<Box<dyn Any + Send>>;

fn after_insert<M: Model>(made: Inserted, db: &Database) -> Result<Box<dyn Any + Send>> {
    match made.read::<M>() {
        Ok(row) => {
            run(db, Moment::AfterInsert(&row))?;
            Ok(Box::new(vec![row]))
        }
        Err(error) => Err(error),
    }
}

/// A row that was inserted, before it is a struct.
pub(crate) enum Inserted {
    /// Its values are known without reading it back.
    Known(KnownRow),
    /// It is in a sink for its model.
    Read(Box<dyn Sink>, &'static ModelMeta),
    /// It was built for hooks: a list of one row.
    Made(Box<dyn Any + Send>),
}

impl Inserted {
    pub(crate) fn read<M: Model>(self) -> Result<M> {
        match self {
            Inserted::Known(known) => known.read(),
            Inserted::Read(sink, meta) => match row_in(sink) {
                Some(row) => Ok(row),
                None => Err(lost(meta)),
            },
            Inserted::Made(mut row) => {
                let row: &mut dyn Any = &mut *row;
                let row = match row.downcast_mut::<Vec<M>>() {
                    Some(rows) => rows.pop(),
                    None => None,
                };
                match row {
                    Some(row) => Ok(row),
                    None => Err(lost(M::meta())),
                }
            }
        }
    }
}

/// Inserts a new row of any model; with hooks, everything is in a transaction.
pub(crate) async fn insert_draft(
    meta: &'static ModelMeta,
    draft: Draft,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Inserted> {
    let Draft { row, sink, after } = draft;
    let Some(after) = after else {
        return insert_plain(meta, row, sink, target, site).await;
    };
    Box::pin(async move {
        let tx = target.begin(site).await?;
        let made = insert_plain(meta, row, sink, tx.target(), site).await?;
        let made = after(made, target.database())?;
        tx.commit_at(site).await?;
        Ok(Inserted::Made(made))
    })
    .await
}

/// Inserts a row without hooks. The sink receives the row that comes back.
pub(super) async fn insert_plain(
    meta: &'static ModelMeta,
    mut row: Rows,
    sink: fn() -> Box<dyn Sink>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Inserted> {
    let dialect = target.database().dialect();
    row.check_required(meta)?;
    row.validate(meta)?;
    row.fit(meta)?;
    if !dialect.capabilities().insert_returning {
        let key = insert_unseen(meta, row, target, site).await?;
        let sink = find_sink(sink(), meta, target, key, site).await?;
        return Ok(Inserted::Read(sink, meta));
    }
    let row = match insert_known(meta, row, target, site).await? {
        Ok(known) => return Ok(Inserted::Known(known)),
        Err(row) => row,
    };
    let command = rows_command(meta, row, true, None, dialect, site)?;
    let found = target.fetch(command, sink()).await;
    let (sink, _) = found.map_err(|error| meta.named(error))?;
    Ok(Inserted::Read(sink, meta))
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
