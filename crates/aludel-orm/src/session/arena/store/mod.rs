//! [`Store`]: the drafts and rows of one model, by slot.
//!
//! There are two kinds. Where code names the model, they are in a [list of its type](typed). Where a session knows the model by
//! its metadata alone (rows that are deleted along with others, the dynamic layer), each is in a [box](boxed); they are unpacked
//! once code names it. Everything else of an [`Arena`] is compiled once for all models.

mod boxed;
mod typed;

use super::Arena;
use crate::identity_map::{AnyIdentityMap, IdentityMap};
use crate::insert::SentRows;
use crate::model::Model;
use crate::model::any::{AnyDraft, AnyModel, AnyRow, AsAnyModel, Swaps};
use crate::model::slot::Pointer;
use crate::model::values::NewRow;
use aludel_engine::spi::gather::{Gathered, RowList};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
use aludel_sql::types::PrimaryKey;
use boxed::Boxes;
use std::any::Any;

pub(super) use typed::{Content, Rows, Stored};

/// What a slot holds, for code that does not know the model.
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

/// The drafts and rows of one model, by slot, and the slots of their keys.
pub(super) struct Store {
    model: &'static AnyModel,
    contents: Box<dyn Any + Send + Sync>,
    keys: Box<dyn AnyIdentityMap>,
    functions: &'static Functions,
    is_boxed: bool,
}

/// The functions of one kind of contents.
pub(in super::super) struct Functions {
    content: fn(&dyn Any, u32) -> AnyContent<'_>,
    content_mut: fn(&mut dyn Any, u32) -> AnyContentMut<'_>,
    add: fn(&mut dyn Any, Box<dyn AnyDraft>),
    clear: fn(&mut dyn Any, u32),
    put_row: fn(&mut dyn Any, u32, &[Value]) -> Result<()>,
    put_draft: fn(&mut dyn Any, u32, DraftValues<'_>) -> Result<(), DecodeError>,
    move_draft: fn(&mut dyn Any, u32, &mut NewRow),
    put_aside: fn(&mut dyn Any, u32) -> u32,
    bring_back: fn(&mut dyn Any, u32, u32),
    forget_aside: fn(&mut dyn Any),
    list: fn(&dyn Any, usize) -> Box<dyn RowList>,
    swaps: &'static Swaps,
    each: fn(&dyn Any, Look<'_>) -> Result<()>,
    fill: fn(&mut dyn Any, &mut dyn AnyIdentityMap, &[u32], Box<dyn RowList>) -> Filled,
    absorb: AbsorbFn,
}

type Look<'l> = &'l mut dyn FnMut(&dyn AnyRow) -> Result<()>;
type AbsorbFn = fn(&mut Arena, Box<dyn RowList>, bool) -> Result<Vec<u32>>;

impl Store {
    /// The store of a model that code names.
    pub(super) fn typed<M: Model>() -> Store {
        Store {
            model: M::ANY,
            contents: M::empty(),
            keys: (M::ANY.keys)(),
            functions: M::FUNCTIONS,
            is_boxed: false,
        }
    }

    /// The store of a model that is known by its metadata.
    pub(super) fn boxed(model: &'static AnyModel) -> Store {
        Store {
            model,
            contents: Box::new(Boxes::new(model)),
            keys: (model.keys)(),
            functions: &boxed::FUNCTIONS,
            is_boxed: true,
        }
    }

    /// Unpacks boxes, once code names the model.
    #[inline]
    pub(super) fn unpack<M: Model>(&mut self) {
        if self.is_boxed {
            self.unpack_boxes::<M>();
        }
    }

    #[cold]
    fn unpack_boxes<M: Model>(&mut self) {
        let contents: &mut dyn Any = &mut *self.contents;
        if let Some(boxes) = contents.downcast_mut::<Boxes>() {
            self.contents = Box::new(Rows::<M>::unpacked(boxes.take()));
            self.functions = M::FUNCTIONS;
            self.is_boxed = false;
        }
    }

    /// The contents, of a model that code names and for which they were [unpacked](Store::unpack).
    pub(super) fn contents_mut<M: Model>(&mut self) -> &mut Rows<M> {
        M::rows_mut(&mut *self.contents)
    }

    /// The contents and the keys, likewise.
    pub(super) fn parts<M: Model>(&mut self) -> (&mut Rows<M>, &mut IdentityMap<M::Key>) {
        (
            M::rows_mut(&mut *self.contents),
            typed_keys(&mut *self.keys),
        )
    }

    /// The slot of a primary key of this type.
    pub(super) fn find_key<K: PrimaryKey>(&self, key: &K) -> Option<u32> {
        let keys: &dyn Any = &*self.keys;
        keys.downcast_ref::<IdentityMap<K>>()?.get(key)
    }

    /// The slot of a primary key.
    pub(super) fn find(&self, key: &[Value]) -> Option<u32> {
        self.keys.find(key)
    }

    /// Adds a primary key.
    pub(super) fn add_key(&mut self, key: &[Value], slot: u32) {
        self.keys.add(key, slot);
    }

    /// Removes a primary key, if it leads to this slot.
    pub(super) fn remove_key(&mut self, key: &[Value], slot: u32) {
        self.keys.take_out(key, slot);
    }

    /// A primary key's values as the model's type represents them.
    pub(super) fn same_key(&self, key: &[Value]) -> Option<Vec<Value>> {
        self.keys.normalized(key)
    }

    /// Whether drafts can be read back from values.
    pub(super) fn reads(&self) -> bool {
        self.model.draft.is_some()
    }

    pub(super) fn content(&self, slot: u32) -> AnyContent<'_> {
        (self.functions.content)(&*self.contents, slot)
    }

    pub(super) fn content_mut(&mut self, slot: u32) -> AnyContentMut<'_> {
        (self.functions.content_mut)(&mut *self.contents, slot)
    }

    /// Adds a draft, in the first slot that is not there yet.
    pub(super) fn add(&mut self, draft: Box<dyn AnyDraft>) {
        (self.functions.add)(&mut *self.contents, draft);
    }

    /// Empties a slot.
    pub(super) fn clear(&mut self, slot: u32) {
        (self.functions.clear)(&mut *self.contents, slot);
    }

    /// Makes a slot a row with these values; loaded relations of a row that is there stay.
    pub(super) fn put_row(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        (self.functions.put_row)(&mut *self.contents, slot, values)
    }

    /// Makes a slot a draft with these values. It may be the first slot that is not there yet.
    pub(super) fn put_draft(
        &mut self,
        slot: u32,
        draft: DraftValues<'_>,
    ) -> Result<(), DecodeError> {
        (self.functions.put_draft)(&mut *self.contents, slot, draft)
    }

    /// Swaps a draft out of its slot, and adds its values to these.
    pub(super) fn move_draft(&mut self, slot: u32, to: &mut NewRow) {
        (self.functions.move_draft)(&mut *self.contents, slot, to);
    }

    /// Puts the content of a slot aside; returns where.
    pub(super) fn put_aside(&mut self, slot: u32) -> u32 {
        (self.functions.put_aside)(&mut *self.contents, slot)
    }

    /// Fills a slot with what was put aside. It may be empty by now.
    pub(super) fn bring_back(&mut self, slot: u32, aside: u32) {
        (self.functions.bring_back)(&mut *self.contents, slot, aside);
    }

    /// Forgets what was put aside.
    pub(super) fn forget_aside(&mut self) {
        (self.functions.forget_aside)(&mut *self.contents);
    }

    /// An empty list for rows that a statement returns.
    pub(super) fn list(&self) -> Box<dyn RowList> {
        self.list_for(0)
    }

    /// An empty list with room for this many rows.
    fn list_for(&self, rows: usize) -> Box<dyn RowList> {
        (self.functions.list)(&*self.contents, rows)
    }

    /// How the rows of such a list change places.
    pub(super) fn swaps(&self) -> &'static Swaps {
        self.functions.swaps
    }

    /// Calls a function for each of the rows in a sink: read into such a list, or [kept](SentRows).
    pub(super) fn each(&self, sink: &dyn Any, look: Look<'_>) -> Result<()> {
        if let Some(kept) = sink.downcast_ref::<SentRows>() {
            /// Copies at a time.
            const SOME: usize = 64;
            for from in (0..kept.len()).step_by(SOME) {
                let to = kept.len().min(from + SOME);
                let mut copies = self.list_for(to - from);
                for at in from..to {
                    kept.copy_to(at, &mut *copies)?;
                }
                let copies: &dyn RowList = &*copies;
                (self.functions.each)(copies, &mut *look)?;
            }
            return Ok(());
        }
        match sink.downcast_ref::<Gathered>() {
            Some(gather) => {
                let rows: &dyn RowList = &*gather.rows;
                (self.functions.each)(rows, look)
            }
            None => Ok(()),
        }
    }

    /// Fills slots with the rows of a sink, some of whose values were lent to it, and adds their keys. What was in the slots is
    /// put aside, one after the other.
    pub(super) fn fill(
        &mut self,
        slots: &[u32],
        sink: Box<dyn Any + Send>,
        lent: Option<&mut [Value]>,
    ) -> Filled {
        let (rows, outcome) = self.rows_of(sink, slots.len(), lent);
        let filled = (self.functions.fill)(&mut *self.contents, &mut *self.keys, slots, rows);
        Filled {
            outcome: filled.outcome.and(outcome),
            ..filled
        }
    }

    /// The rows of a sink, at most this many; and the error, if they are fewer than it has.
    pub(super) fn rows_of(
        &self,
        sink: Box<dyn Any + Send>,
        most: usize,
        mut lent: Option<&mut [Value]>,
    ) -> (Box<dyn RowList>, Result<()>) {
        let sink = match sink.downcast::<Gathered>() {
            Ok(gather) => return (gather.rows, Ok(())),
            Err(other) => other,
        };
        let Ok(mut kept) = sink.downcast::<SentRows>() else {
            return (self.list(), Err(foreign_rows()));
        };
        let most = kept.len().min(most);
        let mut rows = self.list_for(most);
        for at in 0..most {
            if let Err(error) = kept.move_to(at, lent.as_deref_mut(), &mut *rows) {
                return (rows, Err(error));
            }
        }
        (rows, Ok(()))
    }

    /// The function that turns rows into slots.
    pub(super) fn absorb(&self) -> AbsorbFn {
        self.functions.absorb
    }
}

/// The identity map of a model that code names.
fn typed_keys<K: PrimaryKey>(keys: &mut dyn AnyIdentityMap) -> &mut IdentityMap<K> {
    let keys: &mut dyn Any = keys;
    match keys.downcast_mut() {
        Some(keys) => keys,
        None => unreachable!("the identity map is of the model's key"),
    }
}

#[cold]
fn foreign_rows() -> Error {
    Error::new(ErrorKind::Internal, "rows of another model")
}
