//! To-one relations: finds the existing rows that are replaced or cleared.

use super::collection_changes::{Collection, is_alive};
use super::owners::Owners;
use super::pending::{Change, RowRef};
use super::unit_of_work::Place;
use super::{Session, flush, statements};
use crate::model::meta::RelationMeta;
use aludel_engine::Result;
use std::collections::HashMap;
use std::panic::Location;

/// A to-one relation whose rows are to be replaced or cleared, and the existing rows.
struct Asked {
    relation: &'static RelationMeta,
    /// The arena of the owners, and that of the rows.
    arena: usize,
    target: usize,
    owners: Vec<u32>,
    present: HashMap<u32, Vec<u32>>,
}

impl Asked {
    fn inverse(&self) -> Option<&'static RelationMeta> {
        let target = (self.relation.target)();
        self.relation.inverse.and_then(|name| target.relation(name))
    }
}

impl Session {
    /// Resolves changes that clear a to-one relation to its existing rows, reading those that the session does not have.
    pub(super) async fn find_present(&mut self, site: &'static Location<'static>) -> Result<()> {
        let mut asked: Vec<Asked> = Vec::new();
        for known in self
            .changes
            .iter()
            .filter(|known| known.change.row.is_none())
        {
            let same = |asked: &&mut Asked| std::ptr::eq(asked.relation, known.relation);
            match asked.iter_mut().find(same) {
                Some(asked) => asked.owners.push(known.owner.1),
                None => asked.push(Asked {
                    relation: known.relation,
                    arena: known.owner.0,
                    target: known.target,
                    owners: vec![known.owner.1],
                    present: HashMap::new(),
                }),
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        for asked in &mut asked {
            self.find_of(asked, site).await?;
        }
        // The flush itself may have set the row before it is cleared.
        let mut made: HashMap<(Place, &'static str), Vec<u32>> = HashMap::new();
        let changes = std::mem::take(&mut self.changes);
        for collection in changes {
            let (owner, relation, change) =
                (collection.owner, collection.relation, &collection.change);
            let same = |asked: &&Asked| std::ptr::eq(asked.relation, relation);
            let of = asked.iter().find(same);
            let (None, Some(of)) = (&change.row, of.filter(|of| of.inverse().is_some())) else {
                if let (true, Some(RowRef::Slot(slot))) =
                    (change.added && of.is_some(), &change.row)
                {
                    made.entry((owner, relation.name)).or_default().push(*slot);
                }
                self.changes.push(collection);
                continue;
            };
            let present = of.present.get(&owner.1).into_iter().flatten();
            let made = made.get(&(owner, relation.name)).into_iter().flatten();
            for slot in present.chain(made) {
                self.changes.push(Collection {
                    owner,
                    relation,
                    target: of.target,
                    change: Change {
                        row: Some(RowRef::Slot(*slot)),
                        added: false,
                        pushed: false,
                        turn: change.turn,
                    },
                    is_tried: collection.is_tried,
                    seen: None,
                });
            }
        }
        Ok(())
    }

    /// Finds the rows that refer to these owners, in memory, after reading those of the database.
    async fn find_of(&mut self, asked: &mut Asked, site: &'static Location<'static>) -> Result<()> {
        let Some(inverse) = asked.inverse() else {
            return Ok(());
        };
        let mut owners = Owners::of(self.arenas.at(asked.arena), &asked.owners, inverse);
        let meta = self.arenas.at(asked.target).meta();
        let (columns, ties) = (meta.positions(inverse), owners.take_ties());
        for command in statements::selects(meta, &columns, ties, self.db.dialect(), site)? {
            let sink = self.arenas.at(asked.target).sink();
            let sink = flush::fetch(self.target(), command, sink).await?;
            self.arenas.absorb_all(asked.target, sink)?;
        }
        let session = self.arenas.session;
        let arena = self.arenas.at_mut(asked.target);
        for slot in 0..arena.len() as u32 {
            if is_alive(arena, slot)
                && let Some(pointer) = arena.pointer(slot, inverse.name)
                && let Some(owner) = owners.find(pointer, session)
            {
                asked.present.entry(owner).or_default().push(slot);
            }
        }
        Ok(())
    }
}
