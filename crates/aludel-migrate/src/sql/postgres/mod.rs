//! PostgreSQL: one thing is altered at a time.

use super::{Probe, Steps, Work, column, table};
mod columns;
mod dependents;
mod enums;
mod options;

use crate::operation::Operation;
use crate::state::State;
use aludel_engine::{Error, Result};
use aludel_sql::render::Writer;
use aludel_sql::schema::{Check, Constraint, ForeignKey, Table, Unique};
use aludel_sql::statement::{Ddl, TableName};
use columns::{add_column, alter_column, alter_one, set_default};

pub(super) fn operation(
    steps: &mut Steps,
    operation: &Operation,
    before: &State,
    after: &State,
) -> Result<()> {
    match operation {
        Operation::CreateTable(new) => {
            // Constraints that are NOT VALID are added afterwards: CREATE TABLE would mark them valid, as there are no rows.
            let is_open = |options: &Option<String>| {
                { options.as_deref() }
                    .is_some_and(|words| words.to_uppercase().contains("NOT VALID"))
            };
            let mut valid = (**new).clone();
            valid.checks.retain(|check| !is_open(&check.options));
            valid.foreign_keys.retain(|key| !is_open(&key.options));
            steps.create_table(&valid)?;
            for check in new.checks.iter().filter(|check| is_open(&check.options)) {
                add_check(steps, &new.name, check)?;
            }
            for key in { new.foreign_keys.iter() }.filter(|key| is_open(&key.options)) {
                add_foreign_key(steps, &new.name, key)?;
            }
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
        Operation::AddForeignKey { table, key } => add_foreign_key(steps, table, key),
        Operation::AddUnique { table, unique } => add_unique(steps, table, unique),
        Operation::AddCheck { table, check } => add_check(steps, table, check),
        Operation::DropForeignKey { table, name }
        | Operation::DropUnique { table, name }
        | Operation::DropConstraint { table, name }
        | Operation::DropCheck { table, name } => drop_constraint(steps, table, name),
        Operation::AddConstraint { table, constraint } => add_constraint(steps, table, constraint),
        Operation::SetOptions { table: of, options } => {
            let old = table(before, of)?.options.clone();
            options::set(steps, of, old.as_deref(), options.as_deref())
        }
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
        Operation::SetEnumValues { name, becomes, .. } => {
            enums::replace_type(steps, before, after, name, becomes)
        }
        other => Err(Error::migration(format!("{other} has no SQL"))),
    }
}

fn add_constraint(steps: &mut Steps, table: &TableName, constraint: &Constraint) -> Result<()> {
    let text = steps.alter(table, |w| {
        w.push("ADD ");
        Ok(w.raw_constraint(constraint)?)
    })?;
    let probe = Probe::Constraint(table.clone(), constraint.name.clone(), true);
    steps.schema(text, probe);
    Ok(())
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

fn add_foreign_key(steps: &mut Steps, table: &TableName, key: &ForeignKey) -> Result<()> {
    let text = steps.ddl(&Ddl::AddForeignKey(table.clone(), key.clone()))?;
    steps.schema(
        text,
        Probe::Constraint(table.clone(), key.name.clone(), true),
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
        kinds: Default::default(),
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

/// The name that PostgreSQL gives to a primary key.
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
        // NOT NULL stays after the key is dropped, as it does in the state.
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

/// Adds a value; the same transaction can't use it, so a default that is the new value needs the type re-created.
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
