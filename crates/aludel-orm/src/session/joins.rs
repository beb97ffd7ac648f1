//! Rows of join tables that follow from changes of many-to-many relations.

use super::Session;
use super::arena::State;
use super::by_value::ByValue;
use super::collection_changes::Collection;
use super::pending::RowRef;
use super::unit_of_work::JoinWork;
use aludel_engine::{Error, Result};
use aludel_sql::statement::TableName;
use std::collections::HashMap;

/// One side of a row of a join table.
#[derive(PartialEq, Eq, Hash)]
enum Side {
    Slot(u32),
    Key(ByValue),
}

impl Side {
    fn of(row: &RowRef) -> Side {
        match row {
            RowRef::Slot(slot) => Side::Slot(*slot),
            RowRef::Key(key) => Side::Key(ByValue(key.clone())),
        }
    }
}

impl Session {
    /// A row of a join table, added or removed.
    pub(super) fn join(&self, collection: &Collection) -> Result<Option<JoinWork>> {
        let owner = self.arenas.at(collection.owner.0).meta();
        let path = collection
            .relation
            .join_path(owner)
            .map_err(Error::invalid_query)?;
        let Some((table, pairs)) = path.through else {
            return Ok(None);
        };
        let own: Vec<String> = pairs.into_iter().map(|(_, column)| column).collect();
        let other: Vec<String> = path.pairs.into_iter().map(|(column, _)| column).collect();
        let mine = (collection.owner.0, RowRef::Slot(collection.owner.1));
        let Some(row) = collection.change.row.clone() else {
            return Ok(None);
        };
        let theirs = (collection.target, row);
        // It is the same row seen from both sides.
        let (columns, sides) = if own <= other {
            ([own, other].concat(), [mine, theirs])
        } else {
            ([other, own].concat(), [theirs, mine])
        };
        Ok(Some(JoinWork {
            table,
            columns,
            model: collection.relation.join_model(),
            sides,
            relation: (owner.name, collection.relation.name),
            added: collection.change.added,
        }))
    }

    /// Notes changes of join tables: for each pair of rows the last one counts.
    pub(crate) fn note_joins(&mut self, new: Vec<JoinWork>) {
        if new.is_empty() {
            return;
        }
        let mut noted: Vec<JoinWork> = Vec::with_capacity(self.joins.len() + new.len());
        let mut tables: Vec<(TableName, Vec<String>)> = Vec::new();
        let mut pairs: HashMap<(usize, [(usize, Side); 2]), usize> = HashMap::new();
        for mut join in std::mem::take(&mut self.joins).into_iter().chain(new) {
            for (arena, side) in &mut join.sides {
                if let RowRef::Key(key) = side
                    && let Some(slot) = self.arenas.at(*arena).find(key)
                {
                    *side = RowRef::Slot(slot);
                }
            }
            let same =
                |known: &(TableName, Vec<String>)| known.0 == join.table && known.1 == join.columns;
            let table = tables.iter().position(same).unwrap_or_else(|| {
                tables.push((join.table.clone(), join.columns.clone()));
                tables.len() - 1
            });
            let [a, b] = &join.sides;
            let pair = (table, [(a.0, Side::of(&a.1)), (b.0, Side::of(&b.1))]);
            let at = *pairs.entry(pair).or_insert(noted.len());
            if at == noted.len() {
                noted.push(join);
            } else {
                noted[at] = join;
            }
        }
        self.joins = noted;
    }

    /// Forgets rows of join tables that go with the rows that they join: additions for removed rows, and removals for rows that
    /// do not exist yet.
    pub(crate) fn forget_dead_joins(&mut self) {
        let arenas = &self.arenas;
        self.joins.retain(|join| {
            join.sides.iter().all(|(arena, side)| match side {
                RowRef::Key(_) => true,
                RowRef::Slot(slot) => match arenas.at(*arena).state(*slot) {
                    Some(State::Persistent) => true,
                    Some(State::Pending) => join.added,
                    Some(State::Removed) => !join.added,
                    Some(State::Deleted | State::Gone) | None => false,
                },
            })
        });
    }
}
