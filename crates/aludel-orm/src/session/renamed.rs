//! Changed keys that others refer to with `on_update = cascade`: the database changes the references along with them, or the
//! session does, and memory follows. Nothing is read.

use super::arena::pick;
use super::arenas::Arenas;
use super::by_value::ByValue;
use super::unit_of_work::Place;
use crate::model::meta::{ModelMeta, PolymorphicMeta, RelationKind, RelationMeta};
use crate::model::values::same;
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Rows of an arena: the old and the new values.
type Changed = Vec<(Vec<Value>, Vec<Value>)>;

/// A reference that changes along with the key that it refers to.
#[derive(Clone, Copy)]
pub(super) enum Follows {
    /// By a foreign key.
    Key(&'static RelationMeta),
    /// By a reference to one of several models, with its label for this one.
    Kind(&'static PolymorphicMeta, &'static str),
}

impl Follows {
    /// The references of a model's rows that follow keys of `to`.
    pub(super) fn of(
        meta: &'static ModelMeta,
        to: &'static ModelMeta,
    ) -> impl Iterator<Item = Follows> {
        let by_key = all(meta).filter(|relation| to.shares_rows_with((relation.target)()));
        let by_kind = meta.polymorphic.iter().filter(follows_kind);
        let by_kind = by_kind.flat_map(|reference| {
            let kinds = reference.kinds.iter();
            let kinds = kinds.filter(|kind| to.shares_rows_with((kind.meta)()));
            kinds.map(move |kind| Follows::Kind(reference, kind.label))
        });
        by_key.map(Follows::Key).chain(by_kind)
    }

    /// Whether a model has any.
    pub(super) fn any(meta: &'static ModelMeta) -> bool {
        all(meta).next().is_some() || meta.polymorphic.iter().any(|known| follows_kind(&known))
    }

    /// The columns of the other row that it refers to.
    pub(super) fn target_columns(&self, to: &ModelMeta) -> Vec<String> {
        match self {
            Follows::Key(relation) => relation.target_columns(),
            Follows::Kind(..) => to.key_columns().map(str::to_owned).collect(),
        }
    }

    /// The field.
    fn name(&self) -> (&'static str, &'static str) {
        match self {
            Follows::Key(relation) => (relation.name, ""),
            Follows::Kind(reference, label) => (reference.name, label),
        }
    }

    /// Its own columns.
    fn columns(&self) -> Vec<String> {
        match self {
            Follows::Key(relation) => relation.columns.clone(),
            Follows::Kind(reference, _) => vec![reference.kind.clone(), reference.id.clone()],
        }
    }

    /// Positions of its own columns.
    fn positions(&self, meta: &ModelMeta) -> Vec<usize> {
        match self {
            Follows::Key(relation) => meta.positions(relation),
            Follows::Kind(reference, _) => reference.positions(meta),
        }
    }
}

fn all(meta: &'static ModelMeta) -> impl Iterator<Item = &'static RelationMeta> {
    meta.relations.iter().filter(|relation| {
        relation.kind == RelationKind::BelongsTo && relation.on_update == Action::Cascade
    })
}

fn follows_kind(reference: &&'static PolymorphicMeta) -> bool {
    reference.on_update == Action::Cascade
}

impl Arenas {
    /// The references that change along with the keys of an arena's rows, each with its arena.
    fn following(&self, at: usize) -> Vec<(usize, Follows)> {
        let to = self.at(at).meta();
        let each = self.iter().enumerate();
        let each =
            each.flat_map(|(at, arena)| Follows::of(arena.meta(), to).map(move |of| (at, of)));
        each.collect()
    }

    /// The rows that change along with updated rows, with their values afterwards. Memory does not have the updated values yet.
    /// `set` says which columns of updated rows were set.
    pub(crate) fn renamed(
        &self,
        updated: &[(usize, u32, Vec<Value>)],
        set: &HashMap<Place, Vec<usize>>,
    ) -> Vec<(Place, Vec<Value>)> {
        if !self.iter().any(|arena| Follows::any(arena.meta())) {
            return Vec::new();
        }
        let mut wave: BTreeMap<usize, Changed> = BTreeMap::new();
        let mut following: HashMap<usize, Vec<(usize, Follows)>> = HashMap::new();
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
            for (child, follows) in self.following(at) {
                let keys = renamed_keys(self.at(at).meta(), follows, &rows);
                if keys.is_empty() {
                    continue;
                }
                let arena = self.at(child);
                let columns = follows.positions(arena.meta());
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
                    // A reference that was set in the same flush is up to date, even if it leads to another row with its old
                    // key.
                    let set = set.get(&place).map_or(&[][..], Vec::as_slice);
                    let is_led = |at: &usize| set.contains(at) || !same(&new[*at], &old[*at]);
                    if columns.iter().any(is_led) {
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

    /// A statement set these columns of rows that the session may not know: expires the rows that refer to such rows by them.
    pub(crate) fn doubt_renamed(&mut self, at: usize, set: Vec<String>) {
        let mut seen = HashSet::new();
        let mut wave = vec![(at, set)];
        while let Some((at, set)) = wave.pop() {
            let to = self.at(at).meta();
            for (child, follows) in self.following(at) {
                let mut columns = follows.target_columns(to).into_iter();
                let is_set = columns.any(|key| set.contains(&key));
                if !is_set || !seen.insert((child, follows.name())) {
                    continue;
                }
                for slot in self.at(child).persistent() {
                    self.at_mut(child).expire(slot);
                }
                wave.push((child, follows.columns()));
            }
        }
    }
}

/// The old and new keys, as a reference holds them, of the rows whose keys changed.
fn renamed_keys(
    meta: &ModelMeta,
    follows: Follows,
    rows: &[(Vec<Value>, Vec<Value>)],
) -> HashMap<ByValue, Vec<Value>> {
    let columns = follows.target_columns(meta);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut keys = HashMap::new();
    for (old, new) in rows {
        let (mut old, mut new) = (pick(meta, old, &columns), pick(meta, new, &columns));
        let is_same = old.iter().zip(&new).all(|(a, b)| same(a, b));
        // NULL refers to nothing.
        if !is_same && !old.iter().any(Value::is_null) {
            if let Follows::Kind(_, label) = follows {
                for key in [&mut old, &mut new] {
                    key.insert(0, Value::Text(label.to_owned()));
                }
            }
            keys.insert(ByValue(old), new);
        }
    }
    keys
}
