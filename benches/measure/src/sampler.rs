//! When to measure, and how often at a time.

use std::time::{Duration, Instant};

/// Tells a peer how often to do its work at a time, and takes down how long that took:
///
/// ```
/// # let mut sampler = measure::Sampler::timed(0.01, 1);
/// while let Some(times) = sampler.next() {
///     let started = std::time::Instant::now();
///     for _ in 0..times {
///         std::hint::black_box(1 + 1);
///     }
///     sampler.took(started.elapsed());
/// }
/// assert!(!sampler.into_samples().is_empty());
/// ```
pub struct Sampler {
    budget: Duration,
    /// The work's own size, if one call does it several times (so many statements in a row).
    each: f64,
    count: Option<u64>,
    begun: Instant,
    measuring: Option<Instant>,
    times: u64,
    warmed: u32,
    samples: Vec<f64>,
}

/// A sample takes at least this long.
const LONG_ENOUGH: Duration = Duration::from_millis(2);
/// More samples tell nothing new.
const MOST: usize = 200;

impl Sampler {
    /// Measures for so many seconds. `each` is how many operations one call of the work is.
    pub fn timed(seconds: f64, each: usize) -> Sampler {
        Sampler {
            budget: Duration::from_secs_f64(seconds),
            each: each as f64,
            count: None,
            begun: Instant::now(),
            measuring: None,
            times: 1,
            warmed: 0,
            samples: Vec::new(),
        }
    }

    /// Once to warm up, then so often: for counting instructions.
    pub fn counted(count: u64) -> Sampler {
        let mut sampler = Sampler::timed(0.0, 1);
        sampler.count = Some(count);
        sampler
    }

    /// How often to do the work now; nothing when it is enough.
    #[expect(clippy::should_implement_trait, reason = "it is no iterator: each turn has to be answered")]
    pub fn next(&mut self) -> Option<u64> {
        if let Some(count) = self.count {
            return match self.warmed {
                0 => Some(1),
                1 => Some(count),
                _ => None,
            };
        }
        match self.measuring {
            None => Some(self.times),
            Some(since) if self.samples.len() < MOST && (self.samples.is_empty() || since.elapsed() < self.budget) => Some(self.times),
            Some(_) => None,
        }
    }

    /// How long that took.
    pub fn took(&mut self, spent: Duration) {
        self.warmed += 1;
        if self.count.is_some() {
            return;
        }
        if self.measuring.is_some() {
            self.samples.push(spent.as_nanos() as f64 / self.times as f64 / self.each);
            return;
        }
        // What is long is not done again for nothing: its first run counts.
        if spent > self.budget {
            self.measuring = Some(Instant::now());
            self.samples.push(spent.as_nanos() as f64 / self.times as f64 / self.each);
            if spent > self.budget * 2 {
                self.budget = Duration::ZERO;
            }
            return;
        }
        if spent < LONG_ENOUGH {
            let short = LONG_ENOUGH.as_secs_f64() / spent.as_secs_f64().max(1e-9);
            self.times = (self.times as f64 * short.clamp(1.1, 8.0)).ceil() as u64;
            self.begun = Instant::now();
        } else if self.warmed >= 3 || self.begun.elapsed() > self.budget / 2 {
            self.measuring = Some(Instant::now());
        }
    }

    /// Nanoseconds for one operation, a figure for each sample.
    pub fn into_samples(self) -> Vec<f64> {
        self.samples
    }
}
