//! The pool over a server that has gone without a word.

use super::{Connector, Limits, Pool};
use crate::command::{BoxFuture, Command, Outcome, Sink};
use crate::driver::{Link, ServerLink};
use crate::error::{ErrorKind, Result};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A connection to a server that has gone without a word: it answers nothing.
struct Silent(Arc<AtomicUsize>);

impl ServerLink for Silent {
    fn run<'a>(
        &'a mut self,
        _: &'a Command,
        _: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(std::future::pending())
    }
    fn control<'a>(&'a mut self, _: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::pending())
    }
    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::pending())
    }
    fn is_broken(&mut self) -> bool {
        false
    }
    fn is_midway(&self) -> bool {
        false
    }
    fn has_transaction(&self) -> Option<bool> {
        Some(false)
    }
    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::pending())
    }
    fn abandon(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

/// Makes so many connections, and then none.
struct Server {
    takes: Duration,
    left: AtomicUsize,
    pings: Arc<AtomicUsize>,
}

impl Connector for Server {
    fn address(&self) -> String {
        "nowhere:1".into()
    }
    fn dialect(&self) -> &'static dyn aludel_sql::dialect::Dialect {
        &aludel_sql::dialect::POSTGRES
    }
    fn connect_now(&self) -> Option<Result<Link>> {
        None
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            let left = self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                });
            match left {
                Ok(_) => Ok(Link::Server(Box::new(Silent(Arc::clone(&self.pings))))),
                Err(_) => std::future::pending().await,
            }
        })
    }
}

fn pool(connections: usize, acquire: u64, ping_after: Duration) -> (Pool, Arc<AtomicUsize>) {
    let limits = Limits {
        max: connections,
        acquire_timeout: Duration::from_millis(acquire),
        connect_timeout: Duration::from_secs(60),
        max_lifetime: None,
        idle_timeout: None,
        ping_after,
        conflict_retries: 0,
        after_connect: None,
    };
    let pings = Arc::new(AtomicUsize::new(0));
    let server = Server {
        takes: Duration::ZERO,
        left: AtomicUsize::new(connections),
        pings: Arc::clone(&pings),
    };
    (Pool::new(limits, Box::new(server)), pings)
}

#[tokio::test]
async fn whoever_gives_up_waiting_leaves_nothing_behind() {
    let (pool, _) = pool(1, 20, Duration::from_secs(60));
    let site = Location::caller();
    pool.first(site).await.expect("the only one");
    let held = pool.acquire(site, None).await.expect("it is free");
    for _ in 0..10 {
        let error = pool
            .acquire(site, None)
            .await
            .map(drop)
            .expect_err("none is left");
        assert_eq!(error.kind(), ErrorKind::PoolTimeout);
    }
    // One that is cancelled while it waits, too.
    tokio::select! {
        biased;
        _ = pool.acquire(site, None) => panic!("none is left"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!(pool.shared.lock().waiters.len(), 0);
    drop(held);
    pool.acquire(site, None)
        .await
        .map(drop)
        .expect("it came back");
}

/// The right to make a connection, whatever the limit is.
fn permit(pool: &Pool) -> super::Permit {
    pool.shared.lock().size += 1;
    pool.shared.permit()
}

#[tokio::test]
async fn one_limit_holds_for_all_that_an_acquire_does() {
    let (pool, pings) = pool(5, 200, Duration::ZERO);
    let site = Location::caller();
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(
            pool.shared
                .make(permit(&pool), site, None)
                .await
                .expect("a connection"),
        );
    }
    drop(all);
    // All of them are silent by now, and so is the server.
    let begun = Instant::now();
    assert!(pool.acquire(site, None).await.is_err());
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        pings.load(Ordering::Relaxed),
        1,
        "there was no time for more"
    );
}

#[tokio::test]
async fn no_limit_is_one_of_them() {
    let (pool, _) = pool(1, 0, Duration::from_secs(60));
    let mut limits = pool.shared.limits.clone();
    limits.acquire_timeout = Duration::MAX;
    let server = Server {
        takes: Duration::ZERO,
        left: AtomicUsize::new(1),
        pings: Arc::default(),
    };
    let pool = Pool::new(limits, Box::new(server));
    let acquired = pool.acquire(Location::caller(), None).await;
    acquired.map(drop).expect("a connection");
}

/// A connection takes longer than anybody waits: the first one to come after it is made has it.
#[tokio::test]
async fn a_connection_that_nobody_waits_for_any_more_is_the_next_ones() {
    let (pool, _) = pool(1, 2, Duration::from_secs(60));
    let server = Server {
        takes: Duration::from_millis(20),
        left: AtomicUsize::new(1),
        pings: Arc::default(),
    };
    let pool = Pool::new(pool.shared.limits.clone(), Box::new(server));
    let site = Location::caller();
    let mut tries = 0;
    while let Err(error) = pool.acquire(site, None).await.map(drop) {
        assert_eq!(error.kind(), ErrorKind::PoolTimeout, "{error}");
        tries += 1;
        assert!(tries < 1_000, "it never comes");
    }
    assert!(tries > 0);
    assert_eq!((pool.status().size, pool.status().idle), (1, 1));
}
