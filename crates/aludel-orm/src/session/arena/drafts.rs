//! Drafts on their way: they become the values that are sent, without a copy of each; and drafts again, where that
//! comes to nothing.

use super::{Arena, Content, State};
use crate::draft::read_draft;
use crate::insert::may_stay;
use crate::model::{Model, NewModel};
use crate::private::{NewRow, are_alike};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use std::sync::{Arc, OnceLock};

/// What is left of drafts in the transaction, for the case that it is rolled back.
pub(super) struct Past<N> {
    drafts: Vec<Option<N>>,
    /// Columns that drafts gave.
    given: Vec<Box<[bool]>>,
    sent: Vec<Sent>,
}

/// What became of a draft that was inserted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Was {
    /// It is kept.
    Draft(u32),
    /// It became the row's values, of which it gave these.
    Given(u32),
    /// It became values that are kept: those of this batch's row.
    Sent(u32, u32),
}

/// Values that drafts became.
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

    /// The draft that became a row. One of a type that does not read what it writes is lost.
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

    /// Keeps values that drafts became; answers their batch.
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

    /// The columns that each row of a draft gave, as they were sent: of rows that all gave the same, one for all.
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

    /// Whether rows are what is left of drafts.
    pub(super) fn is_in_rows(&self) -> bool {
        !self.given.is_empty()
    }
}

impl<M: Model> Arena<M> {
    /// The pending drafts as rows to be inserted. Where rows are likely to stay in this database as they are sent, the arena
    /// gives the drafts away, and holds on to what they became, as the caller does.
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

    /// What was sent and came to nothing is drafts again.
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

    /// The draft that a row was.
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
