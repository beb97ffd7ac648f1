//! `session[key]` and `&mut session[key]`.

use super::Session;
use crate::model::Model;
use crate::model::slot::Key;
use std::ops::{Index, IndexMut};

/// The row of a key.
///
/// # Panics
/// A key of another session, a pending one, or one whose row was deleted or detached; the message says which.
/// [`Session::row`] gives an error instead.
impl<M: Model> Index<Key<M>> for Session {
    type Output = M;
    #[track_caller]
    fn index(&self, key: Key<M>) -> &M {
        match self.row(key) {
            Ok(row) => row,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The row of a key, to be changed: the first access since it was read or flushed remembers its values.
///
/// # Panics
/// As reading it does.
impl<M: Model> IndexMut<Key<M>> for Session {
    #[track_caller]
    fn index_mut(&mut self, key: Key<M>) -> &mut M {
        if let Err(error) = self.row(key) {
            panic!("{error}");
        }
        match self.arenas.of::<M>().row_mut(key.id.slot) {
            Some(row) => row,
            None => unreachable!("it was there before"),
        }
    }
}
