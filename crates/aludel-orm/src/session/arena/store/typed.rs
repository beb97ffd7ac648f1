//! Drafts and rows in a list of the model's type.
//!
//! It is all that a session compiles for each model that code names, so it stays small: a function more is a function more for
//! every such model. The functions are those of a trait whose `Self` is the model: the compiler then puts them beside the model,
//! and a change of one model compiles nothing of the others again.

use super::boxed::{Boxed, Boxes};
use super::{
    AnyContent, AnyContentMut, Arena, DraftValues, Filled, Functions, Look, foreign_rows,
    typed_keys,
};
use crate::identity_map::AnyIdentityMap;
use crate::model::any::{AnyDraft, Part, Swaps};
use crate::model::draft;
use crate::model::values::NewRow;
use crate::model::{Model, NewModel};
use crate::read::read_values;
use aludel_engine::Result;
use aludel_engine::spi::gather::{RowList, taken};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
use std::any::Any;

/// What a slot holds.
pub(in super::super) enum Content<M: Model> {
    Draft(M::New),
    Row(M),
    Nothing,
}

/// The contents of a model's slots.
pub(in super::super) struct Rows<M: Model> {
    pub(in super::super) contents: Vec<Content<M>>,
    aside: Vec<Content<M>>,
}

impl<M: Model> Rows<M> {
    /// What was in boxes.
    pub(super) fn unpacked(boxes: Boxes) -> Rows<M> {
        let unpack = |boxed| match boxed {
            Boxed::Draft(draft) => Content::Draft(unpack(draft)),
            Boxed::Row(row) => Content::Row(unpack(row)),
            Boxed::Nothing => Content::Nothing,
        };
        Rows {
            contents: boxes.contents.into_iter().map(unpack).collect(),
            aside: boxes.aside.into_iter().map(unpack).collect(),
        }
    }
}

/// What a box holds, which is always of this type.
fn unpack<T: 'static>(boxed: Box<dyn Any>) -> T {
    match boxed.downcast::<T>() {
        Ok(boxed) => *boxed,
        Err(_) => unreachable!("arenas are kept by their model"),
    }
}

/// The functions behind a [`Store`].
pub(in super::super) trait Stored: Model {
    const FUNCTIONS: &'static Functions = &Functions {
        content: Self::content,
        content_mut: Self::content_mut,
        add: Self::add_any,
        clear: Self::clear,
        put_row: Self::put_row,
        put_draft: Self::put_draft,
        move_draft: Self::move_draft,
        put_aside: Self::put_aside,
        bring_back: Self::bring_back,
        forget_aside: Self::forget_aside,
        list: |_, rows| Box::new(Vec::<Self>::with_capacity(rows)),
        swaps: Swaps::of::<Self>(),
        each: Self::each,
        fill: Self::fill,
        absorb: Self::absorb,
    };

    fn empty() -> Box<dyn Any + Send + Sync> {
        Box::new(Rows::<Self> {
            contents: Vec::new(),
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

    fn add_any(store: &mut dyn Any, draft: Box<dyn AnyDraft>) {
        let draft = Content::Draft(unpack(draft));
        Self::rows_mut(store).contents.push(draft);
    }

    fn clear(store: &mut dyn Any, slot: u32) {
        Self::replace(store, slot, Content::Nothing);
    }

    fn put_row(store: &mut dyn Any, slot: u32, values: &[Value]) -> Result<()> {
        let mut row: Self = read_values(values)?;
        match Self::rows_mut(store).contents.get_mut(slot as usize) {
            Some(Content::Row(old)) => drop(old.any_swap(&mut row, Part::Columns)),
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

    fn each(rows: &dyn Any, look: Look<'_>) -> Result<()> {
        let Some(rows) = rows.downcast_ref::<Vec<Self>>() else {
            return Err(foreign_rows());
        };
        for row in rows {
            look(row)?;
        }
        Ok(())
    }

    fn fill(
        store: &mut dyn Any,
        keys: &mut dyn AnyIdentityMap,
        slots: &[u32],
        rows: Box<dyn RowList>,
    ) -> Filled {
        let (store, keys) = (Self::rows_mut(store), typed_keys::<Self::Key>(keys));
        let mut filled = Filled {
            slots: 0,
            aside: store.aside.len() as u32,
            outcome: Ok(()),
        };
        let Some(rows) = taken::<Self>(rows) else {
            filled.outcome = Err(foreign_rows());
            return filled;
        };
        keys.reserve(slots.len());
        for row in rows {
            let Some(slot) = slots.get(filled.slots) else {
                break;
            };
            keys.insert_late(row.key(), *slot);
            if let Some(place) = store.contents.get_mut(*slot as usize) {
                let before = std::mem::replace(place, Content::Row(row));
                if !matches!(before, Content::Nothing) {
                    store.aside.push(before);
                }
            }
            filled.slots += 1;
        }
        filled
    }

    fn absorb(arena: &mut Arena, rows: Box<dyn RowList>, refresh: bool) -> Result<Vec<u32>> {
        match taken::<Self>(rows) {
            Some(rows) => Ok(arena.absorb_each(rows, refresh)),
            None => Err(foreign_rows()),
        }
    }
}

impl<M: Model> Stored for M {}
