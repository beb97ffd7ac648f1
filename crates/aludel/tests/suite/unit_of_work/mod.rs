//! The session's rules, one by one, on every database.

mod aftermath;
mod chronology;
mod corners;
mod drafts;
mod drawn;
mod faults;
mod identity;
mod keyed;
mod models;
mod numbers;
mod on_delete;
mod only_one;
mod order;
mod places;
mod property;
mod relations;
mod shapes;
mod transactions;
mod unique;
mod versions;
mod writing;
