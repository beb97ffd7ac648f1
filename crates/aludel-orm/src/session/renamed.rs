//! Keys that change and that others refer to with `on_update = cascade`: the database changes the references along with them,
//! and memory follows. Nothing is read.

use super::arena::pick;
use super::arenas::Arenas;
use super::by_value::ByValue;
use super::same;
use super::work::Place;
use crate::meta::{ModelMeta, RelationKind, RelationMeta};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Rows of an arena, as they were and as they are.
type Changed = Vec<(Vec<Value>, Vec<Value>)>;

impl Arenas {
    /// The references to an arena's rows that change along with their keys, with the arenas that they are in.
    fn following(&self, at: usize) -> Vec<(usize, &'static RelationMeta)> {
        let to = self.at(at).meta();
        let follows = |relation: &&'static RelationMeta| {
            relation.kind == RelationKind::BelongsTo
                && relation.on_update == Action::Cascade
                && to.shares_rows_with((relation.target)())
        };
        let arenas = self.iter().enumerate();
        let each = arenas.flat_map(|(at, arena)| {
            let meta: &'static ModelMeta = arena.meta();
            let relations = meta.relations.iter().filter(follows);
            relations.map(move |relation| (at, relation))
        });
        each.collect()
    }

    /// The rows that change along with rows that were updated (and have these values, which memory has not yet), with
    /// their values afterwards.
    pub(crate) fn renamed(&self, updated: &[(usize, u32, Vec<Value>)]) -> Vec<(Place, Vec<Value>)> {
        let follows = |relation: &RelationMeta| relation.on_update == Action::Cascade;
        if !self
            .iter()
            .any(|arena| arena.meta().relations.iter().any(follows))
        {
            return Vec::new();
        }
        let mut wave: BTreeMap<usize, Changed> = BTreeMap::new();
        let mut following: HashMap<usize, Vec<(usize, &'static RelationMeta)>> = HashMap::new();
        for (at, slot, new) in updated {
            let relations = following.entry(*at).or_insert_with(|| self.following(*at));
            if !relations.is_empty()
                && let Some(old) = self.at(*at).stored(*slot)
            {
                wave.entry(*at).or_default().push((old, new.clone()));
            }
        }
        if wave.is_empty() {
            return Vec::new();
        }
        let updated = updated.iter().map(|(at, slot, new)| ((*at, *slot), new));
        let updated: HashMap<Place, &Vec<Value>> = updated.collect();
        let mut renamed: BTreeMap<Place, Vec<Value>> = BTreeMap::new();
        while let Some((at, rows)) = wave.pop_first() {
            for (child, relation) in self.following(at) {
                let keys = renamed_keys(self.at(at).meta(), relation, &rows);
                if keys.is_empty() {
                    continue;
                }
                let arena = self.at(child);
                let columns = arena.meta().positions(relation);
                for slot in arena.persistent() {
                    let Some(old) = arena.stored(slot).filter(|_| !arena.is_expired(slot)) else {
                        continue;
                    };
                    let key = columns.iter().map(|at| old[*at].clone()).collect();
                    let Some(key) = keys.get(&ByValue(key)) else {
                        continue;
                    };
                    let place = (child, slot);
                    let known = renamed.get(&place).or(updated.get(&place).copied());
                    let mut new = known.unwrap_or(&old).clone();
                    // One that was led elsewhere in the same flush is there already.
                    if columns.iter().any(|at| !same(&new[*at], &old[*at])) {
                        continue;
                    }
                    for (at, value) in columns.iter().zip(key) {
                        new[*at] = value.clone();
                    }
                    wave.entry(child).or_default().push((old, new.clone()));
                    renamed.insert(place, new);
                }
            }
        }
        renamed.into_iter().collect()
    }

    /// A statement set these columns of rows that nobody knows: what refers to such rows by them is read again before it
    /// is looked at.
    pub(crate) fn doubt_renamed(&mut self, at: usize, set: Vec<String>) {
        let mut seen: HashSet<(usize, &'static str)> = HashSet::new();
        let mut wave = vec![(at, set)];
        while let Some((at, set)) = wave.pop() {
            for (child, relation) in self.following(at) {
                let is_set = relation
                    .target_columns()
                    .iter()
                    .any(|key| set.contains(key));
                if !is_set || !seen.insert((child, relation.name)) {
                    continue;
                }
                for slot in self.at(child).persistent() {
                    self.at_mut(child).expire(slot);
                }
                wave.push((child, relation.columns.clone()));
            }
        }
    }
}

/// The keys by which a relation refers to rows, and what they are now, of those that changed.
fn renamed_keys(
    meta: &ModelMeta,
    relation: &RelationMeta,
    rows: &[(Vec<Value>, Vec<Value>)],
) -> HashMap<ByValue, Vec<Value>> {
    let columns = relation.target_columns();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut keys = HashMap::new();
    for (old, new) in rows {
        let (old, new) = (pick(meta, old, &columns), pick(meta, new, &columns));
        let is_same = old.iter().zip(&new).all(|(a, b)| same(a, b));
        // Nobody refers to NULL.
        if !is_same && !old.iter().any(Value::is_null) {
            keys.insert(ByValue(old), new);
        }
    }
    keys
}
