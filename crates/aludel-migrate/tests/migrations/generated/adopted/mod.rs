//! Models of databases that were taken over; see `adopted`.
// A column of two constraints is named twice in one attribute.
#![allow(clippy::duplicated_attributes)]

pub mod mariadb;
pub mod postgres;
pub mod sqlite;
