//! [`State`]: the schema at a migration.

use aludel_sql::dialect::POSTGRES;
use aludel_sql::expr::{Name, Node};
use aludel_sql::schema::{Column, Constraint, Index, Schema, Table, rename};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use aludel_sql::value::EnumType;
use std::collections::{BTreeMap, BTreeSet};

/// The project state: the schema at a migration, and which module owns each table. Operations fold into it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// The schema.
    pub schema: Schema,
    /// The module of each table; the unnamed module is the empty string.
    pub owners: BTreeMap<TableName, String>,
    /// Tables of other programs, to which foreign keys may refer.
    pub external: BTreeSet<TableName>,
}

impl State {
    /// The table with that name.
    pub fn table(&self, name: impl Into<TableName>) -> Option<&Table> {
        self.schema.table(&name.into())
    }

    /// The module that owns a table.
    pub fn owner(&self, table: &TableName) -> &str {
        self.owners.get(table).map_or("", String::as_str)
    }
}

/// Renames a column, everywhere in the schema.
pub(crate) fn rename_column(schema: &mut Schema, of: &TableName, from: &str, to: &str) {
    let swap = |names: &mut Vec<String>| {
        for name in names {
            if name == from {
                *name = to.to_string();
            }
        }
    };
    for table in &mut schema.tables {
        for key in &mut table.foreign_keys {
            if key.target == *of {
                swap(&mut key.target_columns);
            }
        }
        if table.name != *of {
            continue;
        }
        for column in &mut table.columns {
            if column.name == from {
                column.name = to.to_string();
            }
            if let Some(generated) = &mut column.generated {
                rename_in(&mut generated.expression, from, to);
            }
        }
        swap(&mut table.primary_key);
        table
            .uniques
            .iter_mut()
            .for_each(|unique| swap(&mut unique.columns));
        table
            .foreign_keys
            .iter_mut()
            .for_each(|key| swap(&mut key.columns));
        for check in &mut table.checks {
            rename_in(&mut check.condition, from, to);
        }
        for constraint in &mut table.constraints {
            constraint.definition = rename(&constraint.definition, from, to, &POSTGRES);
        }
        for index in &mut table.indexes {
            swap(&mut index.include);
            for part in &mut index.parts {
                rename_in(&mut part.node, from, to);
            }
            if let Some(condition) = &mut index.condition {
                rename_in(condition, from, to);
            }
        }
    }
}

fn rename_in(node: &mut Node, from: &str, to: &str) {
    match node {
        Node::Root(name) if name == from => *name = Name::Owned(to.to_string()),
        Node::Path(path) if path.hops.is_empty() && path.column == from => {
            path.column = Name::Owned(to.to_string());
        }
        Node::Raw(texts, _) => {
            for text in texts {
                let renamed = rename(text, from, to, &POSTGRES);
                if renamed != **text {
                    *text = renamed.into();
                }
            }
        }
        _ => {}
    }
    node.children_mut(&mut |child| rename_in(child, from, to));
}

/// Replaces an enum type, in every column that has it.
pub(crate) fn replace_enum(schema: &mut Schema, name: &str, with: EnumType) {
    for kind in &mut schema.enums {
        if kind.name == name {
            *kind = with;
        }
    }
    for column in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.columns)
    {
        replace_in(&mut column.sql_type, name, with);
    }
}

/// Renames a value in the defaults of an enum's columns.
pub(crate) fn rename_defaults(schema: &mut Schema, name: &str, from: &str, to: &str) {
    use aludel_sql::Value;
    for column in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.columns)
    {
        let of_enum = aludel_sql::schema::enum_of(&column.sql_type).is_some_and(|k| k.name == name);
        if let Some(Node::Value(value)) = &mut column.default
            && of_enum
            && value.as_str() == Some(from)
        {
            *value = Value::Text(to.to_string());
        }
    }
}

/// A column of an enum type whose default is none of these values, with that default.
pub(crate) fn default_beyond<'a>(
    schema: &'a Schema,
    name: &str,
    values: &[String],
) -> Option<(&'a TableName, &'a str, &'a str)> {
    let columns = { schema.tables.iter() }
        .flat_map(|table| table.columns.iter().map(|column| (&table.name, column)));
    columns
        .filter(|(_, column)| {
            aludel_sql::schema::enum_of(&column.sql_type).is_some_and(|kind| kind.name == name)
        })
        .find_map(|(table, column)| match &column.default {
            Some(Node::Value(value)) => {
                let default = value.as_str()?;
                let is_beyond = !values.iter().any(|value| value == default);
                is_beyond.then_some((table, column.name.as_str(), default))
            }
            _ => None,
        })
}

fn replace_in(sql_type: &mut SqlType, name: &str, with: EnumType) {
    match sql_type {
        SqlType::Enum(kind) if kind.name == name => *kind = with,
        SqlType::Array(element) => replace_in(element, name, with),
        _ => {}
    }
}

/// Whether an expression mentions a column.
pub(crate) fn mentions(node: &Node, column: &str) -> bool {
    node.any(&mut |node| match node {
        Node::Root(name) => name == column,
        Node::Path(path) => path.hops.is_empty() && path.column == column,
        // Read as on PostgreSQL, where brackets are not quotes.
        Node::Raw(texts, _) => texts
            .iter()
            .any(|text| aludel_sql::schema::speaks_of(text, column, &POSTGRES)),
        _ => false,
    })
}

/// Whether a constraint given as SQL mentions a column.
pub(crate) fn constraint_mentions(constraint: &Constraint, column: &str) -> bool {
    aludel_sql::schema::speaks_of(&constraint.definition, column, &POSTGRES)
}

/// Whether an index mentions a column.
pub(crate) fn index_mentions(index: &Index, column: &str) -> bool {
    index.parts.iter().any(|part| mentions(&part.node, column))
        || index.include.iter().any(|name| name == column)
        || index
            .condition
            .as_ref()
            .is_some_and(|node| mentions(node, column))
}

/// Whether a column is computed from another.
pub(crate) fn computed_from(column: &Column, other: &str) -> bool {
    column
        .generated
        .as_ref()
        .is_some_and(|generated| mentions(&generated.expression, other))
}
