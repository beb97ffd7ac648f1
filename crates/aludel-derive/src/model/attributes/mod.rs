//! The items of `#[model(..)]` and `#[field(..)]`, as tables: how each is written, what it does, an example, and the function
//! that reads it. The guide's page of attributes is made of them.

mod columns;
mod enums;
mod model;
#[cfg(test)]
mod page;
mod relations;
mod rules;

use super::parse::{Field, Kind, Model, is_option};
use super::variants::Enum;
use crate::attributes::Item;
use syn::Result;

/// An item of an attribute of `T`.
pub(crate) struct Entry<T: 'static> {
    pub(crate) name: &'static str,
    /// What it says, with what may follow its name.
    #[cfg_attr(not(test), allow(dead_code, reason = "for the page of attributes"))]
    pub(crate) written: &'static str,
    #[cfg_attr(not(test), allow(dead_code, reason = "for the page of attributes"))]
    pub(crate) meaning: &'static str,
    /// A field with the item, or a whole model.
    #[cfg_attr(not(test), allow(dead_code, reason = "for the page of attributes"))]
    pub(crate) example: &'static str,
    pub(crate) read: fn(&mut T, &Item) -> Result<()>,
}

/// The items of a struct's `#[model(..)]`.
pub(crate) const MODEL: &[Entry<Model>] = model::ITEMS;

/// The items of an enum's `#[model(..)]`.
pub(crate) const ENUM: &[Entry<Enum>] = enums::ITEMS;

/// The items of `#[field(..)]`, by what fields they are for.
pub(crate) const FIELD: [(&str, &[Entry<Field>]); 3] = [
    ("on a column", columns::ITEMS),
    ("rules", rules::ITEMS),
    ("on a relation", relations::ITEMS),
];

/// Reads an item.
///
/// # Errors
/// An item that is not in the table: the error lists those that are.
pub(crate) fn read<T: 'static>(
    of: &mut T,
    item: &Item,
    attribute: &str,
    mut table: impl Iterator<Item = &'static Entry<T>> + Clone,
) -> Result<()> {
    let all = table.clone();
    match table.find(|entry| entry.name == item.name) {
        Some(entry) => (entry.read)(of, item),
        None => Err(item.unknown(attribute, &names(all))),
    }
}

/// The names, with `(..)` where a list follows.
fn names<T: 'static>(table: impl Iterator<Item = &'static Entry<T>>) -> String {
    let name = |entry: &Entry<T>| {
        let rest = entry.written.strip_prefix(entry.name).unwrap_or_default();
        let list = if rest.starts_with('(') { "(..)" } else { "" };
        format!("{}{list}", entry.name)
    };
    table.map(name).collect::<Vec<_>>().join(", ")
}

/// Checks that an item is where it belongs.
fn only(fits: bool, item: &Item, what: &str) -> Result<()> {
    match fits {
        true => Ok(()),
        false => Err(item.error(format!("`{}` is for {what}", item.name))),
    }
}

fn is_relation(field: &Field) -> bool {
    matches!(field.kind, Kind::BelongsTo { .. })
}

/// Checks that the field is a column.
fn column(field: &Field, item: &Item) -> Result<()> {
    only(field.is_column(), item, "columns")
}

/// Checks that the field is a column, or a relation with a column.
fn stored(field: &Field, item: &Item) -> Result<()> {
    let fits = field.is_column() || is_relation(field);
    only(fits, item, "columns and BelongsTo")
}
