//! [`Arenas`]: all slots of a session, by model.

use super::arena::{Arena, Written};
use crate::model::Model;
use crate::model::any::AnyModel;
use crate::model::slot::SlotId;
use crate::model::values::NewRow;
use aludel_engine::{Error, Result};
use aludel_sql::dialect::Dialect;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct Arenas {
    pub(crate) session: u32,
    list: Vec<Arena>,
    by_model: HashMap<TypeId, usize>,
    frames: usize,
    /// Whether arenas record which rows are written, for the lists that follow them.
    records: bool,
}

impl Arenas {
    pub(crate) fn new() -> Arenas {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Arenas {
            session: NEXT.fetch_add(1, Ordering::Relaxed),
            list: Vec::new(),
            by_model: HashMap::new(),
            frames: 0,
            records: false,
        }
    }

    /// The slots of a model.
    pub(crate) fn of<M: Model>(&mut self) -> &mut Arena {
        let at = self.index_of::<M>();
        &mut self.list[at]
    }

    pub(crate) fn index_of<M: Model>(&mut self) -> usize {
        match self.by_type(TypeId::of::<M>()) {
            Some(at) => {
                self.list[at].unpack::<M>();
                at
            }
            None => {
                let arena = Arena::typed::<M>(self.session, self.frames);
                self.push(TypeId::of::<M>(), arena)
            }
        }
    }

    /// The slots of a model that is known by its metadata.
    pub(crate) fn open(&mut self, model: &'static AnyModel) -> usize {
        match self.by_type(model.id) {
            Some(at) => at,
            None => {
                let arena = Arena::boxed(model, self.session, self.frames);
                self.push(model.id, arena)
            }
        }
    }

    fn push(&mut self, model: TypeId, mut arena: Arena) -> usize {
        if self.records {
            arena.record();
        }
        self.list.push(arena);
        self.by_model.insert(model, self.list.len() - 1);
        self.list.len() - 1
    }

    /// The slots of a model, if there are any.
    pub(crate) fn known<M: Model>(&self) -> Option<&Arena> {
        Some(&self.list[self.by_type(TypeId::of::<M>())?])
    }

    pub(crate) fn by_type(&self, model: TypeId) -> Option<usize> {
        self.by_model.get(&model).copied()
    }

    /// The arena of a model.
    pub(crate) fn by_meta(&self, meta: &crate::model::meta::ModelMeta) -> Option<usize> {
        self.list
            .iter()
            .position(|arena| std::ptr::eq(arena.meta(), meta))
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn at(&self, at: usize) -> &Arena {
        &self.list[at]
    }

    pub(crate) fn at_mut(&mut self, at: usize) -> &mut Arena {
        &mut self.list[at]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arena> {
        self.list.iter()
    }

    pub(crate) fn each(&mut self, mut run: impl FnMut(&mut Arena) -> Result<()>) -> Result<()> {
        self.list.iter_mut().try_for_each(&mut run)
    }

    /// Fails if a key is of another session.
    pub(crate) fn check(&self, id: SlotId, model: &str) -> Result<()> {
        if id.session == self.session {
            return Ok(());
        }
        Err(foreign(model))
    }

    /// The pending drafts of each arena, as rows to be inserted: [sent](Arena::send).
    pub(crate) fn send(&mut self, to: Option<&'static dyn Dialect>) -> Vec<Arc<NewRow>> {
        // Drafts that may replace a row that is removed as a row of another model stay drafts.
        let mut shared = self.list.iter().filter(|arena| arena.meta().shares_table());
        let replaces = shared.any(|arena| !arena.removed().is_empty());
        let arenas = self.list.iter_mut();
        arenas
            .map(|arena| {
                let to = to.filter(|_| !(replaces && arena.meta().shares_table()));
                arena.send(to)
            })
            .collect()
    }

    /// Turns rows that were sent and not inserted back into drafts.
    pub(crate) fn take_back(&mut self) {
        self.list.iter_mut().for_each(|arena| arena.take_back());
    }

    /// Records from now on which rows are written.
    pub(crate) fn record(&mut self) {
        if !std::mem::replace(&mut self.records, true) {
            self.list.iter_mut().for_each(|arena| arena.record());
        }
    }

    /// The rows of each arena that were written since the last call.
    pub(crate) fn take_written(&mut self) -> Vec<Written> {
        let arenas = self.list.iter_mut();
        arenas.map(|arena| arena.take_written()).collect()
    }

    pub(crate) fn push_frame(&mut self) {
        self.frames += 1;
        self.list.iter_mut().for_each(|arena| arena.push_frame());
    }

    pub(crate) fn merge_frame(&mut self) {
        self.frames -= 1;
        self.list.iter_mut().for_each(|arena| arena.merge_frame());
    }

    pub(crate) fn restore_frame(&mut self, keep: bool) -> Result<()> {
        self.frames -= 1;
        self.each(|arena| arena.restore_frame(keep))
    }

    pub(crate) fn commit(&mut self) {
        self.frames = 0;
        self.list.iter_mut().for_each(|arena| arena.commit());
    }

    pub(crate) fn frames(&self) -> usize {
        self.frames
    }
}

pub(crate) fn foreign(model: &str) -> Error {
    Error::session_state(format!(
        "this key of a {model} is another session's; get the row in this session, by its primary key or a query"
    ))
}
