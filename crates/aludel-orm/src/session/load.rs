//! Loading relations into a session: related rows become slots, and the session remembers which belong to which.

use super::Session;
use super::related::reference_of;
use crate::key_map::KeyMap;
use crate::load::{IntoLoad, Loading, Plan, pairs};
use crate::model::Model;
use crate::model::relation::Relation;
use crate::model::slot::Key;
use aludel_engine::Result;
use aludel_sql::Value;
use std::any::Any;
use std::collections::HashSet;
use std::panic::Location;

impl Session {
    /// Loads a relation of this row, and of all rows that came from the same result: one statement, however many they
    /// are. What it leads to is then [`related`](Session::related).
    ///
    /// # Errors
    /// A key of another session; those of a flush before it; any database error.
    #[track_caller]
    pub fn load<M: Model>(
        &mut self,
        key: Key<M>,
        relation: impl IntoLoad<M>,
    ) -> impl Future<Output = Result<()>> + Send {
        let (mut loads, site) = (Vec::new(), Location::caller());
        relation.add_to(&mut loads);
        async move {
            self.row(key)?;
            self.before_query(site).await?;
            let slots = self.arenas.of::<M>().peers(key.id.slot);
            let mut loaded = Ok(());
            for load in loads {
                if loaded.is_ok() {
                    loaded = load.load_slots(self, slots.clone(), site).await;
                }
            }
            self.busy = false;
            loaded
        }
    }

    pub(crate) async fn load_relation<R: Relation>(
        &mut self,
        loading: &Loading<R>,
        slots: Vec<u32>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let plan = loading.plan()?;
        let related = if plan.by_target {
            self.load_targets::<R>(loading, &plan, &slots, site).await?
        } else {
            self.load_owned::<R>(loading, &plan, &slots, site).await?
        };
        if related.is_empty() {
            return Ok(());
        }
        for nested in loading.nested() {
            nested.load_slots(self, related.clone(), site).await?;
        }
        Ok(())
    }

    /// Loads the rows that these belong to. Rows that are known already are not read again.
    async fn load_targets<R: Relation>(
        &mut self,
        loading: &Loading<R>,
        plan: &Plan,
        slots: &[u32],
        site: &'static Location<'static>,
    ) -> Result<Vec<u32>> {
        let arena = self.arenas.of::<R::Owner>();
        let rows = slots.iter().filter_map(|slot| arena.row(*slot));
        let mut keys: Vec<R::Tie> = rows.filter_map(R::owner_tie).collect();
        let mut seen = HashSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        let targets = self.arenas.of::<R::Target>();
        let mut related: Vec<u32> = Vec::new();
        // Needed only where rows may be out of scope.
        let mut missing: HashSet<R::Tie> = HashSet::new();
        if loading.is_whole() {
            // An alternate key has another type, or at least another meaning.
            let find = |key: &R::Tie| {
                let key: &dyn Any = key;
                targets
                    .find_key::<R::Target>(key.downcast_ref().filter(|_| plan.is_by_primary_key())?)
            };
            keys.retain(|key| match find(key) {
                Some(slot) if !targets.is_expired(slot) => {
                    related.push(slot);
                    false
                }
                _ => true,
            });
        }
        if loading.leaves_out() {
            missing.extend(keys.iter().cloned());
        }
        for found in pairs(plan, keys, true, R::target_tie, self.target(), site).await? {
            found.keys.iter().for_each(|key| _ = missing.remove(key));
            let targets = self.arenas.of::<R::Target>();
            related.extend(found.rows.into_iter().map(|row| targets.absorb(row, false)));
        }
        self.note_scope::<R>(slots, &missing);
        let at = self.arenas.index_of::<R::Target>();
        self.arenas.meet_twins(at, &related, false)?;
        self.arenas.of::<R::Target>().set_peers(&related);
        Ok(related)
    }

    /// Notes which of these rows refer to rows that are missing because they are out of scope.
    fn note_scope<R: Relation>(&mut self, slots: &[u32], missing: &HashSet<R::Tie>) {
        let arena = self.arenas.of::<R::Owner>();
        let target = |slot: &u32| {
            let row = arena.row(*slot)?;
            let is_missing = missing.contains(&R::owner_tie(row)?);
            let relation = R::Owner::meta().relation(R::NAME)?;
            is_missing.then(|| reference_of(row, relation))
        };
        let found: Vec<(u32, Option<Vec<Value>>)> =
            slots.iter().map(|slot| (*slot, target(slot))).collect();
        let owner = self.arenas.index_of::<R::Owner>();
        for (slot, target) in found {
            self.lists.note_scope((owner, slot), R::NAME, target);
        }
    }

    /// Loads the rows that belong to these.
    async fn load_owned<R: Relation>(
        &mut self,
        loading: &Loading<R>,
        plan: &Plan,
        slots: &[u32],
        site: &'static Location<'static>,
    ) -> Result<Vec<u32>> {
        let arena = self.arenas.of::<R::Owner>();
        let mut lists: KeyMap<R::Tie, (u32, Vec<u32>)> = KeyMap::default();
        for slot in slots {
            if let Some(tie) = arena.row(*slot).and_then(R::owner_tie) {
                lists.insert(tie, (*slot, Vec::new()));
            }
        }
        let keys = lists.keys().cloned().collect();
        let mut related = Vec::new();
        for found in pairs(plan, keys, true, R::target_tie, self.target(), site).await? {
            let targets = self.arenas.of::<R::Target>();
            for (row, key) in found.rows.into_iter().zip(found.keys) {
                let slot = targets.absorb(row, false);
                related.push(slot);
                if let Some((_, list)) = lists.get_mut(&key) {
                    list.push(slot);
                }
            }
        }
        let (owner, target) = (
            self.arenas.index_of::<R::Owner>(),
            self.arenas.index_of::<R::Target>(),
        );
        self.arenas.record();
        for (slot, list) in lists.into_values() {
            let (whole, begun) = (loading.is_whole(), !self.transactions.is_empty());
            self.lists
                .put((owner, slot), R::NAME, target, list, whole, begun);
        }
        related.sort_unstable();
        related.dedup();
        self.arenas.meet_twins(target, &related, false)?;
        let targets = self.arenas.of::<R::Target>();
        related.retain(|slot| targets.state(*slot) == Some(super::arena::State::Persistent));
        targets.set_peers(&related);
        Ok(related)
    }
}
