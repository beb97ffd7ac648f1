//! PostgreSQL: a thing is altered at a time.

use super::{Probe, Steps, Work, column, table};
mod enums;

use crate::operation::Operation;
use crate::state::{State, index_mentions, mentions};
use aludel_engine::{Error, Result};
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::{Check, Column, Identity, Table, Unique, enum_of, same_type};
use aludel_sql::statement::{Ddl, TableName};
use aludel_sql::types::SqlType;

pub(super) fn operation(
    steps: &mut Steps,
    operation: &Operation,
    before: &State,
    after: &State,
) -> Result<()> {
    match operation {
        Operation::CreateTable(new) => {
            steps.create_table(new)?;
            if let Some(comment) = &new.comment {
                comment_on(steps, &new.name, None, Some(comment))?;
            }
            for column in &new.columns {
                if let Some(comment) = &column.comment {
                    comment_on(steps, &new.name, Some(&column.name), Some(comment))?;
                }
            }
            Ok(())
        }
        Operation::DropTable(name) => steps.drop_table(name),
        Operation::RenameTable { from, to } => rename_table(steps, from, to),
        Operation::SetComment { table, comment } => {
            comment_on(steps, table, None, comment.as_ref())
        }
        Operation::AddColumn {
            table: of,
            column,
            fill,
        } => add_column(steps, table(after, of)?, column, fill.as_ref()),
        Operation::DropColumn { table, column } => {
            let text = steps.alter(table, |w| {
                w.push("DROP COLUMN ");
                Ok(w.checked_identifier(column)?)
            })?;
            steps.schema(text, Probe::Column(table.clone(), column.clone(), false));
            Ok(())
        }
        Operation::RenameColumn { table, from, to } => {
            let text = steps.alter(table, |w| {
                w.push("RENAME COLUMN ");
                w.checked_identifier(from)?;
                w.push(" TO ");
                Ok(w.checked_identifier(to)?)
            })?;
            steps.schema(text, Probe::Column(table.clone(), to.clone(), true));
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
            set_primary_key(steps, table(before, of)?, columns)
        }
        Operation::AddForeignKey { table, key } => {
            let text = steps.ddl(&Ddl::AddForeignKey(table.clone(), key.clone()))?;
            steps.schema(
                text,
                Probe::Constraint(table.clone(), key.name.clone(), true),
            );
            Ok(())
        }
        Operation::AddUnique { table, unique } => add_unique(steps, table, unique),
        Operation::AddCheck { table, check } => add_check(steps, table, check),
        Operation::DropForeignKey { table, name }
        | Operation::DropUnique { table, name }
        | Operation::DropCheck { table, name } => drop_constraint(steps, table, name),
        Operation::AddIndex {
            table,
            index,
            concurrently,
        } => {
            if !concurrently {
                return steps.create_index(table, index);
            }
            let text = steps.ddl(&Ddl::CreateIndex(table.clone(), index.clone()))?;
            let text = text.replacen(" INDEX ", " INDEX CONCURRENTLY ", 1);
            let probe = Probe::Key(table.clone(), index.name.clone(), true);
            steps.push(Work::Concurrent(text), probe);
            Ok(())
        }
        Operation::DropIndex {
            table,
            name,
            concurrently,
        } => {
            let text = steps.write(|w| {
                w.push(if *concurrently {
                    "DROP INDEX CONCURRENTLY IF EXISTS "
                } else {
                    "DROP INDEX "
                });
                in_schema_of(w, table, name)
            })?;
            if *concurrently {
                steps.push(Work::Concurrent(text), Probe::Again);
            } else {
                steps.schema(text, Probe::Key(table.clone(), name.clone(), false));
            }
            Ok(())
        }
        Operation::RenameConstraint {
            table: of,
            from,
            to,
        } => {
            let is_index = { table(before, of)?.indexes.iter() }.any(|index| index.name == *from);
            let text = if is_index {
                steps.write(|w| {
                    w.push("ALTER INDEX ");
                    in_schema_of(w, of, from)?;
                    w.push(" RENAME TO ");
                    Ok(w.checked_identifier(to)?)
                })?
            } else {
                steps.alter(of, |w| {
                    w.push("RENAME CONSTRAINT ");
                    w.checked_identifier(from)?;
                    w.push(" TO ");
                    Ok(w.checked_identifier(to)?)
                })?
            };
            steps.schema(text, Probe::Again);
            Ok(())
        }
        Operation::CreateEnum(kind) => {
            let text = steps.ddl(&Ddl::CreateEnum(*kind))?;
            steps.schema(text, Probe::Again);
            Ok(())
        }
        Operation::DropEnum(name) => {
            let text = steps.write(|w| {
                w.push("DROP TYPE ");
                Ok(w.checked_identifier(name)?)
            })?;
            steps.schema(text, Probe::Again);
            Ok(())
        }
        Operation::RenameEnum { from, to } => {
            let text = alter_type(steps, from, |w| {
                w.push("RENAME TO ");
                Ok(w.checked_identifier(to)?)
            })?;
            steps.schema(text, Probe::Again);
            Ok(())
        }
        Operation::AddEnumValue {
            name,
            value,
            before: place,
        } => add_enum_value(steps, before, after, name, value, place.as_deref()),
        Operation::RenameEnumValue { name, from, to } => {
            let text = alter_type(steps, name, |w| {
                w.push("RENAME VALUE ");
                w.text_literal(from)?;
                w.push(" TO ");
                Ok(w.text_literal(to)?)
            })?;
            steps.schema(text, Probe::Again);
            Ok(())
        }
        Operation::SetEnumValues { name, .. } => enums::replace_type(steps, before, after, name),
        other => Err(Error::migration(format!("{other} has no SQL"))),
    }
}

fn add_unique(steps: &mut Steps, table: &TableName, unique: &Unique) -> Result<()> {
    let text = steps.alter(table, |w| {
        w.push("ADD ");
        super::unique_clause(w, unique)
    })?;
    steps.schema(
        text,
        Probe::Constraint(table.clone(), unique.name.clone(), true),
    );
    Ok(())
}

fn add_check(steps: &mut Steps, table: &TableName, check: &Check) -> Result<()> {
    let text = steps.alter(table, |w| {
        w.push("ADD ");
        super::check_clause(w, check)
    })?;
    steps.schema(
        text,
        Probe::Constraint(table.clone(), check.name.clone(), true),
    );
    Ok(())
}

fn drop_constraint(steps: &mut Steps, table: &TableName, name: &str) -> Result<()> {
    let text = steps.alter(table, |w| {
        w.push("DROP CONSTRAINT ");
        Ok(w.checked_identifier(name)?)
    })?;
    steps.schema(
        text,
        Probe::Constraint(table.clone(), name.to_string(), false),
    );
    Ok(())
}

fn drop_index(steps: &mut Steps, table: &TableName, name: &str) -> Result<()> {
    let text = steps.write(|w| {
        w.push("DROP INDEX ");
        in_schema_of(w, table, name)
    })?;
    steps.schema(text, Probe::Key(table.clone(), name.to_string(), false));
    Ok(())
}

fn drop_column(steps: &mut Steps, table: &TableName, name: &str) -> Result<()> {
    let text = steps.alter(table, |w| {
        w.push("DROP COLUMN ");
        Ok(w.checked_identifier(name)?)
    })?;
    steps.schema(text, Probe::Column(table.clone(), name.to_string(), false));
    Ok(())
}

fn alter_type(
    steps: &Steps,
    name: &str,
    write: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<String> {
    steps.write(|w| {
        w.push("ALTER TYPE ");
        w.checked_identifier(name)?;
        w.push(" ");
        write(w)
    })
}

/// An index lives in the schema of its table.
fn in_schema_of(w: &mut Writer, table: &TableName, name: &str) -> Result<()> {
    Ok(w.table(&TableName {
        schema: table.schema.clone(),
        name: name.to_string().into(),
    })?)
}

fn comment_on(
    steps: &mut Steps,
    table: &TableName,
    column: Option<&str>,
    comment: Option<&String>,
) -> Result<()> {
    let text = steps.write(|w| {
        w.push(if column.is_some() {
            "COMMENT ON COLUMN "
        } else {
            "COMMENT ON TABLE "
        });
        w.table(table)?;
        if let Some(column) = column {
            w.push(".");
            w.checked_identifier(column)?;
        }
        w.push(" IS ");
        match comment {
            Some(text) => w.text_literal(text)?,
            None => w.push("NULL"),
        }
        Ok(())
    })?;
    steps.schema(text, Probe::Again);
    Ok(())
}

/// The name that PostgreSQL gives a primary key.
fn key_name(table: &str) -> String {
    let mut end = table.len().min(63 - "_pkey".len());
    while !table.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_pkey", &table[..end])
}

fn rename_table(steps: &mut Steps, from: &TableName, to: &TableName) -> Result<()> {
    let mut at = from.clone();
    if from.schema != to.schema {
        let schema = to.schema.clone().unwrap_or("public".into());
        if to.schema.is_some() {
            let text = steps.ddl(&Ddl::CreateSchema(schema.to_string()))?;
            steps.schema(text, Probe::Again);
        }
        let text = steps.alter(from, |w| {
            w.push("SET SCHEMA ");
            Ok(w.checked_identifier(&schema)?)
        })?;
        at.schema.clone_from(&to.schema);
        steps.schema(text, Probe::Table(at.clone(), true));
    }
    if from.name != to.name {
        let text = steps.alter(&at, |w| {
            w.push("RENAME TO ");
            Ok(w.checked_identifier(&to.name)?)
        })?;
        steps.schema(text, Probe::Table(to.clone(), true));
        let text = steps.write(|w| {
            w.push("ALTER INDEX IF EXISTS ");
            in_schema_of(w, to, &key_name(&from.name))?;
            w.push(" RENAME TO ");
            Ok(w.checked_identifier(&key_name(&to.name))?)
        })?;
        steps.schema(text, Probe::Again);
    }
    Ok(())
}

fn add_column(steps: &mut Steps, table: &Table, new: &Column, fill: Option<&Node>) -> Result<()> {
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
fn alter_one(
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

fn set_default(steps: &mut Steps, table: &TableName, column: &Column) -> Result<()> {
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

fn set_not_null(steps: &mut Steps, table: &TableName, column: &str, not_null: bool) -> Result<()> {
    alter_one(steps, table, column, |w| {
        w.push(if not_null {
            "SET NOT NULL"
        } else {
            "DROP NOT NULL"
        });
        Ok(())
    })
}

fn alter_column(
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
    let typed = !same_type(&old.sql_type, &new.sql_type, dialect) || using.is_some();
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
            match using {
                Some(using) => {
                    w.push(" USING ");
                    w.with_root(None, |w| w.operand(using))?;
                }
                // An explicit cast would cut what is too long; and what is computed is computed again.
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

/// Numbers go on behind those that are there.
fn add_identity(
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

/// The column as its new type: a cast, by way of a type that both know.
fn cast(w: &mut Writer, column: &str, from: &SqlType, to: &SqlType) -> Result<()> {
    let integer =
        |of: &SqlType| matches!(of, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt);
    w.checked_identifier(column)?;
    match (from, to) {
        (from, SqlType::Bool) if integer(from) => {
            w.push(" <> 0");
            return Ok(());
        }
        (SqlType::Bool, to) if integer(to) => w.push("::integer"),
        (from, to) if enum_of(from).is_some() || enum_of(to).is_some() => w.push("::text"),
        (SqlType::Json, _) | (_, SqlType::Json) => w.push("::text"),
        (SqlType::Bytes, SqlType::Text | SqlType::Varchar(_)) => {
            w.text.truncate(w.text.len() - column.len() - 2);
            w.push("convert_from(");
            w.checked_identifier(column)?;
            w.push(", 'UTF8')");
        }
        (SqlType::Text | SqlType::Varchar(_), SqlType::Bytes) => {
            w.text.truncate(w.text.len() - column.len() - 2);
            w.push("convert_to(");
            w.checked_identifier(column)?;
            w.push(", 'UTF8')");
            return Ok(());
        }
        _ => {}
    }
    w.push("::");
    w.dialect().column_type(to, false, &mut w.text)?;
    Ok(())
}

/// A computed column can't be altered; its values can be computed again.
fn again(steps: &mut Steps, from: &Table, to: &Table, new: &Column) -> Result<()> {
    drop_column(steps, &to.name, &new.name)?;
    add_column(steps, to, new, None)?;
    come_back(steps, from, &new.name)
}

/// The constraints and indexes that went with a column.
fn come_back(steps: &mut Steps, table: &Table, column: &str) -> Result<()> {
    let name = &table.name;
    for unique in table
        .uniques
        .iter()
        .filter(|unique| unique.columns.iter().any(|c| c == column))
    {
        add_unique(steps, name, unique)?;
    }
    for check in table
        .checks
        .iter()
        .filter(|check| mentions(&check.condition, column))
    {
        add_check(steps, name, check)?;
    }
    for index in table
        .indexes
        .iter()
        .filter(|index| index_mentions(index, column))
    {
        steps.create_index(name, index)?;
    }
    Ok(())
}

/// The old key is looked up when it is dropped: another program may have named it.
fn set_primary_key(steps: &mut Steps, before: &Table, columns: &[String]) -> Result<()> {
    let name = &before.name;
    if !before.primary_key.is_empty() {
        let quoted = steps.write(|w| Ok(w.table(name)?))?;
        let text = steps.write(|w| {
            w.push("DO $aludel$ DECLARE key text; BEGIN SELECT conname INTO key FROM pg_constraint WHERE conrelid = ");
            w.text_literal(&quoted)?;
            w.push("::regclass AND contype = 'p'; IF key IS NOT NULL THEN EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', ");
            w.text_literal(&quoted)?;
            w.push(", key); END IF; END $aludel$");
            Ok(())
        })?;
        steps.schema(text, Probe::Again);
        // NOT NULL stays behind a dropped key, as it stays in the state.
    }
    if !columns.is_empty() {
        let text = steps.alter(name, |w| {
            w.push("ADD PRIMARY KEY (");
            w.identifiers(columns);
            w.push(")");
            Ok(())
        })?;
        steps.schema(text, Probe::PrimaryKey(name.clone(), columns.to_vec()));
    }
    Ok(())
}

/// ADD VALUE can't be used by the transaction that it is in; a default that is the new value needs the type made anew.
fn add_enum_value(
    steps: &mut Steps,
    before: &State,
    after: &State,
    name: &str,
    value: &str,
    place: Option<&str>,
) -> Result<()> {
    let _ = (before, after);
    let text = alter_type(steps, name, |w| {
        w.push("ADD VALUE IF NOT EXISTS ");
        w.text_literal(value)?;
        if let Some(place) = place {
            w.push(" BEFORE ");
            w.text_literal(place)?;
        }
        Ok(())
    })?;
    steps.schema(text, Probe::Again);
    Ok(())
}
