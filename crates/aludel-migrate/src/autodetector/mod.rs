//! The autodetector: compares the schema of the history with the models, and finds the operations.
//!
//! Only what the database knows is compared. What is ambiguous (a column was removed and one was added) or destroys rows is a
//! [`Question`]: it is answered by what the models declare, or by a person; otherwise [`detect`] returns [`Undecided`] with all
//! open questions.

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
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::expr::Node;
use aludel_sql::schema::{Constraint, sorted};
use aludel_sql::statement::TableName;
use std::collections::BTreeSet;

/// The operations that lead from one schema to another, in an order that works on every database, each with the module that it
/// belongs to.
///
/// # Errors
/// Questions that nobody has answered; operations that are invalid (a bug in this function, please report it).
pub fn detect(
    from: &State,
    to: &State,
    renames: &Renames,
    decide: &mut dyn Decide,
) -> Result<Vec<(String, Operation)>, Undecided> {
    let given = decide.given_renames();
    let renames = &renames.with(&given);
    let mut work = Work {
        state: from.clone(),
        to,
        decide,
        open: Vec::new(),
        phases: std::array::from_fn(|_| Vec::new()),
        fresh: BTreeSet::new(),
        loose: Vec::new(),
        keys: Vec::new(),
    };
    work.external();
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
    unused_renames(&given, &all)?;
    // The operations must lead to the models.
    let mut state = from.clone();
    for (module, operation) in &all {
        operation.apply(&mut state, module)?;
    }
    let again = Operation::describe_differences(&state, to);
    if !again.is_empty() {
        return Err(Error::new(
            ErrorKind::Internal,
            format!(
                "what was detected does not lead to the models: {}",
                again.join("; ")
            ),
        )
        .into());
    }
    Ok(all)
}

/// The module of the first table that has the enum.
pub(crate) fn enum_module(state: &State, name: &str) -> Option<String> {
    let has = |table: &&aludel_sql::schema::Table| {
        { table.columns.iter() }.any(|column| {
            aludel_sql::schema::enum_of(&column.sql_type).is_some_and(|kind| kind.name == name)
        })
    };
    let table = state.schema.tables.iter().find(has)?;
    state.owners.get(&table.name).cloned()
}

/// A given rename that was not used is a typing error.
fn unused_renames(given: &[(String, String)], all: &[(String, Operation)]) -> Result<()> {
    for (from, to) in given {
        let used = all.iter().any(|(_, operation)| match operation {
            Operation::RenameTable { from: a, to: b } => {
                a.to_string() == *from && b.to_string() == *to
            }
            Operation::RenameColumn {
                table,
                from: a,
                to: b,
            } => from.ends_with(&format!(".{a}")) && *to == format!("{table}.{b}"),
            Operation::RenameEnumValue {
                name,
                from: a,
                to: b,
            } => *from == format!("{name}.{a}") && *to == format!("{name}.{b}"),
            Operation::SetEnumValues { name, becomes, .. } => becomes
                .iter()
                .any(|(a, b)| *from == format!("{name}.{a}") && *to == format!("{name}.{b}")),
            _ => false,
        });
        if !used {
            return Err(Error::migration(format!(
                "nothing was renamed from {from} to {to}: write tables as `old=new`, columns as `table.old=table.new`, values of enums as `enum.old=enum.new`"
            )));
        }
    }
    Ok(())
}

/// The order of operations. What is created comes before what is dropped, where both can exist at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Extensions,
    DropViews,
    Rename,
    DropForeignKeys,
    DropChecks,
    CreateEnums,
    DropComputed,
    CreateTables,
    AddColumns,
    AlterColumns,
    ShrinkEnums,
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
    /// The schema so far: that of the history, with renames applied.
    state: State,
    to: &'a State,
    decide: &'a mut dyn Decide,
    open: Vec<Question>,
    phases: [Vec<(String, Operation)>; PHASES],
    /// New tables.
    fresh: BTreeSet<TableName>,
    /// Columns whose type changes: foreign keys on them are dropped and re-created.
    loose: Vec<(TableName, String)>,
    /// Columns of keys that change: foreign keys that refer to them are dropped and re-created.
    keys: Vec<(TableName, String)>,
}

impl Work<'_> {
    fn push(&mut self, phase: Phase, operation: Operation) {
        let module = self.module_for(&operation);
        self.phases[phase as usize].push((module, operation));
    }

    /// The module that an operation belongs to: that of its table or view, or the first one that has the enum type.
    fn module_for(&self, operation: &Operation) -> String {
        match operation {
            Operation::RenameTable { to, .. } => self.module_of(to),
            Operation::CreateView(view) => self.module_of(&view.name),
            Operation::DropView(name) => self.module_of(name),
            Operation::CreateEnum(kind) => self.module_of_enum(kind.name),
            Operation::DropEnum(name)
            | Operation::AddEnumValue { name, .. }
            | Operation::RenameEnumValue { name, .. }
            | Operation::SetEnumValues { name, .. } => self.module_of_enum(name),
            Operation::RenameEnum { to, .. } => self.module_of_enum(to),
            other => match other.table() {
                Some(table) => self.module_of(table),
                None => self.first_module(),
            },
        }
    }

    fn module_of_enum(&self, name: &str) -> String {
        { enum_module(self.to, name) }
            .or_else(|| enum_module(&self.state, name))
            .unwrap_or_else(|| self.first_module())
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

    /// Applies an operation now, so that later comparisons include it.
    fn now(&mut self, phase: Phase, operation: Operation) -> Result<()> {
        let module = self.module_for(&operation);
        operation.apply(&mut self.state, &module)?;
        self.phases[phase as usize].push((module, operation));
        Ok(())
    }

    /// The answer; if there is none, the question stays open.
    fn ask(&mut self, question: Question) -> Option<Answer> {
        let answer = self.decide.decide(&question);
        // A question that depends on an open rename is not asked yet.
        if answer.is_none() && !self.hangs_on_a_rename(&question) {
            self.open.push(question);
        }
        answer
    }

    fn hangs_on_a_rename(&self, question: &Question) -> bool {
        let (table, column) = match question {
            Question::Fill { table, column } => (table, &column.name),
            Question::Destroy(Operation::DropColumn { table, column }) => (table, column),
            Question::Destroy(Operation::DropTable(table)) => {
                return self.open.iter().any(
                    |open| matches!(open, Question::RenameTable { from, .. } if from == table),
                );
            }
            _ => return false,
        };
        self.open.iter().any(|open| match open {
            Question::RenameColumn {
                table: of,
                from,
                to,
            } => of == table && (from.name == *column || to.name == *column),
            _ => false,
        })
    }

    /// Tables of other programs have to be declared before anything refers to them.
    fn external(&mut self) {
        let new: Vec<TableName> = { self.to.external.difference(&self.state.external) }
            .cloned()
            .collect();
        for name in new {
            self.push(Phase::Extensions, Operation::External(name));
        }
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
        // What was dropped with a computed column is re-created with it.
        let mut left = old.clone();
        for name in self.columns(old, new)? {
            let has = |columns: &[String]| columns.contains(&name);
            left.uniques.retain(|unique| !has(&unique.columns));
            left.checks
                .retain(|check| !crate::state::mentions(&check.condition, &name));
            left.indexes
                .retain(|index| !crate::state::index_mentions(index, &name));
            left.constraints
                .retain(|one| !crate::state::constraint_mentions(one, &name));
        }
        self.constraints(&left, new);
        if old.primary_key != new.primary_key {
            self.push(
                Phase::PrimaryKeys,
                Operation::SetPrimaryKey {
                    table: new.name.clone(),
                    columns: new.primary_key.clone(),
                },
            );
            // Foreign keys that refer to the old key are dropped and re-created.
            let columns = old.primary_key.iter().chain(&new.primary_key);
            self.keys
                .extend(columns.map(|column| (new.name.clone(), column.clone())));
        }
        if !aludel_sql::schema::same_words(old.options.as_deref(), new.options.as_deref()) {
            self.push(
                Phase::Comments,
                Operation::SetOptions {
                    table: new.name.clone(),
                    options: new.options.clone(),
                },
            );
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

    /// Creates new tables, each after those it refers to; a foreign key that closes a cycle, or leads to another module's new
    /// table, is added afterwards.
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
                .partition(|key| made.contains(&key.target) || self.is_ready(key));
            table.foreign_keys = now;
            // So is one given as SQL, which may refer to any table.
            let is_foreign = |constraint: &Constraint| {
                { constraint.definition.trim_start() }
                    .get(..11)
                    .is_some_and(|words| words.eq_ignore_ascii_case("foreign key"))
            };
            let (own, raw_keys): (Vec<_>, Vec<_>) = { std::mem::take(&mut table.constraints) }
                .into_iter()
                .partition(|constraint| !is_foreign(constraint));
            table.constraints = own;
            for constraint in raw_keys {
                self.push(
                    Phase::AddForeignKeys,
                    Operation::AddConstraint {
                        table: name.clone(),
                        constraint,
                    },
                );
            }
            // A name that another table has until it is dropped can only be used later.
            let taken = |found: &str| -> bool {
                { self.state.schema.tables.iter() }.any(|other| {
                    other.indexes.iter().any(|index| index.name == found)
                        || other.uniques.iter().any(|unique| unique.name == found)
                })
            };
            let (indexes, later_indexes): (Vec<_>, Vec<_>) = { std::mem::take(&mut table.indexes) }
                .into_iter()
                .partition(|index| !taken(&index.name));
            let (uniques, later_uniques): (Vec<_>, Vec<_>) = { std::mem::take(&mut table.uniques) }
                .into_iter()
                .partition(|unique| !taken(&unique.name));
            table.indexes = indexes;
            table.uniques = uniques;
            self.push(Phase::CreateTables, Operation::CreateTable(Box::new(table)));
            for unique in later_uniques {
                self.push(
                    Phase::AddKeys,
                    Operation::AddUnique {
                        table: name.clone(),
                        unique,
                    },
                );
            }
            for index in later_indexes {
                self.push(
                    Phase::AddKeys,
                    Operation::AddIndex {
                        table: name.clone(),
                        index,
                        concurrently: false,
                    },
                );
            }
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

    /// Whether the target of a foreign key already is as it will be: its columns, their types, and the key on them.
    fn is_ready(&self, key: &aludel_sql::schema::ForeignKey) -> bool {
        if self.to.external.contains(&key.target) {
            return true;
        }
        let (Some(old), Some(new)) = (
            self.state.schema.table(&key.target),
            self.to.schema.table(&key.target),
        ) else {
            return false;
        };
        let same = |name: &String| match (old.column(name), new.column(name)) {
            (Some(a), Some(b)) => a.sql_type == b.sql_type && a.nullable == b.nullable,
            _ => false,
        };
        key.target_columns.iter().all(same)
            && is_key(old, &key.target_columns)
            && old.primary_key == new.primary_key
    }

    /// Drops tables, each before those it refers to.
    fn drop_tables(&mut self, gone: &[TableName]) {
        let tables: Vec<_> = { self.state.schema.tables.iter() }
            .filter(|table| gone.contains(&table.name))
            .cloned()
            .collect();
        let order: Vec<usize> = sorted(&tables).into_iter().rev().collect();
        for (n, at) in order.iter().enumerate() {
            let table = &tables[*at];
            // A cycle among them is broken first.
            for key in &table.foreign_keys {
                let later = order[n + 1..]
                    .iter()
                    .any(|other| tables[*other].name == key.target);
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
            // Names that another table will use are freed first.
            let wanted = |found: &str| -> bool {
                { self.to.schema.tables.iter() }.any(|other| {
                    other.indexes.iter().any(|index| index.name == found)
                        || other.uniques.iter().any(|unique| unique.name == found)
                })
            };
            let indexes = table.indexes.iter().filter(|index| wanted(&index.name));
            let uniques = table.uniques.iter().filter(|unique| wanted(&unique.name));
            let given_up: Vec<Operation> = indexes
                .map(|index| Operation::DropIndex {
                    table: table.name.clone(),
                    name: index.name.clone(),
                    concurrently: false,
                })
                .chain(uniques.map(|unique| Operation::DropUnique {
                    table: table.name.clone(),
                    name: unique.name.clone(),
                }))
                .collect();
            for operation in given_up {
                self.push(Phase::ReplaceKeys, operation);
            }
            let drop = Operation::DropTable(table.name.clone());
            self.ask(Question::Destroy(drop.clone()));
            self.push(Phase::DropTables, drop);
        }
    }

    fn owners(&mut self) {
        let moved: Vec<(TableName, String)> = { self.to.owners.iter() }
            .filter(|(table, module)| {
                self.state.schema.table(table).is_some()
                    && self.state.owner(table) != module.as_str()
            })
            .map(|(table, module)| (table.clone(), module.clone()))
            .collect();
        for (table, module) in moved {
            self.push(Phase::Owners, Operation::SetOwner { table, module });
        }
    }
}

/// Whether the columns are the primary key or a unique key.
pub(crate) fn is_key(table: &aludel_sql::schema::Table, columns: &[String]) -> bool {
    table.primary_key == columns
        || table.uniques.iter().any(|unique| unique.columns == columns)
        || table.indexes.iter().any(|index| {
            index.unique && index.condition.is_none() && index.parts.len() == columns.len() && {
                index.parts.iter()
            }
            .zip(columns)
            .all(|(part, column)| matches!(&part.node, Node::Root(name) if name == column))
        })
}
