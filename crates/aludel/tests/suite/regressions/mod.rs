//! Rules that some verb, type, layer or position once broke: each with its siblings, on every database.

mod dynamic_kinds;
mod dynamic_loads;
mod dynamic_pages;
mod dynamic_shapes;
mod dynamic_values;
mod writes_by_hand;
mod writes_errors;
mod writes_from;
mod writes_matrix;
mod writes_notes;
mod writes_sets;
mod writes_ways;
