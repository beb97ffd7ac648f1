//! Compares schemas by what a database stores of them.
//!
//! A declared schema and the one read back are never the same value: three integer types are one on SQLite, a CHECK is
//! printed differently, comments may not be stored at all. [`differences`] compares what is left.

use super::TokenKind;
use super::{Action, Column, Deferrability, ForeignKey, Identity, Index, Schema, Table, View};
use super::{canonical, words};
use crate::dialect::{Comments, Dialect, POSTGRES};
use crate::expr::Node;
use crate::render::{Writer, is_keyed};
use crate::types::SqlType;
use std::collections::BTreeMap;
use std::fmt;

/// One difference between two schemas: something that only one of them has, or that they have differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is: `column users.email`, `index ix_posts_author_id of posts`.
    pub what: String,
    /// What was expected; `None` if it should not exist.
    pub expected: Option<String>,
    /// What was found; `None` if it is missing.
    pub found: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => {
                write!(f, "{}: expected {expected}, found {found}", self.what)
            }
            (Some(expected), None) => write!(f, "{} is missing: {expected}", self.what),
            (None, Some(found)) => write!(f, "{} is not expected: {found}", self.what),
            (None, None) => f.write_str(&self.what),
        }
    }
}

/// The differences between the schema found in a database and the expected one; empty if the database stores both alike.
pub fn differences(
    expected: &Schema,
    found: &Schema,
    dialect: &'static dyn Dialect,
) -> Vec<Difference> {
    let mut expected = facts(expected, dialect);
    let mut all = Vec::new();
    for (what, found) in facts(found, dialect) {
        match expected.remove(&what) {
            Some(same) if same == found => {}
            // A table's default collation does not matter, since each column names its own.
            None if what.starts_with("options of ") && is_collation(&found) => {}
            other => all.push(Difference {
                what,
                expected: other,
                found: Some(found),
            }),
        }
    }
    all.extend(expected.into_iter().map(|(what, expected)| Difference {
        what,
        expected: Some(expected),
        found: None,
    }));
    all.sort_by(|a, b| a.what.cmp(&b.what));
    all
}

/// Whether a table's options are its default collation, and nothing else.
fn is_collation(options: &str) -> bool {
    let words: Vec<&str> = options.split(' ').collect();
    matches!(
        words.as_slice(),
        ["collate", "=", _] | ["default", "collate", "=", _]
    )
}

/// Whether a database stores both tables alike.
pub fn same_table(a: &Table, b: &Table, dialect: &'static dyn Dialect) -> bool {
    let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
    table_facts(a, dialect, &mut left);
    table_facts(b, dialect, &mut right);
    left == right
}

fn facts(schema: &Schema, dialect: &'static dyn Dialect) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    for table in &schema.tables {
        facts.insert(format!("table {}", table.name), String::new());
        table_facts(table, dialect, &mut facts);
    }
    let caps = dialect.capabilities();
    if caps.native_enums {
        for kind in &schema.enums {
            facts.insert(format!("enum {}", kind.name), kind.labels.join(", "));
        }
    }
    for view in &schema.views {
        facts.insert(format!("view {}", view.name), view_fact(view, dialect));
    }
    for name in &schema.extensions {
        facts.insert(format!("extension {name}"), String::new());
    }
    facts
}

fn view_fact(view: &View, dialect: &dyn Dialect) -> String {
    let mut fact = words(&view.query, dialect);
    if view.materialized {
        fact.insert_str(0, "materialized ");
    }
    if let Some(options) = &view.options {
        fact.push_str(&format!(" {}", spelled(options)));
    }
    fact
}

fn table_facts(table: &Table, dialect: &'static dyn Dialect, facts: &mut BTreeMap<String, String>) {
    let name = &table.name;
    let caps = dialect.capabilities();
    let one_kind = caps.uniques_are_indexes;
    let named = caps.constraint_names;
    for column in &table.columns {
        facts.insert(
            format!("column {name}.{}", column.name),
            column_fact(table, column, dialect),
        );
        for (check, condition) in column_checks(table, column, dialect) {
            let label = if named { check } else { condition.clone() };
            facts.insert(format!("check {label} of {name}"), condition);
        }
    }
    if !table.primary_key.is_empty() {
        facts.insert(
            format!("primary key of {name}"),
            table.primary_key.join(", "),
        );
    }
    for unique in &table.uniques {
        let label = label(if named { &unique.name } else { "" }, &unique.columns);
        let kind = if one_kind { "key" } else { "unique" };
        facts.insert(
            format!("{kind} {label} of {name}"),
            format!("unique ({})", unique.columns.join(", ")),
        );
    }
    for constraint in &table.constraints {
        facts.insert(
            format!("constraint {} of {name}", constraint.name),
            spelled(&constraint.definition),
        );
    }
    if let Some(options) = &table.options {
        facts.insert(format!("options of {name}"), spelled(options));
    }
    for check in &table.checks {
        let mut text = expression(&check.condition, dialect);
        let label = if check.name.is_empty() || !named {
            text.clone()
        } else {
            check.name.clone()
        };
        if let Some(options) = &check.options {
            text.push_str(&format!(" {}", spelled(options)));
        }
        facts.insert(format!("check {label} of {name}"), text);
    }
    for key in &table.foreign_keys {
        let label = label(if named { &key.name } else { "" }, &key.columns);
        facts.insert(
            format!("foreign key {label} of {name}"),
            foreign_key_fact(key, dialect),
        );
    }
    for index in &table.indexes {
        let kind = if one_kind { "key" } else { "index" };
        facts.insert(
            format!("{kind} {} of {name}", index.name),
            index_fact(index, dialect),
        );
    }
    if let (Some(comment), true) = (&table.comment, caps.comments != Comments::None) {
        facts.insert(format!("comment of {name}"), comment.clone());
    }
}

/// The label of a constraint: its name, or else its columns.
fn label(name: &str, columns: &[String]) -> String {
    if name.is_empty() {
        format!("({})", columns.join(", "))
    } else {
        name.to_string()
    }
}

/// An expression as the dialect writes it, normalized.
pub(crate) fn expression(node: &Node, dialect: &'static dyn Dialect) -> String {
    match rendered(node, dialect) {
        Ok(text) => canonical(&text, dialect),
        Err(error) => error.to_string(),
    }
}

/// An expression as it is in DDL: columns by name, values as literals.
///
/// # Errors
/// If the dialect does not support it.
pub fn rendered(node: &Node, dialect: &'static dyn Dialect) -> crate::Result<String> {
    let mut w = Writer::new(dialect);
    w.inlined(|w| w.with_root(None, |w| w.condition(node)))?;
    Ok(w.text)
}

fn column_type(table: &Table, column: &Column, dialect: &dyn Dialect) -> String {
    let mut text = String::new();
    let keyed = is_keyed(table, &column.name);
    match dialect.column_type(&column.sql_type, keyed, &mut text) {
        Ok(()) => text.to_ascii_lowercase().replace(", ", ","),
        Err(error) => error.to_string(),
    }
}

/// Whether the live column's options are the known ones, or there are none: then nothing is lost when the column is
/// redefined with the known ones.
pub fn is_kept(live: Option<&str>, known: Option<&str>) -> bool {
    match (live, known) {
        (Some(live), Some(known)) => spelled(live) == spelled(known),
        (live, _) => live.is_none(),
    }
}

/// Whether two pieces of raw SQL say the same: options of columns, indexes and tables.
pub fn same_words(a: Option<&str>, b: Option<&str>) -> bool {
    spelled(a.unwrap_or_default()) == spelled(b.unwrap_or_default())
}

/// Raw SQL in a form to compare: words in lower case and in their order, without redundant quotes (`fillfactor='70'`),
/// blanks, and empty parentheses.
fn spelled(text: &str) -> String {
    let all = super::tokens(text, &POSTGRES);
    let mut out: Vec<String> = Vec::with_capacity(all.len());
    for (n, token) in all.iter().enumerate() {
        let is = |at: usize, mark: &str| { all.get(at) }.is_some_and(|token| token.is_mark(mark));
        let empty = is(n, "(") && is(n + 1, ")") || is(n, ")") && n > 0 && is(n - 1, "(");
        if empty {
            continue;
        }
        out.push(match &token.kind {
            TokenKind::Word(word) => word.to_ascii_lowercase(),
            TokenKind::Quoted(name) | TokenKind::Text(name) => name.clone(),
            _ => text[token.span.clone()].to_string(),
        });
    }
    out.join(" ")
}

fn column_fact(table: &Table, column: &Column, dialect: &'static dyn Dialect) -> String {
    let caps = dialect.capabilities();
    let mut fact = column_type(table, column, dialect);
    let in_key = table.primary_key.contains(&column.name);
    let bare = column.generated.is_some() && !caps.generated_not_null;
    if (!column.nullable || in_key) && !bare {
        fact.push_str(" not null");
    }
    if let Some(default) = &column.default {
        let text = expression(default, dialect);
        if text != "null" {
            fact.push_str(&format!(" default {text}"));
        }
    }
    if let Some(generated) = &column.generated {
        let stored = generated.stored || !caps.virtual_columns;
        fact.push_str(&format!(
            " generated {} {}",
            expression(&generated.expression, dialect),
            if stored { "stored" } else { "virtual" }
        ));
    }
    if let Some(collation) = &column.collation {
        fact.push_str(&format!(" collate {}", collation.to_ascii_lowercase()));
    }
    if let Some(options) = &column.options {
        fact.push_str(&format!(" {}", spelled(options)));
    }
    match column.identity {
        None => {}
        Some(_) if caps.numbers_integer_keys => {}
        Some(Identity::Always) if caps.identity_always => fact.push_str(" identity always"),
        Some(_) => fact.push_str(" identity"),
    }
    if let (Some(comment), true) = (&column.comment, caps.comments != Comments::None) {
        fact.push_str(&format!(" comment {comment:?}"));
    }
    fact
}

/// The CHECKs that come with a column's type: see what DDL writes for one.
fn column_checks(
    table: &Table,
    column: &Column,
    dialect: &'static dyn Dialect,
) -> Vec<(String, String)> {
    // The CHECK of a length is a part of its type, whatever it is called after renames.
    if matches!(column.sql_type, SqlType::Varchar(_)) {
        return Vec::new();
    }
    let mut w = Writer::new(dialect);
    if w.inlined(|w| w.column_checks(table, column)).is_err() || w.text.is_empty() {
        return Vec::new();
    }
    let tokens = super::tokens(&w.text, dialect);
    // MariaDB names a CHECK inside a column after the column.
    let name = match tokens.first() {
        Some(first) if first.is_word("constraint") => tokens
            .get(1)
            .and_then(|name| name.name())
            .unwrap_or_default()
            .to_string(),
        _ => column.name.clone(),
    };
    let open = tokens.iter().find(|token| token.is_mark("("));
    let condition = open.map_or("", |open| &w.text[open.span.start..]);
    vec![(name, canonical(condition, dialect))]
}

/// The conditions of a table's CHECKs, normalized; those that come with the types of its columns too.
pub fn check_conditions(table: &Table, dialect: &'static dyn Dialect) -> Vec<String> {
    let own = table
        .checks
        .iter()
        .map(|check| expression(&check.condition, dialect));
    let of_types = { table.columns.iter() }
        .flat_map(|column| column_checks(table, column, dialect))
        .map(|(_, condition)| condition);
    own.chain(of_types).collect()
}

fn foreign_key_fact(key: &ForeignKey, dialect: &dyn Dialect) -> String {
    let caps = dialect.capabilities();
    let action = |action: Action| match action {
        Action::Restrict if !caps.restrict => Action::NoAction,
        other => other,
    };
    let deferrable = match key.deferrable {
        Deferrability::Not => "",
        Deferrability::Immediate => " deferrable",
        Deferrability::Deferred => " deferred",
    };
    let options =
        { key.options.as_deref() }.map_or(String::new(), |text| format!(" {}", spelled(text)));
    format!(
        "({}) to {} ({}) on delete {:?} on update {:?}{deferrable}{options}",
        key.columns.join(", "),
        key.target,
        key.target_columns.join(", "),
        action(key.on_delete),
        action(key.on_update),
    )
}

fn index_fact(index: &Index, dialect: &'static dyn Dialect) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let text = match &part.node {
                Node::Root(name) => name.to_string(),
                other => expression(other, dialect),
            };
            let options = { part.options.as_deref() }
                .map_or(String::new(), |text| format!(" {}", spelled(text)));
            let direction = if part.descending { " desc" } else { "" };
            format!("{text}{options}{direction}")
        })
        .collect();
    let mut fact = String::new();
    if index.unique {
        fact.push_str("unique ");
    }
    if let Some(method) = index.method.as_deref().filter(|method| *method != "btree") {
        fact.push_str(&format!("{method} "));
    }
    fact.push_str(&format!("({})", parts.join(", ")));
    if !index.include.is_empty() {
        fact.push_str(&format!(" include ({})", index.include.join(", ")));
    }
    if let Some(options) = &index.options {
        fact.push_str(&format!(" {}", spelled(options)));
    }
    if let Some(condition) = &index.condition {
        fact.push_str(&format!(" where {}", expression(condition, dialect)));
    }
    fact
}

/// Whether two indexes are the same to a database, whatever their names.
pub fn same_index(a: &Index, b: &Index, dialect: &'static dyn Dialect) -> bool {
    index_fact(a, dialect) == index_fact(b, dialect)
}

/// Whether two types are the same to a database.
pub fn same_type(a: &SqlType, b: &SqlType, dialect: &dyn Dialect) -> bool {
    let text = |sql_type: &SqlType| {
        let mut text = String::new();
        match dialect.column_type(sql_type, false, &mut text) {
            Ok(()) => text,
            Err(error) => error.to_string(),
        }
    };
    a == b || text(a) == text(b)
}
