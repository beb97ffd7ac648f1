//! Dependents of columns that are dropped and re-created, or whose type changes.

use super::{
    add_check, add_column, add_constraint, add_foreign_key, add_unique, drop_column,
    drop_constraint,
};
use super::{drop_index, set_primary_key};
use crate::sql::{Probe, Steps};
use crate::state::{computed_from, constraint_mentions, index_mentions, mentions};
use aludel_engine::Result;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Check, Column, Constraint, ForeignKey, Index, Table, Unique};
use aludel_sql::statement::TableName;

/// What mentions some columns of a table, as the history knows it.
pub(super) struct Dependents<'a> {
    table: &'a Table,
    computed: Vec<&'a Column>,
    checks: Vec<&'a Check>,
    indexes: Vec<&'a Index>,
    constraints: Vec<&'a Constraint>,
    /// Unique constraints of computed columns, which are dropped with them.
    uniques: Vec<&'a Unique>,
    /// Whether a computed column is in the primary key, which is dropped with it.
    has_key: bool,
}

impl<'a> Dependents<'a> {
    /// The dependents of columns whose type changes: they are dropped before and re-created after.
    pub(super) fn of(table: &'a Table, wanted: impl Fn(&Column) -> bool) -> Dependents<'a> {
        let mut names: Vec<&str> = { table.columns.iter() }
            .filter(|column| wanted(column))
            .map(|column| column.name.as_str())
            .collect();
        let computed: Vec<&Column> = { table.columns.iter() }
            .filter(|column| names.iter().any(|name| computed_from(column, name)))
            .collect();
        names.extend(computed.iter().map(|column| column.name.as_str()));
        let says = |node: &Node| names.iter().any(|name| mentions(node, name));
        let is_computed = |name: &String| computed.iter().any(|column| column.name == *name);
        Dependents {
            table,
            checks: { table.checks.iter() }
                .filter(|check| says(&check.condition))
                .collect(),
            indexes: { table.indexes.iter() }
                .filter(|index| names.iter().any(|name| index_mentions(index, name)))
                .collect(),
            constraints: { table.constraints.iter() }
                .filter(|raw| names.iter().any(|name| constraint_mentions(raw, name)))
                .collect(),
            uniques: { table.uniques.iter() }
                .filter(|unique| unique.columns.iter().any(is_computed))
                .collect(),
            has_key: table.primary_key.iter().any(is_computed),
            computed,
        }
    }

    /// Whether a column is computed from one of them.
    pub(super) fn is_computed(&self, table: &TableName, column: &str) -> bool {
        self.table.name == *table && self.computed.iter().any(|known| known.name == column)
    }

    /// Refuses to continue where the database knows more about the computed columns than the history does.
    pub(super) fn check(&self, steps: &mut Steps) -> Result<()> {
        { self.computed.iter() }
            .try_for_each(|column| refuse_to_lose(steps, self.table, &column.name))
    }

    pub(super) fn go(&self, steps: &mut Steps) -> Result<()> {
        let name = &self.table.name;
        for check in &self.checks {
            drop_constraint(steps, name, &check.name)?;
        }
        for constraint in &self.constraints {
            drop_constraint(steps, name, &constraint.name)?;
        }
        for index in &self.indexes {
            drop_index(steps, name, &index.name)?;
        }
        for column in &self.computed {
            drop_column(steps, name, &column.name)?;
        }
        Ok(())
    }

    pub(super) fn come_back(&self, steps: &mut Steps) -> Result<()> {
        let name = &self.table.name;
        for column in &self.computed {
            add_column(steps, self.table, column, None)?;
        }
        if self.has_key {
            add_key(steps, self.table)?;
        }
        for unique in &self.uniques {
            add_unique(steps, name, unique)?;
        }
        for check in &self.checks {
            add_check(steps, name, check)?;
        }
        for constraint in &self.constraints {
            add_constraint(steps, name, constraint)?;
        }
        for index in &self.indexes {
            steps.create_index(name, index)?;
        }
        Ok(())
    }
}

/// Re-creates the dependents of a column that was dropped and re-created.
pub(super) fn come_back(steps: &mut Steps, table: &Table, column: &str) -> Result<()> {
    let name = &table.name;
    let has = |columns: &[String]| columns.iter().any(|name| name == column);
    if has(&table.primary_key) {
        add_key(steps, table)?;
    }
    for unique in { table.uniques.iter() }.filter(|unique| has(&unique.columns)) {
        add_unique(steps, name, unique)?;
    }
    for check in { table.checks.iter() }.filter(|check| mentions(&check.condition, column)) {
        add_check(steps, name, check)?;
    }
    for raw in { table.constraints.iter() }.filter(|raw| constraint_mentions(raw, column)) {
        add_constraint(steps, name, raw)?;
    }
    for key in { table.foreign_keys.iter() }.filter(|key| has(&key.columns)) {
        add_foreign_key(steps, name, key)?;
    }
    for index in { table.indexes.iter() }.filter(|index| index_mentions(index, column)) {
        steps.create_index(name, index)?;
    }
    Ok(())
}

fn add_key(steps: &mut Steps, table: &Table) -> Result<()> {
    let keyless = Table {
        primary_key: Vec::new(),
        ..table.clone()
    };
    set_primary_key(steps, &keyless, &table.primary_key)
}

/// Dropping a column silently drops what the database has on it: that is refused, before anything is done, where the history
/// does not know it.
pub(super) fn refuse_to_lose(steps: &mut Steps, table: &Table, column: &str) -> Result<()> {
    let known = { table.checks.iter().map(|check| &check.name) }
        .chain(table.uniques.iter().map(|unique| &unique.name))
        .chain(table.indexes.iter().map(|index| &index.name))
        .chain(table.constraints.iter().map(|raw| &raw.name))
        .chain(table.foreign_keys.iter().map(|key: &ForeignKey| &key.name));
    let known: Vec<&String> = known.collect();
    let quoted = steps.write(|w| Ok(w.table(&table.name)?))?;
    let text = steps.write(|w| {
        let mut of_column = String::new();
        std::mem::swap(&mut of_column, &mut w.text);
        w.text_literal(&quoted)?;
        w.push("::regclass AND a.attname = ");
        w.text_literal(column)?;
        std::mem::swap(&mut of_column, &mut w.text);
        let mut names = String::from("ARRAY[");
        for (at, name) in known.iter().enumerate() {
            names.push_str(if at > 0 { ", " } else { "" });
            std::mem::swap(&mut names, &mut w.text);
            w.text_literal(name)?;
            std::mem::swap(&mut names, &mut w.text);
        }
        names.push_str("]::text[]");
        w.push("DO $aludel$ DECLARE lost text; BEGIN SELECT string_agg(what, ', ') INTO lost FROM (");
        w.push(&format!(
            "SELECT 'the constraint ' || c.conname AS what FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
             WHERE a.attrelid = {of_column} AND c.contype NOT IN ('p', 'n') AND c.conname <> ALL ({names}) \
             UNION ALL SELECT 'the index ' || i.relname FROM pg_attribute a \
             JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass \
             AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum \
             JOIN pg_class i ON i.oid = d.objid AND i.relkind IN ('i', 'I') \
             WHERE a.attrelid = {of_column} AND i.relname <> ALL ({names}) \
             UNION ALL SELECT 'the statistics ' || s.stxname FROM pg_statistic_ext s \
             JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys) WHERE a.attrelid = {of_column} \
             UNION ALL SELECT 'rights to it' FROM pg_attribute a WHERE a.attrelid = {of_column} AND a.attacl IS NOT NULL"
        ));
        w.push(") everything; IF lost IS NOT NULL THEN RAISE EXCEPTION '% is made again, and what the history does not know of it would be lost: %; drop that first, or add it to the models', ");
        w.text_literal(&format!("{}.{column}", table.name))?;
        w.push(", lost; END IF; END $aludel$");
        Ok(())
    })?;
    steps.schema(text, Probe::Again);
    Ok(())
}
