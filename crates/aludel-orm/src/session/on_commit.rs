//! [`Session::on_commit`]: functions to be called after the commit.

use super::Session;
use super::alone::Alone;
use crate::session::events::Callback;

/// Functions to be called after the commit, each with the transaction level in which it was registered.
#[derive(Default)]
pub(crate) struct Callbacks(Alone<Vec<(usize, Callback)>>);

impl Callbacks {
    /// Forgets the functions of the levels above this one, which were rolled back.
    pub(crate) fn forget_above(&mut self, level: usize) {
        self.0.get_mut().retain(|(of, _)| *of <= level);
    }

    /// Moves the functions of the levels above this one, which are over, to this one.
    pub(crate) fn lower_to(&mut self, level: usize) {
        for (of, _) in self.0.get_mut() {
            *of = (*of).min(level);
        }
    }

    /// Takes all of them, in the order of registration.
    pub(crate) fn take(&mut self) -> Vec<Callback> {
        let all = std::mem::take(self.0.get_mut()).into_iter();
        all.map(|(_, callback)| callback).collect()
    }
}

impl Session {
    /// Calls a function after the next successful [`commit`](Session::commit), after the
    /// [`AfterCommit`](crate::hooks::AfterCommit) hooks: for what must not happen before everyone can see the rows (a mail, a
    /// job, a cache entry).
    ///
    /// It is forgotten with the session and by a [`rollback`](Session::rollback), also by that of the savepoint in which it was
    /// registered. After a failed flush or commit it stays registered, like the pending changes. It can't undo anything, and if
    /// it panics, the others are still called.
    pub fn on_commit(&mut self, callback: impl FnOnce() + Send + 'static) {
        // Before the first flush there is no transaction; the next one is the outermost.
        let level = self.transactions.len().max(1);
        let callbacks = self.callbacks.0.get_mut();
        callbacks.push((level, Box::new(callback)));
    }
}
