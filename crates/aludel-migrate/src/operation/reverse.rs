//! Reverses of operations.

use super::{Operation, RunCode, RunSql};
use crate::state::{State, constraint_mentions, index_mentions, mentions};
use aludel_engine::{Error, Result};
use aludel_sql::expr::Node;
use aludel_sql::schema::{Column, Table, enum_of};
use aludel_sql::statement::TableName;

impl Operation {
    /// The operations that undo this one, given the state before it.
    ///
    /// # Errors
    /// What can't be undone, and why: SQL or Rust without a reverse.
    pub fn reverse(&self, before: &State) -> Result<Vec<Operation>> {
        let table = |name: &TableName| -> Result<&Table> {
            before
                .schema
                .table(name)
                .ok_or_else(|| Error::migration(format!("there is no table {name}")))
        };
        let one = |operation| Ok(vec![operation]);
        match self {
            Operation::CreateTable(table) => one(Operation::DropTable(table.name.clone())),
            Operation::DropTable(name) => {
                let mut all = vec![Operation::CreateTable(Box::new(table(name)?.clone()))];
                let owner = before.owner(name).to_string();
                all.push(Operation::SetOwner {
                    table: name.clone(),
                    module: owner,
                });
                Ok(all)
            }
            Operation::RenameTable { from, to } => one(Operation::RenameTable {
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::SetComment { table: name, .. } => one(Operation::SetComment {
                table: name.clone(),
                comment: table(name)?.comment.clone(),
            }),
            Operation::AddColumn { table, column, .. } => one(Operation::DropColumn {
                table: table.clone(),
                column: column.name.clone(),
            }),
            Operation::DropColumn {
                table: name,
                column,
            } => undrop(table(name)?, column),
            Operation::RenameColumn { table, from, to } => one(Operation::RenameColumn {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::AlterColumn {
                table: name,
                column,
                ..
            } => one(Operation::AlterColumn {
                table: name.clone(),
                column: Box::new(column_of(table(name)?, &column.name)?.clone()),
                fill: None,
                using: None,
            }),
            Operation::SetPrimaryKey { table: name, .. } => one(Operation::SetPrimaryKey {
                table: name.clone(),
                columns: table(name)?.primary_key.clone(),
            }),
            Operation::AddForeignKey { table, key } => one(Operation::DropForeignKey {
                table: table.clone(),
                name: key.name.clone(),
            }),
            Operation::DropForeignKey { table: of, name } => {
                let keys = &table(of)?.foreign_keys;
                let key = keys.iter().find(|key| key.name == *name);
                one(Operation::AddForeignKey {
                    table: of.clone(),
                    key: key.cloned().ok_or_else(|| missing(of, name))?,
                })
            }
            Operation::AddUnique { table, unique } => one(Operation::DropUnique {
                table: table.clone(),
                name: unique.name.clone(),
            }),
            Operation::DropUnique { table: of, name } => {
                let all = &table(of)?.uniques;
                let unique = all.iter().find(|unique| unique.name == *name);
                one(Operation::AddUnique {
                    table: of.clone(),
                    unique: unique.cloned().ok_or_else(|| missing(of, name))?,
                })
            }
            Operation::AddCheck { table, check } => one(Operation::DropCheck {
                table: table.clone(),
                name: check.name.clone(),
            }),
            Operation::DropCheck { table: of, name } => {
                let all = &table(of)?.checks;
                let check = all.iter().find(|check| check.name == *name);
                one(Operation::AddCheck {
                    table: of.clone(),
                    check: check.cloned().ok_or_else(|| missing(of, name))?,
                })
            }
            Operation::AddConstraint { table, constraint } => one(Operation::DropConstraint {
                table: table.clone(),
                name: constraint.name.clone(),
            }),
            Operation::DropConstraint { table: of, name } => {
                let all = &table(of)?.constraints;
                let constraint = all.iter().find(|constraint| constraint.name == *name);
                one(Operation::AddConstraint {
                    table: of.clone(),
                    constraint: constraint.cloned().ok_or_else(|| missing(of, name))?,
                })
            }
            Operation::SetOptions { table: of, .. } => one(Operation::SetOptions {
                table: of.clone(),
                options: table(of)?.options.clone(),
            }),
            // The table existed before: nothing to undo.
            Operation::External(_) => Ok(Vec::new()),
            Operation::AddIndex {
                table,
                index,
                concurrently,
            } => one(Operation::DropIndex {
                table: table.clone(),
                name: index.name.clone(),
                concurrently: *concurrently,
            }),
            Operation::DropIndex {
                table: of,
                name,
                concurrently,
            } => {
                let all = &table(of)?.indexes;
                let index = all.iter().find(|index| index.name == *name);
                one(Operation::AddIndex {
                    table: of.clone(),
                    index: index.cloned().ok_or_else(|| missing(of, name))?,
                    concurrently: *concurrently,
                })
            }
            Operation::RenameConstraint { table, from, to } => one(Operation::RenameConstraint {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::CreateEnum(kind) => one(Operation::DropEnum(kind.name.to_string())),
            Operation::DropEnum(name) => {
                let kind = before.schema.enum_type(name);
                one(Operation::CreateEnum(kind.ok_or_else(|| no_enum(name))?))
            }
            Operation::RenameEnum { from, to } => one(Operation::RenameEnum {
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::RenameEnumValue { name, from, to } => one(Operation::RenameEnumValue {
                name: name.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::AddEnumValue { name, .. } | Operation::SetEnumValues { name, .. } => {
                let kind = before.schema.enum_type(name);
                let labels = kind.ok_or_else(|| no_enum(name))?.labels;
                let becomes = match self {
                    Operation::SetEnumValues { becomes, .. } => becomes.as_slice(),
                    _ => &[],
                };
                // Rows with a value that was new get back the value that it replaced.
                let mut back: Vec<(String, String)> = Vec::new();
                for (gone, instead) in becomes {
                    if !labels.contains(&instead.as_str())
                        && !back.iter().any(|(known, _)| known == instead)
                    {
                        back.push((instead.clone(), gone.clone()));
                    }
                }
                let mut all = vec![Operation::SetEnumValues {
                    name: name.clone(),
                    values: labels.iter().map(ToString::to_string).collect(),
                    becomes: back,
                }];
                // Defaults had followed the replaced values.
                all.extend(defaults_of(before, name, becomes));
                Ok(all)
            }
            Operation::CreateView(view) => one(Operation::DropView(view.name.clone())),
            Operation::DropView(name) => {
                let view = before.schema.view(name).cloned();
                let missing = || Error::migration(format!("there is no view {name}"));
                one(Operation::CreateView(view.ok_or_else(missing)?))
            }
            Operation::CreateExtension(name) => one(Operation::DropExtension(name.clone())),
            Operation::DropExtension(name) => one(Operation::CreateExtension(name.clone())),
            Operation::RunSql(run) => match &run.backward {
                Some(backward) => one(Operation::RunSql(RunSql {
                    forward: backward.clone(),
                    backward: Some(run.forward.clone()),
                })),
                None => Err(Error::migration(
                    "SQL without a way back can't be undone; write one with `run_sql_both(forward, backward)`",
                )),
            },
            Operation::Run(run) => match &run.backward {
                Some(backward) => one(Operation::Run(RunCode {
                    name: run.name.clone(),
                    forward: backward.clone(),
                    backward: Some(run.forward.clone()),
                })),
                None => Err(Error::migration(format!(
                    "{} has no way back; give one as the second function of `run`, or `nothing` if there is nothing to undo",
                    run.name
                ))),
            },
            Operation::Separate { state, database } => one(Operation::Separate {
                state: reverse_all(state, before)?,
                database: reverse_all(database, before)?,
            }),
            Operation::SetOwner { table, .. } => one(Operation::SetOwner {
                table: table.clone(),
                module: before.owner(table).to_string(),
            }),
        }
    }
}

/// The operations that undo a list, given the state before it.
pub(crate) fn reverse_all(operations: &[Operation], before: &State) -> Result<Vec<Operation>> {
    let mut state = before.clone();
    let mut all = Vec::new();
    for operation in operations {
        let mut back = operation.reverse(&state)?;
        back.extend(all);
        all = back;
        operation.apply(&mut state, "")?;
    }
    Ok(all)
}

fn missing(table: &TableName, name: &str) -> Error {
    Error::migration(format!("{table} has no constraint or index {name:?}"))
}

/// Columns of an enum type whose defaults are replaced values, as they were before.
fn defaults_of<'a>(
    before: &'a State,
    name: &'a str,
    becomes: &'a [(String, String)],
) -> impl Iterator<Item = Operation> + 'a {
    let columns = { before.schema.tables.iter() }
        .flat_map(|table| table.columns.iter().map(|column| (&table.name, column)));
    columns
        .filter(move |(_, column)| {
            let is_of = enum_of(&column.sql_type).is_some_and(|kind| kind.name == name);
            is_of
                && matches!(&column.default, Some(Node::Value(value))
                    if becomes.iter().any(|(gone, _)| value.as_str() == Some(gone)))
        })
        .map(|(table, column)| Operation::AlterColumn {
            table: table.clone(),
            column: Box::new(column.clone()),
            fill: None,
            using: None,
        })
}

fn no_enum(name: &str) -> Error {
    Error::migration(format!("there is no enum type {name:?}"))
}

fn column_of<'a>(table: &'a Table, name: &str) -> Result<&'a Column> {
    table
        .column(name)
        .ok_or_else(|| Error::migration(format!("{} has no column {name:?}", table.name)))
}

/// Re-creates a column and its dependents. Its values are lost: a NOT NULL column gets its type's empty value.
fn undrop(table: &Table, name: &str) -> Result<Vec<Operation>> {
    let of = &table.name;
    let column = column_of(table, name)?.clone();
    let fill = (!column.nullable
        && column.default.is_none()
        && column.generated.is_none()
        && column.identity.is_none())
    .then(|| crate::backfill::empty(&column.sql_type))
    .flatten();
    let mut all = vec![Operation::AddColumn {
        table: of.clone(),
        column: Box::new(column),
        fill,
    }];
    let has = |columns: &[String]| columns.iter().any(|column| column == name);
    for unique in table.uniques.iter().filter(|unique| has(&unique.columns)) {
        all.push(Operation::AddUnique {
            table: of.clone(),
            unique: unique.clone(),
        });
    }
    for check in { table.checks.iter() }.filter(|check| mentions(&check.condition, name)) {
        all.push(Operation::AddCheck {
            table: of.clone(),
            check: check.clone(),
        });
    }
    for constraint in { table.constraints.iter() }.filter(|one| constraint_mentions(one, name)) {
        all.push(Operation::AddConstraint {
            table: of.clone(),
            constraint: constraint.clone(),
        });
    }
    for index in { table.indexes.iter() }.filter(|index| index_mentions(index, name)) {
        all.push(Operation::AddIndex {
            table: of.clone(),
            index: index.clone(),
            concurrently: false,
        });
    }
    for key in table.foreign_keys.iter().filter(|key| has(&key.columns)) {
        all.push(Operation::AddForeignKey {
            table: of.clone(),
            key: key.clone(),
        });
    }
    Ok(all)
}
