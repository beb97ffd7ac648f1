//! Keyset pages: pages by position in the order instead of by number. A page reads only its own rows, however deep it is.

use super::compile::QuerySpec;
use super::cursor::Cursor;
use super::read::{As, ReadRow};
use super::{Query, State};
use crate::model::Model;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::Sink;
use aludel_engine::{Error, Executor, Result};
use aludel_sql::Value;
use aludel_sql::row::{Cells, DecodeError, FromRow, Row};
use aludel_sql::statement::Nulls;
use aludel_sql::types::SqlType;
use std::any::Any;
use std::panic::Location;

/// A page of rows, with cursors to the next and the previous page.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct KeysetPage<R> {
    /// The rows, in the query's order.
    pub items: Vec<R>,
    /// The page after this one, if there is a row on it.
    pub next: Option<Cursor>,
    /// The page before this one; `None` for the first.
    pub previous: Option<Cursor>,
}

impl<M: Model, R: FromRow + Send + 'static> Query<M, R> {
    /// A page of `size` rows: the first without a cursor, else the one that the cursor leads to. One statement, which
    /// reads only the page's rows where an index has the order.
    ///
    /// The order is made total: the primary key is appended, in the last term's direction. It consists of columns of the
    /// model or over to-one relations, and may have NULLs in it.
    ///
    /// ```text
    /// SELECT … WHERE "views" <= $1 AND ("views" < $2 OR "id" < $3) ORDER BY "views" DESC, "id" DESC LIMIT 11
    /// ```
    ///
    /// # Errors
    /// A page of no rows, a cursor of another query, an order by anything other than columns, a grouped or distinct
    /// query, one with a limit or offset of its own; any database error.
    #[doc(alias = "paginate")]
    #[track_caller]
    pub fn keyset<'a>(
        &self,
        cursor: Option<Cursor>,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<KeysetPage<R>>> + Send + use<'a, M, R> {
        let (reader, site) = (As::<R>::new(), Location::caller());
        keyset(self.part(), cursor, size, reader, db.target(), site)
    }

    /// Keeps the rows after a position in the order. The primary key is appended to the order, in the last term's
    /// direction. It applies to every verb: `count`, `update` and `delete` as well as `all`.
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        self.bounded(cursor, false)
    }

    /// Keeps the rows before a position in the order. See [`after`](Query::after); the order stays, so that a limit keeps
    /// the first of them. [`keyset`](Query::keyset) returns the page just before a position.
    #[must_use]
    pub fn before(self, cursor: Cursor) -> Self {
        self.bounded(cursor, true)
    }

    fn bounded(self, cursor: Cursor, backwards: bool) -> Self {
        Query {
            state: self.into_part().bounded(cursor, backwards).state,
            typed: std::marker::PhantomData,
        }
    }
}

impl<M: Model> Query<M> {
    /// A row's position in this query's order, for [`Query::after`] and [`Query::before`].
    ///
    /// # Errors
    /// An order that is not total, because the rows before it may then differ from those that were read; an order by
    /// anything other than columns of the model itself.
    pub fn cursor(&self, row: &M) -> Result<Cursor> {
        self.part().place_of(&row.to_values())
    }
}

/// A position in the order that a query begins after, or ends before.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    cursor: Cursor,
    backwards: bool,
}

impl QuerySpec {
    /// Adds a position in its order that it begins after, or ends before.
    pub(crate) fn bounded(self, cursor: Cursor, backwards: bool) -> QuerySpec {
        let bound = Bound { cursor, backwards };
        self.totally_ordered()
            .with(|state| state.bounds.push(bound))
    }

    /// The cursor of a row of the model in its order, which must be total.
    pub(crate) fn place_of(&self, row: &[Value]) -> Result<Cursor> {
        if !self.is_totally_ordered() {
            return Err(Error::invalid_query(format!(
                "this query of {0} may read rows that are equal in its order in any order, so that none of them has a place; sort by the primary key as well, or read pages with .keyset(..)",
                self.meta.name
            )));
        }
        self.cursor_of(row)
    }

    /// The conditions for the positions that it begins after or ends before.
    pub(super) fn bounds(&self, bounds: &[Bound]) -> Result<Option<aludel_sql::expr::Node>> {
        let mut all = None;
        for bound in bounds {
            let keyset = self.keyset(&bound.cursor, bound.backwards)?;
            super::and(&mut all, keyset);
        }
        Ok(all)
    }
}

/// Reverses the order.
fn reverse(state: &mut State) {
    for term in &mut state.order_by {
        term.descending = !term.descending;
        term.nulls = term.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
    }
}

/// A page by position; the typed layer and the dynamic one each read its rows in their own way.
pub(crate) async fn keyset<P: ReadRow>(
    part: QuerySpec,
    cursor: Option<Cursor>,
    size: u64,
    reader: P,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<KeysetPage<P::Output>> {
    let refused = |why: &str| Err(Error::invalid_query(why));
    if size == 0 {
        return refused("a page has at least one row");
    }
    if part.is_grouped() || part.state.distinct {
        return refused(
            "a grouped or distinct query has no total order to page by; use limit and offset with an order of your own",
        );
    }
    if !part.is_unlimited() {
        return refused("a page has its own size; leave out .limit(..) and .offset(..)");
    }
    let part = part.totally_ordered();
    let placed = part.placed()?.into_iter();
    let hints: Vec<SqlType> = placed.map(|placed| placed.field.sql_type.clone()).collect();
    let by: Vec<_> = { part.state.order_terms().iter() }
        .map(|term| term.node.clone())
        .collect();
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let keyset = match &cursor {
        Some(cursor) => Some(part.keyset(cursor, backwards)?),
        None => None,
    };
    let asked = part.clone().with(|state| {
        // The values for the page's cursors are read with each row.
        let items = state.items.take();
        state.whole |= items.is_none();
        state.items = Some(items.unwrap_or_default().into_iter().chain(by).collect());
        state.limit = Some(size.saturating_add(1));
        // Positions that the query has already belong to the order before it is reversed.
        if let Some(keyset) = keyset {
            state.and_filter(keyset);
        }
    });
    let asked = asked.settled()?.with(|state| {
        if backwards {
            reverse(state);
        }
    });
    let sink = Placing {
        items: Vec::new(),
        places: Vec::new(),
        hints,
        reader,
    };
    let mut found = if asked.is_empty() {
        sink
    } else {
        let command = asked.command(target.database().dialect(), None, site)?;
        target.fetch(command, sink).await?.0
    };
    let more = found.items.len() as u64 > size;
    if more {
        found.items.pop();
        found.places.pop();
    }
    if backwards {
        found.items.reverse();
        found.places.reverse();
    }
    let place = |values: Option<&Vec<Value>>, backwards| {
        values.map(|values| part.cursor_at(values.clone()).towards(backwards, false))
    };
    let first = place(found.places.first(), true);
    let last = place(found.places.last(), false);
    // If the rows of a page are gone, the way back begins at the cursor's own position.
    let back = |towards| cursor.clone().map(|cursor| cursor.towards(towards, true));
    let (next, previous) = match (&cursor, backwards) {
        (None, _) => (last.filter(|_| more), None),
        (Some(_), false) => (last.filter(|_| more), first.or_else(|| back(true))),
        (Some(_), true) => (last.or_else(|| back(false)), first.filter(|_| more)),
    };
    Ok(KeysetPage {
        items: found.items,
        next,
        previous,
    })
}

/// Collects rows with their positions.
struct Placing<P: ReadRow> {
    items: Vec<P::Output>,
    places: Vec<Vec<Value>>,
    hints: Vec<SqlType>,
    reader: P,
}

impl<P: ReadRow> Sink for Placing<P> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let mut row = Row::new(cells);
        let item = self.reader.read(&mut row)?;
        let place = self.hints.iter().map(|hint| row.value(Some(hint)));
        let place = place.collect::<Result<_, _>>()?;
        self.items.push(item);
        self.places.push(place);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.reader.restart();
        self.items.clear();
        self.places.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
