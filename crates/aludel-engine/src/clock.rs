//! Waiting, with Tokio's clock where a Tokio runtime runs, and without one where not.
//!
//! SQLite needs no runtime at all; then nobody else is served by this thread, and it may sleep.

use std::future::Future;
use std::time::Duration;

/// Whether a Tokio runtime runs this.
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

/// Waits for a future, not longer than this; `None` when it was too long. Without a runtime there is no limit.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    if has_runtime() {
        tokio::time::timeout(limit, future).await.ok()
    } else {
        Some(future.await)
    }
}
