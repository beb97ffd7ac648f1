//! Waiting: by Tokio's clock in a Tokio runtime, and without it elsewhere.
//!
//! SQLite needs no runtime. Without one, this thread serves nobody else and may sleep.

use std::future::Future;
use std::time::Duration;

/// Whether this runs in a Tokio runtime.
pub(crate) fn has_runtime() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

/// Waits.
pub(crate) async fn sleep(time: Duration) {
    if has_runtime() {
        tokio::time::sleep(time).await;
    } else {
        std::thread::sleep(time);
    }
}

/// Waits for a future up to this limit; `None` if it took longer. Without a runtime there is no limit.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    if has_runtime() {
        tokio::time::timeout(limit, future).await.ok()
    } else {
        Some(future.await)
    }
}
