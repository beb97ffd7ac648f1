//! Columns: ADD COLUMN, and ALTER COLUMN one thing at a time.

use super::dependents::{come_back, refuse_to_lose};
use super::{comment_on, drop_column};
use crate::sql::{Probe, Steps};
use aludel_engine::Result;
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::{Column, Identity, Table, enum_of, same_type};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

pub(super) fn add_column(
    steps: &mut Steps,
    table: &Table,
    new: &Column,
    fill: Option<&Node>,
) -> Result<()> {
    let name = &table.name;
    let add = |steps: &mut Steps, column: &Column| -> Result<()> {
        let text = steps.alter(name, |w| {
            w.push("ADD COLUMN ");
            Ok(w.column(table, column, false)?)
        })?;
        let probe = Probe::Column(name.clone(), new.name.clone(), true);
        steps.schema(text, probe);
        Ok(())
    };
    match fill {
        None => add(steps, new)?,
        // A constant default costs nothing, however many rows there are.
        Some(fill @ Node::Value(_)) => {
            let filled = Column {
                default: Some(fill.clone()),
                ..new.clone()
            };
            add(steps, &filled)?;
            set_default(steps, name, new)?;
        }
        Some(fill) => {
            let open = Column {
                nullable: true,
                ..new.clone()
            };
            add(steps, &open)?;
            steps.fill(name, &new.name, fill, false)?;
            if !new.nullable {
                set_not_null(steps, name, &new.name, true)?;
            }
        }
    }
    if let Some(comment) = &new.comment {
        comment_on(steps, name, Some(&new.name), Some(comment))?;
    }
    Ok(())
}

/// `ALTER TABLE t ALTER COLUMN c …`.
pub(super) fn alter_one(
    steps: &mut Steps,
    table: &TableName,
    column: &str,
    write: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<()> {
    let text = steps.alter(table, |w| {
        w.push("ALTER COLUMN ");
        w.checked_identifier(column)?;
        w.push(" ");
        write(w)
    })?;
    steps.schema(text, Probe::Again);
    Ok(())
}

pub(super) fn set_default(steps: &mut Steps, table: &TableName, column: &Column) -> Result<()> {
    alter_one(steps, table, &column.name, |w| {
        match &column.default {
            None => w.push("DROP DEFAULT"),
            Some(default) => {
                w.push("SET DEFAULT ");
                w.default_value(column, default)?;
            }
        }
        Ok(())
    })
}

pub(super) fn set_not_null(
    steps: &mut Steps,
    table: &TableName,
    column: &str,
    not_null: bool,
) -> Result<()> {
    alter_one(steps, table, column, |w| {
        w.push(if not_null {
            "SET NOT NULL"
        } else {
            "DROP NOT NULL"
        });
        Ok(())
    })
}

pub(super) fn alter_column(
    steps: &mut Steps,
    (from, to): (&Table, &Table),
    (old, new): (&Column, &Column),
    fill: Option<&Node>,
    using: Option<&Node>,
) -> Result<()> {
    let name = &to.name;
    if old.generated != new.generated {
        if old.generated.is_some() && new.generated.is_none() {
            alter_one(steps, name, &new.name, |w| {
                w.push("DROP EXPRESSION");
                Ok(())
            })?;
        } else {
            return again(steps, from, to, new);
        }
    }
    let dialect = steps.dialect;
    let typed = !same_type(&old.sql_type, &new.sql_type, dialect)
        || old.collation != new.collation
        || using.is_some();
    let new_default = old.default != new.default || typed && new.default.is_some();
    if old.identity.is_some() && new.identity.is_none() {
        alter_one(steps, name, &new.name, |w| {
            w.push("DROP IDENTITY");
            Ok(())
        })?;
    }
    if old.default.is_some() && (typed || new.default.is_none()) {
        alter_one(steps, name, &new.name, |w| {
            w.push("DROP DEFAULT");
            Ok(())
        })?;
    }
    if typed {
        alter_one(steps, name, &new.name, |w| {
            w.push("TYPE ");
            w.dialect().column_type(&new.sql_type, false, &mut w.text)?;
            w.collation(new)?;
            match using {
                Some(using) => {
                    w.push(" USING ");
                    w.with_root(None, |w| w.operand(using))?;
                }
                // An explicit cast would truncate what is too long, and a computed column is recomputed.
                None if new.generated.is_some() => {}
                None if matches!(
                    (&old.sql_type, &new.sql_type),
                    (SqlType::Varchar(_) | SqlType::Text, SqlType::Varchar(_))
                ) => {}
                None => {
                    w.push(" USING ");
                    cast(w, &new.name, &old.sql_type, &new.sql_type)?;
                }
            }
            Ok(())
        })?;
    }
    if typed && let Some(step) = steps.all.last_mut() {
        // A type without a collation gets the database's default.
        step.redefines.push((name.clone(), old.clone()));
    }
    set_options(steps, name, old, new, typed)?;
    if new_default && new.default.is_some() {
        set_default(steps, name, new)?;
    }
    if old.nullable && !new.nullable {
        if let Some(fill) = fill {
            steps.fill(name, &new.name, fill, true)?;
        }
        set_not_null(steps, name, &new.name, true)?;
    }
    match (old.identity, new.identity) {
        (None, Some(identity)) => add_identity(steps, name, &new.name, identity)?,
        (Some(before), Some(identity)) if before != identity => {
            alter_one(steps, name, &new.name, |w| {
                w.push(match identity {
                    Identity::Always => "SET GENERATED ALWAYS",
                    Identity::ByDefault => "SET GENERATED BY DEFAULT",
                });
                Ok(())
            })?;
        }
        _ => {}
    }
    if !old.nullable && new.nullable && new.identity.is_none() {
        set_not_null(steps, name, &new.name, false)?;
    }
    if old.comment != new.comment {
        comment_on(steps, name, Some(&new.name), new.comment.as_ref())?;
    }
    Ok(())
}

/// Numbering continues after the existing values.
pub(super) fn add_identity(
    steps: &mut Steps,
    table: &TableName,
    column: &str,
    identity: Identity,
) -> Result<()> {
    alter_one(steps, table, column, |w| {
        w.push("ADD");
        w.push(w.dialect().identity(identity == Identity::Always, false));
        Ok(())
    })?;
    let quoted = steps.write(|w| Ok(w.table(table)?))?;
    let text = steps.write(|w| {
        w.push("SELECT setval(pg_get_serial_sequence(");
        w.text_literal(&quoted)?;
        w.push(", ");
        w.text_literal(column)?;
        w.push("), coalesce(max(");
        w.checked_identifier(column)?;
        w.push("), 0) + 1, false) FROM ");
        Ok(w.table(table)?)
    })?;
    steps.data(text);
    Ok(())
}

/// Casts the column to its new type, by way of a type that both know.
pub(super) fn cast(w: &mut Writer, column: &str, from: &SqlType, to: &SqlType) -> Result<()> {
    let integer =
        |of: &SqlType| matches!(of, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt);
    w.checked_identifier(column)?;
    let text = |of: &SqlType| matches!(of, SqlType::Text | SqlType::Varchar(_));
    let through_text = || {
        let apart = |of: &SqlType| *of == SqlType::Json || enum_of(of).is_some();
        apart(from) || apart(to)
    };
    match from {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt if *to == SqlType::Bool => {
            w.push(" <> 0");
            return Ok(());
        }
        SqlType::Bool if integer(to) => w.push("::integer"),
        SqlType::Bytes if text(to) => {
            w.text.truncate(w.text.len() - column.len() - 2);
            w.push("convert_from(");
            w.checked_identifier(column)?;
            w.push(", 'UTF8')");
        }
        SqlType::Text | SqlType::Varchar(_) if *to == SqlType::Bytes => {
            w.text.truncate(w.text.len() - column.len() - 2);
            w.push("convert_to(");
            w.checked_identifier(column)?;
            w.push(", 'UTF8')");
            return Ok(());
        }
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Bytes
        | SqlType::Decimal(..)
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Uuid
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => {
            if through_text() {
                w.push("::text");
            }
        }
    }
    w.push("::");
    w.dialect().column_type(to, false, &mut w.text)?;
    Ok(())
}

/// Sets `STORAGE external COMPRESSION lz4`: a change of type loses both, and each is a setting of its own.
fn set_options(
    steps: &mut Steps,
    table: &TableName,
    old: &Column,
    new: &Column,
    typed: bool,
) -> Result<()> {
    if !typed && old.options == new.options {
        return Ok(());
    }
    let said = |column: &Column, keyword: &str| -> Option<String> {
        let words = column.options.as_deref()?.split_whitespace();
        let mut words = words.skip_while(|word| !word.eq_ignore_ascii_case(keyword));
        words.nth(1).map(str::to_string)
    };
    for keyword in ["STORAGE", "COMPRESSION"] {
        let value = match (said(old, keyword), said(new, keyword)) {
            (old, Some(new)) if typed || old.as_ref() != Some(&new) => new,
            (Some(_), None) if !typed => "DEFAULT".to_string(),
            _ => continue,
        };
        alter_one(steps, table, &new.name, |w| {
            w.push("SET ");
            w.push(keyword);
            w.push(" ");
            w.push(&value);
            Ok(())
        })?;
    }
    Ok(())
}

/// Drops and re-creates a computed column: it can't be altered, but its values can be recomputed.
pub(super) fn again(steps: &mut Steps, from: &Table, to: &Table, new: &Column) -> Result<()> {
    refuse_to_lose(steps, from, &new.name)?;
    drop_column(steps, &to.name, &new.name)?;
    add_column(steps, to, new, None)?;
    come_back(steps, from, &new.name)
}
