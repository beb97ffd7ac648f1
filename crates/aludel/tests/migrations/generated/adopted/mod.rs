//! Models of databases that were taken over; see `adopted`.

pub mod mariadb;
pub mod postgres;
pub mod sqlite;
