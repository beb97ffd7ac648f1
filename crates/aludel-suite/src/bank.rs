//! The example `bank`, on every database.

#[path = "../../aludel/examples/bank.rs"]
mod example;

on_every_database! {
    async fn the_sums_hold_after_many_concurrent_transfers(fixture) {
        let done = example::bank(&fixture.db, 400).await?;
        assert_eq!((done.before, done.after), (8000, 8000));
        assert!(done.tries >= done.transfers);
    }
}
