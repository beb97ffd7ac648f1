//! Reading through a session: queries return keys, and rows that are known already stay as they are.

use super::Session;
use super::arena::State;
use crate::by_key::{find, key_command, missing};
use crate::errors::stale;
use crate::load::QueryWith;
use crate::model::Model;
use crate::model::slot::Key;
use aludel_engine::spi::gather::Reading;
use aludel_engine::{Result, RowStream};
use aludel_sql::Value;
use aludel_sql::types::PrimaryKey;
use futures_core::Stream;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

impl Session {
    /// The row of a primary key. For a known one nothing is sent, unless it is expired.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound), also for a row that is marked to be deleted; and any
    /// database error.
    #[track_caller]
    pub fn get<M: Model>(
        &mut self,
        key: impl Into<M::Key>,
    ) -> impl Future<Output = Result<Key<M>>> + Send {
        let (key, site) = (key.into(), Location::caller());
        async move {
            let found = self.find_at::<M>(key, site).await?;
            found.ok_or_else(|| missing(M::meta()))
        }
    }

    /// The row of a primary key, if there is one.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn find<M: Model>(
        &mut self,
        key: impl Into<M::Key>,
    ) -> impl Future<Output = Result<Option<Key<M>>>> + Send {
        let (key, site) = (key.into(), Location::caller());
        self.find_at(key, site)
    }

    async fn find_at<M: Model>(
        &mut self,
        key: M::Key,
        site: &'static Location<'static>,
    ) -> Result<Option<Key<M>>> {
        let at = self.arenas.index_of::<M>();
        if M::meta().shares_table() {
            let values = key.clone().into_values();
            if self.autoflush && self.arenas.is_changed_elsewhere(at, &values) {
                self.recover(site).await?;
                self.flush_at(site).await?;
            }
            if self.arenas.is_removed_elsewhere(at, &values) {
                return Ok(None);
            }
        }
        let arena = self.arenas.of::<M>();
        if let Some(slot) = arena.find_key::<M>(&key) {
            if arena.state(slot) != Some(State::Persistent) {
                return Ok(None);
            }
            if !arena.is_expired(slot) {
                return Ok(Some(arena.key(slot)));
            }
        }
        self.before_query(site).await?;
        let target = self.target();
        let command = key_command(M::meta(), key.clone().into_binds(), true, target, site);
        let found = target.row::<M>(command, Reading::FIRST).await;
        self.busy = false;
        let arena = self.arenas.of::<M>();
        match found? {
            Some(row) => {
                let slot = arena.absorb(row, false);
                let found = arena.key(slot);
                self.arenas.meet_twins(at, &[slot], false)?;
                Ok(Some(found))
            }
            None => {
                if let Some(slot) = arena.find_key::<M>(&key) {
                    self.arenas.vanish((at, slot));
                }
                Ok(None)
            }
        }
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// Those of a flush before it, and any database error.
    #[track_caller]
    pub fn all<M: Model>(
        &mut self,
        query: impl Into<QueryWith<M>>,
    ) -> impl Future<Output = Result<Vec<Key<M>>>> + Send {
        let (query, site) = (query.into(), Location::caller());
        async move {
            self.before_query(site).await?;
            let rows = query.plain().all_at(self.target(), site).await;
            self.busy = false;
            self.absorb_all(rows?, &query, site).await
        }
    }

    /// The only row of a query.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound),
    /// [`ErrorKind::ManyFound`](aludel_engine::ErrorKind::ManyFound), those of a flush before it, and any database error.
    #[track_caller]
    pub fn one<M: Model>(
        &mut self,
        query: impl Into<QueryWith<M>>,
    ) -> impl Future<Output = Result<Key<M>>> + Send {
        let (query, site) = (query.into(), Location::caller());
        async move {
            self.before_query(site).await?;
            let row = query.plain().one_at(self.target(), site).await;
            self.busy = false;
            let keys = self.absorb_all(vec![row?], &query, site).await?;
            keys.into_iter().next().ok_or_else(|| missing(M::meta()))
        }
    }

    /// The only row of a query, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`](aludel_engine::ErrorKind::ManyFound), those of a flush before it, and any database error.
    #[track_caller]
    pub fn optional<M: Model>(
        &mut self,
        query: impl Into<QueryWith<M>>,
    ) -> impl Future<Output = Result<Option<Key<M>>>> + Send {
        let (query, site) = (query.into(), Location::caller());
        async move {
            self.before_query(site).await?;
            let row = query.plain().optional_at(self.target(), site).await;
            self.busy = false;
            let rows = row?.into_iter().collect();
            Ok(self.absorb_all(rows, &query, site).await?.pop())
        }
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// Those of a flush before it, and any database error.
    #[track_caller]
    pub fn first<M: Model>(
        &mut self,
        query: impl Into<QueryWith<M>>,
    ) -> impl Future<Output = Result<Option<Key<M>>>> + Send {
        let (query, site) = (query.into(), Location::caller());
        async move {
            self.before_query(site).await?;
            let row = query.plain().first_at(self.target(), site).await;
            self.busy = false;
            let rows = row?.into_iter().collect();
            Ok(self.absorb_all(rows, &query, site).await?.pop())
        }
    }

    /// The rows of a query as they arrive. The stream borrows the session; nothing else runs on it meanwhile.
    ///
    /// # Errors
    /// Those of a flush before it; errors of the statement come through the stream.
    #[track_caller]
    pub fn stream<M: Model>(
        &mut self,
        query: crate::query::Query<M>,
    ) -> impl Future<Output = Result<KeyStream<'_, M>>> + Send {
        let site = Location::caller();
        async move {
            self.before_query(site).await?;
            let rows = query.stream(self.executor());
            self.busy = false;
            Ok(KeyStream {
                rows: rows?,
                session: self,
                refresh: query.refreshes(),
                has_failed: false,
                of: PhantomData,
            })
        }
    }

    /// Reads a row again; its unflushed changes are lost.
    ///
    /// # Errors
    /// A key of another session; [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound) when the row is gone; any database
    /// error.
    #[track_caller]
    pub fn refresh<M: Model>(&mut self, key: Key<M>) -> impl Future<Output = Result<()>> + Send {
        let site = Location::caller();
        async move {
            self.row(key)?;
            self.recover(site).await?;
            let values = self.arenas.of::<M>().key_values(key.id.slot);
            self.busy = !self.transactions.is_empty();
            let target = self.executor().target();
            let found = find::<M>(target, values.unwrap_or_default(), site).await;
            self.busy = false;
            let at = self.arenas.index_of::<M>();
            match found? {
                Some(row) => {
                    let slot = self.arenas.of::<M>().absorb(row, true);
                    self.arenas.meet_twins(at, &[slot], true)
                }
                None => {
                    self.arenas.vanish((at, key.id.slot));
                    Err(missing(M::meta()))
                }
            }
        }
    }

    /// Merges a row from elsewhere (a form, another session, a cache) into this session: its slot gets the row's values, and
    /// the next flush writes those that differ from the database's. Fields that the program does not write (generated columns,
    /// the version, the moments of insert and update) stay as they are.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound) when there is no such row;
    /// [`ErrorKind::StaleData`](aludel_engine::ErrorKind::StaleData) when it is of another version than the database's;
    /// any database error.
    #[track_caller]
    pub fn merge<M: Model>(&mut self, row: M) -> impl Future<Output = Result<Key<M>>> + Send {
        let site = Location::caller();
        async move {
            let found = self.find_at::<M>(row.key(), site).await?;
            let mut key = found.ok_or_else(|| missing(M::meta()))?;
            if let Some(at) = M::meta().version {
                let carried = row.to_values().swap_remove(at);
                if self.is_older(key, at, &carried) {
                    // Someone changed the row after this session read it, and the merged row was read after that.
                    let at = self.arenas.index_of::<M>();
                    self.arenas.expire((at, key.id.slot));
                    let found = self.find_at::<M>(row.key(), site).await?;
                    key = found.ok_or_else(|| missing(M::meta()))?;
                }
                let arena = self.arenas.of::<M>();
                let stored = arena.stored(key.id.slot).unwrap_or_default();
                if stored.get(at) != Some(&carried) {
                    self.has_lost = true;
                    return Err(stale(M::meta(), &[row.key().into_values()]));
                }
            }
            self.arenas.of::<M>().merge(key.id.slot, row)?;
            Ok(key)
        }
    }

    /// Whether a row has no changes and is of an older version than this.
    fn is_older<M: Model>(&mut self, key: Key<M>, at: usize, version: &Value) -> bool {
        let arena = self.arenas.of::<M>();
        let known = arena
            .stored(key.id.slot)
            .and_then(|stored| stored[at].as_i64());
        known < version.as_i64() && !arena.is_dirty(key.id.slot)
    }

    async fn absorb_all<M: Model>(
        &mut self,
        rows: Vec<M>,
        query: &QueryWith<M>,
        site: &'static Location<'static>,
    ) -> Result<Vec<Key<M>>> {
        let refresh = query.plain().refreshes();
        let arena = self.arenas.of::<M>();
        let slots: Vec<u32> = rows
            .into_iter()
            .map(|row| arena.absorb(row, refresh))
            .collect();
        arena.set_peers(&slots);
        let keys = slots.iter().map(|slot| arena.key(*slot)).collect();
        let at = self.arenas.index_of::<M>();
        self.arenas.meet_twins(at, &slots, refresh)?;
        for load in query.loads() {
            load.load_slots(self, slots.clone(), site).await?;
        }
        Ok(keys)
    }

    /// Prepares a query: waits for a commit in progress, and flushes pending changes.
    pub(crate) async fn before_query(&mut self, site: &'static Location<'static>) -> Result<()> {
        self.recover(site).await?;
        if self.autoflush && self.has_changes() {
            self.flush_at(site).await?;
        }
        self.busy = !self.transactions.is_empty();
        Ok(())
    }
}

/// A stream of rows that become slots as they arrive: created by [`Session::stream`].
pub struct KeyStream<'a, M> {
    rows: RowStream<M>,
    session: &'a mut Session,
    refresh: bool,
    /// Whether a row could not be taken over: nothing follows.
    has_failed: bool,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> KeyStream<'_, M> {
    /// The next row's key.
    ///
    /// # Errors
    /// Any database error; nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<Key<M>>> {
        if self.has_failed {
            return None;
        }
        let row = self.rows.next().await?;
        Some(self.keep(row))
    }

    /// Keeps a row in the session.
    fn keep(&mut self, row: Result<M>) -> Result<Key<M>> {
        let kept = row.and_then(|row| self.absorb(row));
        self.has_failed = kept.is_err();
        kept
    }

    fn absorb(&mut self, row: M) -> Result<Key<M>> {
        let arenas = &mut self.session.arenas;
        let at = arenas.index_of::<M>();
        let slot = arenas.of::<M>().absorb(row, self.refresh);
        arenas.meet_twins(at, &[slot], self.refresh)?;
        Ok(arenas.of::<M>().key(slot))
    }

    /// The row of a key, while the stream is read.
    ///
    /// # Errors
    /// As [`Session::row`].
    pub fn row(&self, key: Key<M>) -> Result<&M> {
        self.session.row(key)
    }
}

impl<M: Model> Stream for KeyStream<'_, M> {
    type Item = Result<Key<M>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Key<M>>>> {
        let keys = self.get_mut();
        if keys.has_failed {
            return Poll::Ready(None);
        }
        let row = ready!(Pin::new(&mut keys.rows).poll_next(cx));
        Poll::Ready(row.map(|row| keys.keep(row)))
    }
}
