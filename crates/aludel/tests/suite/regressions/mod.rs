//! What was wrong once, one rule each.

mod values;
mod values_keys;
mod values_numbers;
