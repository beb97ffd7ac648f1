//! Connections: through poolers, with settings and transactions that raw SQL changed, to servers that fall silent or end them.

mod clean_hands;
mod hostile;
mod outcomes;
mod poolers;
mod raw_transactions;
mod silent;
mod time;
