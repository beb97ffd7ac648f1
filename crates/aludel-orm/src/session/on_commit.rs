//! [`Session::on_commit`]: functions that wait for the commit.

use super::Session;
use super::alone::Alone;
use crate::hooks::Callback;

/// Functions that wait for the commit, with the level of transaction in which they were given.
#[derive(Default)]
pub(crate) struct Callbacks(Alone<Vec<(usize, Callback)>>);

impl Callbacks {
    /// The levels above this one were rolled back: what was given in them is forgotten.
    pub(crate) fn forget_above(&mut self, level: usize) {
        self.0.get_mut().retain(|(of, _)| *of <= level);
    }

    /// The levels above this one are over, and what was given in them waits on in this one.
    pub(crate) fn lower_to(&mut self, level: usize) {
        for (of, _) in self.0.get_mut() {
            *of = (*of).min(level);
        }
    }

    /// All of them, in the order in which they were given.
    pub(crate) fn take(&mut self) -> Vec<Callback> {
        let all = std::mem::take(self.0.get_mut()).into_iter();
        all.map(|(_, callback)| callback).collect()
    }
}

impl Session {
    /// Calls a function after the next [`commit`](Session::commit) that succeeds, behind the
    /// [`AfterCommit`](crate::hooks::AfterCommit) hooks: what must not happen before the rows are there for all (a mail, a
    /// job, an entry of a cache).
    ///
    /// It is forgotten by a [`rollback`](Session::rollback), also by that of the savepoint in which it was given, and with
    /// the session. After a flush or commit that failed it waits on, as the pending changes do. It can't undo anything: one
    /// that panics keeps none of the others from being called.
    pub fn on_commit(&mut self, callback: impl FnOnce() + Send + 'static) {
        // Before anything is flushed there is no transaction, but what follows is in the outermost one.
        let level = self.transactions.len().max(1);
        let callbacks = self.callbacks.0.get_mut();
        callbacks.push((level, Box::new(callback)));
    }
}
