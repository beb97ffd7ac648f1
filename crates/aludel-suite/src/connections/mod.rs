//! Connections: through poolers, with settings and transactions that raw SQL changed, to servers that fall silent or end them.

mod bulk_through_poolers;
mod connection_reset;
mod hostile;
mod outcomes;
mod poolers;
mod raw_transactions;
mod silent;
mod time;

cases_of! {
    cases: connection_reset, outcomes, raw_transactions, time;
    alone: bulk_through_poolers, hostile, outcomes, poolers, time;
}
