//! [`Store`]: the drafts and rows of one model, which only code that knows the model's type can read and write.
//!
//! It is all that the session has for each model; everything else of an [`Arena`] is compiled once. So it stays small: a function
//! more is a function more for every model of a program. The functions are those of a trait whose `Self` is the model: the
//! compiler then puts them beside the model, and a change of one model compiles nothing of the others again.

use super::Arena;
use super::identity_map::ByKey;
use crate::any_row::{AnyDraft, AnyRow};
use crate::draft;
use crate::insert::Kept;
use crate::model::{Model, NewModel, read_values};
use crate::session::{ArenasRef, Pointer};
use crate::values::NewRow;
use aludel_engine::spi::gather::{Gathered, RowList, taken};
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
pub(super) struct Store {
    rows: Box<dyn Any + Send + Sync>,
    functions: &'static Functions,
}

/// The functions of [`Stored`] of one model.
pub(super) struct Functions {
    content: fn(&dyn Any, u32) -> AnyContent<'_>,
    content_mut: fn(&mut dyn Any, u32) -> AnyContentMut<'_>,
    clear: fn(&mut dyn Any, u32),
    put_row: fn(&mut dyn Any, u32, &[Value]) -> Result<()>,
    put_draft: fn(&mut dyn Any, u32, DraftValues<'_>) -> Result<(), DecodeError>,
    move_draft: fn(&mut dyn Any, u32, &mut NewRow),
    put_aside: fn(&mut dyn Any, u32) -> u32,
    bring_back: fn(&mut dyn Any, u32, u32),
    forget_aside: fn(&mut dyn Any),
    find: fn(&dyn Any, &[Value]) -> Option<u32>,
    add_key: fn(&mut dyn Any, &[Value], u32),
    remove_key: fn(&mut dyn Any, &[Value], u32),
    same_key: fn(&[Value]) -> Option<Vec<Value>>,
    fill: FillFn,
    absorb: AbsorbFn,
    opener: fn(&mut ArenasRef<'_>),
    /// Whether drafts can be read back from values.
    reads: bool,
}

type FillFn = fn(&mut dyn Any, &[u32], Box<dyn Any + Send>, Option<&mut [Value]>) -> Filled;
type AbsorbFn = fn(&mut Arena, Box<dyn Any + Send>, bool) -> Result<Vec<u32>>;

impl Store {
    pub(super) fn new<M: Model>() -> Store {
        Store {
            rows: M::empty(),
            functions: M::FUNCTIONS,
        }
    }

    pub(super) fn any(&self) -> &dyn Any {
        &*self.rows
    }

    pub(super) fn any_mut(&mut self) -> &mut dyn Any {
        &mut *self.rows
    }

    pub(super) fn content(&self, slot: u32) -> AnyContent<'_> {
        (self.functions.content)(&*self.rows, slot)
    }

    pub(super) fn content_mut(&mut self, slot: u32) -> AnyContentMut<'_> {
        (self.functions.content_mut)(&mut *self.rows, slot)
    }

    /// Empties a slot.
    pub(super) fn clear(&mut self, slot: u32) {
        (self.functions.clear)(&mut *self.rows, slot);
    }

    /// Makes a slot a row with these values; loaded relations of a row that is there stay.
    pub(super) fn put_row(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        (self.functions.put_row)(&mut *self.rows, slot, values)
    }

    /// Makes a slot a draft with these values. It may be the first slot that is not there yet.
    pub(super) fn put_draft(
        &mut self,
        slot: u32,
        draft: DraftValues<'_>,
    ) -> Result<(), DecodeError> {
        (self.functions.put_draft)(&mut *self.rows, slot, draft)
    }

    /// Moves a draft out of its slot, and adds its values to these.
    pub(super) fn move_draft(&mut self, slot: u32, to: &mut NewRow) {
        (self.functions.move_draft)(&mut *self.rows, slot, to);
    }

    /// Puts the content of a slot aside; returns where.
    pub(super) fn put_aside(&mut self, slot: u32) -> u32 {
        (self.functions.put_aside)(&mut *self.rows, slot)
    }

    /// Fills a slot with what was put aside. It may be empty by now.
    pub(super) fn bring_back(&mut self, slot: u32, aside: u32) {
        (self.functions.bring_back)(&mut *self.rows, slot, aside);
    }

    /// Forgets what was put aside.
    pub(super) fn forget_aside(&mut self) {
        (self.functions.forget_aside)(&mut *self.rows);
    }

    /// The slot of a primary key.
    pub(super) fn find(&self, key: &[Value]) -> Option<u32> {
        (self.functions.find)(&*self.rows, key)
    }

    /// Adds a primary key.
    pub(super) fn add_key(&mut self, key: &[Value], slot: u32) {
        (self.functions.add_key)(&mut *self.rows, key, slot);
    }

    /// Removes a primary key, if it leads to this slot.
    pub(super) fn remove_key(&mut self, key: &[Value], slot: u32) {
        (self.functions.remove_key)(&mut *self.rows, key, slot);
    }

    /// A primary key's values as the model's type represents them.
    pub(super) fn same_key(&self, key: &[Value]) -> Option<Vec<Value>> {
        (self.functions.same_key)(key)
    }

    /// Fills slots with the rows of a sink, some of whose values were lent to it, and adds their keys. What was in the slots is
    /// put aside, one after the other.
    pub(super) fn fill(
        &mut self,
        slots: &[u32],
        sink: Box<dyn Any + Send>,
        lent: Option<&mut [Value]>,
    ) -> Filled {
        (self.functions.fill)(&mut *self.rows, slots, sink, lent)
    }

    /// The function that turns the rows of a [sink](Arena::sink) into slots.
    pub(super) fn absorb(&self) -> AbsorbFn {
        self.functions.absorb
    }

    /// A function that creates arenas for the models that relations lead to.
    pub(super) fn opener(&self) -> fn(&mut ArenasRef<'_>) {
        self.functions.opener
    }

    /// Whether drafts can be read back from values.
    pub(super) fn reads(&self) -> bool {
        self.functions.reads
    }
}

/// The contents of a model's slots.
pub(super) struct Rows<M: Model> {
    pub(super) contents: Vec<Content<M>>,
    pub(super) keys: ByKey<M::Key>,
    aside: Vec<Content<M>>,
}

/// The functions behind a [`Store`].
pub(super) trait Stored: Model {
    const FUNCTIONS: &'static Functions = &Functions {
        content: Self::content,
        content_mut: Self::content_mut,
        clear: Self::clear,
        put_row: Self::put_row,
        put_draft: Self::put_draft,
        move_draft: Self::move_draft,
        put_aside: Self::put_aside,
        bring_back: Self::bring_back,
        forget_aside: Self::forget_aside,
        find: Self::find_slot,
        add_key: Self::add_key,
        remove_key: Self::remove_key,
        same_key: Self::same_key,
        fill: Self::fill,
        absorb: Self::absorb,
        opener: Self::open_related,
        reads: <Self::New as NewModel>::READS,
    };

    fn empty() -> Box<dyn Any + Send + Sync> {
        Box::new(Rows::<Self> {
            contents: Vec::new(),
            keys: ByKey::new(),
            aside: Vec::new(),
        })
    }

    fn rows(store: &dyn Any) -> &Rows<Self> {
        match store.downcast_ref() {
            Some(rows) => rows,
            None => unreachable!("arenas are kept by their model"),
        }
    }

    fn rows_mut(store: &mut dyn Any) -> &mut Rows<Self> {
        match store.downcast_mut() {
            Some(rows) => rows,
            None => unreachable!("arenas are kept by their model"),
        }
    }

    fn content(store: &dyn Any, slot: u32) -> AnyContent<'_> {
        match Self::rows(store).contents.get(slot as usize) {
            Some(Content::Draft(draft)) => AnyContent::Draft(draft),
            Some(Content::Row(row)) => AnyContent::Row(row),
            Some(Content::Nothing) | None => AnyContent::Nothing,
        }
    }

    fn content_mut(store: &mut dyn Any, slot: u32) -> AnyContentMut<'_> {
        match Self::rows_mut(store).contents.get_mut(slot as usize) {
            Some(Content::Draft(draft)) => AnyContentMut::Draft(draft),
            Some(Content::Row(row)) => AnyContentMut::Row(row),
            Some(Content::Nothing) | None => AnyContentMut::Nothing,
        }
    }

    fn replace(store: &mut dyn Any, slot: u32, content: Content<Self>) -> Content<Self> {
        match Self::rows_mut(store).contents.get_mut(slot as usize) {
            Some(place) => std::mem::replace(place, content),
            None => Content::Nothing,
        }
    }

    fn clear(store: &mut dyn Any, slot: u32) {
        Self::replace(store, slot, Content::Nothing);
    }

    fn put_row(store: &mut dyn Any, slot: u32, values: &[Value]) -> Result<()> {
        let row: Self = read_values(values)?;
        match Self::rows_mut(store).contents.get_mut(slot as usize) {
            Some(Content::Row(old)) => old.take_columns(row),
            Some(content) => *content = Content::Row(row),
            None => {}
        }
        Ok(())
    }

    fn put_draft(
        store: &mut dyn Any,
        slot: u32,
        draft: DraftValues<'_>,
    ) -> Result<(), DecodeError> {
        let draft = Content::Draft(draft::read(draft.values, draft.given, draft.open)?);
        let contents = &mut Self::rows_mut(store).contents;
        match contents.get_mut(slot as usize) {
            Some(content) => *content = draft,
            None => contents.push(draft),
        }
        Ok(())
    }

    fn move_draft(store: &mut dyn Any, slot: u32, to: &mut NewRow) {
        if let Content::Draft(draft) = Self::replace(store, slot, Content::Nothing) {
            draft.write(to);
        }
    }

    fn put_aside(store: &mut dyn Any, slot: u32) -> u32 {
        let content = Self::replace(store, slot, Content::Nothing);
        let aside = &mut Self::rows_mut(store).aside;
        aside.push(content);
        aside.len() as u32 - 1
    }

    fn bring_back(store: &mut dyn Any, slot: u32, aside: u32) {
        if let Some(content) = Self::rows_mut(store).aside.get_mut(aside as usize) {
            let content = std::mem::replace(content, Content::Nothing);
            Self::replace(store, slot, content);
        }
    }

    fn forget_aside(store: &mut dyn Any) {
        Self::rows_mut(store).aside = Vec::new();
    }

    fn find_slot(store: &dyn Any, key: &[Value]) -> Option<u32> {
        Self::rows(store).keys.find(key)
    }

    fn add_key(store: &mut dyn Any, key: &[Value], slot: u32) {
        Self::rows_mut(store).keys.add(key, slot);
    }

    fn remove_key(store: &mut dyn Any, key: &[Value], slot: u32) {
        Self::rows_mut(store).keys.take_out(key, slot);
    }

    fn same_key(key: &[Value]) -> Option<Vec<Value>> {
        match read_values::<Self::Key>(key) {
            Ok(key) => Some(key.into_values()),
            Err(_) => None,
        }
    }

    fn fill_one(store: &mut Rows<Self>, slot: u32, row: Self) {
        store.keys.insert_late(row.key(), slot);
        if let Some(place) = store.contents.get_mut(slot as usize) {
            let before = std::mem::replace(place, Content::Row(row));
            if !matches!(before, Content::Nothing) {
                store.aside.push(before);
            }
        }
    }

    fn fill(
        store: &mut dyn Any,
        slots: &[u32],
        sink: Box<dyn Any + Send>,
        mut lent: Option<&mut [Value]>,
    ) -> Filled {
        let store = Self::rows_mut(store);
        let mut filled = Filled {
            slots: 0,
            aside: store.aside.len() as u32,
            outcome: Ok(()),
        };
        store.keys.reserve(slots.len());
        match Answer::of(sink) {
            Ok(Answer::Read(rows)) => {
                let Some(rows) = taken::<Vec<Self>>(rows) else {
                    filled.outcome = Err(foreign_rows());
                    return filled;
                };
                for row in rows {
                    let Some(slot) = slots.get(filled.slots) else {
                        break;
                    };
                    Self::fill_one(store, *slot, row);
                    filled.slots += 1;
                }
            }
            Ok(Answer::Kept(mut kept)) => {
                for (at, slot) in slots.iter().enumerate().take(kept.len()) {
                    match kept.take(at, lent.as_deref_mut()) {
                        Ok(row) => Self::fill_one(store, *slot, row),
                        Err(error) => {
                            filled.outcome = Err(error);
                            break;
                        }
                    }
                    filled.slots += 1;
                }
            }
            Err(error) => filled.outcome = Err(error),
        }
        filled
    }

    fn absorb(arena: &mut Arena, sink: Box<dyn Any + Send>, refresh: bool) -> Result<Vec<u32>> {
        let rows = match Answer::of(sink)? {
            Answer::Read(rows) => match taken::<Vec<Self>>(rows) {
                Some(rows) => rows,
                None => return Err(foreign_rows()),
            },
            Answer::Kept(mut kept) => {
                let mut rows = Vec::with_capacity(kept.len());
                for at in 0..kept.len() {
                    match kept.take::<Self>(at, None) {
                        Ok(row) => rows.push(row),
                        Err(error) => return Err(error),
                    }
                }
                rows
            }
        };
        Ok(arena.absorb_each(rows, refresh))
    }
}

impl<M: Model> Stored for M {}

/// The rows of a statement: read, or [kept](Kept) as they were sent.
pub(super) enum Answer {
    Read(Box<dyn RowList>),
    Kept(Box<Kept>),
}

impl Answer {
    fn of(sink: Box<dyn Any + Send>) -> Result<Answer> {
        let sink = match sink.downcast::<Kept>() {
            Ok(kept) => return Ok(Answer::Kept(kept)),
            Err(other) => other,
        };
        match sink.downcast::<Gathered>() {
            Ok(gather) => Ok(Answer::Read(gather.rows)),
            Err(_) => Err(foreign_rows()),
        }
    }
}

#[cold]
fn foreign_rows() -> Error {
    Error::new(ErrorKind::Internal, "rows of another model")
}
