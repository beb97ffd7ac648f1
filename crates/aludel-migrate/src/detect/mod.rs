//! The autodetector: from the history's schema and the models to operations.
//!
//! Only what the database knows takes part. What can be read in two ways (a column that went and one that came) and what
//! destroys rows is a [`Question`]: answered by what the models declare, by a person, or not at all, and then
//! [`detect`] answers [`Undecided`] with all of them.

mod columns;
mod constraints;
mod enums;
mod questions;
mod renames;
mod views;

pub use questions::{Answer, Answers, Decide, Question, Undecided};

use crate::app::Renames;
use crate::operation::Operation;
use crate::state::State;
use aludel_engine::Result;
use aludel_sql::dialect::{Dialect, MARIADB, POSTGRES, SQLITE};
use aludel_sql::expr::Node;
use aludel_sql::schema::{rendered, sorted};
use aludel_sql::statement::TableName;
use std::collections::BTreeSet;

/// The operations that lead from one schema to another, in an order that works on every database, each with the module that
/// it belongs to.
///
/// # Errors
/// Questions that nobody has answered; operations that make no sense (a fault of this function, please report it).
pub fn detect(
    from: &State,
    to: &State,
    renames: &Renames,
    decide: &mut dyn Decide,
) -> Result<Vec<(String, Operation)>, Undecided> {
    let mut work = Work {
        state: from.clone(),
        to,
        decide,
        open: Vec::new(),
        phases: Default::default(),
        fresh: BTreeSet::new(),
        loose: Vec::new(),
        keys: Vec::new(),
    };
    work.extensions();
    work.renames(renames)?;
    work.enums()?;
    work.tables()?;
    work.views(from);
    work.owners();
    if !work.open.is_empty() {
        return Err(Undecided::Questions(work.open));
    }
    let all: Vec<(String, Operation)> = work.phases.into_iter().flatten().collect();
    // What was found has to lead to the models.
    let mut state = from.clone();
    for (module, operation) in &all {
        operation.apply(&mut state, module)?;
    }
    Ok(all)
}

/// The order of operations. What is made comes before what is dropped, where both can be there at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Extensions,
    DropViews,
    Rename,
    CreateEnums,
    DropForeignKeys,
    DropChecks,
    DropComputed,
    CreateTables,
    AddColumns,
    AlterColumns,
    AddComputed,
    RenameConstraints,
    ReplaceKeys,
    AddKeys,
    PrimaryKeys,
    DropKeys,
    DropColumns,
    AddChecks,
    AddForeignKeys,
    Comments,
    DropTables,
    DropEnums,
    CreateViews,
    Owners,
    DropExtensions,
}

const PHASES: usize = Phase::DropExtensions as usize + 1;

struct Work<'a> {
    /// The schema so far: that of the history, and what was renamed.
    state: State,
    to: &'a State,
    decide: &'a mut dyn Decide,
    open: Vec<Question>,
    phases: [Vec<(String, Operation)>; PHASES],
    /// Tables that are made new.
    fresh: BTreeSet<TableName>,
    /// Columns whose type changes: foreign keys that have them go and come back.
    loose: Vec<(TableName, String)>,
    /// Columns of primary keys that change: foreign keys that refer to them go and come back.
    keys: Vec<(TableName, String)>,
}

impl Work<'_> {
    fn push(&mut self, phase: Phase, operation: Operation) {
        let module = operation.table().map_or_else(
            || self.first_module(),
            |table| self.module_of(table),
        );
        self.phases[phase as usize].push((module, operation));
    }

    fn module_of(&self, table: &TableName) -> String {
        { self.to.owners.get(table) }
            .or_else(|| self.state.owners.get(table))
            .cloned()
            .unwrap_or_default()
    }

    fn first_module(&self) -> String {
        { self.to.owners.values().next() }
            .or_else(|| self.state.owners.values().next())
            .cloned()
            .unwrap_or_default()
    }

    /// Applies an operation now, so that what follows is compared with it.
    fn now(&mut self, phase: Phase, operation: Operation) -> Result<()> {
        operation.apply(&mut self.state, "")?;
        self.push(phase, operation);
        Ok(())
    }

    /// What was answered; the question stays open when nobody did.
    fn ask(&mut self, question: Question) -> Option<Answer> {
        let answer = self.decide.decide(&question);
        if answer.is_none() {
            self.open.push(question);
        }
        answer
    }

    fn extensions(&mut self) {
        for name in &self.to.schema.extensions {
            if !self.state.schema.extensions.contains(name) {
                self.push(Phase::Extensions, Operation::CreateExtension(name.clone()));
            }
        }
        for name in self.state.schema.extensions.clone() {
            if !self.to.schema.extensions.contains(&name) {
                self.push(Phase::DropExtensions, Operation::DropExtension(name));
            }
        }
    }

    fn tables(&mut self) -> Result<()> {
        let to = self.to;
        for table in &to.schema.tables {
            if self.state.schema.table(&table.name).is_none() {
                self.fresh.insert(table.name.clone());
            }
        }
        let gone: Vec<TableName> = { self.state.schema.tables.iter() }
            .map(|table| table.name.clone())
            .filter(|name| to.schema.table(name).is_none())
            .collect();
        self.create_tables();
        for table in &to.schema.tables {
            if let Some(old) = self.state.schema.table(&table.name).cloned() {
                self.compare(&old, table)?;
            }
        }
        self.foreign_keys();
        self.drop_tables(&gone);
        Ok(())
    }

    fn compare(
        &mut self,
        old: &aludel_sql::schema::Table,
        new: &aludel_sql::schema::Table,
    ) -> Result<()> {
        self.columns(old, new)?;
        self.constraints(old, new);
        if old.primary_key != new.primary_key {
            self.push(
                Phase::PrimaryKeys,
                Operation::SetPrimaryKey {
                    table: new.name.clone(),
                    columns: new.primary_key.clone(),
                },
            );
            // What refers to the old key lets go of it.
            let columns = old.primary_key.iter().chain(&new.primary_key);
            self.keys.extend(columns.map(|column| (new.name.clone(), column.clone())));
        }
        if old.comment != new.comment {
            self.push(
                Phase::Comments,
                Operation::SetComment {
                    table: new.name.clone(),
                    comment: new.comment.clone(),
                },
            );
        }
        Ok(())
    }

    /// New tables, each after those it refers to; a foreign key that closes a circle, or leads to another module's new table,
    /// is added afterwards.
    fn create_tables(&mut self) {
        let new: Vec<_> = { self.to.schema.tables.iter() }
            .filter(|table| self.fresh.contains(&table.name))
            .cloned()
            .collect();
        let mut made: BTreeSet<TableName> = BTreeSet::new();
        for at in sorted(&new) {
            let mut table = new[at].clone();
            let name = table.name.clone();
            made.insert(name.clone());
            let (now, later) = std::mem::take(&mut table.foreign_keys)
                .into_iter()
                .partition(|key| {
                    made.contains(&key.target)
                        || self.state.schema.table(&key.target).is_some()
                            && !self.fresh.contains(&key.target)
                });
            table.foreign_keys = now;
            self.push(Phase::CreateTables, Operation::CreateTable(Box::new(table)));
            for key in { later } as Vec<_> {
                self.push(
                    Phase::AddForeignKeys,
                    Operation::AddForeignKey {
                        table: name.clone(),
                        key,
                    },
                );
            }
        }
    }

    /// Tables that go, each before those it refers to.
    fn drop_tables(&mut self, gone: &[TableName]) {
        let tables: Vec<_> = { self.state.schema.tables.iter() }
            .filter(|table| gone.contains(&table.name))
            .cloned()
            .collect();
        let order: Vec<usize> = sorted(&tables).into_iter().rev().collect();
        for (n, at) in order.iter().enumerate() {
            let table = &tables[*at];
            // A circle among them is opened first.
            for key in &table.foreign_keys {
                let later = order[n + 1..].iter().any(|other| tables[*other].name == key.target);
                let among = gone.contains(&key.target) && key.target != table.name;
                if among && !later {
                    self.push(
                        Phase::DropForeignKeys,
                        Operation::DropForeignKey {
                            table: table.name.clone(),
                            name: key.name.clone(),
                        },
                    );
                }
            }
            let drop = Operation::DropTable(table.name.clone());
            self.ask(Question::Destroy(drop.clone()));
            self.push(Phase::DropTables, drop);
        }
    }

    fn owners(&mut self) {
        let moved: Vec<(TableName, String)> = { self.to.owners.iter() }
            .filter(|(table, module)| {
                self.state.schema.table(table).is_some() && self.state.owner(table) != module.as_str()
            })
            .map(|(table, module)| (table.clone(), module.clone()))
            .collect();
        for (table, module) in moved {
            self.push(Phase::Owners, Operation::SetOwner { table, module });
        }
    }
}

/// Whether two expressions are written alike on every database.
pub(crate) fn same_expression(a: &Node, b: &Node) -> bool {
    let text = |node: &Node, dialect: &'static dyn Dialect| {
        rendered(node, dialect).map_err(|error| error.to_string())
    };
    a == b
        || [&SQLITE as &'static dyn Dialect, &POSTGRES, &MARIADB]
            .iter()
            .all(|dialect| text(a, *dialect) == text(b, *dialect))
}

pub(crate) fn same_optional(a: Option<&Node>, b: Option<&Node>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same_expression(a, b),
        _ => false,
    }
}
