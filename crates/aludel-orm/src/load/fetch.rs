//! Reading related rows, straight into the rows that they belong to.

use super::{Loading, Plan};
use crate::key_map::KeyMap;
use crate::model::Model;
use crate::model::fields::{Rows, Shared};
use crate::model::relation::{Relation, RelationField};
use aludel_engine::Result;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::Sink;
use aludel_sql::Value;
use aludel_sql::row::{Cells, DecodeError, Row};
use aludel_sql::types::PrimaryKey;
use std::any::Any;
use std::ops::Range;
use std::panic::Location;

pub(super) async fn load_into<R: Relation>(
    loading: &Loading<R>,
    rows: &mut [R::Owner],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let plan = loading.plan()?;
    if plan.by_target {
        load_one(loading, &plan, rows, target, site).await
    } else {
        load_many(loading, &plan, rows, target, site).await
    }
}

/// Loads the row that each of these belongs to; a row that several belong to is loaded once.
async fn load_one<R: Relation>(
    loading: &Loading<R>,
    plan: &Plan,
    rows: &mut [R::Owner],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let mut found: KeyMap<R::Tie, Option<Shared<R::Target>>> = KeyMap::default();
    for row in rows.iter() {
        if let Some(key) = R::owner_tie(row) {
            found.entry(key).or_default();
        }
    }
    let wanted = found.keys().cloned().collect();
    let ordered = !plan.is_unordered();
    let tie = R::target_tie;
    for mut pairs in pairs::<R::Target, R::Tie>(plan, wanted, ordered, tie, target, site).await? {
        for nested in &loading.nested {
            nested.load(&mut pairs.rows, target, site).await?;
        }
        for (row, key) in pairs.rows.into_iter().zip(pairs.keys) {
            found.insert(key, Some(Shared::new(row)));
        }
    }
    let leaves_out = loading.leaves_out();
    for row in rows {
        let related = R::owner_tie(row).and_then(|key| found.get(&key));
        match related {
            Some(Some(related)) => R::field_mut(row).put_one(related),
            Some(None) if leaves_out => R::field_mut(row).put_out_of_scope(),
            // A row that a filter left out was not loaded.
            _ => {}
        }
    }
    Ok(())
}

/// Rows that others belong to, by key.
pub(super) type Owners<R> = KeyMap<<R as Relation>::Tie, Shared<<R as Relation>::Owner>>;

/// Loads the rows that belong to each of these.
async fn load_many<R: Relation>(
    loading: &Loading<R>,
    plan: &Plan,
    rows: &mut [R::Owner],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    // Groups of rows, by key; a row may occur among the owners twice.
    let mut groups: KeyMap<R::Tie, usize> =
        KeyMap::with_capacity_and_hasher(rows.len(), Default::default());
    let mut wanted: Vec<R::Tie> = Vec::with_capacity(rows.len());
    for tie in rows.iter().filter_map(R::owner_tie) {
        groups.entry(tie).or_insert_with_key(|key| {
            wanted.push(key.clone());
            wanted.len() - 1
        });
    }
    let found: Vec<Vec<R::Target>> = (0..wanted.len()).map(|_| Vec::new()).collect();
    let ordered = !plan.is_unordered();
    let mut grouped = Grouped {
        groups,
        found,
        within: plan.within(),
        tie: R::target_tie,
        now: 0..0,
        last: None,
    };
    if loading.nested.is_empty() {
        // Straight from the driver to where they belong.
        let (types, dialect) = (R::Tie::sql_types(), target.database().dialect());
        for keys in plan.portions(wanted, types.len(), dialect) {
            grouped.now = grouped.now.end..grouped.now.end + keys.len() / types.len();
            let command = plan.command(keys, ordered, &types, dialect, site);
            grouped = target.fetch(command, grouped).await?.0;
        }
    } else {
        let owners = loading.owners(rows);
        for mut pairs in pairs(plan, wanted, ordered, R::target_tie, target, site).await? {
            for nested in &loading.nested {
                if owners.is_none() || !nested.is(R::inverse()) {
                    nested.load(&mut pairs.rows, target, site).await?;
                }
            }
            for (mut row, key) in pairs.rows.into_iter().zip(pairs.keys) {
                if let Some(owner) = owners.as_ref().and_then(|owners| owners.get(&key)) {
                    R::set_owner(&mut row, owner);
                }
                grouped.push(row, key);
            }
        }
    }
    let Grouped {
        groups, mut found, ..
    } = grouped;
    if plan.sorts_here() {
        found.iter_mut().for_each(|rows| sort_by_number(rows));
    }
    let whole = loading.is_whole();
    let found: Vec<Shared<Rows<R::Target>>> = found
        .into_iter()
        .map(|rows| Shared::new(Rows { rows, whole }))
        .collect();
    for row in rows {
        if let Some(group) = R::owner_tie(row).and_then(|tie| groups.get(&tie)) {
            R::field_mut(row).put_many(&found[*group]);
        }
    }
    Ok(())
}

/// Sorts rows by their key if it is one number and they are not sorted yet.
fn sort_by_number<M: Model>(rows: &mut [M]) {
    let number = |row: &M| row.key().into_binds().first().and_then(Value::as_i64);
    if !rows.is_sorted_by_key(number) {
        rows.sort_by_key(number);
    }
}

/// Rows grouped by the key that relates them to their owners.
struct Grouped<T, K> {
    groups: KeyMap<K, usize>,
    found: Vec<Vec<T>>,
    within: Option<Vec<usize>>,
    tie: fn(&T) -> Option<K>,
    /// The groups that the running statement reads.
    now: Range<usize>,
    /// The last row's key and group: usually the next row's, too.
    last: Option<(K, usize)>,
}

impl<T, K: PrimaryKey> Grouped<T, K> {
    #[inline(always)]
    fn push(&mut self, row: T, key: K) {
        let group = match &self.last {
            Some((last, group)) if *last == key => Some(*group),
            _ => self.turn_to(key),
        };
        if let Some(group) = group {
            self.found[group].push(row);
        }
    }

    /// The group of another key than the last row's.
    fn turn_to(&mut self, key: K) -> Option<usize> {
        let group = *self.groups.get(&key)?;
        self.last = Some((key, group));
        Some(group)
    }
}

impl<T: Model, K: PrimaryKey> Sink for Grouped<T, K> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let (row, key) = tied(cells, self.within.as_deref(), self.tie)?;
        self.push(row, key);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.found[self.now.clone()].iter_mut().for_each(Vec::clear);
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A row, and the key that relates it to its owner: among its own columns, or after them.
#[inline(always)]
fn tied<T: Model, K: PrimaryKey>(
    cells: &mut dyn Cells,
    within: Option<&[usize]>,
    tie: fn(&T) -> Option<K>,
) -> Result<(T, K), DecodeError> {
    let mut row = Row::new(cells);
    let read = T::from_row(&mut row)?;
    if let Some(key) = tie(&read) {
        return Ok((read, key));
    }
    let key = match within {
        None => K::from_row(&mut row)?,
        Some(positions) => K::from_row(&mut Row::reordered(cells, positions))?,
    };
    Ok((read, key))
}

/// Related rows, and for each the key that relates it to its owner.
pub(crate) struct Pairs<T, K> {
    pub(crate) rows: Vec<T>,
    pub(crate) keys: Vec<K>,
    /// The key, from the row itself.
    tie: fn(&T) -> Option<K>,
    /// Positions of the key among the row's own columns; `None` if it follows them.
    within: Option<Vec<usize>>,
}

impl<T: Model, K: PrimaryKey> Sink for Pairs<T, K> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let (row, key) = tied(cells, self.within.as_deref(), self.tie)?;
        self.rows.push(row);
        self.keys.push(key);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        self.keys.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Reads related rows, sorted or not; one list for each statement.
pub(crate) async fn pairs<T: Model, K: PrimaryKey>(
    plan: &Plan,
    keys: Vec<K>,
    ordered: bool,
    tie: fn(&T) -> Option<K>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Pairs<T, K>>> {
    let types = K::sql_types();
    let dialect = target.database().dialect();
    let mut found = Vec::new();
    for keys in plan.portions(keys, types.len(), dialect) {
        let command = plan.command(keys, ordered, &types, dialect, site);
        let sink = Pairs::<T, K> {
            rows: Vec::new(),
            keys: Vec::new(),
            tie,
            within: plan.within(),
        };
        found.push(target.fetch(command, sink).await?.0);
    }
    Ok(found)
}
