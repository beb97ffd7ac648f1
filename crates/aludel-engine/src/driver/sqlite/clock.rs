//! When a statement that runs is to be interrupted: it is too slow, timed out, or not wanted any more.

use crate::driver::Canceller;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The clock of the statement that is running, shared with the progress handler.
pub(super) struct Clock {
    base: Instant,
    /// Nanoseconds since `base` at the first call of the handler in this statement; 0 before.
    started: AtomicU64,
    /// This thread's CPU time, in nanoseconds, when the statement was found to have taken long; 0 before.
    worked: AtomicU64,
    /// Calls of the handler in this statement, one per [`STEPS`] of SQLite's virtual machine.
    calls: AtomicU64,
    pub(super) limited: AtomicBool,
    /// Whether the statement is asked at its end if it [was slow](Clock::was_slow).
    pub(super) watched: AtomicBool,
    pub(super) tripped: AtomicBool,
    /// Which statements are to stop: [`NONE`], [`READS`] or [`ALL`], in the lowest two bits. Above them is the number of
    /// the statement that is meant, so that a late stop does not reach the next one.
    pub(super) stop: AtomicU64,
    /// Whether the statement only reads.
    pub(super) reading: AtomicBool,
    pub(super) budget: u64,
    /// How long a statement may take.
    timeout: u64,
    pub(super) timed_out: AtomicBool,
}

/// Steps of SQLite's virtual machine between two calls of the progress handler.
pub(super) const STEPS: i32 = 1000;
/// What so many steps take, in nanoseconds, if they are of the quickest kind.
const QUICK: u64 = 10_000;

/// This thread's CPU time so far. Waiting for other threads and programs does not count: a busy machine does not make a
/// statement slow.
pub(super) fn thread_time() -> u64 {
    cpu_time::ThreadTime::now().as_duration().as_nanos() as u64
}

pub(super) const NONE: u64 = 0;
/// Nobody wants more rows.
pub(super) const READS: u64 = 1;
pub(super) const ALL: u64 = 2;
pub(super) const WHICH: u64 = 3;

impl Clock {
    pub(super) fn new(budget: Duration, timeout: Option<Duration>) -> Clock {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Clock {
            base: Instant::now(),
            started: AtomicU64::new(0),
            worked: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            limited: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            tripped: AtomicBool::new(false),
            stop: AtomicU64::new(NONE),
            reading: AtomicBool::new(false),
            budget: nanos(budget),
            timeout: timeout.map_or(u64::MAX, nanos),
            timed_out: AtomicBool::new(false),
        }
    }

    /// Begins another statement, with no stop set. Returns its number, as it is stored in `stop`.
    #[inline]
    pub(super) fn next(&self) -> u64 {
        let statement = (self.stop.load(Ordering::Relaxed) | WHICH).wrapping_add(1);
        self.stop.store(statement, Ordering::Relaxed);
        self.started.store(0, Ordering::Relaxed);
        self.calls.store(0, Ordering::Relaxed);
        self.worked.store(0, Ordering::Relaxed);
        statement
    }

    /// Whether the statement is to be interrupted.
    pub(super) fn tick(&self) -> bool {
        match self.stop.load(Ordering::Relaxed) & WHICH {
            NONE => {}
            READS if !self.reading.load(Ordering::Relaxed) => {}
            _ => return true,
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        let limited = self.limited.load(Ordering::Relaxed);
        if !limited && self.timeout == u64::MAX && !self.watched.load(Ordering::Relaxed) {
            return false;
        }
        let now = self.base.elapsed().as_nanos() as u64;
        let started = self.started.load(Ordering::Relaxed);
        if started == 0 {
            self.started.store(now.max(1), Ordering::Relaxed);
            return false;
        }
        let elapsed = now.saturating_sub(started);
        if elapsed > self.timeout {
            self.timed_out.store(true, Ordering::Relaxed);
            return true;
        }
        let is_over = limited && self.is_over(elapsed);
        if is_over {
            self.tripped.store(true, Ordering::Relaxed);
        }
        is_over
    }

    /// Excludes time spent waiting for someone else from the statement's.
    pub(super) fn wait(&self, time: Duration) {
        if self.started.load(Ordering::Relaxed) != 0 {
            self.started
                .fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
        }
    }

    /// Whether the statement, which began that long ago, is too slow to run inline.
    ///
    /// It is measured by its steps, which are the same on a busy machine as on a quiet one. Time is not: with other programs
    /// in the processor's caches even CPU time grows, and a read near the limit would be run twice just when the machine
    /// has no time for it. But some steps take long (functions, large values), so a statement that is still running after
    /// four times the budget is allowed twice the budget of CPU time from there. To ask for CPU time is a system call,
    /// which gives up the rest of a time slice; most statements end before it.
    fn is_over(&self, elapsed: u64) -> bool {
        if self.calls.load(Ordering::Relaxed) > self.budget / QUICK {
            return true;
        }
        if elapsed <= self.budget.saturating_mul(4) {
            return false;
        }
        match self.worked.load(Ordering::Relaxed) {
            0 => {
                self.worked.store(thread_time().max(1), Ordering::Relaxed);
                false
            }
            worked => thread_time().saturating_sub(worked) > self.budget.saturating_mul(2),
        }
    }

    /// Whether the statement that has just ended, on the blocking pool, would have been quick enough inline. `worked` is
    /// its CPU time there. The limits are lower: a row is less work there, and what is near the limit stays where it is.
    pub(super) fn is_quick(&self, worked: u64) -> bool {
        let calls = self.calls.load(Ordering::Relaxed);
        worked < self.budget / 2
            || calls <= self.budget / 2 / QUICK && worked < self.budget.saturating_mul(2)
    }

    /// Whether the statement that has just ended was too slow to run inline.
    pub(super) fn was_slow(&self) -> bool {
        let started = self.started.load(Ordering::Relaxed);
        let elapsed = self.base.elapsed().as_nanos() as u64;
        started != 0 && self.is_over(elapsed.saturating_sub(started))
    }
}

/// Stops the statement that runs on the blocking pool when the future that waits for it is dropped.
pub(super) struct StatementCanceller {
    clock: Arc<Clock>,
    /// The statement's number, with no stop set.
    statement: u64,
    armed: bool,
}

impl StatementCanceller {
    /// A guard for the statement that is run next.
    pub(super) fn new(clock: &Arc<Clock>) -> StatementCanceller {
        StatementCanceller {
            statement: clock.next(),
            clock: Arc::clone(clock),
            armed: true,
        }
    }

    fn stop(&self, before: u64, which: u64) {
        let (before, after) = (self.statement | before, self.statement | which);
        let order = Ordering::Relaxed;
        let _ = self
            .clock
            .stop
            .compare_exchange(before, after, order, order);
    }
}

impl Canceller for StatementCanceller {
    fn no_more_rows(&self) {
        self.stop(NONE, READS);
    }

    fn disarm(&mut self) {
        self.armed = false;
    }
}

impl Drop for StatementCanceller {
    fn drop(&mut self) {
        if self.armed {
            self.stop(NONE, ALL);
            self.stop(READS, ALL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, thread_time};
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    const MS: u64 = 1_000_000;

    /// E17: a read is slow by what it does, not by what other programs do to the processor at that time.
    #[test]
    fn steps_decide_what_is_slow_and_time_only_for_long_steps() {
        let clock = Clock::new(Duration::from_millis(2), None);
        let is_over = |calls: u64, elapsed: u64, worked: u64| {
            clock.next();
            clock.calls.store(calls, Ordering::Relaxed);
            clock.worked.store(worked, Ordering::Relaxed);
            clock.is_over(elapsed)
        };
        // Some CPU time that this thread has had for sure.
        while thread_time() < 10 * MS {}
        let now = thread_time();
        for (calls, elapsed, worked, expected, why) in [
            (70, 2 * MS, 0, false, "ten thousand rows on a quiet machine"),
            (
                70,
                90 * MS,
                0,
                false,
                "the same, another program in between",
            ),
            (70, 90 * MS, now, false, "the same, looked at again"),
            (70, 90 * MS, now - 5 * MS, true, "few steps that take long"),
            (70, 7 * MS, now - 5 * MS, false, "for which it is too early"),
            (200, 2 * MS, 0, false, "the most steps"),
            (201, MS, 0, true, "more steps"),
        ] {
            assert_eq!(is_over(calls, elapsed, worked), expected, "{why}");
        }
    }

    /// What is forgotten as slow must not be slow again at once.
    #[test]
    fn what_is_quick_on_the_blocking_pool_is_quick_inline() {
        let clock = Clock::new(Duration::from_millis(2), None);
        let is_quick = |calls: u64, worked: u64| {
            clock.next();
            clock.calls.store(calls, Ordering::Relaxed);
            clock.is_quick(worked)
        };
        for (calls, worked, expected, why) in [
            (70, 3 * MS, true, "it was slow for another reason"),
            (70, 5 * MS, false, "its steps take long"),
            (101, 2 * MS, false, "near the limit"),
            (150, MS / 2, true, "it has become quick"),
        ] {
            assert_eq!(is_quick(calls, worked), expected, "{why}");
        }
    }
}
