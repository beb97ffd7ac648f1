//! Related rows that are joined in the query's own statement: `Post::author.joined()`.
//!
//! A join repeats a row for each row that refers to it. It is read the first time, and shared by all that refer to it; the
//! columns of its repetitions are skipped.

use crate::key_map::KeyMap;
use crate::model::Model;
use crate::model::fields::{Rows, Shared};
use crate::model::meta::RelationKind;
use crate::model::relation::{Relation, RelationField};
use aludel_sql::row::{DecodeError, FromRow, Row};
use std::any::Any;
use std::collections::hash_map::Entry;

/// Reads joined rows, for the rows of one result.
#[doc(hidden)]
pub trait ReadJoined: Send {
    /// Reads the columns that were selected for it into the row that they came with.
    ///
    /// # Errors
    /// Columns that can't be read.
    fn read(&mut self, owner: &mut dyn Any, row: &mut Row<'_>) -> Result<(), DecodeError>;

    /// Forgets what was read: the rows are sent again.
    fn restart(&mut self);
}

/// The related rows of one relation.
pub(super) struct Joining<R: Relation> {
    /// How many columns one has. (Rows of several kinds have no width as a type.)
    width: usize,
    /// Whether the owners refer to them. Otherwise each refers to its owner, and no other row has it.
    referred: bool,
    /// Whether a missing row is one that the default scope excludes.
    leaves_out: bool,
    /// The rows that were read, by the key that refers to them.
    found: KeyMap<R::Tie, Shared<R::Target>>,
}

impl<R: Relation> Joining<R> {
    pub(super) fn new(leaves_out: bool) -> Joining<R> {
        let relation = <R::Owner as Model>::meta().relation(R::NAME);
        Joining {
            width: <R::Target as Model>::meta().fields.len(),
            referred: relation.is_some_and(|relation| relation.kind == RelationKind::BelongsTo),
            leaves_out,
            found: KeyMap::default(),
        }
    }
}

impl<R: Relation> ReadJoined for Joining<R> {
    fn read(&mut self, owner: &mut dyn Any, row: &mut Row<'_>) -> Result<(), DecodeError> {
        let Some(owner) = owner.downcast_mut::<R::Owner>() else {
            row.skip(self.width);
            return Ok(());
        };
        if !self.referred {
            let related = <R::Target as FromRow>::from_nullable(row)?;
            let rows = Rows {
                rows: related.into_iter().collect(),
                whole: true,
            };
            R::field_mut(owner).put_many(&Shared::new(rows));
            return Ok(());
        }
        // The reference is read already, as a part of the owner.
        let Some(key) = R::owner_tie(owner) else {
            row.skip(self.width);
            return Ok(());
        };
        match self.found.entry(key) {
            Entry::Occupied(known) => {
                row.skip(self.width);
                R::field_mut(owner).put_one(known.get());
            }
            Entry::Vacant(unknown) => match <R::Target as FromRow>::from_nullable(row)? {
                Some(related) => {
                    R::field_mut(owner).put_one(unknown.insert(Shared::new(related)));
                }
                None if self.leaves_out => R::field_mut(owner).put_out_of_scope(),
                None => {}
            },
        }
        Ok(())
    }

    fn restart(&mut self) {
        self.found.clear();
    }
}
