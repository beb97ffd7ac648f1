//! The order of DDL: tables after the tables they refer to; circular foreign keys are added afterwards.

use super::{Column, Index, Table};
use crate::dialect::{Comments, Dialect};
use crate::expr::Node;
use crate::statement::Ddl;
use crate::types::SqlType;
use crate::value::EnumType;

/// The statements that create the tables and all that belongs to them, in a valid order.
///
/// The order is deterministic: as given, except that tables that others refer to come first. A foreign key that closes
/// a cycle is added by ALTER TABLE at the end, if the dialect can; SQLite takes it in CREATE TABLE.
pub fn create_all(tables: &[Table], dialect: &dyn Dialect) -> Vec<Ddl> {
    let caps = dialect.capabilities();
    let mut ddl = Vec::new();
    if caps.schemas {
        let mut schemas: Vec<&str> = tables
            .iter()
            .filter_map(|table| table.name.schema.as_deref())
            .collect();
        schemas.sort_unstable();
        schemas.dedup();
        ddl.extend(
            schemas
                .into_iter()
                .map(|name| Ddl::CreateSchema(name.to_string())),
        );
    }
    if caps.native_enums {
        ddl.extend(enums(tables).into_iter().map(Ddl::CreateEnum));
    }
    let order = sorted(tables);
    let mut created = vec![false; tables.len()];
    let mut late = Vec::new();
    for &at in &order {
        let table = &tables[at];
        created[at] = true;
        let deferred: Vec<usize> = if caps.alter_foreign_keys {
            table
                .foreign_keys
                .iter()
                .enumerate()
                .filter(|(_, key)| {
                    tables
                        .iter()
                        .position(|other| other.name == key.target)
                        .is_some_and(|target| !created[target])
                })
                .map(|(n, _)| n)
                .collect()
        } else {
            Vec::new()
        };
        late.extend(
            deferred
                .iter()
                .map(|&n| Ddl::AddForeignKey(table.name.clone(), table.foreign_keys[n].clone())),
        );
        ddl.push(Ddl::CreateTable(Box::new(table.clone()), deferred));
    }
    ddl.extend(late);
    for &at in &order {
        let table = &tables[at];
        for index in indexes_behind(table, dialect) {
            ddl.push(Ddl::CreateIndex(table.name.clone(), index.clone()));
        }
        if caps.comments == Comments::Statements {
            if let Some(comment) = &table.comment {
                ddl.push(Ddl::Comment(table.name.clone(), None, comment.clone()));
            }
            for column in &table.columns {
                if let Some(comment) = &column.comment {
                    ddl.push(Ddl::Comment(
                        table.name.clone(),
                        Some(column.name.clone()),
                        comment.clone(),
                    ));
                }
            }
        }
    }
    ddl
}

/// The statements that drop the tables, those that refer to others first; circular foreign keys are dropped before.
pub fn drop_all(tables: &[Table], dialect: &dyn Dialect) -> Vec<Ddl> {
    let caps = dialect.capabilities();
    let order = sorted(tables);
    let mut ddl = Vec::new();
    if caps.alter_foreign_keys {
        let rank = |name: &super::TableName| order.iter().position(|&at| tables[at].name == *name);
        for &at in &order {
            let table = &tables[at];
            for key in &table.foreign_keys {
                if rank(&key.target) > rank(&table.name) {
                    ddl.push(Ddl::DropForeignKey(table.name.clone(), key.name.clone()));
                }
            }
        }
    }
    ddl.extend(
        order
            .iter()
            .rev()
            .map(|&at| Ddl::DropTable(tables[at].name.clone())),
    );
    if caps.native_enums {
        ddl.extend(enums(tables).into_iter().map(Ddl::DropEnum));
    }
    ddl
}

fn enums(tables: &[Table]) -> Vec<EnumType> {
    let mut found: Vec<EnumType> = Vec::new();
    for column in tables.iter().flat_map(|table| &table.columns) {
        let inner = match &column.sql_type {
            SqlType::Array(element) => element.as_ref(),
            other => other,
        };
        if let SqlType::Enum(kind) = inner
            && !found.iter().any(|known| known.name == kind.name)
        {
            found.push(*kind);
        }
    }
    found
}

/// Whether a table numbers its rows by the sequence of another table's column, as inherited tables do (PostgreSQL).
fn takes_numbers_of(table: &Table, other: &Table) -> bool {
    let texts = table
        .columns
        .iter()
        .filter_map(|column| match &column.default {
            Some(Node::Raw(texts, _)) => texts.first().filter(|text| text.contains("nextval(")),
            _ => None,
        });
    { texts }.any(|text| {
        { other.columns.iter() }
            .filter(|column| column.identity.is_some())
            .any(|column| text.contains(&format!("{}_{}_seq'", other.name.name, column.name)))
    })
}

/// Positions of the tables, each after those it refers to; a cycle is broken at the table given first.
pub fn sorted(tables: &[Table]) -> Vec<usize> {
    let mut order = Vec::with_capacity(tables.len());
    let mut left: Vec<usize> = (0..tables.len()).collect();
    while !left.is_empty() {
        let free = left.iter().position(|&at| {
            tables[at].foreign_keys.iter().all(|key| {
                key.target == tables[at].name
                    || !left.iter().any(|&other| tables[other].name == key.target)
            }) && !left
                .iter()
                .any(|&other| other != at && takes_numbers_of(&tables[at], &tables[other]))
        });
        order.push(left.remove(free.unwrap_or(0)));
    }
    order
}

/// The column that numbers rows and is first in no key of CREATE TABLE, where it has to be (MariaDB and MySQL).
pub fn numbered_without_key<'t>(table: &'t Table, dialect: &dyn Dialect) -> Option<&'t Column> {
    let numbered = { table.columns.iter() }.find(|column| column.identity.is_some());
    let column = numbered.filter(|_| dialect.capabilities().numbered_keys)?;
    let begins = |columns: &[String]| columns.first() == Some(&column.name);
    let has_key =
        begins(&table.primary_key) || table.uniques.iter().any(|unique| begins(&unique.columns));
    // Some engines number rows within the first part of a key; and a key may be in a raw constraint.
    let options = table.options.as_deref().unwrap_or_default().to_lowercase();
    let numbers_within = ["myisam", "aria"]
        .iter()
        .any(|engine| options.contains(engine));
    let has_own = { table.constraints.iter() }
        .any(|constraint| super::speaks_of(&constraint.definition, &column.name, dialect));
    (!has_key && !numbers_within && !has_own).then_some(column)
}

/// The index that is created with its table, for a [column that numbers rows](numbered_without_key).
pub fn index_in_table<'t>(table: &'t Table, dialect: &dyn Dialect) -> Option<&'t Index> {
    let column = numbered_without_key(table, dialect)?;
    table.indexes.iter().find(|index| {
        let first = index.parts.first().map(|part| &part.node);
        index.condition.is_none() && matches!(first, Some(Node::Root(name)) if *name == column.name)
    })
}

/// The indexes that are created after their table.
pub fn indexes_behind<'t>(table: &'t Table, dialect: &dyn Dialect) -> Vec<&'t Index> {
    let inside = index_in_table(table, dialect).map(|index| &index.name);
    { table.indexes.iter() }
        .filter(|index| Some(&index.name) != inside)
        .collect()
}
