//! [`Fetch`]: a statement's future, small enough to be moved around; [`Then`] maps its result.
//!
//! Most statements on SQLite end in the first poll. An async function would reserve space for everything that may come
//! later; here that is in a box, made only if there is something to wait for.

use crate::command::{BoxFuture, Command, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::Target;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A running statement: returns the sink with the rows in it.
///
/// Only this shell is generic over the sink, so that each type of rows costs little to compile.
#[must_use = "nothing runs until it is awaited"]
pub struct Fetch<'a, S> {
    core: Core<'a>,
    /// The sink is here until it is lent or given back.
    sink: Option<S>,
}

/// The part of a fetch that does not depend on its sink.
pub(super) struct Core<'a> {
    target: Target<'a>,
    state: State<'a>,
}

enum State<'a> {
    Start(Command),
    Running(BoxFuture<'a, Result<(Box<dyn Sink>, Outcome)>>),
    /// Known without a query.
    Known(Result<Outcome>),
    Done,
}

/// How far a core has come.
pub(super) enum Step {
    /// The sink has the rows; it never left the shell.
    Here(Outcome),
    /// The sink comes back from where the statement ran.
    Back(Box<dyn Sink>, Outcome),
}

impl<'a, S: Sink + 'static> Fetch<'a, S> {
    pub(crate) fn new(target: Target<'a>, command: Command, sink: S) -> Fetch<'a, S> {
        Fetch {
            core: Core::new(target, command),
            sink: Some(sink),
        }
    }

    pub(crate) fn known(target: Target<'a>, answer: Result<S>) -> Fetch<'a, S> {
        let (known, sink) = match answer {
            Ok(sink) => (Ok(Outcome::default()), Some(sink)),
            Err(error) => (Err(error), None),
        };
        Fetch {
            core: Core::known(target, known),
            sink,
        }
    }

    /// Maps the result.
    pub fn then<T, F>(self, map: F) -> Then<'a, S, F>
    where
        F: FnOnce(S, Outcome) -> Result<T>,
    {
        Then {
            fetch: self,
            map: Some(map),
        }
    }
}

impl<'a> Core<'a> {
    pub(super) fn new(target: Target<'a>, command: Command) -> Core<'a> {
        Core {
            target,
            state: State::Start(command),
        }
    }

    pub(super) fn known(target: Target<'a>, answer: Result<Outcome>) -> Core<'a> {
        Core {
            target,
            state: State::Known(answer),
        }
    }

    /// Whether it was not polled yet.
    pub(super) fn is_new(&self) -> bool {
        matches!(self.state, State::Start(_))
    }

    /// Runs the statement at once, if that needs no waiting.
    #[inline]
    pub(super) fn poll_now(&mut self, sink: &mut dyn Sink) -> Option<Result<Outcome>> {
        let State::Start(command) = &self.state else {
            return None;
        };
        // In place: the command is not moved if it is done at once.
        let done = self.target.fetch_now(command, sink)?;
        self.state = State::Done;
        Some(done)
    }

    /// The slow path: `lend` gives the sink away.
    pub(super) fn poll_later(
        &mut self,
        cx: &mut Context<'_>,
        lend: &mut dyn FnMut() -> Option<Box<dyn Sink>>,
    ) -> Poll<Result<Step>> {
        if let State::Running(running) = &mut self.state {
            let (sink, outcome) = ready!(running.as_mut().poll(cx))?;
            return Poll::Ready(Ok(Step::Back(sink, outcome)));
        }
        match std::mem::replace(&mut self.state, State::Done) {
            State::Start(command) => {
                // Polled after its end: stays pending, like other such futures.
                let Some(sink) = lend() else {
                    return Poll::Pending;
                };
                let mut running: BoxFuture<'_, _> =
                    Box::pin(self.target.fetch_later(command, sink));
                match running.as_mut().poll(cx) {
                    Poll::Ready(done) => {
                        Poll::Ready(done.map(|(sink, outcome)| Step::Back(sink, outcome)))
                    }
                    Poll::Pending => {
                        self.state = State::Running(running);
                        Poll::Pending
                    }
                }
            }
            State::Known(answer) => Poll::Ready(answer.map(Step::Here)),
            State::Running(_) | State::Done => Poll::Pending,
        }
    }
}

// Only the contents of the box are pinned.
impl<S> Unpin for Fetch<'_, S> {}

impl<S: Sink + 'static> Future for Fetch<'_, S> {
    type Output = Result<(S, Outcome)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Fetch { core, sink } = &mut *self;
        let done = sink.as_mut().and_then(|sink| core.poll_now(sink));
        let step = match done {
            Some(done) => done.map(Step::Here),
            None => {
                let mut lend = || Some(Box::new(sink.take()?) as Box<dyn Sink>);
                ready!(core.poll_later(cx, &mut lend))
            }
        };
        let (own, outcome) = match step {
            Ok(Step::Here(outcome)) => (sink.take(), outcome),
            Ok(Step::Back(back, outcome)) => (
                back.into_any().downcast::<S>().ok().map(|same| *same),
                outcome,
            ),
            Err(error) => return Poll::Ready(Err(error)),
        };
        let own = own.ok_or_else(|| Error::new(ErrorKind::Internal, "a sink was lost"));
        Poll::Ready(own.map(|sink| (sink, outcome)))
    }
}

/// A statement's future whose result is mapped.
#[must_use = "nothing runs until it is awaited"]
pub struct Then<'a, S, F> {
    fetch: Fetch<'a, S>,
    map: Option<F>,
}

impl<S, F> Unpin for Then<'_, S, F> {}

impl<S, T, F> Future for Then<'_, S, F>
where
    S: Sink + 'static,
    F: FnOnce(S, Outcome) -> Result<T>,
{
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let answer = ready!(Pin::new(&mut self.fetch).poll(cx));
        let Some(map) = self.map.take() else {
            return Poll::Pending;
        };
        Poll::Ready(answer.and_then(|(sink, outcome)| map(sink, outcome)))
    }
}
