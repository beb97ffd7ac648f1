//! Watching statements: [`Watch`] counts, hooks and `echo` report, and a guard warns of repetitions.

use crate::command::Command;
use crate::error::Error;
use crate::event::{Event, Hook};
use crate::options::Options;
use crate::statement_text::Text;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Counts and lists a database's statements from its creation on; BEGIN, COMMIT and SAVEPOINT do not count.
pub struct Watch {
    seen: Arc<Mutex<Vec<Text>>>,
}

impl Watch {
    /// How many statements ran.
    pub fn statements(&self) -> usize {
        lock(&self.seen).len()
    }

    /// Their texts, in the order in which they ended.
    pub fn texts(&self) -> Vec<String> {
        lock(&self.seen)
            .iter()
            .map(|text| text.to_string())
            .collect()
    }

    /// Forgets the statements so far.
    pub fn reset(&self) {
        lock(&self.seen).clear();
    }
}

/// Everything that watches a database's statements.
pub(crate) struct Observer {
    /// Whether anything watches statements.
    active: AtomicBool,
    watches: Mutex<Vec<Weak<Mutex<Vec<Text>>>>>,
    hooks: Vec<Hook>,
    slow: Option<Duration>,
    repeats: Option<Repeats>,
    #[cfg(feature = "tracing")]
    system: &'static str,
}

struct Repeats {
    threshold: usize,
    counts: Mutex<HashMap<(Scope, Text), Count>>,
}

struct Count {
    times: usize,
    last: Instant,
}

/// The scope in which repetitions are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// A transaction or connection.
    Pinned(u64),
    /// Calls on the database by one task.
    Task(Option<tokio::task::Id>),
}

/// A running statement, as it is watched.
pub(crate) struct Seen {
    timed: Option<(Text, &'static Location<'static>, Instant)>,
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl Observer {
    pub(crate) fn new(options: &Options, system: &'static str) -> Observer {
        let mut hooks = options.hooks.clone();
        if options.echo {
            hooks.push(Arc::new(echo));
        }
        let _ = system;
        Observer {
            active: AtomicBool::new(!hooks.is_empty() || options.slow_statement.is_some()),
            watches: Mutex::default(),
            hooks,
            slow: options.slow_statement,
            repeats: options.repeat_threshold.map(|threshold| Repeats {
                threshold: threshold.max(2),
                counts: Mutex::default(),
            }),
            #[cfg(feature = "tracing")]
            system,
        }
    }

    pub(crate) fn watch(&self) -> Watch {
        let seen = Arc::new(Mutex::new(Vec::new()));
        lock(&self.watches).push(Arc::downgrade(&seen));
        self.active.store(true, Ordering::Relaxed);
        Watch { seen }
    }

    /// Whether statements have to be timed.
    #[inline]
    pub(crate) fn is_active(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    /// Whether statements are counted, timed or traced at all.
    #[inline]
    pub(crate) fn is_watching(&self) -> bool {
        #[cfg(feature = "tracing")]
        if tracing::enabled!(target: "aludel", tracing::Level::DEBUG) {
            return true;
        }
        self.is_active() || self.repeats.is_some()
    }

    /// A span for a statement, with OpenTelemetry's names.
    #[cfg(feature = "tracing")]
    #[inline]
    fn span(&self, command: &Command) -> tracing::Span {
        tracing::debug_span!(
            target: "aludel",
            "statement",
            otel.kind = "client",
            db.system.name = self.system,
            db.query.text = &*command.text,
            code.file.path = command.site.file(),
            code.line.number = command.site.line(),
            error.type = tracing::field::Empty,
        )
    }

    /// Counts a statement in its scope, and warns if it repeats too often. Statements that handle many rows at once are exempt.
    #[inline]
    fn count(&self, scope: impl FnOnce() -> Scope, command: &Command) {
        if let Some(repeats) = &self.repeats
            && command.times.is_none_or(|times| times <= 1)
            && !command.is_one_of_many
            && let Some(times) = repeats.count(scope(), command)
        {
            self.emit(&Event::Repeated {
                text: &command.text,
                times,
                site: command.site,
            });
        }
    }

    /// Notes that a statement begins.
    #[inline]
    pub(crate) fn started(&self, scope: impl FnOnce() -> Scope, command: &Command) -> Seen {
        self.count(scope, command);
        Seen {
            timed: self
                .is_active()
                .then(|| (command.text.clone(), command.site, Instant::now())),
            #[cfg(feature = "tracing")]
            span: self.span(command),
        }
    }

    /// Notes how a statement ended.
    #[inline]
    pub(crate) fn finished(&self, seen: Seen, error: Option<&Error>) {
        #[cfg(feature = "tracing")]
        if let Some(error) = error {
            seen.span
                .record("error.type", tracing::field::debug(error.kind()));
        }
        if let Some((text, site, started)) = seen.timed {
            self.ended(&text, started.elapsed(), site, error, false);
        }
    }

    pub(crate) fn ended(
        &self,
        text: &Text,
        elapsed: Duration,
        site: &'static Location<'static>,
        error: Option<&Error>,
        control: bool,
    ) {
        if !control {
            let mut watches = lock(&self.watches);
            watches.retain(|watch| match watch.upgrade() {
                Some(seen) => {
                    lock(&seen).push(text.clone());
                    true
                }
                None => false,
            });
            if watches.is_empty() && self.hooks.is_empty() && self.slow.is_none() {
                self.active.store(false, Ordering::Relaxed);
            }
        }
        self.emit(&Event::Statement {
            text,
            elapsed,
            site,
            error,
            control,
        });
        if self.slow.is_some_and(|limit| elapsed > limit) {
            self.emit(&Event::Slow {
                text,
                elapsed,
                site,
            });
        }
    }

    fn emit(&self, event: &Event<'_>) {
        for hook in &self.hooks {
            hook(event);
        }
        match event {
            Event::Statement { .. } => {}
            Event::Slow {
                text,
                elapsed,
                site,
            } => warn(&format!("slow statement ({elapsed:.1?}) at {site}: {text}")),
            Event::Repeated { text, times, site } => {
                let reads =
                    { text.get(..6) }.is_some_and(|word| word.eq_ignore_ascii_case("select"));
                let way_out = match reads {
                    true => "load the rows at once (a relation with .with(..), a list with is_in)",
                    false => {
                        "write the rows at once (insert_many, a session, an update with a condition)"
                    }
                };
                warn(&format!(
                    "the same statement ran {times} times at {site}; {way_out}: {text}"
                ));
            }
        }
    }
}

impl Repeats {
    /// The number of times, if it has just reached the threshold, or that times a power of ten.
    fn count(&self, scope: Scope, command: &Command) -> Option<usize> {
        /// Calls of a task belong together when they follow each other as fast as this.
        const GAP: Duration = Duration::from_millis(100);
        const MOST: usize = 4096;
        let now = Instant::now();
        let mut counts = lock(&self.counts);
        if counts.len() >= MOST {
            counts.retain(|_, count| now - count.last < GAP);
            if counts.len() >= MOST {
                counts.clear();
            }
        }
        let count = counts
            .entry((scope, command.text.clone()))
            .or_insert(Count {
                times: 0,
                last: now,
            });
        if matches!(scope, Scope::Task(_)) && now - count.last > GAP {
            count.times = 0;
        }
        count.times += 1;
        count.last = now;
        let times = count.times;
        let mut step = self.threshold;
        while step < times {
            step = step.saturating_mul(10);
        }
        (step == times).then_some(times)
    }
}

#[cfg(feature = "tracing")]
fn warn(message: &str) {
    // Without a subscriber for events, a warning would be lost.
    if !tracing::dispatcher::has_been_set() {
        eprintln!("aludel: {message}");
        return;
    }
    tracing::warn!(target: "aludel", "{message}");
}

#[cfg(not(feature = "tracing"))]
fn warn(message: &str) {
    eprintln!("aludel: {message}");
}

fn echo(event: &Event<'_>) {
    if let Event::Statement {
        text,
        elapsed,
        error,
        ..
    } = event
    {
        let mark = if error.is_some() { " (failed)" } else { "" };
        eprintln!("{text};  -- {elapsed:.1?}{mark}");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
