//! Several statements on one connection, none of which needs another's result.
//!
//! On PostgreSQL all are sent before the first answer is awaited: one round trip, whatever their number (and one before
//! it for texts that are new to the connection). SQLite has no round trips, and MariaDB and MySQL take one statement at
//! a time; there the statements run one after another.

use crate::command::{Answers, Command, Failed, Sink, Statement};
use crate::driver::Link;
use crate::error::Result;
use crate::execute::Target;
use crate::lease::Lease;

impl Target<'_> {
    /// Runs statements in this order on one connection. In a transaction they succeed or fail together. Without one, those
    /// that ran stay, whether before or (where statements are sent without waiting) after one that failed.
    ///
    /// # Errors
    /// The first failure, with the position of its statement.
    pub async fn pipeline(self, statements: Vec<Statement>) -> Result<Answers, Failed> {
        let sited = |(command, sink)| (self.sited(command), sink);
        let statements: Vec<Statement> = statements.into_iter().map(sited).collect();
        let Some((first, _)) = statements.first() else {
            return Ok(Vec::new());
        };
        let lease = match self.lease_now(first) {
            Some(lease) => lease,
            None => self.lease(first).await,
        };
        let lease = lease.map_err(|error| (0, error))?;
        if statements.len() > 1 && self.database().dialect().capabilities().pipelines {
            return self.run_at_once(lease, statements).await;
        }
        self.run_in_turn(lease, statements).await
    }

    async fn run_in_turn(
        self,
        mut lease: Lease,
        statements: Vec<Statement>,
    ) -> Result<Answers, Failed> {
        let observer = &self.database().inner.observer;
        let mut answers = Vec::with_capacity(statements.len());
        for (at, (command, sink)) in statements.into_iter().enumerate() {
            let seen = observer.started(|| self.scope(), &command);
            let ran = self.run(lease, command, sink).await;
            observer.finished(seen, ran.as_ref().err());
            let (same, sink, outcome) = ran.map_err(|error| (at, error))?;
            lease = same;
            answers.push((sink.into_any(), outcome));
        }
        Ok(answers)
    }

    async fn run_at_once(
        self,
        mut lease: Lease,
        statements: Vec<Statement>,
    ) -> Result<Answers, Failed> {
        let observer = &self.database().inner.observer;
        let (mut commands, mut sinks): (Vec<Command>, Vec<Box<dyn Sink>>) =
            statements.into_iter().unzip();
        let mut seen = Vec::with_capacity(commands.len());
        for command in &mut commands {
            command.pinned = lease.is_pinned();
            seen.push(observer.started(|| self.scope(), command));
        }
        let ran = lease.run_at_once(&commands, &mut sinks).await;
        let failed = ran.as_ref().err();
        for (at, seen) in seen.into_iter().enumerate() {
            // Those after a failure were sent too, without effect.
            let error = failed.filter(|(first, _)| at >= *first);
            observer.finished(seen, error.map(|(_, error)| error));
        }
        let sinks = sinks.into_iter().map(Sink::into_any);
        Ok(sinks.zip(ran?).collect())
    }
}

impl Lease {
    async fn run_at_once(
        &mut self,
        commands: &[Command],
        sinks: &mut [Box<dyn Sink>],
    ) -> Result<Vec<crate::command::Outcome>, Failed> {
        let guard = self.guard().map_err(|error| (0, error))?;
        for command in commands.iter().filter(|command| command.pinned) {
            guard.note(&command.text);
        }
        guard.set_busy(true);
        let ran = match guard.link() {
            Ok(Link::Server(server)) => server.run_at_once(commands, sinks).await,
            Ok(Link::Embedded(_)) => Ok(Vec::new()),
            Err(error) => Err((0, error)),
        };
        guard.set_busy(false);
        ran.map_err(|(at, error)| {
            let error = match commands[at..].iter().any(|command| self.is_whole(command)) {
                true => error.of_unknown_outcome(),
                false => error,
            };
            (at, self.failed(error))
        })
    }
}
