//! State changes of operations.

use super::Operation;
use crate::state::{
    State, computed_from, constraint_mentions, index_mentions, mentions, rename_column,
    replace_enum,
};
use aludel_engine::{Error, Result};
use aludel_sql::schema::{Table, enum_of};
use aludel_sql::statement::TableName;
use aludel_sql::value::EnumType;

impl Operation {
    /// Folds the operation into a state, on behalf of a module.
    ///
    /// # Errors
    /// An operation that is invalid in this state: a table that does not exist, a column that already exists, a duplicate name.
    /// The error names the object and lists what exists instead.
    pub fn apply(&self, state: &mut State, module: &str) -> Result<()> {
        match self {
            Operation::CreateTable(table) => create_table(state, table, module),
            Operation::DropTable(name) => drop_table(state, name),
            Operation::RenameTable { from, to } => rename_table(state, from, to),
            Operation::SetComment { table, comment } => {
                find(state, table)?.comment.clone_from(comment);
                Ok(())
            }
            Operation::AddColumn { table, column, .. } => {
                knows_enum(state, &column.sql_type, &column.name)?;
                let found = find(state, table)?;
                if found.column(&column.name).is_some() {
                    return Err(wrong(format!(
                        "{table} has a column {:?} already",
                        column.name
                    )));
                }
                found.columns.push((**column).clone());
                Ok(())
            }
            Operation::DropColumn { table, column } => drop_column(state, table, column),
            Operation::RenameColumn { table, from, to } => {
                let found = find(state, table)?;
                column_at(found, from)?;
                if found.column(to).is_some() {
                    return Err(wrong(format!("{table} has a column {to:?} already")));
                }
                rename_column(&mut state.schema, table, from, to);
                Ok(())
            }
            Operation::AlterColumn { table, column, .. } => {
                knows_enum(state, &column.sql_type, &column.name)?;
                let found = find(state, table)?;
                let at = column_at(found, &column.name)?;
                found.columns[at] = (**column).clone();
                Ok(())
            }
            Operation::SetPrimaryKey { table, columns } => {
                let found = find(state, table)?;
                for column in columns {
                    column_at(found, column)?;
                }
                found.primary_key.clone_from(columns);
                Ok(())
            }
            Operation::AddForeignKey { table, key } => {
                let target = key.target.clone();
                if state.schema.table(&target).is_none() && !state.external.contains(&target) {
                    return Err(no_table(state, &target));
                }
                let found = find(state, table)?;
                free_name(found, &key.name)?;
                for column in &key.columns {
                    column_at(found, column)?;
                }
                found.foreign_keys.push(key.clone());
                Ok(())
            }
            Operation::DropForeignKey { table, name } => {
                take(find(state, table)?, "foreign key", name, |table| {
                    position(&table.foreign_keys, |key| key.name == *name)
                        .map(|at| drop(table.foreign_keys.remove(at)))
                })
            }
            Operation::AddUnique { table, unique } => {
                let found = find(state, table)?;
                free_name(found, &unique.name)?;
                for column in &unique.columns {
                    column_at(found, column)?;
                }
                found.uniques.push(unique.clone());
                Ok(())
            }
            Operation::DropUnique { table, name } => {
                take(find(state, table)?, "unique constraint", name, |table| {
                    position(&table.uniques, |unique| unique.name == *name)
                        .map(|at| drop(table.uniques.remove(at)))
                })
            }
            Operation::AddCheck { table, check } => {
                let found = find(state, table)?;
                free_name(found, &check.name)?;
                found.checks.push(check.clone());
                Ok(())
            }
            Operation::DropCheck { table, name } => {
                take(find(state, table)?, "CHECK", name, |table| {
                    position(&table.checks, |check| check.name == *name)
                        .map(|at| drop(table.checks.remove(at)))
                })
            }
            Operation::AddConstraint { table, constraint } => {
                let found = find(state, table)?;
                free_name(found, &constraint.name)?;
                found.constraints.push(constraint.clone());
                Ok(())
            }
            Operation::DropConstraint { table, name } => {
                take(find(state, table)?, "constraint", name, |table| {
                    position(&table.constraints, |one| one.name == *name)
                        .map(|at| drop(table.constraints.remove(at)))
                })
            }
            Operation::SetOptions { table, options } => {
                find(state, table)?.options.clone_from(options);
                Ok(())
            }
            Operation::External(name) => {
                state.external.insert(name.clone());
                Ok(())
            }
            Operation::AddIndex { table, index, .. } => {
                let found = find(state, table)?;
                if index.parts.is_empty() {
                    return Err(Error::migration(format!(
                        "the index {} of {table} is of no column; name one",
                        index.name
                    )));
                }
                free_name(found, &index.name)?;
                found.indexes.push(index.clone());
                Ok(())
            }
            Operation::DropIndex { table, name, .. } => {
                take(find(state, table)?, "index", name, |table| {
                    position(&table.indexes, |index| index.name == *name)
                        .map(|at| drop(table.indexes.remove(at)))
                })
            }
            Operation::RenameConstraint { table, from, to } => {
                let found = find(state, table)?;
                free_name(found, to)?;
                take(found, "constraint or index", from, |table| {
                    rename_constraint(table, from, to).then_some(())
                })
            }
            Operation::CreateEnum(kind) => {
                if state.schema.enum_type(kind.name).is_some() {
                    return Err(wrong(format!(
                        "there is an enum type {:?} already",
                        kind.name
                    )));
                }
                state.schema.enums.push(*kind);
                Ok(())
            }
            Operation::DropEnum(name) => {
                enum_type(state, name)?;
                let used = state.schema.tables.iter().find_map(|table| {
                    let mut columns = table.columns.iter();
                    let column = columns
                        .find(|column| enum_of(&column.sql_type).is_some_and(|k| k.name == *name));
                    column.map(|column| format!("{}.{}", table.name, column.name))
                });
                if let Some(used) = used {
                    return Err(wrong(format!(
                        "the enum type {name:?} can't be dropped: {used} is of it; drop or alter that first"
                    )));
                }
                state.schema.enums.retain(|kind| kind.name != *name);
                Ok(())
            }
            Operation::RenameEnum { from, to } => {
                let kind = enum_type(state, from)?;
                replace_enum(&mut state.schema, from, EnumType::intern(to, kind.labels));
                Ok(())
            }
            Operation::AddEnumValue {
                name,
                value,
                before,
            } => {
                let kind = enum_type(state, name)?;
                let mut labels: Vec<&str> = kind.labels.to_vec();
                if labels.contains(&value.as_str()) {
                    return Err(wrong(format!(
                        "the enum type {name:?} has {value:?} already"
                    )));
                }
                let at = match before {
                    None => labels.len(),
                    Some(before) => label_at(&kind, before)?,
                };
                labels.insert(at, value);
                replace_enum(&mut state.schema, name, EnumType::intern(name, &labels));
                Ok(())
            }
            Operation::RenameEnumValue { name, from, to } => {
                let kind = enum_type(state, name)?;
                let mut labels: Vec<&str> = kind.labels.to_vec();
                let at = label_at(&kind, from)?;
                // Rows with the two values could no longer be told apart.
                if kind.labels.contains(&to.as_str()) {
                    return Err(wrong(format!(
                        "the enum type {name:?} has a value {to:?} already; `replace_enum_values` makes one of two"
                    )));
                }
                labels[at] = to;
                crate::state::rename_defaults(&mut state.schema, name, from, to);
                replace_enum(&mut state.schema, name, EnumType::intern(name, &labels));
                Ok(())
            }
            Operation::SetEnumValues {
                name,
                values,
                becomes,
            } => {
                let kind = enum_type(state, name)?;
                for (at, (gone, instead)) in becomes.iter().enumerate() {
                    label_at(&kind, gone)?;
                    if becomes[..at].iter().any(|(known, _)| known == gone) {
                        return Err(wrong(format!(
                            "{gone:?} of the enum type {name:?} can become one other value, and two are said"
                        )));
                    }
                    if values.contains(gone) || !values.contains(instead) {
                        return Err(wrong(format!(
                            "{gone:?} of the enum type {name:?} can't become {instead:?}: the first has to go, and the second to stay"
                        )));
                    }
                }
                for (gone, instead) in becomes {
                    crate::state::rename_defaults(&mut state.schema, name, gone, instead);
                }
                replace_enum(&mut state.schema, name, EnumType::intern(name, values));
                Ok(())
            }
            Operation::CreateView(view) => {
                if state.schema.view(&view.name).is_some() {
                    return Err(wrong(format!("there is a view {} already", view.name)));
                }
                state.schema.views.push(view.clone());
                state.owners.insert(view.name.clone(), module.to_string());
                Ok(())
            }
            Operation::DropView(name) => {
                if state.schema.view(name).is_none() {
                    return Err(wrong(format!("there is no view {name}")));
                }
                state.schema.views.retain(|view| view.name != *name);
                state.owners.remove(name);
                Ok(())
            }
            Operation::CreateExtension(name) => {
                if !state.schema.extensions.contains(name) {
                    state.schema.extensions.push(name.clone());
                }
                Ok(())
            }
            Operation::DropExtension(name) => {
                state.schema.extensions.retain(|known| known != name);
                Ok(())
            }
            Operation::RunSql(_) | Operation::Run(_) => Ok(()),
            Operation::Separate { state: all, .. } => {
                all.iter().try_for_each(|one| one.apply(state, module))
            }
            Operation::SetOwner { table, module } => {
                find(state, table)?;
                state.owners.insert(table.clone(), module.clone());
                Ok(())
            }
        }
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::migration(message)
}

fn no_table(state: &State, name: &TableName) -> Error {
    let known: Vec<String> = { state.schema.tables.iter() }
        .map(|table| table.name.to_string())
        .collect();
    wrong(format!(
        "there is no table {name} at this point of the history; there is {}",
        if known.is_empty() {
            "none".into()
        } else {
            known.join(", ")
        }
    ))
}

fn find<'a>(state: &'a mut State, name: &TableName) -> Result<&'a mut Table> {
    if state.schema.table(name).is_none() {
        return Err(no_table(state, name));
    }
    state
        .schema
        .table_mut(name)
        .ok_or_else(|| wrong(format!("there is no table {name}")))
}

fn column_at(table: &Table, name: &str) -> Result<usize> {
    position(&table.columns, |column| column.name == name).ok_or_else(|| {
        let known: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        wrong(format!(
            "{} has no column {name:?} at this point of the history; it has {}",
            table.name,
            known.join(", ")
        ))
    })
}

fn position<T>(all: &[T], found: impl FnMut(&T) -> bool) -> Option<usize> {
    all.iter().position(found)
}

fn take(
    table: &mut Table,
    what: &str,
    name: &str,
    take: impl FnOnce(&mut Table) -> Option<()>,
) -> Result<()> {
    let of = table.name.to_string();
    take(table).ok_or_else(|| wrong(format!("{of} has no {what} {name:?}")))
}

fn free_name(table: &Table, name: &str) -> Result<()> {
    let taken = !name.is_empty()
        && (table.uniques.iter().any(|unique| unique.name == name)
            || table.checks.iter().any(|check| check.name == name)
            || table.foreign_keys.iter().any(|key| key.name == name)
            || table.constraints.iter().any(|one| one.name == name)
            || table.indexes.iter().any(|index| index.name == name));
    if taken {
        return Err(wrong(format!(
            "{} has a constraint or index {name:?} already; give this one another name",
            table.name
        )));
    }
    Ok(())
}

fn knows_enum(state: &State, sql_type: &aludel_sql::types::SqlType, column: &str) -> Result<()> {
    match enum_of(sql_type) {
        Some(kind) if state.schema.enum_type(kind.name).is_none() => Err(wrong(format!(
            "the column {column:?} is of the enum type {:?}, which is not there; create it first with `create_enum`",
            kind.name
        ))),
        _ => Ok(()),
    }
}

fn enum_type(state: &State, name: &str) -> Result<EnumType> {
    state.schema.enum_type(name).ok_or_else(|| {
        let known: Vec<&str> = state.schema.enums.iter().map(|kind| kind.name).collect();
        wrong(format!(
            "there is no enum type {name:?}; there is {}",
            if known.is_empty() {
                "none".into()
            } else {
                known.join(", ")
            }
        ))
    })
}

fn label_at(kind: &EnumType, label: &str) -> Result<usize> {
    position(kind.labels, |known| *known == label).ok_or_else(|| {
        wrong(format!(
            "the enum type {:?} has no value {label:?}; it has {}",
            kind.name,
            kind.labels.join(", ")
        ))
    })
}

fn create_table(state: &mut State, table: &Table, module: &str) -> Result<()> {
    if state.schema.table(&table.name).is_some() {
        return Err(wrong(format!("there is a table {} already", table.name)));
    }
    for column in &table.columns {
        knows_enum(state, &column.sql_type, &column.name)?;
    }
    for key in &table.foreign_keys {
        let known = key.target == table.name
            || state.schema.table(&key.target).is_some()
            || state.external.contains(&key.target);
        if !known {
            return Err(wrong(format!(
                "{} refers to {}, which is not there yet; create it before, or add the foreign key {:?} after; a table of another program is declared with `external`",
                table.name, key.target, key.name
            )));
        }
    }
    state.schema.tables.push(table.clone());
    state.owners.insert(table.name.clone(), module.to_string());
    Ok(())
}

fn drop_table(state: &mut State, name: &TableName) -> Result<()> {
    find(state, name)?;
    let referring = state.schema.tables.iter().find_map(|table| {
        let mut keys = table.foreign_keys.iter();
        let key = keys.find(|key| key.target == *name && table.name != *name)?;
        Some(format!("{} does, by {:?}", table.name, key.name))
    });
    if let Some(referring) = referring {
        return Err(wrong(format!(
            "{name} can't be dropped while another table refers to it: {referring}; drop that foreign key first"
        )));
    }
    state.schema.tables.retain(|table| table.name != *name);
    state.owners.remove(name);
    Ok(())
}

fn rename_table(state: &mut State, from: &TableName, to: &TableName) -> Result<()> {
    if state.schema.table(to).is_some() {
        return Err(wrong(format!("there is a table {to} already")));
    }
    find(state, from)?.name = to.clone();
    for key in state
        .schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.foreign_keys)
    {
        if key.target == *from {
            key.target = to.clone();
        }
    }
    if let Some(owner) = state.owners.remove(from) {
        state.owners.insert(to.clone(), owner);
    }
    Ok(())
}

fn drop_column(state: &mut State, of: &TableName, name: &str) -> Result<()> {
    let found = find(state, of)?;
    let at = column_at(found, name)?;
    if found.primary_key.iter().any(|column| column == name) {
        return Err(wrong(format!(
            "{of}.{name} is in the primary key; set another one first with `set_primary_key`"
        )));
    }
    if let Some(other) = found
        .columns
        .iter()
        .find(|column| computed_from(column, name))
    {
        return Err(wrong(format!(
            "{of}.{name} can't be dropped: {} is computed from it; alter or drop that first",
            other.name
        )));
    }
    found.columns.remove(at);
    let has = |columns: &[String]| columns.iter().any(|column| column == name);
    found.uniques.retain(|unique| !has(&unique.columns));
    found.foreign_keys.retain(|key| !has(&key.columns));
    found.indexes.retain(|index| !index_mentions(index, name));
    found
        .constraints
        .retain(|one| !constraint_mentions(one, name));
    found
        .checks
        .retain(|check| !mentions(&check.condition, name));
    let referring = state.schema.tables.iter().find_map(|table| {
        let mut keys = table.foreign_keys.iter();
        let key = keys.find(|key| key.target == *of && has(&key.target_columns))?;
        Some(format!("{:?} of {}", key.name, table.name))
    });
    match referring {
        Some(key) => Err(wrong(format!(
            "{of}.{name} can't be dropped while the foreign key {key} refers to it; drop that first"
        ))),
        None => Ok(()),
    }
}

fn rename_constraint(table: &mut Table, from: &str, to: &str) -> bool {
    let names = { table.uniques.iter_mut() }
        .map(|unique| &mut unique.name)
        .chain(table.checks.iter_mut().map(|check| &mut check.name))
        .chain(table.foreign_keys.iter_mut().map(|key| &mut key.name))
        .chain(table.constraints.iter_mut().map(|one| &mut one.name))
        .chain(table.indexes.iter_mut().map(|index| &mut index.name));
    for name in names {
        if name == from {
            *name = to.to_string();
            return true;
        }
    }
    false
}
