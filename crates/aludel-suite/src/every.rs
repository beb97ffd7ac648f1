//! Declares tests that run on every database, in programs with Rust's own test harness: the library has cases instead (`case.rs`).

/// Declares a test that runs on every database: `on_every_database! { async fn name(fixture) { … } }`.
macro_rules! on_every_database {
    ($($(#[doc = $doc:literal])* async fn $name:ident($fixture:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[doc = $doc])*
            #[allow(clippy::large_futures)]
            async fn body($fixture: &$crate::harness::Fixture) -> aludel::Result<()> {
                $body
                Ok(())
            }

            #[test]
            fn sqlite() {
                $crate::harness::run($crate::harness::Backend::Sqlite, |fixture| Box::pin(body(fixture)));
            }

            #[test]
            fn postgres() {
                $crate::harness::run($crate::harness::Backend::Postgres, |fixture| Box::pin(body(fixture)));
            }

            #[test]
            fn mariadb() {
                $crate::harness::run($crate::harness::Backend::Mariadb, |fixture| Box::pin(body(fixture)));
            }
        }
    )+};
}
