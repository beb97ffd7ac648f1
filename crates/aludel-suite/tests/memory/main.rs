//! Memory while streaming; in a process of its own, where nobody else allocates.
#![allow(unreachable_pub, dead_code)]

#[macro_use]
#[path = "../../src/every.rs"]
mod every;
#[path = "../../src/harness.rs"]
mod harness;

use aludel::prelude::*;

on_every_database! {
    /// A million rows, a few megabytes.
    async fn streams_have_bounded_memory(fixture) {
        let db = &fixture.db;
        let digits = "with recursive n(i) as (select 0 union all select i + 1 from n where i < 99) \
                      select a.i * 10000 + b.i * 100 + c.i, 'some text that takes room' from n a, n b, n c";
        let before = resident();
        let mut most = 0;
        let mut stream = sql(digits).stream::<(i64, String)>(db)?;
        let (mut rows, mut sum) = (0_i64, 0);
        while let Some(row) = stream.next().await {
            let (n, _) = row?;
            sum += n;
            rows += 1;
            if rows % 50_000 == 0 {
                most = most.max(resident());
            }
        }
        assert_eq!((rows, sum), (1_000_000, 499_999_500_000));
        let grown = most.saturating_sub(before);
        assert!(grown < 50 * 1024 * 1024, "{grown} bytes more");
    }
}

/// Bytes of memory that this process has in use.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    pages * 4096
}
