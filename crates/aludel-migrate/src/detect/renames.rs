//! What was renamed: declared at the models, or answered.

use super::questions::alike;
use super::{Answer, Phase, Question, Work};
use crate::app::Renames;
use crate::operation::Operation;
use aludel_engine::Result;
use aludel_sql::dialect::POSTGRES;
use aludel_sql::schema::same_type;
use aludel_sql::statement::TableName;

impl Work<'_> {
    pub(super) fn renames(&mut self, declared: &Renames) -> Result<()> {
        // In a chain (b to c, a to b) the end makes room for what is before it.
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
        for from in &gone {
            for to in &new {
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
        let tables: Vec<TableName> = { self.to.schema.tables.iter() }
            .map(|table| table.name.clone())
            .filter(|name| self.state.schema.table(name).is_some())
            .collect();
        for table in &tables {
            self.rename_columns(table, declared)?;
        }
        Ok(())
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
                    from: from.name.clone(),
                    to: to.name.clone(),
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
