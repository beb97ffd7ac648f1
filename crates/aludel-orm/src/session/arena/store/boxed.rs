//! Drafts and rows in boxes, of a model that no code names.

use super::{AnyContent, AnyContentMut, Arena, DraftValues, Filled, Functions, Look, foreign_rows};
use crate::identity_map::AnyIdentityMap;
use crate::model::any::{AnyDraft, AnyModel, AnyRow, AnyRows, Part, Swaps, any_rows};
use crate::model::draft::{Written, unreadable_draft};
use crate::model::values::NewRow;
use crate::read::unreadable;
use crate::session::arena::State;
use crate::session::arena::rollback::Before;
use aludel_engine::spi::gather::RowList;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
use std::any::Any;

/// What a slot holds.
#[derive(Default)]
pub(super) enum Boxed {
    Draft(Box<dyn AnyDraft>),
    Row(Box<dyn AnyRow>),
    #[default]
    Nothing,
}

/// The contents of a model's slots.
pub(super) struct Boxes {
    model: &'static AnyModel,
    pub(super) contents: Vec<Boxed>,
    pub(super) aside: Vec<Boxed>,
}

impl Boxes {
    pub(super) fn new(model: &'static AnyModel) -> Boxes {
        Boxes {
            model,
            contents: Vec::new(),
            aside: Vec::new(),
        }
    }

    /// All that it holds.
    pub(super) fn take(&mut self) -> Boxes {
        std::mem::replace(self, Boxes::new(self.model))
    }

    fn replace(&mut self, slot: u32, content: Boxed) -> Boxed {
        match self.contents.get_mut(slot as usize) {
            Some(place) => std::mem::replace(place, content),
            None => Boxed::Nothing,
        }
    }
}

/// The functions of [`Boxes`].
pub(super) static FUNCTIONS: Functions = Functions {
    content,
    content_mut,
    add: |boxes, draft| boxes_mut(boxes).contents.push(Boxed::Draft(draft)),
    clear: |boxes, slot| drop(boxes_mut(boxes).replace(slot, Boxed::Nothing)),
    put_row,
    put_draft,
    move_draft,
    put_aside,
    bring_back,
    forget_aside: |boxes| boxes_mut(boxes).aside = Vec::new(),
    list: |store, _| Box::new(AnyRows::new(boxes(store).model)),
    swaps: Swaps::ANY,
    each,
    fill,
    absorb,
};

fn boxes(store: &dyn Any) -> &Boxes {
    match store.downcast_ref() {
        Some(boxes) => boxes,
        None => unreachable!("these are the functions of boxes"),
    }
}

fn boxes_mut(store: &mut dyn Any) -> &mut Boxes {
    match store.downcast_mut() {
        Some(boxes) => boxes,
        None => unreachable!("these are the functions of boxes"),
    }
}

fn content(store: &dyn Any, slot: u32) -> AnyContent<'_> {
    match boxes(store).contents.get(slot as usize) {
        Some(Boxed::Draft(draft)) => AnyContent::Draft(&**draft),
        Some(Boxed::Row(row)) => AnyContent::Row(&**row),
        Some(Boxed::Nothing) | None => AnyContent::Nothing,
    }
}

fn content_mut(store: &mut dyn Any, slot: u32) -> AnyContentMut<'_> {
    match boxes_mut(store).contents.get_mut(slot as usize) {
        Some(Boxed::Draft(draft)) => AnyContentMut::Draft(&mut **draft),
        Some(Boxed::Row(row)) => AnyContentMut::Row(&mut **row),
        Some(Boxed::Nothing) | None => AnyContentMut::Nothing,
    }
}

fn put_row(store: &mut dyn Any, slot: u32, values: &[Value]) -> Result<()> {
    let boxes = boxes_mut(store);
    let mut row = boxes.model.read(values).map_err(unreadable)?;
    match boxes.contents.get_mut(slot as usize) {
        Some(Boxed::Row(old)) => drop(old.any_swap(&mut *row, Part::Columns)),
        Some(content) => *content = Boxed::Row(row),
        None => {}
    }
    Ok(())
}

fn put_draft(store: &mut dyn Any, slot: u32, draft: DraftValues<'_>) -> Result<(), DecodeError> {
    let boxes = boxes_mut(store);
    let Some(read) = boxes.model.draft else {
        return Err(unreadable_draft(boxes.model.name));
    };
    let draft = read(&mut Written::of(
        &mut aludel_sql::row::ValueCells(draft.values),
        draft.given,
        draft.open,
    ))?;
    match boxes.contents.get_mut(slot as usize) {
        Some(content) => *content = Boxed::Draft(draft),
        None => boxes.contents.push(Boxed::Draft(draft)),
    }
    Ok(())
}

fn move_draft(store: &mut dyn Any, slot: u32, to: &mut NewRow) {
    if let Boxed::Draft(draft) = boxes_mut(store).replace(slot, Boxed::Nothing) {
        draft.write_copy(to);
    }
}

fn put_aside(store: &mut dyn Any, slot: u32) -> u32 {
    let boxes = boxes_mut(store);
    let content = boxes.replace(slot, Boxed::Nothing);
    boxes.aside.push(content);
    boxes.aside.len() as u32 - 1
}

fn bring_back(store: &mut dyn Any, slot: u32, aside: u32) {
    let boxes = boxes_mut(store);
    if let Some(content) = boxes.aside.get_mut(aside as usize) {
        let content = std::mem::take(content);
        boxes.replace(slot, content);
    }
}

fn each(rows: &dyn Any, look: Look<'_>) -> Result<()> {
    match rows.downcast_ref::<AnyRows>() {
        Some(rows) => rows.rows.iter().try_for_each(|row| look(&**row)),
        None => Err(foreign_rows()),
    }
}

fn fill(
    store: &mut dyn Any,
    keys: &mut dyn AnyIdentityMap,
    slots: &[u32],
    rows: Box<dyn RowList>,
) -> Filled {
    let boxes = boxes_mut(store);
    let mut filled = Filled {
        slots: 0,
        aside: boxes.aside.len() as u32,
        outcome: Ok(()),
    };
    for (row, slot) in any_rows(rows).into_iter().zip(slots) {
        // The row is there all the same: a rollback makes a draft of it again, as of the others.
        if !keys.add_late(&row.key_values(), *slot) && filled.outcome.is_ok() {
            filled.outcome = Err(unreadable_key(boxes.model));
        }
        let before = boxes.replace(*slot, Boxed::Row(row));
        if !matches!(before, Boxed::Nothing) {
            boxes.aside.push(before);
        }
        filled.slots += 1;
    }
    filled
}

fn absorb(arena: &mut Arena, rows: Box<dyn RowList>, refresh: bool) -> Result<Vec<u32>> {
    let rows = any_rows(rows).into_iter();
    rows.map(|row| absorb_row(arena, row, refresh)).collect()
}

/// The same as [`Arena::absorb`].
fn absorb_row(arena: &mut Arena, row: Box<dyn AnyRow>, refresh: bool) -> Result<u32> {
    let key = row.key_values();
    let Some(slot) = arena.store.find(&key) else {
        let slot = arena.len() as u32;
        if !arena.store.keys.add(&key, slot) {
            return Err(unreadable_key(arena.store.model));
        }
        let contents = boxes_mut(&mut *arena.store.contents);
        contents.contents.push(Boxed::Row(row));
        arena.push(State::Persistent);
        arena.note(slot, Before::Read);
        return Ok(slot);
    };
    // An expired row keeps its changes: it stays expired.
    if refresh || arena.is_expired(slot) && !arena.is_dirty(slot) {
        let was = arena.before_overwrite(slot);
        overwrite(boxes_mut(&mut *arena.store.contents), slot, row);
        arena.note(slot, was.map_or(Before::Read, Before::refreshed));
    }
    Ok(slot)
}

/// Replaces a row with one that was read again.
fn overwrite(boxes: &mut Boxes, slot: u32, mut row: Box<dyn AnyRow>) {
    match boxes.contents.get_mut(slot as usize) {
        Some(Boxed::Row(old)) => {
            drop(old.collections());
            old.any_swap(&mut *row, Part::Columns);
        }
        Some(content) => *content = Boxed::Row(row),
        None => {}
    }
}

/// A key that can't be read back would lead to a second row of the same key.
#[cold]
fn unreadable_key(model: &AnyModel) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!(
            "the key of a {} can't be read back from its values",
            model.name
        ),
    )
}
