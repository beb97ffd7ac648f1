//! The row of a primary key, of a model that is known by its metadata.

use super::arena::State;
use super::{Session, flush};
use crate::by_key::{key_command, missing};
use aludel_engine::Result;
use aludel_sql::Value;
use std::panic::Location;

impl Session {
    /// The slot of a row, by the arena of its model and its primary key.
    pub(crate) async fn slot_of(
        &mut self,
        at: usize,
        key: Vec<Value>,
        site: &'static Location<'static>,
    ) -> Result<u32> {
        let meta = self.arenas.at(at).meta();
        if meta.shares_table() {
            if self.autoflush && self.arenas.is_changed_elsewhere(at, &key) {
                self.recover(site).await?;
                self.flush_at(site).await?;
            }
            if self.arenas.is_removed_elsewhere(at, &key) {
                return Err(missing(meta));
            }
        }
        let arena = self.arenas.at(at);
        if let Some(slot) = arena.find(&key) {
            if arena.state(slot) != Some(State::Persistent) {
                return Err(missing(meta));
            }
            if !arena.is_expired(slot) {
                return Ok(slot);
            }
        }
        self.before_query(site).await?;
        let sink = self.arenas.at(at).sink();
        let command = key_command(meta, key.clone().into(), true, self.target(), site);
        let found = match command {
            Ok(command) => flush::fetch(self.target(), command, sink).await,
            Err(error) => Err(error),
        };
        self.busy = false;
        match self.arenas.absorb_all(at, found?)?.first() {
            Some(slot) => Ok(*slot),
            None => {
                if let Some(slot) = self.arenas.at(at).find(&key) {
                    self.arenas.vanish((at, slot));
                }
                Err(missing(meta))
            }
        }
    }
}
