//! Enum types whose values are removed or reordered: PostgreSQL needs the type re-created.

use super::dependents::Dependents;
use super::{alter_one, alter_type, set_default};
use crate::operation::Operation;
use crate::sql::{Probe, Steps, add_key, drop_key, is_of_enum, keys_on, tables_with_enum};
use crate::state::State;
use aludel_engine::{Error, Result};
use aludel_sql::schema::{Table, tokens};
use aludel_sql::statement::Ddl;
use aludel_sql::types::SqlType;
use aludel_sql::value::EnumType;

/// Replaces the old type with a new one; columns are converted by the texts of their labels.
pub(super) fn replace_type(
    steps: &mut Steps,
    before: &State,
    after: &State,
    name: &str,
    becomes: &[(String, String)],
) -> Result<()> {
    let kind = |state: &State| -> Result<EnumType> {
        { state.schema.enum_type(name) }
            .ok_or_else(|| Error::migration(format!("there is no enum type {name:?}")))
    };
    let (old, new) = (kind(before)?, kind(after)?);
    let away = format!("{}_aludel_old", old.name);
    // Expressions that mention the columns know the old type: they are dropped and re-created.
    let tables: Vec<&Table> = tables_with_enum(after, name).collect();
    let mut views: Vec<aludel_sql::schema::View> = Vec::new();
    loop {
        let next = { after.schema.views.iter() }.find(|view| {
            let all = tokens(&view.query, steps.dialect);
            let says = |word: &str| all.iter().any(|token| token.name() == Some(word));
            let stands = { tables.iter() }.any(|table| says(&table.name.name))
                || views.iter().any(|other| says(&other.name.name));
            stands && !views.iter().any(|known| known.name == view.name)
        });
        let Some(view) = next else { break };
        views.push(view.clone());
    }
    let expressions: Vec<Dependents<'_>> = { tables.iter() }
        .map(|table| Dependents::of(table, |column| is_of_enum(column, name)))
        .collect();
    let keys = keys_on(after, |table, column| {
        is_of_enum(column, name) || { expressions.iter() }
            .any(|all| all.is_computed(&table.name, &column.name))
    });
    for all in &expressions {
        all.check(steps)?;
    }
    for view in views.iter().rev() {
        let drop = Operation::DropView(view.name.clone());
        steps.operation(&drop, after, after)?;
    }
    for (table, key) in &keys {
        steps.operation(&drop_key(table, key), after, after)?;
    }
    for all in &expressions {
        all.go(steps)?;
    }
    let text = alter_type(steps, name, |w| {
        w.push("RENAME TO ");
        Ok(w.checked_identifier(&away)?)
    })?;
    steps.schema(text, Probe::Again);
    let text = steps.ddl(&Ddl::CreateEnum(new))?;
    steps.schema(text, Probe::Again);
    for table in tables_with_enum(after, name) {
        for column in table
            .columns
            .iter()
            .filter(|column| is_of_enum(column, name))
        {
            if column.default.is_some() {
                alter_one(steps, &table.name, &column.name, |w| {
                    w.push("DROP DEFAULT");
                    Ok(())
                })?;
            }
            alter_one(steps, &table.name, &column.name, |w| {
                w.push("TYPE ");
                w.dialect()
                    .column_type(&column.sql_type, false, &mut w.text)?;
                w.push(" USING ");
                let array = matches!(column.sql_type, SqlType::Array(_));
                match becomes {
                    [] => {
                        w.checked_identifier(&column.name)?;
                        w.push(if array { "::text[]::" } else { "::text::" });
                    }
                    _ if array => {
                        w.push(&"array_replace(".repeat(becomes.len()));
                        w.checked_identifier(&column.name)?;
                        w.push("::text[]");
                        for (gone, instead) in becomes {
                            w.push(", ");
                            w.text_literal(gone)?;
                            w.push(", ");
                            w.text_literal(instead)?;
                            w.push(")");
                        }
                        w.push("::");
                    }
                    _ => {
                        w.push("(CASE");
                        for (gone, instead) in becomes {
                            w.push(" WHEN ");
                            w.checked_identifier(&column.name)?;
                            w.push("::text = ");
                            w.text_literal(gone)?;
                            w.push(" THEN ");
                            w.text_literal(instead)?;
                        }
                        w.push(" ELSE ");
                        w.checked_identifier(&column.name)?;
                        w.push("::text END)::");
                    }
                }
                w.dialect()
                    .column_type(&column.sql_type, false, &mut w.text)?;
                Ok(())
            })?;
            if column.default.is_some() {
                set_default(steps, &table.name, column)?;
            }
        }
    }
    let text = steps.write(|w| {
        w.push("DROP TYPE ");
        Ok(w.checked_identifier(&away)?)
    })?;
    steps.schema(text, Probe::Again);
    for all in &expressions {
        all.come_back(steps)?;
    }
    for (table, key) in &keys {
        steps.operation(&add_key(table, key), after, after)?;
    }
    for view in &views {
        let create = Operation::CreateView(view.clone());
        steps.operation(&create, after, after)?;
    }
    Ok(())
}
