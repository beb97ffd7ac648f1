//! Inputs that were wrong once, each as a table of its kind: with the siblings that one mechanism behind them has.

mod clocks;
mod computed_columns;
mod divisions;
mod dynamic_kinds;
mod dynamic_loads;
mod dynamic_pages;
mod dynamic_scopes;
mod dynamic_shapes;
mod dynamic_values;
mod limited_aggregates;
mod meanings;
mod meanings_casts;
mod meanings_types;
mod sessions_bulk;
mod sessions_exchange;
mod sessions_failed;
mod sessions_gone;
mod sessions_keys;
mod sessions_random;
mod sessions_referrers;
mod sessions_renamed;
mod sessions_renamed_tables;
mod sessions_scope;
mod sessions_unique;
mod stamps_by_hand;
mod values;
mod values_digits;
mod values_keys;
mod values_numbers;
mod writes_by_hand;
mod writes_errors;
mod writes_from;
mod writes_matrix;
mod writes_notes;
mod writes_sets;
mod writes_ways;

cases_of! {
    cases: clocks, computed_columns, divisions, dynamic_kinds, dynamic_loads, dynamic_pages, dynamic_scopes,
        dynamic_shapes, dynamic_values, limited_aggregates, meanings, meanings_casts, meanings_types,
        sessions_bulk, sessions_exchange, sessions_failed, sessions_gone, sessions_keys, sessions_random,
        sessions_referrers, sessions_renamed, sessions_renamed_tables, sessions_scope, sessions_unique,
        stamps_by_hand, values, values_digits, values_keys, values_numbers, writes_by_hand, writes_errors,
        writes_from, writes_matrix, writes_notes, writes_sets;
}
