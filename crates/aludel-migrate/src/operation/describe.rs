//! Operations in words, as the command line shows them.

use super::Operation;
use crate::compare::same_optional;
use crate::state::State;
use aludel_sql::dialect::{Dialect, MARIADB, POSTGRES, SQLITE};
use aludel_sql::schema::{Column, Table};
use aludel_sql::types::SqlType;
use std::fmt;

fn same_table(a: &Table, b: &Table) -> bool {
    [&SQLITE as &'static dyn Dialect, &POSTGRES, &MARIADB]
        .iter()
        .all(|dialect| aludel_sql::schema::same_table(a, b, *dialect))
}

/// The kind of an operation, as a diff shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Adds something.
    Adds,
    /// Removes something.
    Removes,
    /// Changes something.
    Changes,
    /// Runs something.
    Runs,
}

impl Operation {
    /// Tables that differ between two states, regardless of owner.
    pub(crate) fn describe_differences(found: &State, wanted: &State) -> Vec<String> {
        let mut all = Vec::new();
        for table in &wanted.schema.tables {
            match found.schema.table(&table.name) {
                None => all.push(format!("{} is missing", table.name)),
                Some(other) if !same_table(other, table) => {
                    all.push(format!("{} differs", table.name))
                }
                Some(_) => {}
            }
        }
        for table in &found.schema.tables {
            if wanted.schema.table(&table.name).is_none() {
                all.push(format!("{} is still there", table.name));
            }
        }
        all
    }

    /// Its kind, for a diff.
    pub fn mark(&self) -> Mark {
        match self {
            Operation::CreateTable(_)
            | Operation::AddColumn { .. }
            | Operation::AddForeignKey { .. }
            | Operation::AddUnique { .. }
            | Operation::AddCheck { .. }
            | Operation::AddConstraint { .. }
            | Operation::AddIndex { .. }
            | Operation::CreateEnum(_)
            | Operation::AddEnumValue { .. }
            | Operation::CreateView(_)
            | Operation::CreateExtension(_) => Mark::Adds,
            Operation::DropTable(_)
            | Operation::DropColumn { .. }
            | Operation::DropForeignKey { .. }
            | Operation::DropUnique { .. }
            | Operation::DropCheck { .. }
            | Operation::DropConstraint { .. }
            | Operation::DropIndex { .. }
            | Operation::DropEnum(_)
            | Operation::DropView(_)
            | Operation::DropExtension(_) => Mark::Removes,
            Operation::RunSql(_) | Operation::Run(_) => Mark::Runs,
            _ => Mark::Changes,
        }
    }
}

/// A type in readable form: `varchar(50)`, `big_int`.
pub fn type_of(of: &SqlType) -> String {
    crate::literals::sql_type(of).replace("()", "")
}

impl Operation {
    /// What it changes in a column, given the state before it: `varchar(50) → varchar(80), not null`.
    pub fn changes(&self, before: &State) -> Option<String> {
        let Operation::AlterColumn { table, column, .. } = self else {
            return None;
        };
        let old = before.table(table.clone())?.column(&column.name)?;
        let ty = |of: &Column| type_of(&of.sql_type);
        let mut parts = Vec::new();
        if old.sql_type != column.sql_type {
            parts.push(format!("{} → {}", ty(old), ty(column)));
        }
        if old.nullable != column.nullable {
            parts.push(if column.nullable { "null" } else { "not null" }.to_string());
        }
        let changed = |what: &str, is_set: bool| match is_set {
            true => format!("another {what}"),
            false => format!("no {what}"),
        };
        if !same_optional(old.default.as_ref(), column.default.as_ref()) {
            parts.push(changed("default", column.default.is_some()));
        }
        if old.identity != column.identity {
            parts.push(changed("numbering", column.identity.is_some()));
        }
        if old.generated != column.generated {
            parts.push(changed("expression", column.generated.is_some()));
        }
        for (what, was, is) in [
            ("collation", &old.collation, &column.collation),
            ("options", &old.options, &column.options),
            ("comment", &old.comment, &column.comment),
        ] {
            match is {
                _ if was == is => {}
                Some(text) => parts.push(format!("{what} {text:?}")),
                None => parts.push(format!("no {what}")),
            }
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::CreateTable(table) => write!(f, "create table {}", table.name),
            Operation::DropTable(table) => write!(f, "drop table {table}"),
            Operation::RenameTable { from, to } => write!(f, "rename table {from} to {to}"),
            Operation::SetComment { table, .. } => write!(f, "comment on {table}"),
            Operation::AddColumn { table, column, .. } => {
                write!(f, "add column {table}.{}", column.name)
            }
            Operation::DropColumn { table, column } => write!(f, "drop column {table}.{column}"),
            Operation::RenameColumn { table, from, to } => {
                write!(f, "rename column {table}.{from} to {to}")
            }
            Operation::AlterColumn { table, column, .. } => {
                write!(f, "alter column {table}.{}", column.name)
            }
            Operation::SetPrimaryKey { table, columns } => {
                write!(f, "set primary key of {table} to ({})", columns.join(", "))
            }
            Operation::AddForeignKey { table, key } => {
                write!(
                    f,
                    "add foreign key {} of {table} to {}",
                    key.name, key.target
                )
            }
            Operation::DropForeignKey { table, name } => {
                write!(f, "drop foreign key {name} of {table}")
            }
            Operation::AddUnique { table, unique } => {
                write!(f, "add unique {} of {table}", unique.name)
            }
            Operation::DropUnique { table, name } => write!(f, "drop unique {name} of {table}"),
            Operation::AddCheck { table, check } => {
                write!(f, "add check {} of {table}", check.name)
            }
            Operation::DropCheck { table, name } => write!(f, "drop check {name} of {table}"),
            Operation::AddConstraint { table, constraint } => {
                write!(f, "add constraint {} of {table}", constraint.name)
            }
            Operation::DropConstraint { table, name } => {
                write!(f, "drop constraint {name} of {table}")
            }
            Operation::SetOptions { table, options } => match options {
                Some(options) => write!(f, "set options of {table} to {options}"),
                None => write!(f, "no options of {table}"),
            },
            Operation::External(name) => write!(f, "external table {name}"),
            Operation::AddIndex { table, index, .. } => {
                write!(f, "add index {} of {table}", index.name)
            }
            Operation::DropIndex { table, name, .. } => write!(f, "drop index {name} of {table}"),
            Operation::RenameConstraint { table, from, to } => {
                write!(f, "rename {from} of {table} to {to}")
            }
            Operation::CreateEnum(kind) => write!(f, "create enum {}", kind.name),
            Operation::DropEnum(name) => write!(f, "drop enum {name}"),
            Operation::RenameEnum { from, to } => write!(f, "rename enum {from} to {to}"),
            Operation::AddEnumValue { name, value, .. } => {
                write!(f, "add value {value:?} to enum {name}")
            }
            Operation::RenameEnumValue { name, from, to } => {
                write!(f, "rename value {from:?} of enum {name} to {to:?}")
            }
            Operation::SetEnumValues {
                name,
                values,
                becomes,
            } => {
                write!(f, "set values of enum {name} to {}", values.join(", "))?;
                for (gone, instead) in becomes {
                    write!(f, "; {gone:?} becomes {instead:?}")?;
                }
                Ok(())
            }
            Operation::CreateView(view) => write!(f, "create view {}", view.name),
            Operation::DropView(name) => write!(f, "drop view {name}"),
            Operation::CreateExtension(name) => write!(f, "create extension {name}"),
            Operation::DropExtension(name) => write!(f, "drop extension {name}"),
            Operation::RunSql(_) => write!(f, "run SQL"),
            Operation::Run(run) => write!(f, "run {}", run.name),
            Operation::Separate { state, database } => write!(
                f,
                "{} state operations apart from {} database operations",
                state.len(),
                database.len()
            ),
            Operation::SetOwner { table, module } => {
                write!(f, "hand {table} over to module {module:?}")
            }
        }
    }
}
