//! Renames: declared by the models, or answered.

use super::questions::alike;
use super::{Answer, Phase, Question, Work};
use crate::app::Renames;
use crate::operation::Operation;
use aludel_engine::Result;
use aludel_sql::dialect::POSTGRES;
use aludel_sql::schema::{ForeignKey, Table, same_type};
use aludel_sql::statement::TableName;

impl Work<'_> {
    pub(super) fn renames(&mut self, declared: &Renames) -> Result<()> {
        // In a chain (b to c, a to b) the last rename frees the name for the one before it.
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for (from, to) in &declared.tables {
                if self.state.schema.table(from).is_some() && self.came(to) {
                    self.rename_table(from, to)?;
                    moved = true;
                }
            }
        }
        let (gone, new): (Vec<TableName>, Vec<TableName>) = {
            let names = |tables: &[aludel_sql::schema::Table]| -> Vec<TableName> {
                tables.iter().map(|table| table.name.clone()).collect()
            };
            (
                names(&self.state.schema.tables)
                    .into_iter()
                    .filter(|name| self.went(name))
                    .collect(),
                names(&self.to.schema.tables)
                    .into_iter()
                    .filter(|name| self.came(name))
                    .collect(),
            )
        };
        // Join tables follow the tables that were renamed; only the rest is asked about.
        let (joins, others): (Vec<TableName>, Vec<TableName>) =
            new.into_iter().partition(|to| declared.joins.contains(to));
        self.ask_tables(&gone, &others)?;
        self.rename_joins(&gone, &joins)?;
        self.ask_tables(&gone, &joins)?;
        let tables: Vec<TableName> = { self.to.schema.tables.iter() }
            .map(|table| table.name.clone())
            .filter(|name| self.state.schema.table(name).is_some())
            .collect();
        for table in &tables {
            if declared.joins.contains(table) {
                self.rename_sides(table)?;
            }
            self.rename_columns(table, declared)?;
        }
        Ok(())
    }

    fn ask_tables(&mut self, gone: &[TableName], new: &[TableName]) -> Result<()> {
        for from in gone {
            for to in new {
                if !(self.went(from) && self.came(to)) {
                    continue;
                }
                let (Some(old), Some(table)) =
                    (self.state.schema.table(from), self.to.schema.table(to))
                else {
                    continue;
                };
                if !alike(old, table) {
                    continue;
                }
                let question = Question::RenameTable {
                    from: from.clone(),
                    to: to.clone(),
                };
                if let Some(Answer::Yes) = self.ask(question) {
                    self.rename_table(from, to)?;
                }
            }
        }
        Ok(())
    }

    /// Renames join tables without a model that are named after renamed tables, and join the same tables.
    fn rename_joins(&mut self, gone: &[TableName], new: &[TableName]) -> Result<()> {
        for to in new {
            let from = { gone.iter() }.find(|from| {
                self.went(from) && self.follows(from, to) && !self.sides(from, to).is_empty()
            });
            if let Some(from) = from {
                self.rename_table(from, to)?;
            }
        }
        Ok(())
    }

    /// Whether a table's name is another's with the names of renamed tables replaced.
    fn follows(&self, from: &TableName, to: &TableName) -> bool {
        let mut names = vec![from.name.to_string()];
        let renamed =
            { self.phases[Phase::Rename as usize].iter() }.filter_map(|(_, operation)| {
                match operation {
                    Operation::RenameTable { from, to } => Some((&from.name, &to.name)),
                    _ => None,
                }
            });
        for (old, now) in renamed {
            for name in names.clone() {
                // The two names are in alphabetical order.
                let other = { name.strip_prefix(&format!("{old}_")) }
                    .or_else(|| name.strip_suffix(&format!("_{old}")));
                if let Some(other) = other {
                    names.push(format!("{now}_{other}"));
                    names.push(format!("{other}_{now}"));
                }
            }
        }
        from.schema == to.schema && names[1..].iter().any(|name| *name == *to.name)
    }

    /// Renames the columns of a join table without a model that are named after renamed models.
    fn rename_sides(&mut self, of: &TableName) -> Result<()> {
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for (from, to) in self.sides(of, of) {
                // If the new name is still taken, wait for that column to be renamed.
                let table = self.state.schema.table(of);
                let is_free = table.is_some_and(|table| table.column(&to).is_none());
                if from != to && is_free {
                    let table = of.clone();
                    let rename = Operation::RenameColumn { table, from, to };
                    self.now(Phase::Rename, rename)?;
                    moved = true;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Pairs the columns of a join table in the history with those of one in the models, if both join the same tables.
    fn sides(&self, from: &TableName, to: &TableName) -> Vec<(String, String)> {
        let (Some(old), Some(new)) = (self.state.schema.table(from), self.to.schema.table(to))
        else {
            return Vec::new();
        };
        let is_join = |table: &Table| {
            let joined = table.foreign_keys.iter().map(|key| key.columns.len());
            table.foreign_keys.len() == 2
                && joined.sum::<usize>() == table.columns.len()
                && table.primary_key.len() == table.columns.len()
        };
        if !is_join(old) || !is_join(new) {
            return Vec::new();
        }
        let mut left: Vec<&ForeignKey> = old.foreign_keys.iter().collect();
        // For a table that is joined with itself, the column names tell the sides apart.
        left.sort_by(|a, b| a.columns.cmp(&b.columns));
        let mut right: Vec<&ForeignKey> = new.foreign_keys.iter().collect();
        right.sort_by(|a, b| a.columns.cmp(&b.columns));
        let mut pairs = Vec::new();
        for key in right {
            let same = |other: &&ForeignKey| {
                other.target == key.target && other.target_columns == key.target_columns
            };
            let Some(at) = left.iter().position(same) else {
                return Vec::new();
            };
            let other = left.remove(at);
            pairs.extend(
                other
                    .columns
                    .iter()
                    .cloned()
                    .zip(key.columns.iter().cloned()),
            );
        }
        pairs
    }

    fn went(&self, name: &TableName) -> bool {
        self.state.schema.table(name).is_some() && self.to.schema.table(name).is_none()
    }

    fn came(&self, name: &TableName) -> bool {
        self.state.schema.table(name).is_none() && self.to.schema.table(name).is_some()
    }

    fn rename_table(&mut self, from: &TableName, to: &TableName) -> Result<()> {
        self.now(
            Phase::Rename,
            Operation::RenameTable {
                from: from.clone(),
                to: to.clone(),
            },
        )
    }

    fn rename_columns(&mut self, of: &TableName, declared: &Renames) -> Result<()> {
        let Some(new) = self.to.schema.table(of) else {
            return Ok(());
        };
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for (_, from, to) in declared.columns.iter().filter(|(table, ..)| table == of) {
                let here = |name: &str| {
                    { self.state.schema.table(of) }
                        .is_some_and(|table| table.column(name).is_some())
                };
                if here(from) && !here(to) && new.column(to).is_some() {
                    self.now(
                        Phase::Rename,
                        Operation::RenameColumn {
                            table: of.clone(),
                            from: from.clone(),
                            to: to.clone(),
                        },
                    )?;
                    moved = true;
                }
            }
        }
        let Some(old) = self.state.schema.table(of).cloned() else {
            return Ok(());
        };
        let mut gone: Vec<_> = { old.columns.iter() }
            .filter(|column| new.column(&column.name).is_none())
            .collect();
        let came: Vec<_> = { new.columns.iter() }
            .filter(|column| old.column(&column.name).is_none())
            .collect();
        for to in came {
            let mut at = None;
            for (place, from) in gone.iter().enumerate() {
                let like = same_type(&from.sql_type, &to.sql_type, &POSTGRES)
                    && from.generated.is_some() == to.generated.is_some();
                if !like {
                    continue;
                }
                let question = Question::RenameColumn {
                    table: of.clone(),
                    from: Box::new((*from).clone()),
                    to: Box::new(to.clone()),
                };
                if let Some(Answer::Yes) = self.ask(question) {
                    at = Some(place);
                    break;
                }
            }
            if let Some(at) = at {
                let from = gone.remove(at).name.clone();
                self.now(
                    Phase::Rename,
                    Operation::RenameColumn {
                        table: of.clone(),
                        from,
                        to: to.name.clone(),
                    },
                )?;
            }
        }
        Ok(())
    }
}
