//! Drafts during a flush: they are turned into the values that are sent, without a copy, and back into drafts if the flush
//! fails.

use super::{Arena, Content, State};
use crate::draft::read_draft;
use crate::insert::may_stay;
use crate::model::{Model, NewModel};
use crate::private::{NewRow, are_alike};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use std::sync::{Arc, OnceLock};

/// What is kept of inserted drafts during the transaction, for a rollback.
pub(super) struct Past<N> {
    drafts: Vec<Option<N>>,
    /// The columns that drafts gave.
    given: Vec<Box<[bool]>>,
    sent: Vec<Sent>,
}

/// What became of a draft that was inserted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Was {
    /// It is kept as a draft.
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

    /// Rebuilds the draft of a row. It is lost if its type does not read back what it writes.
    fn draft<N: NewModel>(&self, row: usize) -> Option<N> {
        let width = N::Model::meta().fields.len();
        let starts = self.starts.get_or_init(|| self.rows.starts(width));
        let given = self.rows.given.get(row * width..(row + 1) * width)?;
        let mut own = self.rows.values[starts[row]..].iter();
        let values: Vec<Value> = given
            .iter()
            .map(|given| given.then(|| own.next().cloned()).flatten())
            .map(|value| value.unwrap_or(Value::Null))
            .collect();
        read_draft(&values, &self.rows.own(row, width)).ok()
    }
}

impl<N> Default for Past<N> {
    fn default() -> Past<N> {
        Past {
            drafts: Vec::new(),
            given: Vec::new(),
            sent: Vec::new(),
        }
    }
}

impl<N> Past<N> {
    pub(super) fn reserve(&mut self, drafts: usize) {
        self.drafts.reserve(drafts);
    }

    pub(super) fn keep(&mut self, draft: N) -> Was {
        self.drafts.push(Some(draft));
        Was::Draft(self.drafts.len() as u32 - 1)
    }

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
        *self = Past::default();
    }

    /// Whether drafts can be rebuilt from rows.
    pub(super) fn is_in_rows(&self) -> bool {
        !self.given.is_empty()
    }
}

impl<M: Model> Arena<M> {
    /// The pending drafts as rows to be inserted. If this database is likely to store the rows as they are sent, the arena
    /// drops the drafts and keeps the values that they were turned into, sharing them with the caller.
    pub(super) fn send(&mut self, to: Option<&'static dyn Dialect>) -> Arc<NewRow> {
        self.take_back();
        let give = to.is_some_and(|to| may_stay(M::meta(), self.pending.len(), to))
            && !self.pending.is_empty()
            && self.removed.is_empty()
            && self.computed.is_empty()
            && M::New::READS
            && !self.refers_to_slots();
        let mut rows = NewRow::even(M::meta());
        rows.reserve(self.pending.len(), M::meta().fields.len());
        for (at, slot) in self.pending.iter().enumerate() {
            let content = &mut self.slots[*slot as usize].content;
            match content {
                Content::Draft(draft) if !give => {
                    draft.clone().write(&mut rows);
                    rows.end_row();
                }
                Content::Draft(_) => {
                    let sent = Content::Sent(at as u32);
                    if let Content::Draft(draft) = std::mem::replace(content, sent) {
                        draft.write(&mut rows);
                        rows.end_row();
                    }
                }
                _ => {}
            }
        }
        let rows = Arc::new(rows);
        self.sent = give.then(|| Arc::clone(&rows));
        self.sent_given.clear();
        rows
    }

    fn refers_to_slots(&mut self) -> bool {
        let references = M::meta().references();
        let references: Vec<&'static str> = references.map(|known| known.name()).collect();
        let slots = &mut self.slots;
        !references.is_empty()
            && self.pending.iter().any(|slot| {
                let Content::Draft(draft) = &mut slots[*slot as usize].content else {
                    return false;
                };
                references.iter().any(|name| {
                    let pointer = draft.reference(name).map(|known| known.pointer());
                    pointer.is_some_and(|pointer| pointer.0.is_open())
                })
            })
    }

    /// Turns what was sent and not inserted back into drafts.
    pub(super) fn take_back(&mut self) {
        let Some(sent) = self.sent.take() else {
            return;
        };
        let sent = Sent::new(sent);
        for slot in &self.pending {
            let known = &mut self.slots[*slot as usize];
            let Content::Sent(row) = known.content else {
                continue;
            };
            match sent.draft(row as usize) {
                Some(draft) => known.content = Content::Draft(draft),
                None => {
                    known.content = Content::Nothing;
                    known.state = State::Gone;
                }
            }
        }
        let slots = &self.slots;
        self.pending
            .retain(|slot| slots[*slot as usize].state == State::Pending);
    }

    /// The draft that a row was before its insert.
    pub(super) fn past(&mut self, slot: u32, was: Was) -> Option<M::New> {
        match was {
            Was::Draft(at) => self.past.drafts.get_mut(at as usize)?.take(),
            Was::Given(at) => {
                let values = super::AnyArena::stored(self, slot)?;
                read_draft(&values, self.past.given.get(at as usize)?).ok()
            }
            Was::Sent(batch, row) => self.past.sent.get(batch as usize)?.draft(row as usize),
        }
    }
}
