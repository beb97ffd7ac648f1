//! [`AnyModel`]: the verbs of a model, for code that knows the model by its metadata alone.
//!
//! There is one write path: each of these goes through the functions that the typed verbs go through, so that hooks, rules,
//! defaults in Rust, versions and moments are decided there and nowhere else.

use crate::any_row::{AnyRow, row_in, row_sink, rows_in};
use crate::draft::{not_taken, outside_draft};
use crate::insert::{
    Draft, Inserted, Marks, Rows, insert_draft, insert_drafts, placed, write_with_extra,
};
use crate::meta::ModelMeta;
use crate::model::{Model, missing};
use crate::private::NewRow;
use crate::session::ArenasRef;
use crate::write::find_sink;
use aludel_engine::command::Sink;
use aludel_engine::gather::taken as taken_rows;
use aludel_engine::{Database, Result, Target};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, Row, ValueCells};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

type Site = &'static Location<'static>;

/// A new row: the values of all its columns, and which of them were given.
pub(crate) struct NewValues {
    pub(crate) values: Vec<Value>,
    pub(crate) given: Vec<bool>,
    /// What drafts can't express: a key that the database would number, and NULL where there is a default.
    pub(crate) extra: Vec<(usize, Value)>,
}

impl NewValues {
    fn into_draft<M: Model>(self) -> Result<(M::New, Vec<(usize, Value)>)> {
        let draft = outside_draft(&self.values, &self.given, &[])?;
        Ok((draft, self.extra))
    }
}

/// A model, for code that has only its metadata. The async code is written once, below; each model adds the functions that
/// need its type.
pub(crate) trait AnyModel: Send + Sync {
    fn meta(&self) -> &'static ModelMeta;
    /// The draft of a new row, after its `before` hooks have run.
    fn draft(&self, row: NewValues, db: &Database) -> Result<Draft>;
    /// The row that was inserted.
    fn inserted(&self, made: Inserted) -> Result<Vec<Value>>;
    /// New rows; as in other bulk statements no hooks are called.
    fn rows(&self, rows: Vec<NewValues>) -> Result<Rows>;
    /// A sink for the rows of an INSERT, in the order in which they were sent.
    fn placed(&self, marks: Option<Marks>) -> Box<dyn Sink>;
    /// The values of the rows in the sink.
    fn taken(&self, sink: Box<dyn Sink>) -> Vec<Vec<Value>>;
    /// A function that makes a sink for one row.
    fn sink(&self) -> fn() -> Box<dyn Sink>;
    /// The row in the sink.
    fn row_in(&self, sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>>;
    /// A row with these values.
    fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError>;
    /// The arena of the model in a session.
    fn open(&self, arenas: &mut ArenasRef<'_>) -> usize;
}

impl fmt::Debug for dyn AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyModel")
    }
}

/// The verbs. Rows come back as the values of all columns.
impl dyn AnyModel {
    /// Inserts a row.
    pub(crate) async fn insert(
        &'static self,
        row: NewValues,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        let draft = self.draft(row, target.database())?;
        self.inserted(insert_draft(self.meta(), draft, target, site).await?)
    }

    /// Inserts rows, all or none; as in other bulk statements no hooks are called.
    pub(crate) async fn insert_many(
        &'static self,
        rows: Vec<NewValues>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Vec<Value>>> {
        insert_drafts(self, self.rows(rows)?, target, site).await
    }

    /// The row with this key, whatever the scope.
    pub(crate) async fn find(
        &'static self,
        key: Vec<Value>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        Ok(self.found(key, target, site).await?.values())
    }

    /// Changes the row with this key. A version among the changes is the one that the row must have.
    pub(crate) async fn update(
        &'static self,
        key: Vec<Value>,
        changes: Vec<(usize, Value)>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        let mut row = self.found(key, target, site).await?;
        let changes = taken(&*row, changes)?;
        crate::write::patch_any(&mut *row, changes, target, site).await?;
        Ok(row.values())
    }

    /// Deletes the row with this key, and returns it as it was.
    pub(crate) async fn delete(
        &'static self,
        key: Vec<Value>,
        for_good: bool,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        let mut row = self.found(key, target, site).await?;
        let values = row.values();
        let mark = self.meta().soft_delete.filter(|_| !for_good);
        if mark.is_some_and(|at| !values[at].is_null()) {
            return Err(missing(self.meta()));
        }
        crate::write::delete_any(&mut *row, for_good, target, site).await?;
        Ok(values)
    }

    async fn found(
        &'static self,
        key: Vec<Value>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Box<dyn AnyRow>> {
        let sink = find_sink(self.sink()(), self.meta(), target, key, site).await?;
        self.row_in(sink).ok_or_else(|| missing(self.meta()))
    }
}

/// The verbs of `M`.
pub(crate) fn verbs_of<M: Model>() -> &'static dyn AnyModel {
    Of::<M>::VERBS
}

struct Of<M>(PhantomData<fn() -> M>);

impl<M: Model> Of<M> {
    const VERBS: &'static dyn AnyModel = &Of::<M>(PhantomData);
}

impl<M: Model> AnyModel for Of<M> {
    fn meta(&self) -> &'static ModelMeta {
        M::meta()
    }
    fn draft(&self, row: NewValues, db: &Database) -> Result<Draft> {
        let (new, extra) = row.into_draft::<M>()?;
        Draft::of(new, extra, db)
    }
    fn inserted(&self, made: Inserted) -> Result<Vec<Value>> {
        Ok(made.read::<M>()?.to_values())
    }
    fn rows(&self, rows: Vec<NewValues>) -> Result<Rows> {
        let mut written = NewRow::even(M::meta());
        for (at, row) in rows.into_iter().enumerate() {
            match row.into_draft::<M>() {
                Ok((draft, extra)) => write_with_extra(draft, extra, &mut written),
                Err(error) => return Err(error.with_row(numbered(M::meta(), at))),
            }
        }
        Ok(Rows::written(written, M::meta()))
    }
    fn placed(&self, marks: Option<Marks>) -> Box<dyn Sink> {
        placed(Box::new(Vec::<M>::new()), marks)
    }
    fn taken(&self, sink: Box<dyn Sink>) -> Vec<Vec<Value>> {
        let mut all = Vec::new();
        for row in rows_in(sink)
            .and_then(taken_rows::<Vec<M>>)
            .unwrap_or_default()
        {
            all.push(row.to_values());
        }
        all
    }
    fn sink(&self) -> fn() -> Box<dyn Sink> {
        row_sink::<M>
    }
    fn row_in(&self, sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>> {
        Some(Box::new(row_in::<M>(sink)?))
    }
    fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        match M::from_row(&mut Row::new(&mut ValueCells(values))) {
            Ok(row) => Ok(Box::new(row)),
            Err(error) => Err(error),
        }
    }
    fn open(&self, arenas: &mut ArenasRef<'_>) -> usize {
        arenas.0.index_of::<M>()
    }
}

/// Changes of a row, as its fields' types represent them. Fails on values that could not be read back.
fn taken(row: &dyn AnyRow, changes: Vec<(usize, Value)>) -> Result<Vec<(usize, Value)>> {
    let mut values = row.values();
    let changed: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
    for (at, value) in changes {
        values[at] = value;
    }
    let read = row.read(&values);
    let mut values = read
        .map_err(|error| not_taken(row.meta(), &error))?
        .values();
    let value = |at: usize| (at, std::mem::take(&mut values[at]));
    Ok(changed.into_iter().map(value).collect())
}

/// Names one row of several, for errors.
pub(crate) fn numbered(meta: &ModelMeta, n: usize) -> String {
    format!("{} (number {} of those inserted)", meta.name, n + 1)
}
