//! Runs a plan: sends its statements in order and keeps their results aside. Memory is changed only after everything succeeded,
//! so that a flush that fails, or a future that is dropped, leaves every pending change as it was.

mod delete;
mod ends;
mod follow;
mod insert;
mod key_change;
mod parking;
mod pipeline;
mod post_update;
mod update;

use super::aftermath::Written;
use super::arena::{pick, shown};
use super::arenas::Arenas;
use super::flush_plan::{Plan, Step};
use super::report::Flushed;
use super::unit_of_work::{Cell, Place, Work};
use crate::insert::{SentRows, keys_first};
use crate::model::row_hooks::{AnySubject, call};
use crate::model::slot::By;
use crate::model::values::same;
use crate::session::events::AfterFlush;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Command, Sink};
use aludel_engine::{Database, Error, ErrorKind, Result};
use aludel_sql::Value;
use follow::LeftBehind;
use parking::Use;
use pipeline::Waiting;
use std::any::Any;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::Location;

/// Results, to be put into memory at the end.
#[derive(Default)]
pub(crate) struct Done {
    inserted: Vec<(usize, Vec<u32>, Box<dyn Any + Send>)>,
    updated: Vec<(usize, u32, Vec<Value>)>,
    /// The columns that updates set, for rows whose references may follow others.
    set: HashMap<Place, Vec<usize>>,
    /// An arena's pending slots that replaced removed ones, which may be another arena's.
    replaced: Vec<(usize, u32, Place, Box<dyn Any + Send>)>,
    deleted: Vec<(usize, u32)>,
    pub(crate) report: Flushed,
}

impl Done {
    /// Calls the hooks that come after a flush, while everything can still be rolled back.
    pub(crate) fn after(&self, arenas: &Arenas, db: &Database) -> Result<()> {
        let hooked = |arena: usize| arenas.at(arena).is_hooked(db).then(|| arenas.at(arena));
        for (arena, _, sink) in &self.inserted {
            if let Some(arena) = hooked(*arena) {
                arena.after_insert(db, &**sink)?;
            }
        }
        for (arena, _, values) in &self.updated {
            if let Some(arena) = hooked(*arena) {
                arena.after_update(db, values)?;
            }
        }
        for (arena, _, _, sink) in &self.replaced {
            if let Some(arena) = hooked(*arena) {
                arena.after_insert(db, &**sink)?;
            }
        }
        for (arena, slot) in &self.deleted {
            if let Some(arena) = hooked(*arena) {
                arena.after_delete(db, *slot)?;
            }
        }
        call::<AfterFlush>(db, AnySubject::Shared(&self.report))
    }

    /// The rows that are deleted for good, not only marked as deleted.
    pub(crate) fn erased(&self, arenas: &Arenas) -> Vec<Place> {
        let is_erased = |place: &&Place| arenas.at(place.0).meta().soft_delete.is_none();
        self.deleted.iter().filter(is_erased).copied().collect()
    }

    /// The rows that were written; called before memory is updated.
    pub(crate) fn written(&self, arenas: &Arenas) -> Written {
        let inserted = self.inserted.iter();
        let inserted = inserted.flat_map(|(at, slots, _)| slots.iter().map(|slot| (*at, *slot)));
        let replaced = self.replaced.iter().map(|(at, slot, ..)| (*at, *slot));
        let changed = |place: Place, new: &[Value]| {
            let old = arenas.at(place.0).stored(place.1).unwrap_or_default();
            let columns = old.iter().zip(new).enumerate();
            let changed = columns.filter(|(_, (old, new))| !same(old, new));
            // A reference that was set may lead to another row that now has the same key.
            let set = self.set.get(&place).into_iter().flatten().copied();
            (place, changed.map(|(at, _)| at).chain(set).collect())
        };
        let updated = self.updated.iter();
        let renamed = arenas.renamed(&self.updated, &self.set);
        Written {
            inserted: inserted.chain(replaced).collect(),
            updated: updated
                .map(|(at, slot, new)| changed((*at, *slot), new))
                .collect(),
            renamed: renamed
                .iter()
                .map(|(place, new)| changed(*place, new))
                .collect(),
        }
    }

    /// The twins of the written rows, each with the slot that now has its row: `None` if the row is gone.
    fn twins(&self, arenas: &Arenas) -> Vec<(Option<Place>, Place)> {
        if !arenas.share_tables() {
            return Vec::new();
        }
        let updated = self.updated.iter().map(|(arena, slot, _)| {
            let place = (*arena, *slot);
            (Some(place), place)
        });
        let replaced = self.replaced.iter();
        let replaced = replaced.map(|(arena, new, old, _)| (Some((*arena, *new)), *old));
        let deleted = self.deleted.iter().map(|place| (None, *place));
        let mut all = Vec::new();
        for (now, before) in updated.chain(replaced).chain(deleted) {
            all.extend(arenas.twins(before).into_iter().map(|twin| (now, twin)));
        }
        all
    }

    /// Applies the results to memory.
    pub(crate) fn apply(self, arenas: &mut Arenas) -> Result<Flushed> {
        let mut twins = self.twins(arenas);
        let renamed = arenas.renamed(&self.updated, &self.set);
        for (place, _) in &renamed {
            let others = arenas.twins(*place).into_iter();
            twins.extend(others.map(|twin| (Some(*place), twin)));
        }
        for (arena, slot, values) in self.updated {
            arenas.at_mut(arena).updated(slot, &values)?;
        }
        let mut inserted = self.inserted;
        for (arena, _, sink) in &mut inserted {
            if let (Some(sent), Some(kept)) =
                (arenas.at(*arena).sent(), sink.downcast_mut::<SentRows>())
            {
                kept.let_go(sent);
            }
        }
        for (arena, slots, sink) in inserted {
            arenas.at_mut(arena).inserted(&slots, sink)?;
        }
        for (arena, pending, removed, sink) in self.replaced {
            if removed.0 == arena {
                arenas.at_mut(arena).replaced(pending, removed.1, sink)?;
            } else {
                arenas.at_mut(removed.0).deleted(removed.1);
                arenas.at_mut(arena).inserted(&[pending], sink)?;
            }
        }
        for (arena, slot) in self.deleted {
            arenas.at_mut(arena).deleted(slot);
        }
        for (place, values) in renamed {
            arenas.at_mut(place.0).followed(place.1, &values)?;
        }
        for (now, twin) in twins {
            arenas.follow_twin(now, twin)?;
        }
        Ok(self.report)
    }
}

/// Runs a statement whose rows go to an arena's sink.
pub(crate) async fn fetch(
    target: Target<'_>,
    command: Command,
    sink: Box<dyn Sink>,
) -> Result<Box<dyn Any + Send>> {
    let (sink, _) = target.fetch(command, sink).await?;
    Ok(sink.into_any())
}

/// Which slot failed.
pub(crate) type Culprit = Option<Place>;

/// Runs plans.
pub(crate) struct Flush<'a> {
    pub(crate) arenas: &'a Arenas,
    pub(crate) target: Target<'a>,
    pub(crate) site: &'static Location<'static>,
    /// Runs row by row, to find out which one fails.
    pub(crate) single: bool,
    pub(crate) work: Work,
    linked: HashSet<usize>,
    /// Keys of rows that were inserted or whose key changed.
    keys: HashMap<Place, Vec<Value>>,
    /// The arenas whose rows others refer to by alternate keys, and the known values of those rows.
    alternates: HashSet<usize>,
    rows: HashMap<Place, Vec<Value>>,
    /// The chosen values of parked columns, if not every value fits: by table, slot and column.
    stand_ins: HashMap<(usize, u32, usize), Value>,
    /// The entries that rows of this flush take, or have while they are parked: by table and unique set.
    taken: HashMap<(usize, usize), HashMap<String, Use>>,
    /// Temporary keys of rows whose key is parked.
    parked_keys: HashMap<Place, Vec<Value>>,
    waiting: Vec<Waiting>,
    /// Positions in `done.updated` of updates of which a part is set later.
    late_updated: HashMap<Place, usize>,
    /// Inserted rows in which something was set later, read again.
    reread: BTreeMap<Place, Box<dyn Any + Send>>,
    /// Keys that are gone, and references that must not have them.
    left_behind: Vec<LeftBehind>,
    done: Done,
    pub(crate) culprit: Culprit,
    /// Whether the failure may be caused by an earlier row that was sent together with it.
    pub(crate) is_doubtful: bool,
}

impl<'a> Flush<'a> {
    pub(crate) fn new(
        arenas: &'a Arenas,
        target: Target<'a>,
        work: Work,
        single: bool,
        site: &'static Location<'static>,
    ) -> Flush<'a> {
        Flush {
            arenas,
            target,
            site,
            single,
            linked: work.linked(),
            alternates: work.linked_by_alternates(),
            rows: HashMap::new(),
            work,
            keys: HashMap::new(),
            stand_ins: HashMap::new(),
            taken: HashMap::new(),
            parked_keys: HashMap::new(),
            waiting: Vec::new(),
            late_updated: HashMap::new(),
            reread: BTreeMap::new(),
            left_behind: Vec::new(),
            done: Done::default(),
            culprit: None,
            is_doubtful: false,
        }
    }

    /// Runs all steps.
    pub(crate) async fn run(&mut self, plan: &Plan) -> Result<Done> {
        for step in &plan.steps {
            match step {
                Step::Insert { table, rows } => {
                    let rows = self.keys_first(*table, rows);
                    for rows in self.portions(&rows) {
                        self.insert(plan, *table, rows).await?;
                    }
                }
                Step::Update { table, rows } => {
                    self.choose_parked(plan, *table, rows).await?;
                    for rows in self.portions(rows) {
                        self.update(plan, *table, rows).await?;
                    }
                }
                Step::Delete { table, rows } => {
                    for rows in self.portions(rows) {
                        self.delete(*table, rows).await?;
                    }
                }
                Step::Later(rows) => self.later(plan, rows).await?,
                Step::Release(rows) => {
                    self.choose_given_up(plan, rows).await?;
                    self.release(plan, rows).await?;
                }
                Step::Link(rows) => {
                    for rows in self.portions(rows) {
                        self.join(rows, true).await?;
                    }
                }
                Step::Unlink(rows) => self.join(rows, false).await?,
                Step::Check => self.drain().await?,
            }
        }
        self.drain().await?;
        self.check_left_behind().await?;
        self.merge_reread();
        Ok(std::mem::take(&mut self.done))
    }

    /// New rows in the order in which they are sent: those that give their keys before those that the database numbers.
    fn keys_first<'r>(&self, table: usize, rows: &'r [usize]) -> Cow<'r, [usize]> {
        let (work, dialect) = (&self.work.tables[table], self.target.database().dialect());
        let each = rows.iter().copied();
        match keys_first(work.meta, each, &work.rows.given, dialect) {
            Some(rows) => Cow::Owned(rows),
            None => Cow::Borrowed(rows),
        }
    }

    /// All rows together, or each on its own.
    fn portions<'r>(&self, rows: &'r [usize]) -> impl Iterator<Item = &'r [usize]> + use<'r> {
        rows.chunks(if self.single { 1 } else { rows.len().max(1) })
    }

    fn key_of(&self, place: Place) -> Result<Vec<Value>> {
        if let Some(key) = self.keys.get(&place) {
            return Ok(key.clone());
        }
        self.arenas
            .at(place.0)
            .key_values(place.1)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a reference to a row without a key"))
    }

    /// The values by which others refer to a row.
    fn tie_of(&self, place: Place, by: By) -> Result<Vec<Value>> {
        let Some(columns) = by else {
            return self.key_of(place);
        };
        let arena = self.arenas.at(place.0);
        let tie = match self.rows.get(&place) {
            Some(values) => Some(pick(arena.meta(), values, columns)),
            None => arena.tie(place.1, by),
        };
        match tie {
            Some(tie) if tie.iter().any(Value::is_null) => Err(Error::session_state(format!(
                "a row refers to a {} by {}, which is NULL there",
                arena.meta().name,
                columns.join(", ")
            ))),
            Some(tie) => Ok(tie),
            None => self.key_of(place),
        }
    }

    fn value(&self, cell: &Cell) -> Result<Value> {
        match cell {
            Cell::Value(value) => Ok(value.clone()),
            Cell::KeyOf { target, by, part } => Ok(self.tie_of(*target, *by)?.swap_remove(*part)),
            Cell::Expression(_) => Err(Error::new(ErrorKind::Internal, "an expression as a value")),
        }
    }

    /// Adds the row to an error, if it is about only one.
    fn blame(&mut self, error: Error, table: usize, slots: &[u32]) -> Error {
        let error = self.arenas.at(table).meta().named(error);
        let [slot] = slots else {
            return error;
        };
        self.culprit = Some((table, *slot));
        error.with_row(shown(self.arenas.at(table), *slot))
    }
}

/// Whether an error is caused by a single row, which trying row by row can find.
pub(crate) fn is_of_a_row(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UniqueViolation
            | ErrorKind::ForeignKeyViolation
            | ErrorKind::NotNullViolation
            | ErrorKind::CheckViolation
            | ErrorKind::ValueTooLong
            | ErrorKind::OutOfRange
            | ErrorKind::InvalidValue
            | ErrorKind::StaleData
    )
}
