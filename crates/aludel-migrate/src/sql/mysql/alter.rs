//! [`Alter`]: one ALTER TABLE, with everything that has to change in the same statement.

use crate::sql::{Probe, Steps};
use aludel_engine::Result;
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::with_collation;
use aludel_sql::schema::{Column, Table};
use aludel_sql::types::SqlType;

/// An ALTER TABLE under construction.
pub(super) struct Alter<'a> {
    steps: &'a mut Steps,
    before: &'a Table,
    after: &'a Table,
    clauses: Vec<String>,
    /// Columns that a clause already redefines.
    defined: Vec<String>,
    /// Those of them that existed before, as they were.
    redefines: Vec<Column>,
}

impl<'a> Alter<'a> {
    pub(super) fn new(steps: &'a mut Steps, before: &'a Table, after: &'a Table) -> Alter<'a> {
        Alter {
            steps,
            before,
            after,
            clauses: Vec::new(),
            defined: Vec::new(),
            redefines: Vec::new(),
        }
    }

    pub(super) fn push(
        mut self,
        write: impl FnOnce(&mut Writer) -> Result<()>,
    ) -> Result<Alter<'a>> {
        let text = self.steps.write(write)?;
        self.clauses.push(text);
        Ok(self)
    }

    pub(super) fn drop(self, what: &str, name: &str) -> Result<Alter<'a>> {
        self.push(|w| {
            w.push("DROP ");
            w.push(what);
            w.push(" ");
            Ok(w.checked_identifier(name)?)
        })
    }

    /// Notes that a column is redefined.
    pub(super) fn redefines(mut self, name: &str) -> Alter<'a> {
        self.redefines.extend(self.before.column(name).cloned());
        self
    }

    pub(super) fn modify(mut self, column: &Column) -> Result<Alter<'a>> {
        self.defined.push(column.name.clone());
        self = self.redefines(&column.name);
        let after = self.after;
        let column = with_collation(column, self.steps.dialect);
        self.push(|w| {
            w.push("MODIFY COLUMN ");
            Ok(w.column(after, &column, false)?)
        })
    }

    /// Adds the statement, including columns whose type depends on the keys that exist.
    pub(super) fn finish(mut self, mut probe: Probe) -> Result<()> {
        for column in &self.after.columns {
            let Some(old) = self.before.column(&column.name) else {
                continue;
            };
            let bounded = matches!(column.sql_type, SqlType::Text | SqlType::Bytes);
            if !bounded || old.sql_type != column.sql_type || self.defined.contains(&column.name) {
                continue;
            }
            let keyed = |table: &Table| aludel_sql::render::is_keyed(table, &column.name);
            if keyed(self.before) != keyed(self.after) {
                self = self.modify(column)?;
            }
        }
        // A foreign key that loses its index gets one under its own name, as the database would have created it.
        for key in &self.after.foreign_keys {
            let known = self
                .before
                .foreign_keys
                .iter()
                .any(|known| known.name == key.name);
            let lost = has_index(self.before, &key.columns) && !has_index(self.after, &key.columns);
            let shared = { self.before.foreign_keys.iter() }.any(|gone| {
                !self
                    .after
                    .foreign_keys
                    .iter()
                    .any(|kept| kept.name == gone.name)
                    && gone.columns.starts_with(&key.columns)
                    && !has_index(self.after, &key.columns)
            });
            if known && (lost || shared) {
                let if_missing = self.steps.dialect.capabilities().alter_if_exists;
                self = self.push(|w| {
                    w.push(if if_missing {
                        "ADD INDEX IF NOT EXISTS "
                    } else {
                        "ADD INDEX "
                    });
                    w.identifier(&key.name);
                    w.push(" (");
                    w.identifiers(&key.columns);
                    w.push(")");
                    Ok(())
                })?;
                // Before the index is dropped.
                self.clauses.rotate_right(1);
            }
        }
        let (old, new) = (helper(self.before), helper(self.after));
        if old != new {
            if probe == Probe::Again
                && let Some(column) = new.as_ref().or(old.as_ref())
            {
                probe = Probe::Key(self.after.name.clone(), helper_name(column), new.is_some());
            }
            if let Some(column) = old {
                self = self.drop("INDEX", &helper_name(&column))?;
            }
            if let Some(column) = new {
                self = self.push(|w| {
                    w.push("ADD UNIQUE KEY ");
                    w.identifier(&helper_name(&column));
                    w.push(" (");
                    w.identifier(&column);
                    w.push(")");
                    Ok(())
                })?;
            }
        }
        if self.clauses.is_empty() {
            return Ok(());
        }
        let clauses = self.clauses.join(", ");
        let text = self.steps.alter(&self.after.name, |w| {
            w.push(&clauses);
            Ok(())
        })?;
        self.steps.schema(text, probe);
        if let Some(step) = self.steps.all.last_mut() {
            let table = &self.before.name;
            let columns = self.redefines.into_iter();
            step.redefines = columns.map(|column| (table.clone(), column)).collect();
        }
        Ok(())
    }
}

/// Whether a key or index begins with the columns.
fn has_index(table: &Table, columns: &[String]) -> bool {
    let covers = |of: &[String]| of.starts_with(columns);
    covers(&table.primary_key)
        || table.uniques.iter().any(|unique| covers(&unique.columns))
        || table.indexes.iter().any(|index| {
            index.parts.len() >= columns.len() && { index.parts.iter() }
                .zip(columns)
                .all(|(part, column)| matches!(&part.node, Node::Root(name) if name == column))
        })
}

/// The numbered column that no key begins with: between two operations it has a key of its own.
fn helper(table: &Table) -> Option<String> {
    let column = table
        .columns
        .iter()
        .find(|column| column.identity.is_some())?;
    let first = |columns: &[String]| columns.first() == Some(&column.name);
    let keyed = first(&table.primary_key)
        || table.uniques.iter().any(|unique| first(&unique.columns))
        || table.indexes.iter().any(|index| {
            matches!(index.parts.first().map(|part| &part.node), Some(Node::Root(name)) if *name == column.name)
        });
    (!keyed).then(|| column.name.clone())
}

fn helper_name(column: &str) -> String {
    aludel_sql::schema::truncate(&format!("aludel_numbers_{column}"))
}
