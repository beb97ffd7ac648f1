//! MariaDB and MySQL: the changes of a table are one ALTER TABLE, which is done completely or not at all.
//!
//! Columns are redefined with everything that belongs to them. A text column has a bounded type while a key or index includes
//! it, and a numbered column needs a key: both are adjusted in the same statement.

mod alter;
mod columns;
mod options;

use super::tables_with_enum;
use super::{Probe, Steps, add_key, column, drop_key, is_of_enum, keys_on, replaced_values, table};
use crate::operation::Operation;
use crate::state::{State, index_mentions, mentions};
use alter::Alter;
use aludel_engine::{Error, Result};
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::with_collation;
use aludel_sql::schema::{Column, ForeignKey, Index, Table};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use columns::{again, convert};

pub(super) fn operation(
    steps: &mut Steps,
    operation: &Operation,
    before: &State,
    after: &State,
) -> Result<()> {
    match operation {
        Operation::CreateTable(new) => steps.create_table(new),
        Operation::DropTable(name) => {
            steps.drop_table(name)?;
            steps.removing(name, None);
            Ok(())
        }
        Operation::RenameTable { from, to } => {
            let text = steps.write(|w| {
                w.push("RENAME TABLE ");
                w.table(from)?;
                w.push(" TO ");
                Ok(w.table(to)?)
            })?;
            steps.schema(text, Probe::Table(to.clone(), true));
            steps.removing(from, None);
            Ok(())
        }
        Operation::SetComment { table, comment } => {
            let text = steps.alter(table, |w| {
                w.push("COMMENT = ");
                Ok(w.text_literal(comment.as_deref().unwrap_or(""))?)
            })?;
            steps.schema(text, Probe::Again);
            Ok(())
        }
        Operation::AddColumn {
            table: of,
            column,
            fill,
        } => add_column(
            steps,
            table(before, of)?,
            table(after, of)?,
            column,
            fill.as_ref(),
        ),
        Operation::DropColumn { table: of, column } => {
            drop_column(steps, table(before, of)?, table(after, of)?, column)?;
            steps.removing(of, Some(column));
            Ok(())
        }
        Operation::RenameColumn {
            table: of,
            from,
            to,
        } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let new = column(after, to)?;
            let new = with_collation(new, steps.dialect);
            let alter = Alter::new(steps, before, after).redefines(from);
            let alter = alter.push(|w| {
                w.push("CHANGE COLUMN ");
                w.checked_identifier(from)?;
                w.push(" ");
                Ok(w.column(after, &new, false)?)
            })?;
            alter.finish(Probe::Column(of.clone(), to.clone(), true))?;
            steps.removing(of, Some(from));
            Ok(())
        }
        Operation::AlterColumn {
            table: of,
            column: new,
            fill,
            using,
        } => {
            let (from, to) = (table(before, of)?, table(after, of)?);
            let old = column(from, &new.name)?;
            alter_column(steps, (from, to), (old, new), fill.as_ref(), using.as_ref())
        }
        Operation::SetPrimaryKey { table: of, columns } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let mut alter = Alter::new(steps, before, after);
            if !before.primary_key.is_empty() {
                alter = alter.push(|w| {
                    w.push("DROP PRIMARY KEY");
                    Ok(())
                })?;
            }
            if !columns.is_empty() {
                alter = alter.push(|w| {
                    w.push("ADD PRIMARY KEY (");
                    w.identifiers(columns);
                    w.push(")");
                    Ok(())
                })?;
            }
            alter.finish(Probe::PrimaryKey(of.clone(), columns.clone()))
        }
        Operation::AddForeignKey { table: of, key } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).push(|w| {
                w.push("ADD ");
                Ok(w.foreign_key(key)?)
            })?;
            alter.finish(Probe::Constraint(of.clone(), key.name.clone(), true))
        }
        Operation::DropForeignKey { table: of, name } => {
            drop_foreign_key(steps, table(before, of)?, table(after, of)?, name)
        }
        Operation::AddUnique { table: of, unique } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).push(|w| {
                w.push("ADD ");
                super::unique_clause(w, unique)
            })?;
            alter.finish(Probe::Key(of.clone(), unique.name.clone(), true))
        }
        Operation::AddCheck { table: of, check } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).push(|w| {
                w.check_is_possible(after, check)?;
                w.push("ADD ");
                super::check_clause(w, check)
            })?;
            alter.finish(Probe::Constraint(of.clone(), check.name.clone(), true))
        }
        Operation::DropCheck { table: of, name } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).drop("CONSTRAINT", name)?;
            alter.finish(Probe::Constraint(of.clone(), name.clone(), false))
        }
        Operation::AddConstraint {
            table: of,
            constraint,
        } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).push(|w| {
                w.push("ADD ");
                Ok(w.raw_constraint(constraint)?)
            })?;
            alter.finish(Probe::Constraint(of.clone(), constraint.name.clone(), true))
        }
        Operation::DropConstraint { table: of, name } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).drop("CONSTRAINT", name)?;
            alter.finish(Probe::Constraint(of.clone(), name.clone(), false))
        }
        Operation::SetOptions { table: of, options } => {
            let old = table(before, of)?.options.clone();
            options::set(steps, of, old.as_deref(), options.as_deref())
        }
        Operation::AddIndex {
            table: of, index, ..
        } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            possible(steps, index)?;
            let alter = Alter::new(steps, before, after).push(|w| add_index(w, index))?;
            alter.finish(Probe::Key(of.clone(), index.name.clone(), true))
        }
        Operation::DropIndex {
            table: of, name, ..
        }
        | Operation::DropUnique { table: of, name } => {
            let (before, after) = (table(before, of)?, table(after, of)?);
            let alter = Alter::new(steps, before, after).drop("INDEX", name)?;
            alter.finish(Probe::Key(of.clone(), name.clone(), false))
        }
        Operation::RenameConstraint {
            table: of,
            from,
            to,
        } => rename_constraint(steps, table(before, of)?, table(after, of)?, from, to),
        // An enum type is a CHECK of each of its columns.
        Operation::CreateEnum(_) | Operation::DropEnum(_) | Operation::RenameEnum { .. } => Ok(()),
        Operation::AddEnumValue { name, .. } => replace_values(steps, before, after, name, &[]),
        Operation::SetEnumValues { name, becomes, .. } => {
            replace_values(steps, before, after, name, becomes)
        }
        Operation::RenameEnumValue { name, from, to } => {
            let pairs = [(from.clone(), to.clone())];
            replace_values(steps, before, after, name, &pairs)
        }
        other => Err(Error::migration(format!("{other} has no SQL"))),
    }
}

fn possible(steps: &Steps, index: &Index) -> Result<()> {
    let ddl = aludel_sql::statement::Ddl::CreateIndex(TableName::new("t"), index.clone());
    steps.ddl(&ddl).map(drop)
}

fn add_index(w: &mut Writer, index: &Index) -> Result<()> {
    w.push("ADD ");
    w.index_kind(index)?;
    w.checked_identifier(&index.name)?;
    Ok(w.index_body(index)?)
}

fn add_column(
    steps: &mut Steps,
    before: &Table,
    after: &Table,
    new: &Column,
    fill: Option<&Node>,
) -> Result<()> {
    let name = &after.name;
    let probe = Probe::Column(name.clone(), new.name.clone(), true);
    let add = |steps: &mut Steps, column: &Column| -> Result<()> {
        let column = with_collation(column, steps.dialect);
        let alter = Alter::new(steps, before, after).push(|w| {
            w.push("ADD COLUMN ");
            Ok(w.column(after, &column, false)?)
        })?;
        alter.finish(probe)
    };
    match fill {
        None => add(steps, new),
        Some(fill @ Node::Value(_)) if new.default.is_none() => {
            let filled = Column {
                default: Some(fill.clone()),
                ..new.clone()
            };
            add(steps, &filled)?;
            modify(steps, after, new)
        }
        Some(fill) => {
            let open = Column {
                nullable: true,
                ..new.clone()
            };
            add(steps, &open)?;
            steps.fill(name, &new.name, fill, false)?;
            if new.nullable {
                return Ok(());
            }
            modify(steps, after, new)
        }
    }
}

/// Redefines a column in a statement of its own.
fn modify(steps: &mut Steps, table: &Table, column: &Column) -> Result<()> {
    let alter = Alter::new(steps, table, table).modify(column)?;
    alter.finish(Probe::Again)
}

fn drop_column(steps: &mut Steps, before: &Table, after: &Table, name: &str) -> Result<()> {
    let has = |columns: &[String]| columns.iter().any(|column| column == name);
    let mut without = before.clone();
    for key in before.foreign_keys.iter().filter(|key| has(&key.columns)) {
        let with = without.clone();
        without.foreign_keys.retain(|other| other.name != key.name);
        drop_foreign_key(steps, &with, &without, &key.name)?;
    }
    let mut alter = Alter::new(steps, &without, after);
    for unique in before.uniques.iter().filter(|unique| has(&unique.columns)) {
        alter = alter.drop("INDEX", &unique.name)?;
    }
    for index in before
        .indexes
        .iter()
        .filter(|index| index_mentions(index, name))
    {
        alter = alter.drop("INDEX", &index.name)?;
    }
    for check in before
        .checks
        .iter()
        .filter(|check| mentions(&check.condition, name))
    {
        alter = alter.drop("CONSTRAINT", &check.name)?;
    }
    let alter = alter.drop("COLUMN", name)?;
    alter.finish(Probe::Column(before.name.clone(), name.to_string(), false))
}

/// Drops a foreign key, and the index of the same name that was created for it.
fn drop_foreign_key(steps: &mut Steps, before: &Table, after: &Table, name: &str) -> Result<()> {
    let mariadb = steps.dialect.capabilities().alter_if_exists;
    let mut alter = Alter::new(steps, before, after).drop("FOREIGN KEY", name)?;
    if mariadb {
        alter = alter.drop("INDEX IF EXISTS", name)?;
    }
    alter.finish(Probe::Constraint(
        before.name.clone(),
        name.to_string(),
        false,
    ))
}

fn alter_column(
    steps: &mut Steps,
    (before, after): (&Table, &Table),
    (old, new): (&Column, &Column),
    fill: Option<&Node>,
    using: Option<&Node>,
) -> Result<()> {
    let name = &after.name;
    let computed = |column: &Column| column.generated.is_some();
    if old.generated != new.generated && (computed(new) || !stored(old)) {
        return again(steps, (before, after), (old, new));
    }
    if let Some(using) = using {
        return convert(steps, (before, after), (old, new), using);
    }
    if let (Some(fill), true, false) = (fill, old.nullable, new.nullable) {
        steps.fill(name, &new.name, fill, true)?;
    }
    let alter = Alter::new(steps, before, after).modify(new)?;
    alter.finish(Probe::Again)
}

fn stored(column: &Column) -> bool {
    column
        .generated
        .as_ref()
        .is_none_or(|generated| generated.stored)
}

fn rename_constraint(
    steps: &mut Steps,
    before: &Table,
    after: &Table,
    from: &str,
    to: &str,
) -> Result<()> {
    let of = after.name.clone();
    let is_key = after.uniques.iter().any(|unique| unique.name == to)
        || after.indexes.iter().any(|index| index.name == to);
    if is_key {
        let alter = Alter::new(steps, before, after).push(|w| {
            w.push("RENAME INDEX ");
            w.checked_identifier(from)?;
            w.push(" TO ");
            Ok(w.checked_identifier(to)?)
        })?;
        return alter.finish(Probe::Key(of, to.to_string(), true));
    }
    if let Some(check) = after.checks.iter().find(|check| check.name == to) {
        let alter = Alter::new(steps, before, after)
            .drop("CONSTRAINT", from)?
            .push(|w| {
                w.push("ADD ");
                super::check_clause(w, check)
            })?;
        return alter.finish(Probe::Constraint(of, to.to_string(), true));
    }
    let key: Option<&ForeignKey> = after.foreign_keys.iter().find(|key| key.name == to);
    let Some(key) = key else {
        return Err(Error::migration(format!("{of} has no constraint {to:?}")));
    };
    let mut without = before.clone();
    without.foreign_keys.retain(|key| key.name != from);
    drop_foreign_key(steps, before, &without, from)?;
    let alter = Alter::new(steps, &without, after).push(|w| {
        w.push("ADD ");
        Ok(w.foreign_key(key)?)
    })?;
    alter.finish(Probe::Constraint(of, to.to_string(), true))
}

fn redefine_enum(steps: &mut Steps, before: &Table, after: &Table, name: &str) -> Result<()> {
    let mut alter = Alter::new(steps, before, after);
    for column in after
        .columns
        .iter()
        .filter(|column| is_of_enum(column, name))
    {
        alter = alter.modify(column)?;
    }
    alter.finish(Probe::Again)
}

/// Changes the values of an enum. While rows are converted, the column allows the old and new values.
fn replace_values(
    steps: &mut Steps,
    before: &State,
    after: &State,
    name: &str,
    becomes: &[(String, String)],
) -> Result<()> {
    let kind = before.schema.enum_type(name);
    let mut labels: Vec<&str> = kind.map_or(Vec::new(), |kind| kind.labels.to_vec());
    for (_, to) in becomes {
        if !labels.contains(&to.as_str()) {
            labels.push(to);
        }
    }
    let is_wider = kind.is_some_and(|kind| kind.labels != labels);
    let wide = aludel_sql::value::EnumType::intern(name, &labels);
    // Columns that a foreign key joins must hold the same values at every moment.
    let keys = keys_on(after, |_, column| is_of_enum(column, name));
    for (table, key) in &keys {
        steps.operation(&drop_key(table, key), before, before)?;
    }
    for table_after in tables_with_enum(after, name) {
        let mut between = table(before, &table_after.name)?.clone();
        if is_wider {
            for column in &mut between.columns {
                if is_of_enum(column, name) {
                    column.sql_type = SqlType::Enum(wide);
                }
            }
            redefine_enum(steps, table(before, &table_after.name)?, &between, name)?;
        }
        for column in { table_after.columns.iter() }.filter(|column| is_of_enum(column, name)) {
            if becomes.is_empty() {
                break;
            }
            let text = steps.write(|w| {
                w.push("UPDATE ");
                w.table(&table_after.name)?;
                w.push(" SET ");
                w.identifier(&column.name);
                w.push(" = ");
                replaced_values(w, &column.name, becomes)?;
                w.push(" WHERE ");
                w.identifier(&column.name);
                w.push(" IN (");
                for (at, (from, _)) in becomes.iter().enumerate() {
                    w.push(if at == 0 { "" } else { ", " });
                    w.text_literal(from)?;
                }
                w.push(")");
                Ok(())
            })?;
            steps.data(text);
        }
        redefine_enum(steps, &between, table_after, name)?;
    }
    for (table, key) in &keys {
        steps.operation(&add_key(table, key), after, after)?;
    }
    Ok(())
}
