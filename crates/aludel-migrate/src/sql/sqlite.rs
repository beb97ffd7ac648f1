//! SQLite: RENAME, ADD COLUMN, DROP COLUMN and indexes where they suffice; otherwise the table is rebuilt.

use super::rebuild::{Copy, Rebuild};
use super::{Probe, Steps, Work, column, is_of_enum, replaced_values, table, tables_with_enum};
use crate::operation::Operation;
use crate::state::{State, index_mentions, mentions};
use aludel_engine::{Error, Result};
use aludel_sql::expr::Node;
use aludel_sql::schema::{Column, Table, enum_of, same_table};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

pub(super) fn operation(
    steps: &mut Steps,
    operation: &Operation,
    before: &State,
    after: &State,
) -> Result<()> {
    match operation {
        Operation::CreateTable(new) => steps.create_table(new),
        Operation::DropTable(name) => steps.drop_table(name),
        Operation::RenameTable { from, to } => {
            let rename = |steps: &mut Steps, from: &TableName, to: &TableName| {
                let text = steps.alter(from, |w| {
                    w.push("RENAME TO ");
                    Ok(w.table(to)?)
                })?;
                steps.schema(text, Probe::Table(to.clone(), true));
                Ok::<_, Error>(())
            };
            // To SQLite, names that differ only in case are the same.
            if from.name.eq_ignore_ascii_case(&to.name) {
                let beside = TableName::new(format!("aludel_{}", to.name));
                rename(steps, from, &beside)?;
                rename(steps, &beside, to)?;
            } else {
                rename(steps, from, to)?;
            }
            // The CHECKs of enums are named after the table.
            let to = table(after, to)?;
            if to
                .columns
                .iter()
                .any(|column| enum_of(&column.sql_type).is_some())
            {
                rebuild(steps, to, to, Vec::new())?;
            }
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
            drop_column(steps, table(before, of)?, table(after, of)?, column)
        }
        Operation::RenameColumn {
            table: of,
            from,
            to,
        } => {
            let text = steps.alter(of, |w| {
                w.push("RENAME COLUMN ");
                w.checked_identifier(from)?;
                w.push(" TO ");
                Ok(w.checked_identifier(to)?)
            })?;
            steps.schema(text, Probe::Column(of.clone(), to.clone(), true));
            let after = table(after, of)?;
            if enum_of(&column(after, to)?.sql_type).is_some() {
                rebuild(steps, after, after, Vec::new())?;
            }
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
            let changed = copied(steps, old, new, fill.as_ref(), using.as_ref())?;
            if changed.is_empty() && same_table(from, to, steps.dialect) {
                return Ok(());
            }
            rebuild(steps, from, to, changed)
        }
        Operation::SetPrimaryKey { table: of, .. } => {
            let (from, to) = (table(before, of)?, table(after, of)?);
            // A numbered column that joins the key is numbered while it is copied.
            rebuild(steps, from, to, Vec::new())
        }
        Operation::AddForeignKey { table: of, .. }
        | Operation::DropForeignKey { table: of, .. }
        | Operation::AddUnique { table: of, .. }
        | Operation::DropUnique { table: of, .. }
        | Operation::AddCheck { table: of, .. }
        | Operation::DropCheck { table: of, .. }
        | Operation::AddConstraint { table: of, .. }
        | Operation::DropConstraint { table: of, .. }
        | Operation::SetOptions { table: of, .. } => {
            rebuild(steps, table(before, of)?, table(after, of)?, Vec::new())
        }
        Operation::AddIndex { table, index, .. } => steps.create_index(table, index),
        Operation::DropIndex { table, name, .. } => drop_index(steps, table, name),
        Operation::RenameConstraint {
            table: of,
            from,
            to,
        } => {
            let (from_table, to_table) = (table(before, of)?, table(after, of)?);
            let renamed = to_table.indexes.iter().find(|index| index.name == *to);
            match renamed {
                Some(index) => {
                    drop_index(steps, of, from)?;
                    steps.create_index(of, index)
                }
                None => rebuild(steps, from_table, to_table, Vec::new()),
            }
        }
        // An enum type is a CHECK of each of its columns.
        Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::RenameEnum { .. }
        | Operation::SetComment { .. } => Ok(()),
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

/// Changes the values of an enum; `becomes` maps removed values to their replacements.
fn replace_values(
    steps: &mut Steps,
    before: &State,
    after: &State,
    name: &str,
    becomes: &[(String, String)],
) -> Result<()> {
    for to in tables_with_enum(after, name) {
        let mut changed = Vec::new();
        for column in { to.columns.iter() }.filter(|column| is_of_enum(column, name)) {
            if becomes.is_empty() {
                break;
            }
            let text = steps.write(|w| replaced_values(w, &column.name, becomes))?;
            changed.push((column.name.clone(), Copy::Expression(text)));
        }
        rebuild(steps, table(before, &to.name)?, to, changed)?;
    }
    Ok(())
}

fn rebuild(
    steps: &mut Steps,
    before: &Table,
    after: &Table,
    changed: Vec<(String, Copy)>,
) -> Result<()> {
    let rebuild = Rebuild::new(before, after, changed)?;
    steps.push(Work::Rebuild(Box::new(rebuild)), Probe::Again);
    Ok(())
}

fn drop_index(steps: &mut Steps, table: &TableName, name: &str) -> Result<()> {
    let text = steps.write(|w| {
        w.push("DROP INDEX ");
        Ok(w.checked_identifier(name)?)
    })?;
    steps.schema(text, Probe::Key(table.clone(), name.to_string(), false));
    Ok(())
}

fn add_column(
    steps: &mut Steps,
    before: &Table,
    after: &Table,
    new: &Column,
    fill: Option<&Node>,
) -> Result<()> {
    let constant = match &new.default {
        None => new.nullable,
        Some(Node::Value(value)) => !value.is_null() || new.nullable,
        Some(_) => false,
    };
    let computed = new
        .generated
        .as_ref()
        .is_some_and(|generated| !generated.stored);
    let native = (constant && new.generated.is_none()) || (computed && new.nullable);
    if native && (fill.is_none() || new.nullable) && new.identity.is_none() {
        let text = steps.alter(&after.name, |w| {
            w.push("ADD COLUMN ");
            Ok(w.column(after, new, false)?)
        })?;
        let probe = Probe::Column(after.name.clone(), new.name.clone(), true);
        steps.schema(text, probe);
        if let Some(fill) = fill {
            steps.fill(&after.name, &new.name, fill, false)?;
        }
        return Ok(());
    }
    let changed = match fill {
        Some(fill) => {
            let text = steps.write(|w| Ok(w.with_root(None, |w| w.operand(fill))?))?;
            vec![(new.name.clone(), Copy::Expression(text))]
        }
        // Once the column is the key, rows are numbered in the order in which they are stored.
        None if new.identity.is_some() => {
            vec![(new.name.clone(), Copy::Expression("rowid".into()))]
        }
        None => Vec::new(),
    };
    rebuild(steps, before, after, changed)
}

fn drop_column(steps: &mut Steps, before: &Table, after: &Table, name: &str) -> Result<()> {
    let has = |columns: &[String]| columns.iter().any(|column| column == name);
    let held = has(&before.primary_key)
        || before.uniques.iter().any(|unique| has(&unique.columns))
        || before.foreign_keys.iter().any(|key| has(&key.columns))
        || before
            .checks
            .iter()
            .any(|check| mentions(&check.condition, name));
    if held {
        return rebuild(steps, before, after, Vec::new());
    }
    for index in before
        .indexes
        .iter()
        .filter(|index| index_mentions(index, name))
    {
        drop_index(steps, &before.name, &index.name)?;
    }
    let text = steps.alter(&before.name, |w| {
        w.push("DROP COLUMN ");
        Ok(w.checked_identifier(name)?)
    })?;
    steps.schema(
        text,
        Probe::Column(before.name.clone(), name.to_string(), false),
    );
    Ok(())
}

/// The expression for an altered column's values, where they are not copied as they are.
fn copied(
    steps: &Steps,
    old: &Column,
    new: &Column,
    fill: Option<&Node>,
    using: Option<&Node>,
) -> Result<Vec<(String, Copy)>> {
    let name = &new.name;
    if new.generated.is_some() {
        return Ok(Vec::new());
    }
    let text = match (using, fill) {
        (Some(using), _) => steps.write(|w| Ok(w.with_root(None, |w| w.operand(using))?))?,
        (None, fill) => {
            let fill = fill.filter(|_| old.nullable && !new.nullable);
            let cast = cast(&old.sql_type, &new.sql_type);
            if fill.is_none() && cast.is_none() {
                return Ok(Vec::new());
            }
            steps.write(|w| {
                let (open, close) = cast.unwrap_or_default();
                w.push(if fill.is_some() { "coalesce(" } else { "" });
                w.push(open);
                w.identifier(name);
                w.push(close);
                if let Some(fill) = fill {
                    w.push(", ");
                    w.with_root(None, |w| w.node(fill))?;
                    w.push(")");
                }
                Ok(())
            })?
        }
    };
    Ok(vec![(name.clone(), Copy::Expression(text))])
}

/// The SQL around a value whose type changes: columns keep values as given that don't look like a number, and dates and
/// timestamps are texts.
fn cast(from: &SqlType, to: &SqlType) -> Option<(&'static str, &'static str)> {
    let class = |of: &SqlType| match of {
        SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => "INTEGER",
        SqlType::Real | SqlType::Double => "REAL",
        SqlType::Bytes | SqlType::Uuid => "BLOB",
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Decimal(..)
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => "TEXT",
    };
    let is_moment = |of: &SqlType| matches!(of, SqlType::DateTime | SqlType::Timestamp);
    if is_moment(from) && *to == SqlType::Date {
        return Some(("substr(", ", 1, 10)"));
    }
    if *from == SqlType::Date && is_moment(to) {
        return Some(("", " || ' 00:00:00.000000'"));
    }
    (class(from) != class(to)).then(|| {
        let end = match class(to) {
            "INTEGER" => " AS INTEGER)",
            "REAL" => " AS REAL)",
            "BLOB" => " AS BLOB)",
            _ => " AS TEXT)",
        };
        ("CAST(", end)
    })
}
