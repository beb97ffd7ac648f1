//! Statements that wait to be sent, and what their results mean.
//!
//! A step queues its statements with [`send`](Flush::send). They are sent together when a step needs a result (the key of a row
//! that is being inserted) or at the end: on PostgreSQL that is one round trip for all.

use super::Flush;
use crate::errors::show_key;
use crate::model::slot::By;
use crate::query::Computed;
use crate::session::arena::shown;
use crate::session::pending::RowRef;
use crate::session::unit_of_work::{Cell, Place};
use aludel_engine::spi::command::{Command, Discard, Outcome, Sink};
use aludel_engine::{Error, ErrorKind, Result};
use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

/// A statement that waits to be sent.
pub(super) struct Waiting {
    command: Command,
    sink: Box<dyn Sink>,
    then: Then,
}

/// What the result of a statement is for.
pub(super) enum Then {
    /// These slots were inserted: their rows, as the database has them now.
    Inserted { table: usize, slots: Vec<u32> },
    /// As many rows were changed as `part` has; `rows` all set the same columns.
    Updated {
        table: usize,
        rows: Arc<[usize]>,
        part: Range<usize>,
    },
    /// `rows` of these were deleted.
    Deleted {
        table: usize,
        deletes: Arc<[usize]>,
        rows: usize,
    },
    /// A reference or a unique value that was put off was set.
    Late { table: usize, slot: u32 },
    /// A row that is to be deleted gave something up before.
    Released { table: usize, row: usize },
    /// An updated row, read again.
    Reread { table: usize, row: usize },
    /// An inserted row that was updated since, read again.
    RereadInserted { place: Place },
    /// Rows of a join table; which one, if it is only one.
    Joined(Option<usize>),
}

impl Then {
    /// Whether the result tells if a row still existed, as it was read.
    fn is_counted(&self) -> bool {
        matches!(
            self,
            Then::Updated { .. } | Then::Deleted { .. } | Then::Late { .. } | Then::Released { .. }
        )
    }
}

/// The most statements that are sent together; more would only use more memory.
const MOST_WAITING: usize = 64;

impl Flush<'_> {
    /// Queues a statement whose rows are not needed.
    pub(super) async fn send(&mut self, command: Command, then: Then) -> Result<()> {
        self.send_to(command, Box::new(Discard), then).await
    }

    /// Queues a statement.
    pub(super) async fn send_to(
        &mut self,
        command: Command,
        sink: Box<dyn Sink>,
        then: Then,
    ) -> Result<()> {
        self.waiting.push(Waiting {
            command,
            sink,
            then,
        });
        if self.single || self.waiting.len() >= MOST_WAITING {
            self.drain().await?;
        }
        Ok(())
    }

    /// Makes sure that the keys of these rows are known.
    pub(super) async fn know(&mut self, places: impl Iterator<Item = (Place, By)>) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let is_known = |(place, by): (Place, By)| match by {
            None => self.keys.contains_key(&place) || self.arenas.at(place.0).has_row(place.1),
            Some(_) => self.rows.contains_key(&place),
        };
        if !{ places }.all(is_known) {
            self.drain().await?;
        }
        Ok(())
    }

    /// Sends the queued statements, and handles their results.
    pub(super) async fn drain(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let (statements, thens): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .map(|waiting| ((waiting.command, waiting.sink), waiting.then))
            .unzip();
        match self.target.pipeline(statements).await {
            Ok(answers) => {
                for (then, (sink, outcome)) in thens.into_iter().zip(answers) {
                    self.answered(then, sink, outcome).await?;
                }
                Ok(())
            }
            Err((at, error)) => {
                // An earlier row that another writer changed may be the cause, and its count was not checked.
                self.is_doubtful = thens[..at].iter().any(Then::is_counted);
                Err(self.failed(&thens[at], error))
            }
        }
    }

    async fn answered(
        &mut self,
        then: Then,
        sink: Box<dyn Any + Send>,
        outcome: Outcome,
    ) -> Result<()> {
        match then {
            Then::Inserted { table, slots } => self.inserted(table, slots, sink)?,
            Then::Updated { table, rows, part } => {
                if outcome.affected != part.len() as u64 {
                    // With one statement for each row, the other rows are checked, too.
                    let together = if part.len() == 1 { &rows } else { &rows[part] };
                    return Err(self.find_stale(table, together).await);
                }
            }
            Then::Deleted {
                table,
                deletes,
                rows,
            } => {
                if outcome.affected != rows as u64 {
                    return Err(self.stale_deletes(table, &deletes));
                }
            }
            Then::Late { table, slot } => {
                if outcome.affected == 0 {
                    return Err(self.stale_slot(table, slot));
                }
            }
            Then::Reread { table, row } => self.reread(table, row, sink)?,
            Then::RereadInserted { place } => {
                self.reread.insert(place, sink);
            }
            Then::Released { table, row } => {
                if outcome.affected == 0 {
                    return Err(self.stale_deletes(table, &[row]));
                }
            }
            Then::Joined(_) => {}
        }
        Ok(())
    }

    /// The error for a row of a join table that leads to nothing: the relation, and both ends. Which end is missing is known
    /// only if exactly one of them is not in the session.
    fn unjoined(&self, join: usize, error: Error) -> Error {
        let join = &self.work.joins[join];
        if error.kind() != ErrorKind::ForeignKeyViolation {
            return error;
        }
        let end = |(arena, row): &(usize, RowRef)| match row {
            RowRef::Slot(slot) => shown(self.arenas.at(*arena), *slot),
            RowRef::Key(key) => format!("{} {}", self.arenas.at(*arena).meta().name, show_key(key)),
        };
        let ((RowRef::Slot(_), RowRef::Key(_)) | (RowRef::Key(_), RowRef::Slot(_))) =
            (&join.sides[0].1, &join.sides[1].1)
        else {
            return error;
        };
        let [a, b] = &join.sides;
        let (known, other) = match &a.1 {
            RowRef::Slot(_) => (a, b),
            RowRef::Key(_) => (b, a),
        };
        let (row, (model, relation)) = (end(known), join.relation);
        let message = format!(
            "there is no {}, which was added to {model}::{relation} of {row}",
            end(other)
        );
        Error::new(ErrorKind::ForeignKeyViolation, message)
            .with_source(error)
            .with_row(row)
    }

    fn failed(&mut self, then: &Then, error: Error) -> Error {
        let updated = |table: usize, row: &usize| self.work.tables[table].updates[*row].slot;
        let deleted = |table: usize, row: &usize| self.work.tables[table].deletes[*row].slot;
        let (table, slots) = match then {
            Then::Inserted { table, slots } => (*table, slots.clone()),
            Then::Updated { table, rows, part } => {
                let rows = rows[part.clone()].iter();
                (*table, rows.map(|row| updated(*table, row)).collect())
            }
            Then::Deleted { table, deletes, .. } => {
                let deletes = deletes.iter();
                (*table, deletes.map(|row| deleted(*table, row)).collect())
            }
            Then::Late { table, slot } => (*table, vec![*slot]),
            Then::Released { table, row } => (*table, vec![deleted(*table, row)]),
            Then::Reread { table, row } => (*table, vec![updated(*table, row)]),
            Then::RereadInserted { place } => (place.0, vec![place.1]),
            Then::Joined(Some(join)) => return self.unjoined(*join, error),
            Then::Joined(None) => return error,
        };
        let error = self.computed(table, &slots).name(error);
        self.blame(error, table, &slots)
    }

    /// The expressions that these rows are set to.
    #[cold]
    fn computed(&self, table: usize, slots: &[u32]) -> Computed {
        let work = &self.work.tables[table];
        let is_one = |slot: &u32| slots.contains(slot);
        let new = work.computed.iter().filter(|(row, _)| {
            let slot = work.inserts.get(**row);
            slot.is_some_and(is_one)
        });
        let new = new.flat_map(|(_, set)| set.iter().map(|(at, node)| (*at, node)));
        let changed = work.updates.iter().filter(|update| is_one(&update.slot));
        let changed = changed.flat_map(|update| {
            update.set.iter().filter_map(|(at, cell)| match cell {
                Cell::Expression(node) => Some((*at, node)),
                _ => None,
            })
        });
        Computed::cells(work.meta, new.chain(changed))
    }
}
