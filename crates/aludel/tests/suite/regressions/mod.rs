//! Inputs that were wrong once, each as a table of its kind: with the siblings that one mechanism behind them has.

mod dynamic_kinds;
mod dynamic_loads;
mod dynamic_pages;
mod dynamic_shapes;
mod dynamic_values;
mod meanings;
mod meanings_casts;
mod meanings_types;
mod sessions_exchange;
mod sessions_failed;
mod sessions_gone;
mod sessions_keys;
mod sessions_random;
mod sessions_scope;
mod sessions_unique;
mod values;
mod values_keys;
mod values_numbers;
mod writes_by_hand;
mod writes_errors;
mod writes_from;
mod writes_matrix;
mod writes_notes;
mod writes_sets;
mod writes_ways;
