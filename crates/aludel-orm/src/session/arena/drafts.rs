//! Drafts during a flush: they are turned into the values that are sent, without a copy, and back into drafts if the flush
//! fails.

use super::store::{AnyContent, AnyContentMut, DraftValues};
use super::{Arena, State};
use crate::insert::may_stay;
use crate::model::values::{NewRow, are_alike};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use std::sync::{Arc, OnceLock};

/// What is kept of inserted drafts during the transaction, for a rollback; drafts themselves stay in the store.
#[derive(Default)]
pub(super) struct InsertedDrafts {
    /// The columns that drafts gave.
    given: Vec<Box<[bool]>>,
    sent: Vec<Sent>,
}

/// What became of a draft that was inserted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Was {
    /// The store has put it aside.
    Draft(u32),
    /// It can be rebuilt from the row's values and the columns that it gave.
    Given(u32),
    /// It became values that are kept: batch and row.
    Sent(u32, u32),
}

/// The values that drafts were turned into.
struct Sent {
    rows: Arc<NewRow>,
    /// Where each row's values begin.
    starts: OnceLock<Vec<usize>>,
}

impl Sent {
    fn new(rows: Arc<NewRow>) -> Sent {
        Sent {
            rows,
            starts: OnceLock::new(),
        }
    }

    /// The values of a row's draft, and which of them it gave.
    fn draft(&self, row: usize, width: usize) -> Option<(Vec<Value>, Vec<bool>)> {
        let starts = self.starts.get_or_init(|| self.rows.starts(width));
        let given = self.rows.given.get(row * width..(row + 1) * width)?;
        let mut own = self.rows.values[starts[row]..].iter();
        let values = given
            .iter()
            .map(|given| given.then(|| own.next().cloned()).flatten())
            .map(|value| value.unwrap_or(Value::Null))
            .collect();
        Some((values, self.rows.own(row, width)))
    }
}

impl InsertedDrafts {
    /// Keeps values that drafts were turned into; returns their batch.
    pub(super) fn keep_sent(&mut self, rows: &Arc<NewRow>) -> u32 {
        if self
            .sent
            .last()
            .is_none_or(|last| !Arc::ptr_eq(&last.rows, rows))
        {
            self.sent.push(Sent::new(Arc::clone(rows)));
        }
        self.sent.len() as u32 - 1
    }

    /// The columns that each draft gave, as they were sent; a single entry if all gave the same.
    pub(super) fn given(&mut self, sent: &NewRow, width: usize) -> Vec<Was> {
        if sent.filled.is_empty() && are_alike(&sent.given, width) {
            return vec![self.columns(&sent.given[..width.min(sent.given.len())])];
        }
        let mut all = Vec::with_capacity(sent.given.len() / width);
        sent.each_own(width, |own| all.push(self.columns(own)));
        all
    }

    fn columns(&mut self, own: &[bool]) -> Was {
        let known = self.given.iter().rposition(|given| **given == *own);
        let at = known.unwrap_or_else(|| {
            self.given.push(own.into());
            self.given.len() - 1
        });
        Was::Given(at as u32)
    }

    pub(super) fn clear(&mut self) {
        *self = InsertedDrafts::default();
    }

    /// Whether drafts can be rebuilt from rows.
    pub(super) fn is_in_rows(&self) -> bool {
        !self.given.is_empty()
    }
}

impl Arena {
    /// The pending drafts as rows to be inserted. If this database is likely to store the rows as they are sent, the arena
    /// drops the drafts and keeps the values that they were turned into, sharing them with the caller.
    /// They are drafts again after [`take_back`](Arena::take_back), unless they were [inserted](Arena::inserted).
    pub(crate) fn send(&mut self, to: Option<&'static dyn Dialect>) -> Arc<NewRow> {
        self.take_back();
        let give = to.is_some_and(|to| may_stay(self.meta, self.pending.len(), to))
            && !self.pending.is_empty()
            && self.removed.is_empty()
            && self.computed.is_empty()
            && self.store.reads()
            && !self.refers_to_slots();
        let mut rows = NewRow::even(self.meta);
        rows.reserve(self.pending.len(), self.meta.fields.len());
        for (at, slot) in self.pending.iter().enumerate() {
            if give {
                self.store.move_draft(*slot, &mut rows);
                self.slots[*slot as usize].sent = Some(at as u32);
            } else if let AnyContent::Draft(draft) = self.store.content(*slot) {
                draft.write_copy(&mut rows);
            } else {
                continue;
            }
            rows.end_row();
        }
        let rows = Arc::new(rows);
        self.sent = give.then(|| Arc::clone(&rows));
        self.sent_given.clear();
        rows
    }

    fn refers_to_slots(&mut self) -> bool {
        let references = self.meta.references();
        let references: Vec<&'static str> = references.map(|known| known.name()).collect();
        let store = &mut self.store;
        !references.is_empty()
            && self.pending.iter().any(|slot| {
                let AnyContentMut::Draft(draft) = store.content_mut(*slot) else {
                    return false;
                };
                references.iter().any(|name| {
                    let reference = draft.reference(name);
                    let pointer = reference.map(|known| known.pointer());
                    pointer.is_some_and(|pointer| pointer.0.is_open())
                })
            })
    }

    /// Turns what was sent and not inserted back into drafts.
    pub(crate) fn take_back(&mut self) {
        let Some(sent) = self.sent.take() else {
            return;
        };
        let sent = Sent::new(sent);
        for at in 0..self.pending.len() {
            let slot = self.pending[at];
            let Some(row) = self.slots[slot as usize].sent.take() else {
                continue;
            };
            let draft = sent.draft(row as usize, self.meta.fields.len());
            if !self.put_own_draft(slot, draft) {
                self.store.clear(slot);
                self.slots[slot as usize].state = State::Gone;
            }
        }
        let slots = &self.slots;
        self.pending
            .retain(|slot| slots[*slot as usize].state == State::Pending);
    }

    /// Makes a slot the draft again that it was before its insert. Returns `false` if the draft is lost: its type does not read
    /// back what it writes.
    pub(super) fn put_inserted_draft(&mut self, slot: u32, was: Was) -> bool {
        let draft = match was {
            Was::Draft(at) => {
                self.store.bring_back(slot, at);
                return matches!(self.store.content(slot), AnyContent::Draft(_));
            }
            Was::Given(at) => {
                let given = self.inserted_drafts.given.get(at as usize);
                let given = given.map(|given| given.to_vec());
                self.stored(slot).zip(given)
            }
            Was::Sent(batch, row) => {
                let sent = self.inserted_drafts.sent.get(batch as usize);
                sent.and_then(|sent| sent.draft(row as usize, self.meta.fields.len()))
            }
        };
        self.put_own_draft(slot, draft)
    }

    fn put_own_draft(&mut self, slot: u32, draft: Option<(Vec<Value>, Vec<bool>)>) -> bool {
        let Some((values, given)) = draft else {
            return false;
        };
        let draft = DraftValues {
            values: &values,
            given: &given,
            open: &[],
        };
        self.store.put_draft(slot, draft).is_ok()
    }
}
