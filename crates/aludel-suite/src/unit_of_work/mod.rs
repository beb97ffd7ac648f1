//! The session's rules, one by one, on every database.

mod attack;
mod by_metadata;
mod composite_keys_and_embedded;
mod computed;
mod differential;
mod drafts;
mod enum_and_variant;
mod errors_name_both_ends;
mod faults;
mod given_keys;
mod has_one;
mod identity;
mod keyed;
mod keys_of_many_rows;
mod many;
mod models;
mod nested_keys;
mod on_commit;
mod on_delete;
mod order;
mod order_of_changes;
mod polymorphic;
mod property;
mod relations;
mod renamed;
mod renamed_joins;
mod retrying;
mod rows_deleted_by_statements;
mod rules_together;
mod sharing;
mod thousands_of_rows;
mod touch;
mod transactions;
mod unique;
mod unique_keys_with_references;
mod versions;
mod writing;

cases_of! {
    cases: attack, by_metadata, composite_keys_and_embedded, computed, drafts, enum_and_variant,
        errors_name_both_ends, faults, given_keys, has_one, identity, keyed, keys_of_many_rows, many,
        nested_keys, on_commit, on_delete, order, order_of_changes, polymorphic, property, relations, renamed,
        renamed_joins, retrying, rows_deleted_by_statements, rules_together, sharing, thousands_of_rows,
        touch, transactions, unique, unique_keys_with_references, versions, writing;
    alone: nested_keys, polymorphic, sharing;
    folders: differential;
}
