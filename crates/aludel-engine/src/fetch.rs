//! [`Fetch`]: the future of a statement, small enough to be moved about, and [`Then`], what is made of its answer.
//!
//! Most statements on SQLite end in the first poll. An async function would carry room for all that may come after;
//! here that is in a box, made only when there is something to wait for.

use crate::command::{BoxFuture, Command, Outcome, Sink};
use crate::error::Result;
use crate::execute::Target;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A statement on its way: gives the sink back, with the rows in it.
#[must_use = "nothing runs until it is awaited"]
pub struct Fetch<'a, S> {
    target: Target<'a>,
    state: State<'a, S>,
}

enum State<'a, S> {
    /// The sink is there until it is taken.
    Start(Command, Option<S>),
    Running(BoxFuture<'a, Result<(S, Outcome)>>),
    /// Known without asking.
    Known(Result<(S, Outcome)>),
    Done,
}

impl<'a, S: Sink + 'static> Fetch<'a, S> {
    pub(crate) fn new(target: Target<'a>, command: Command, sink: S) -> Fetch<'a, S> {
        Fetch {
            target,
            state: State::Start(command, Some(sink)),
        }
    }

    pub(crate) fn known(target: Target<'a>, answer: Result<S>) -> Fetch<'a, S> {
        Fetch {
            target,
            state: State::Known(answer.map(|sink| (sink, Outcome::default()))),
        }
    }

    /// What is made of the answer.
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

// Nothing in it is pinned but what is in the box.
impl<S> Unpin for Fetch<'_, S> {}

impl<S: Sink + 'static> Future for Fetch<'_, S> {
    type Output = Result<(S, Outcome)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let State::Running(running) = &mut this.state {
            return running.as_mut().poll(cx);
        }
        let target = this.target;
        if let State::Start(command, sink) = &mut this.state {
            // In place: the command is not moved about when it is done at once.
            let done = sink
                .as_mut()
                .and_then(|sink| target.fetch_now(command, sink));
            if let Some(done) = done
                && let Some(sink) = sink.take()
            {
                return Poll::Ready(done.map(|outcome| (sink, outcome)));
            }
        }
        match std::mem::replace(&mut this.state, State::Done) {
            State::Start(command, Some(sink)) => {
                let mut running: BoxFuture<'_, _> = Box::pin(target.fetch_later(command, sink));
                let polled = running.as_mut().poll(cx);
                if polled.is_pending() {
                    this.state = State::Running(running);
                }
                polled
            }
            State::Known(answer) => Poll::Ready(answer),
            // As futures do that are polled after their end: never again.
            State::Start(_, None) | State::Running(_) | State::Done => Poll::Pending,
        }
    }
}

/// What is made of a statement's answer.
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
