//! Values on their way between structs and statements: of new rows, of rows, of patches.
//!
//! Expanded derives write them ([`private`](crate::private)); inserts, updates and sessions read them.

use crate::model::Model;
use crate::model::embedded::Embedded;
use crate::model::fields::{BelongsTo, Ref, To, elsewhere};
use crate::model::meta::{FieldMeta, ModelMeta};
use crate::model::polymorphic::{KindOf, Unflushed};
use crate::model::relation::{CollectionField, KeyColumns};
use crate::model::slot::{AnyOps, Link, SlotId};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
use aludel_sql::types::ColumnType;
use std::any::TypeId;

/// The result of reading. The user's module may have a `Result` of its own.
pub type Decoded<T> = std::result::Result<T, DecodeError>;

/// Which columns are NULL in rows that omit them, because others give them. A nullable column without a default is NULL if
/// it is omitted: even if only some rows give it, all go into one statement.
#[derive(Clone, Default)]
pub(crate) struct Nulls {
    /// Columns that may be NULL.
    nullable: Vec<usize>,
    /// For each column, whether it is one of those, and a row gave it.
    given: Vec<bool>,
    /// Where the row that is being written begins.
    start: usize,
}

/// Whether two values are the same; NaN is the same as NaN.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::F64(a), Value::F64(b)) => a.to_bits() == b.to_bits() || a == b,
        (Value::F32(a), Value::F32(b)) => a.to_bits() == b.to_bits() || a == b,
        _ => a == b,
    }
}

/// How many columns are given.
#[inline]
pub(crate) fn count(given: &[bool]) -> usize {
    given.iter().filter(|given| **given).count()
}

/// Whether all rows give the same columns as the first.
#[inline]
pub(crate) fn are_alike(given: &[bool], width: usize) -> bool {
    // Each equals the one before it: one comparison of memory.
    given
        .get(width..)
        .is_none_or(|rest| rest == &given[..rest.len()])
}

/// The values of new rows, column by column, row after row.
#[derive(Clone, Default)]
pub struct NewRow {
    /// The values that were given.
    pub(crate) values: Vec<Value>,
    /// For each column of each row, whether it was given.
    pub(crate) given: Vec<bool>,
    /// References to rows of a session, whose values are NULL so far.
    pub(crate) links: Vec<Link>,
    /// The names of the links' models.
    pub(crate) link_names: Vec<&'static str>,
    /// Positions in `given` that a default in Rust filled in, or a NULL.
    pub(crate) filled: Vec<usize>,
    pub(crate) nulls: Nulls,
}

impl NewRow {
    /// For rows of this model that should give the same columns, as far as NULLs can achieve that.
    pub(crate) fn even(meta: &ModelMeta) -> NewRow {
        let is_nullable = |field: &FieldMeta| {
            field.nullable
                && field.default.is_none()
                && field.identity.is_none()
                && field.generated.is_none()
        };
        let fields = meta.fields.iter().enumerate();
        let nullable = fields.filter(|(_, field)| is_nullable(field));
        NewRow::with_nulls(nullable.map(|(at, _)| at).collect(), meta.fields.len())
    }

    /// For the only row of an INSERT.
    pub(crate) fn of_one(meta: &ModelMeta) -> NewRow {
        let width = meta.fields.len();
        NewRow {
            values: Vec::with_capacity(width),
            given: Vec::with_capacity(width),
            ..NewRow::default()
        }
    }

    fn with_nulls(nullable: Vec<usize>, width: usize) -> NewRow {
        NewRow {
            nulls: Nulls {
                nullable,
                given: vec![false; width],
                start: 0,
            },
            ..NewRow::default()
        }
    }

    /// Reserves room for more rows.
    pub(crate) fn reserve(&mut self, rows: usize, width: usize) {
        self.values.reserve(rows * width);
        self.given.reserve(rows * width);
    }

    #[inline]
    fn push(&mut self, value: Value) {
        self.values.push(value);
        self.given.push(true);
    }

    /// A column that the database fills in, or a NULL that it would fill in.
    #[inline]
    pub fn skip(&mut self) {
        let cell = self.given.len();
        match self.nulls.given.get(cell - self.nulls.start) {
            Some(true) => {
                self.filled.push(cell);
                self.push(Value::Null);
            }
            _ => self.given.push(false),
        }
    }

    /// A column that was given.
    #[inline]
    pub fn given<T: ColumnType>(&mut self, value: T) {
        self.push(value.into_value());
    }

    /// A column that may be left to the database.
    #[inline]
    pub fn optional<T: ColumnType>(&mut self, value: Option<T>) {
        match value {
            Some(value) => self.push(value.into_value()),
            None => self.skip(),
        }
    }

    /// A nullable column that may be left to the database: `None` leaves it.
    #[inline]
    pub fn nullable<T: ColumnType>(&mut self, value: T) {
        if value.is_null() {
            self.skip();
        } else {
            self.push(value.into_value());
        }
    }

    /// A column that Rust fills in when it was not given.
    pub fn or_default<T: ColumnType>(&mut self, value: Option<T>, default: impl FnOnce() -> T) {
        if value.is_none() {
            self.filled.push(self.given.len());
        }
        self.push(value.unwrap_or_else(default).into_value());
    }

    /// The columns of a reference.
    pub fn reference<M: Model, C: KeyColumns<M>>(&mut self, reference: Option<Ref<M, C>>) {
        let to = match reference {
            Some(reference) => reference.into_target(),
            None => None,
        };
        self.refer(to, Target::of::<M, C>());
    }

    fn refer(&mut self, to: Option<To>, target: Target) {
        match to {
            Some(To::Key(key)) => key.each(|value| self.push(value)),
            Some(To::Slot(slot)) => {
                self.links.push(target.link(self.values.len(), slot));
                self.link_names.push(target.name);
                (0..target.width).for_each(|_| self.push(Value::Null));
            }
            None => (0..target.width).for_each(|_| self.skip()),
        }
    }

    /// Rows of NULLs in these columns.
    pub(crate) fn blank(given: &[bool], rows: usize) -> NewRow {
        let width = count(given);
        NewRow {
            values: vec![Value::Null; rows * width],
            given: given.repeat(rows),
            ..NewRow::default()
        }
    }

    /// Ends a row. Columns that it is the first to give become NULL in the rows before it.
    #[inline]
    pub(crate) fn end_row(&mut self) {
        let start = std::mem::replace(&mut self.nulls.start, self.given.len());
        let mut is_first = false;
        for at in &self.nulls.nullable {
            if self.given[start + at] && !self.nulls.given[*at] {
                self.nulls.given[*at] = true;
                is_first = true;
            }
        }
        if is_first && start > 0 {
            self.fill();
        }
    }

    /// Fills all rows.
    fn fill(&mut self) {
        let fills = &self.nulls.given;
        let width = fills.len();
        // Keeps the room for the rows that are still to come.
        let room = self.values.capacity().max(self.given.len());
        let mut old = std::mem::take(&mut self.values).into_iter();
        let mut values = Vec::with_capacity(room);
        let mut links = self.links.iter_mut().peekable();
        let mut taken = 0;
        for (row, cells) in self.given.chunks_exact_mut(width).enumerate() {
            for (at, (given, fills)) in cells.iter_mut().zip(fills).enumerate() {
                if *given {
                    if let Some(link) = links.next_if(|link| link.at == taken) {
                        link.at = values.len();
                    }
                    values.extend(old.next());
                    taken += 1;
                } else if *fills {
                    *given = true;
                    values.push(Value::Null);
                    self.filled.push(row * width + at);
                }
            }
        }
        self.values = values;
        self.filled.sort_unstable();
    }

    /// The columns that the draft of each row gave, as it was written.
    pub(crate) fn each_own(&self, width: usize, mut look: impl FnMut(&[bool])) {
        let mut filled = self.filled.iter().peekable();
        let mut own = vec![false; width];
        for (row, given) in self.given.chunks_exact(width).enumerate() {
            own.copy_from_slice(given);
            let start = row * width;
            while let Some(at) = filled.next_if(|at| **at < start + width) {
                own[at - start] = false;
            }
            look(&own);
        }
    }

    /// The columns that the draft of a row gave, as it was written.
    pub(crate) fn own(&self, row: usize, width: usize) -> Vec<bool> {
        let places = row * width..(row + 1) * width;
        let from = self.filled.partition_point(|at| *at < places.start);
        let to = self.filled.partition_point(|at| *at < places.end);
        let mut own = self.given[places.clone()].to_vec();
        for at in &self.filled[from..to] {
            own[at - places.start] = false;
        }
        own
    }

    /// Some of the rows, as they were written. The caller handles their references.
    pub(crate) fn portion(&self, starts: &[usize], width: usize, chosen: &[usize]) -> NewRow {
        let mut out = NewRow::default();
        for row in chosen {
            let given = &self.given[row * width..(row + 1) * width];
            let from = starts[*row];
            out.values
                .extend_from_slice(&self.values[from..from + count(given)]);
            out.given.extend_from_slice(given);
        }
        out
    }

    /// Where each row's values begin.
    pub(crate) fn starts(&self, width: usize) -> Vec<usize> {
        let rows = self.given.chunks_exact(width.max(1));
        let begin = |next: &mut usize, given: &[bool]| {
            let start = *next;
            *next += count(given);
            Some(start)
        };
        rows.scan(0, begin).collect()
    }

    /// Turns references to rows of a session into errors, where there is no session.
    pub(crate) fn without_session(&mut self) {
        for (link, name) in self.links.drain(..).zip(&self.link_names) {
            self.values[link.at..link.at + link.width].fill(elsewhere(name));
        }
    }

    /// The columns of an embedded value.
    pub fn embedded<E: Embedded>(&mut self, value: E) {
        let before = self.values.len();
        let open = value.unflushed();
        value.into_values(&mut self.values);
        if let Some((row, kind)) = open {
            // The column after that of the kind.
            self.values[before + 1] = Value::Null;
            self.links.push(kind_link(before + 1, row, &kind));
            self.link_names.push(kind.name);
        }
        let columns = self.given.len() + self.values.len() - before;
        self.given.resize(columns, true);
    }
}

/// A polymorphic reference to a session's row, whose key is at this position.
fn kind_link(at: usize, row: Unflushed, kind: &KindOf) -> Link {
    Link {
        at,
        width: 1,
        model: kind.model,
        slot: row.slot(),
        by: None,
    }
}

/// The values of a row, column by column.
#[derive(Default)]
pub struct Values {
    pub(crate) values: Vec<Value>,
    /// References to rows of a session; their values are invalid outside of it.
    pub(crate) links: Vec<Link>,
    /// Relations that rows were added to or removed from.
    pub(crate) changed: Vec<&'static str>,
}

impl Values {
    /// A column.
    pub fn push<T: ColumnType + Clone>(&mut self, value: &T) {
        self.values.push(value.clone().into_value());
    }

    /// The columns of a reference, NULL where there is none.
    pub fn reference<M: Model, C: KeyColumns<M>>(&mut self, reference: Option<&BelongsTo<M, C>>) {
        self.refer(reference.map(BelongsTo::target), Target::of::<M, C>());
    }

    fn refer(&mut self, to: Option<&To>, target: Target) {
        match to {
            None => (0..target.width).for_each(|_| self.values.push(Value::Null)),
            Some(To::Key(key)) => key.clone().each(|value| self.values.push(value)),
            Some(To::Slot(slot)) => {
                self.links.push(target.link(self.values.len(), *slot));
                (0..target.width).for_each(|_| self.values.push(elsewhere(target.name)));
            }
        }
    }

    /// The columns of an embedded value.
    pub fn embedded<E: Embedded + Clone>(&mut self, value: &E) {
        if let Some((row, kind)) = value.unflushed() {
            // The column after that of the kind.
            self.links
                .push(kind_link(self.values.len() + 1, row, &kind));
        }
        value.clone().into_values(&mut self.values);
    }

    /// A relation that rows may have been added to; it is no column of this table.
    pub fn collection(&mut self, name: &'static str, field: &impl CollectionField) {
        if field.has_ops() {
            self.changed.push(name);
        }
    }
}

/// What a reference leads to.
#[derive(Clone, Copy)]
struct Target {
    model: TypeId,
    name: &'static str,
    width: usize,
    by: Option<&'static [&'static str]>,
}

impl Target {
    fn of<M: Model, C: KeyColumns<M>>() -> Target {
        Target {
            model: const { TypeId::of::<M>() },
            name: M::NAME,
            width: C::COLUMNS.len(),
            by: C::ALTERNATE,
        }
    }

    fn link(self, at: usize, slot: SlotId) -> Link {
        Link {
            at,
            width: self.width,
            model: self.model,
            slot,
            by: self.by,
        }
    }
}

/// What was added to the relations of a row, and removed.
#[derive(Default)]
pub struct Taken(pub(crate) Vec<(&'static str, Box<dyn AnyOps>)>);

impl Taken {
    /// Takes it from a relation.
    pub fn take(&mut self, name: &'static str, field: &mut impl CollectionField) {
        if let Some(ops) = field.take_ops() {
            self.0.push((name, ops));
        }
    }
}

/// The changes of a patch; `at` counts columns.
#[derive(Default)]
pub struct Changes {
    at: usize,
    changes: Vec<(usize, Value)>,
}

impl Changes {
    /// A column that cannot be changed.
    pub fn skip(&mut self, columns: usize) {
        self.at += columns;
    }

    /// A column.
    pub fn column<T: ColumnType>(&mut self, value: Option<T>) {
        if let Some(value) = value {
            self.changes.push((self.at, value.into_value()));
        }
        self.at += 1;
    }

    /// The columns of a reference; the outer `Option` is whether it changes.
    pub fn reference<M: Model, C: KeyColumns<M>>(&mut self, reference: Option<Option<Ref<M, C>>>) {
        let values = match reference {
            Some(Some(reference)) => Some(reference.into_values()),
            Some(None) => Some(None),
            None => None,
        };
        self.refer(values, C::COLUMNS.len());
    }

    fn refer(&mut self, values: Option<Option<Vec<Value>>>, width: usize) {
        if let Some(values) = values {
            self.extend(values.unwrap_or_else(|| vec![Value::Null; width]));
        }
        self.at += width;
    }

    /// A column by its name.
    pub fn named<M: Model, T: ColumnType>(&mut self, column: &str, value: Option<T>) {
        let fields = &M::meta().fields;
        let at = fields.iter().position(|field| field.column == column);
        if let (Some(at), Some(value)) = (at, value) {
            self.changes.push((at, value.into_value()));
        }
    }

    /// The columns of an embedded value.
    pub fn embedded<E: Embedded>(&mut self, value: Option<E>) {
        if let Some(value) = value {
            let mut values = Vec::new();
            value.into_values(&mut values);
            self.extend(values);
        }
        self.at += E::WIDTH;
    }

    fn extend(&mut self, values: Vec<Value>) {
        let at = self.at;
        self.changes.extend(
            values
                .into_iter()
                .enumerate()
                .map(|(n, value)| (at + n, value)),
        );
    }

    /// All changes.
    pub fn finish(self) -> Vec<(usize, Value)> {
        self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::NewRow;
    use aludel_sql::Value;

    /// All ways in which four rows give three columns, of which two may be NULL.
    #[test]
    fn what_some_rows_give_is_null_in_those_that_leave_it_out() {
        const WIDTH: usize = 3;
        for pattern in 0_u32..1 << (4 * WIDTH) {
            let given = |at: usize| pattern & 1 << at != 0;
            let mut rows = NewRow::with_nulls(vec![0, 2], WIDTH);
            for at in 0..4 * WIDTH {
                match given(at) {
                    true => rows.given(at as i64),
                    false => rows.skip(),
                }
                if (at + 1) % WIDTH == 0 {
                    rows.end_row();
                }
            }
            let some = |at: usize| (0..4).any(|row| given(row * WIDTH + at % WIDTH));
            let is_null = |at: usize| at % WIDTH != 1 && some(at) && !given(at);
            let (mut values, mut flags, mut filled) = (Vec::new(), Vec::new(), Vec::new());
            for at in 0..4 * WIDTH {
                flags.push(given(at) || is_null(at));
                if given(at) {
                    values.push(Value::I64(at as i64));
                } else if is_null(at) {
                    values.push(Value::Null);
                    filled.push(at);
                }
            }
            assert_eq!(rows.values, values, "{pattern:012b}");
            assert_eq!((rows.given, rows.filled), (flags, filled), "{pattern:012b}");
        }
    }
}
