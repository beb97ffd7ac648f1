//! [`AnyModel`]: the verbs of a model, for code that knows the model by its metadata alone.
//!
//! There is one write path: each of these goes through the functions that the typed verbs go through, so that hooks, rules,
//! defaults in Rust, versions and moments are decided there and nowhere else.

use crate::any_row::{AnyRow, row_in, row_sink, rows_in};
use crate::draft::{not_taken, outside_draft};
use crate::insert::{
    Draft, Inserted, Kept, Marks, Rows, insert_draft, insert_drafts, placed, write_with_extra,
};
use crate::meta::ModelMeta;
use crate::model::{Model, missing};
use crate::session::ArenasRef;
use crate::values::NewRow;
use crate::write::find_sink;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::{Gathered, RowList};
use aludel_engine::{Database, Result};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, Row, ValueCells};
use std::any::Any;
use std::fmt;
use std::panic::Location;

type Site = &'static Location<'static>;

/// A new row: the values of all its columns, and which of them were given.
pub(crate) struct NewValues {
    pub(crate) values: Vec<Value>,
    pub(crate) given: Vec<bool>,
    /// What drafts can't express: a key that the database would number, and NULL where there is a default.
    pub(crate) extra: Vec<(usize, Value)>,
}

/// A model, for code that has only its metadata. The async code is written once, below; each model adds the functions that
/// need its type.
pub(crate) struct AnyModel {
    meta: fn() -> &'static ModelMeta,
    draft: fn(NewValues, &Database) -> Result<Draft>,
    inserted: fn(Inserted) -> Result<Vec<Value>>,
    rows: fn(Vec<NewValues>) -> Result<Rows>,
    placed: fn(Option<Marks>) -> Box<dyn Sink>,
    each: EachFn,
    sink: fn() -> Box<dyn Sink>,
    row_in: fn(Box<dyn Sink>) -> Option<Box<dyn AnyRow>>,
    read: fn(&[Value]) -> Result<Box<dyn AnyRow>, DecodeError>,
    open: fn(&mut ArenasRef<'_>) -> usize,
}

impl AnyModel {
    pub(crate) fn meta(&self) -> &'static ModelMeta {
        (self.meta)()
    }
    /// A sink for the rows of an INSERT, in the order in which they were sent.
    pub(crate) fn placed(&self, marks: Option<Marks>) -> Box<dyn Sink> {
        (self.placed)(marks)
    }
    /// The values of the rows in such a sink.
    pub(crate) fn taken(&self, sink: Box<dyn Sink>) -> Result<Vec<Vec<Value>>> {
        let mut all = Vec::new();
        if let Some(rows) = rows_in(sink) {
            let rows: &dyn Any = &*rows;
            (self.each)(rows, &mut |row| {
                all.push(row.values());
                Ok(())
            })?;
        }
        Ok(all)
    }
    /// Calls a function for each of the rows that such a sink, or [`Kept`], has.
    pub(crate) fn each(
        &self,
        sink: &dyn Any,
        look: &mut dyn FnMut(&dyn AnyRow) -> Result<()>,
    ) -> Result<()> {
        match sink.downcast_ref::<Gathered>() {
            Some(gather) => {
                let rows: &dyn RowList = &*gather.rows;
                (self.each)(rows, look)
            }
            None => (self.each)(sink, look),
        }
    }
    /// The row that was inserted.
    pub(crate) fn inserted(&self, made: Inserted) -> Result<Vec<Value>> {
        (self.inserted)(made)
    }
    /// The draft of a new row, after its `before` hooks have run.
    pub(crate) fn draft(&self, row: NewValues, db: &Database) -> Result<Draft> {
        (self.draft)(row, db)
    }
    /// New rows; as in other bulk statements no hooks are called.
    pub(crate) fn rows(&self, rows: Vec<NewValues>) -> Result<Rows> {
        (self.rows)(rows)
    }
    /// A sink for one row.
    pub(crate) fn sink(&self) -> Box<dyn Sink> {
        (self.sink)()
    }
    /// The function that makes such a sink.
    pub(crate) fn new_sink(&self) -> fn() -> Box<dyn Sink> {
        self.sink
    }
    /// The row in such a sink.
    pub(crate) fn row_in(&self, sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>> {
        (self.row_in)(sink)
    }
    /// A row with these values.
    pub(crate) fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        (self.read)(values)
    }
    /// The arena of the model in a session.
    pub(crate) fn open(&self, arenas: &mut ArenasRef<'_>) -> usize {
        (self.open)(arenas)
    }
}

impl fmt::Debug for AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyModel")
    }
}

/// The verbs. Rows come back as the values of all columns.
impl AnyModel {
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
        let sink = find_sink(self.sink(), self.meta(), target, key, site).await?;
        self.row_in(sink).ok_or_else(|| missing(self.meta()))
    }
}

type EachFn = fn(&dyn Any, &mut dyn FnMut(&dyn AnyRow) -> Result<()>) -> Result<()>;

/// The functions behind an [`AnyModel`]. They are in a trait whose `Self` is the model: the compiler puts them beside it.
pub(crate) trait AsAnyModel: Model {
    const ANY: &'static AnyModel = &AnyModel {
        meta: Self::meta,
        draft: Self::any_draft,
        inserted: Self::any_inserted,
        rows: Self::any_rows,
        placed: Self::any_placed,
        each: Self::any_each,
        sink: Self::any_sink,
        row_in: Self::any_row_in,
        read: Self::any_read,
        open: Self::any_open,
    };

    fn any_draft(row: NewValues, db: &Database) -> Result<Draft> {
        match outside_draft::<Self::New>(&row.values, &row.given, &[]) {
            Ok(new) => Draft::of(new, row.extra, db),
            Err(error) => Err(error),
        }
    }
    fn any_inserted(made: Inserted) -> Result<Vec<Value>> {
        match made.read::<Self>() {
            Ok(row) => Ok(row.to_values()),
            Err(error) => Err(error),
        }
    }
    fn any_rows(rows: Vec<NewValues>) -> Result<Rows> {
        let mut written = NewRow::even(Self::meta());
        for (at, row) in rows.into_iter().enumerate() {
            match outside_draft::<Self::New>(&row.values, &row.given, &[]) {
                Ok(draft) => write_with_extra(draft, row.extra, &mut written),
                Err(error) => return Err(error.with_row(numbered(Self::meta(), at))),
            }
        }
        Ok(Rows::written(written, Self::meta()))
    }
    fn any_placed(marks: Option<Marks>) -> Box<dyn Sink> {
        placed(Box::new(Vec::<Self>::new()), marks)
    }
    fn any_each(rows: &dyn Any, look: &mut dyn FnMut(&dyn AnyRow) -> Result<()>) -> Result<()> {
        if let Some(rows) = rows.downcast_ref::<Vec<Self>>() {
            for row in rows {
                look(row)?;
            }
        } else if let Some(kept) = rows.downcast_ref::<Kept>() {
            for at in 0..kept.len() {
                match kept.copy::<Self>(at) {
                    Ok(row) => look(&row)?,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
    fn any_sink() -> Box<dyn Sink> {
        row_sink(Box::new(Vec::<Self>::new()))
    }
    fn any_row_in(sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>> {
        match row_in::<Self>(sink) {
            Some(row) => Some(Box::new(row)),
            None => None,
        }
    }
    fn any_read(values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        match Self::from_row(&mut Row::new(&mut ValueCells(values))) {
            Ok(row) => Ok(Box::new(row)),
            Err(error) => Err(error),
        }
    }
    fn any_open(arenas: &mut ArenasRef<'_>) -> usize {
        arenas.0.index_of::<Self>()
    }
}

impl<M: Model> AsAnyModel for M {}

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
