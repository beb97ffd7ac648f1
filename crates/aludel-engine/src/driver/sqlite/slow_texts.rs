//! Which statements were too slow to run inline.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Texts of statements that were too slow to run inline, by hash. One that has become fast again is forgotten.
#[derive(Default)]
pub(crate) struct SlowTexts {
    /// A bit for each length (modulo 64) that some slow text has: most texts need no closer look.
    lengths: AtomicU64,
    hashes: Mutex<HashSet<u64>>,
}

impl SlowTexts {
    #[inline]
    pub(super) fn has(&self, text: &str) -> bool {
        self.lengths.load(Ordering::Relaxed) & length_bit(text) != 0
            && self.lock().contains(&hash(text))
    }

    pub(super) fn insert(&self, text: &str) {
        const MOST: usize = 10_000;
        let mut hashes = self.lock();
        if hashes.len() >= MOST {
            hashes.clear();
            self.lengths.store(0, Ordering::Relaxed);
        }
        hashes.insert(hash(text));
        self.lengths.fetch_or(length_bit(text), Ordering::Relaxed);
    }

    pub(super) fn remove(&self, text: &str) {
        let mut hashes = self.lock();
        hashes.remove(&hash(text));
        if hashes.is_empty() {
            self.lengths.store(0, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn length_bit(text: &str) -> u64 {
    1 << (text.len() % 64)
}

/// A quick hash, eight bytes at a time. Two texts with the same hash only share where they run.
fn hash(text: &str) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut words = text.as_bytes().chunks_exact(8);
    let mut hash = words.by_ref().fold(text.len() as u64, |hash, word| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(word);
        mix(hash, u64::from_le_bytes(bytes))
    });
    for byte in words.remainder() {
        hash = mix(hash, u64::from(*byte));
    }
    hash
}
