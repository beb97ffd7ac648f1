//! [`Store`]: the drafts and rows of one model, which only code that knows the model's type can read and write.
//!
//! It is all that the session has for each model; everything else of an [`Arena`] is compiled once. So it stays small: a method
//! more is a function more for every model of a program.

use super::Arena;
use super::identity_map::ByKey;
use crate::any_draft::AnyDraft;
use crate::any_row::AnyRow;
use crate::draft;
use crate::insert::{Kept, Marks, placed};
use crate::model::{Model, NewModel, read_values};
use crate::private::NewRow;
use crate::session::Pointer;
use aludel_engine::command::Sink;
use aludel_engine::gather::{Gather, RowList, taken};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
use aludel_sql::types::PrimaryKey;
use std::any::Any;

/// What a slot holds.
pub(super) enum Content<M: Model> {
    Draft(M::New),
    Row(M),
    Nothing,
}

/// The same, for code that does not know the model.
pub(super) enum AnyContent<'a> {
    Draft(&'a dyn AnyDraft),
    Row(&'a dyn AnyRow),
    Nothing,
}

/// The same, to be changed.
pub(super) enum AnyContentMut<'a> {
    Draft(&'a mut dyn AnyDraft),
    Row(&'a mut dyn AnyRow),
    Nothing,
}

/// A draft's values, and which of them it gives.
#[derive(Clone, Copy)]
pub(super) struct DraftValues<'a> {
    pub(super) values: &'a [Value],
    pub(super) given: &'a [bool],
    /// References to rows of one of several models.
    pub(super) open: &'a [(usize, Pointer)],
}

/// What [`Store::fill`] did.
pub(super) struct Filled {
    /// How many slots it filled.
    pub(super) slots: usize,
    /// Where the first content is that it put aside.
    pub(super) aside: u32,
    pub(super) outcome: Result<()>,
}

/// The drafts and rows of one model, by slot.
pub(super) trait Store: Any + Send + Sync {
    fn content(&self, slot: u32) -> AnyContent<'_>;
    fn content_mut(&mut self, slot: u32) -> AnyContentMut<'_>;
    /// Empties a slot.
    fn clear(&mut self, slot: u32);
    /// Makes a slot a row with these values; loaded relations of a row that is there stay.
    fn put_row(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    /// Makes a slot a draft with these values. It may be the first slot that is not there yet.
    fn put_draft(&mut self, slot: u32, draft: DraftValues<'_>) -> Result<(), DecodeError>;
    /// Moves a draft out of its slot, and adds its values to these.
    fn move_draft(&mut self, slot: u32, to: &mut NewRow);
    /// Puts the content of a slot aside; returns where.
    fn put_aside(&mut self, slot: u32) -> u32;
    /// Fills a slot with what was put aside. It may be empty by now.
    fn bring_back(&mut self, slot: u32, aside: u32);
    /// Forgets what was put aside.
    fn forget_aside(&mut self);
    /// The slot of a primary key.
    fn find(&self, key: &[Value]) -> Option<u32>;
    /// Adds a primary key.
    fn add_key(&mut self, key: &[Value], slot: u32);
    /// Removes a primary key, if it leads to this slot.
    fn remove_key(&mut self, key: &[Value], slot: u32);
    /// A primary key's values as the model's type represents them.
    fn same_key(&self, key: &[Value]) -> Option<Vec<Value>>;
    /// Fills slots with the rows of a sink, some of whose values were lent to it, and adds their keys. What was in the slots is
    /// put aside, one after the other.
    fn fill(
        &mut self,
        slots: &[u32],
        sink: Box<dyn Any + Send>,
        lent: Option<&mut [Value]>,
    ) -> Filled;
    /// A sink for rows of the model; with marks, they come in the order in which they were sent.
    fn sink(&self, marks: Option<Marks>) -> Box<dyn Sink>;
    /// Calls a function for each row of a [sink](Store::sink).
    fn each(&self, sink: &dyn Any, look: &mut dyn FnMut(&dyn AnyRow) -> Result<()>) -> Result<()>;
    /// Keeps only those rows of a [sink](Store::sink) for which `kept` is true.
    fn retain(&self, sink: &mut dyn Any, kept: &[bool]);
}

/// The [`Store`] of a model.
pub(super) struct Rows<M: Model> {
    pub(super) contents: Vec<Content<M>>,
    pub(super) keys: ByKey<M::Key>,
    aside: Vec<Content<M>>,
}

impl<M: Model> Rows<M> {
    pub(super) fn new() -> Rows<M> {
        Rows {
            contents: Vec::new(),
            keys: ByKey::new(),
            aside: Vec::new(),
        }
    }

    fn take(&mut self, slot: u32) -> Content<M> {
        std::mem::replace(&mut self.contents[slot as usize], Content::Nothing)
    }

    fn fill_one(&mut self, slot: u32, row: M) {
        self.keys.insert_late(row.key(), slot);
        let place = &mut self.contents[slot as usize];
        let before = std::mem::replace(place, Content::Row(row));
        if !matches!(before, Content::Nothing) {
            self.aside.push(before);
        }
    }

    /// Replaces a row with one that was read again.
    pub(super) fn overwrite(&mut self, slot: u32, row: M) {
        match &mut self.contents[slot as usize] {
            Content::Row(old) => {
                drop(AnyRow::collections(old));
                old.take_columns(row);
            }
            content => *content = Content::Row(row),
        }
    }
}

impl<M: Model> Store for Rows<M> {
    fn content(&self, slot: u32) -> AnyContent<'_> {
        match self.contents.get(slot as usize) {
            Some(Content::Draft(draft)) => AnyContent::Draft(draft),
            Some(Content::Row(row)) => AnyContent::Row(row),
            Some(Content::Nothing) | None => AnyContent::Nothing,
        }
    }

    fn content_mut(&mut self, slot: u32) -> AnyContentMut<'_> {
        match self.contents.get_mut(slot as usize) {
            Some(Content::Draft(draft)) => AnyContentMut::Draft(draft),
            Some(Content::Row(row)) => AnyContentMut::Row(row),
            Some(Content::Nothing) | None => AnyContentMut::Nothing,
        }
    }

    fn clear(&mut self, slot: u32) {
        self.contents[slot as usize] = Content::Nothing;
    }

    fn put_row(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        let row: M = read_values(values)?;
        match &mut self.contents[slot as usize] {
            Content::Row(old) => old.take_columns(row),
            content => *content = Content::Row(row),
        }
        Ok(())
    }

    fn put_draft(&mut self, slot: u32, draft: DraftValues<'_>) -> Result<(), DecodeError> {
        let draft = Content::Draft(draft::read(draft.values, draft.given, draft.open)?);
        match self.contents.get_mut(slot as usize) {
            Some(content) => *content = draft,
            None => self.contents.push(draft),
        }
        Ok(())
    }

    fn move_draft(&mut self, slot: u32, to: &mut NewRow) {
        if let Content::Draft(draft) = self.take(slot) {
            draft.write(to);
        }
    }

    fn put_aside(&mut self, slot: u32) -> u32 {
        let content = self.take(slot);
        self.aside.push(content);
        self.aside.len() as u32 - 1
    }

    fn bring_back(&mut self, slot: u32, aside: u32) {
        if let Some(content) = self.aside.get_mut(aside as usize) {
            self.contents[slot as usize] = std::mem::replace(content, Content::Nothing);
        }
    }

    fn forget_aside(&mut self) {
        self.aside = Vec::new();
    }

    fn find(&self, key: &[Value]) -> Option<u32> {
        self.keys.find(key)
    }

    fn add_key(&mut self, key: &[Value], slot: u32) {
        self.keys.add(key, slot);
    }

    fn remove_key(&mut self, key: &[Value], slot: u32) {
        self.keys.take_out(key, slot);
    }

    fn same_key(&self, key: &[Value]) -> Option<Vec<Value>> {
        read_values::<M::Key>(key).ok().map(PrimaryKey::into_values)
    }

    fn fill(
        &mut self,
        slots: &[u32],
        sink: Box<dyn Any + Send>,
        mut lent: Option<&mut [Value]>,
    ) -> Filled {
        let mut filled = Filled {
            slots: 0,
            aside: self.aside.len() as u32,
            outcome: Ok(()),
        };
        self.keys.reserve(slots.len());
        let mut kept = match Answer::<M>::of(sink) {
            Ok(Answer::Read(rows)) => {
                for row in rows {
                    let Some(slot) = slots.get(filled.slots) else {
                        break;
                    };
                    self.fill_one(*slot, row);
                    filled.slots += 1;
                }
                return filled;
            }
            Ok(Answer::Kept(kept)) => kept,
            Err(error) => {
                filled.outcome = Err(error);
                return filled;
            }
        };
        for (at, slot) in slots.iter().enumerate().take(kept.len()) {
            match kept.take(at, lent.as_deref_mut()) {
                Ok(row) => self.fill_one(*slot, row),
                Err(error) => {
                    filled.outcome = Err(error);
                    break;
                }
            }
            filled.slots += 1;
        }
        filled
    }

    fn sink(&self, marks: Option<Marks>) -> Box<dyn Sink> {
        placed(Box::new(Vec::<M>::new()), marks)
    }

    fn each(&self, sink: &dyn Any, look: &mut dyn FnMut(&dyn AnyRow) -> Result<()>) -> Result<()> {
        if let Some(rows) = gathered(sink) {
            let rows: &dyn Any = rows;
            if let Some(rows) = rows.downcast_ref::<Vec<M>>() {
                for row in rows {
                    look(row)?;
                }
            }
        } else if let Some(kept) = sink.downcast_ref::<Kept>() {
            for at in 0..kept.len() {
                look(&kept.copy::<M>(at)?)?;
            }
        }
        Ok(())
    }

    fn retain(&self, sink: &mut dyn Any, kept: &[bool]) {
        let Some(gather) = sink.downcast_mut::<Gather<Box<dyn RowList>>>() else {
            return;
        };
        let rows: &mut dyn Any = &mut *gather.rows;
        if let Some(rows) = rows.downcast_mut::<Vec<M>>() {
            let mut left = Vec::new();
            for (at, row) in std::mem::take(rows).into_iter().enumerate() {
                if kept.get(at) == Some(&true) {
                    left.push(row);
                }
            }
            *rows = left;
        }
    }
}

/// Turns the rows of a sink into slots: what [`Arena::absorb_all`] does for its model.
pub(super) fn absorb_rows<M: Model>(
    arena: &mut Arena,
    sink: Box<dyn Any + Send>,
    refresh: bool,
) -> Result<Vec<u32>> {
    let mut kept = match Answer::<M>::of(sink)? {
        Answer::Read(rows) => return Ok(arena.absorb_each(rows, refresh)),
        Answer::Kept(kept) => kept,
    };
    let mut rows = Vec::with_capacity(kept.len());
    for at in 0..kept.len() {
        rows.push(kept.take::<M>(at, None)?);
    }
    Ok(arena.absorb_each(rows, refresh))
}

/// The rows of a statement: read, or [kept](Kept) as they were sent.
enum Answer<M> {
    Read(Vec<M>),
    Kept(Box<Kept>),
}

impl<M: Model> Answer<M> {
    fn of(sink: Box<dyn Any + Send>) -> Result<Answer<M>> {
        let sink = match sink.downcast::<Kept>() {
            Ok(kept) => return Ok(Answer::Kept(kept)),
            Err(other) => other,
        };
        let rows = gathered_in(sink)?;
        match taken(rows) {
            Some(rows) => Ok(Answer::Read(rows)),
            None => Err(foreign_rows()),
        }
    }
}

fn gathered(sink: &dyn Any) -> Option<&dyn RowList> {
    let gather = sink.downcast_ref::<Gather<Box<dyn RowList>>>()?;
    Some(&*gather.rows)
}

fn gathered_in(sink: Box<dyn Any + Send>) -> Result<Box<dyn RowList>> {
    match sink.downcast::<Gather<Box<dyn RowList>>>() {
        Ok(gather) => Ok(gather.rows),
        Err(_) => Err(foreign_rows()),
    }
}

#[cold]
fn foreign_rows() -> Error {
    Error::new(ErrorKind::Internal, "rows of another model")
}
