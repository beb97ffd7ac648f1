//! From operations to statements: [`compile`].
//!
//! An operation is compiled between two states, before and after it. Shared code is here; each database has a module for what
//! is specific to it: PostgreSQL alters one thing at a time, MariaDB and MySQL redefine columns, SQLite rebuilds the table
//! where it can't alter it.

mod mysql;
mod postgres;
pub(crate) mod rebuild;
mod sqlite;
mod step;
mod steps;

pub use step::{Probe, Removed, Step, ViewStep, Work};

use crate::operation::{Operation, reverse_all};
use crate::state::State;
use aludel_engine::{Error, Result};
use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::{Check, Column, ForeignKey, Index, Table, Unique};
use aludel_sql::statement::TableName;
pub(crate) use steps::Steps;

/// Compiles operations to steps, starting from `state` and advancing it. All of them are rendered before any is run, so that
/// what a database can't do is known before anything has changed.
///
/// # Errors
/// What the dialect can't do, and operations that are invalid in the state.
pub fn compile(
    operations: &[Operation],
    state: &mut State,
    module: &str,
    dialect: &'static dyn Dialect,
) -> Result<Vec<Step>> {
    let steps = steps_of(operations, state, module, dialect)?;
    Ok(paired_views(checked(rebuild::merged(steps), dialect)))
}

fn steps_of(
    operations: &[Operation],
    state: &mut State,
    module: &str,
    dialect: &'static dyn Dialect,
) -> Result<Vec<Step>> {
    let mut steps = Steps {
        dialect,
        all: Vec::new(),
        at: 0,
    };
    for (at, operation) in operations.iter().enumerate() {
        steps.at = at;
        let mut after = state.clone();
        operation
            .apply(&mut after, module)
            .map_err(|error| Error::migration(format!("{operation}: {error}")))?;
        match operation {
            Operation::AddEnumValue { name, value, .. }
                if operations[at + 1..]
                    .iter()
                    .any(|later| uses_value(later, name, value)) =>
            {
                let values = after
                    .schema
                    .enum_type(name)
                    .map_or(&[][..], |kind| kind.labels);
                let whole = Operation::SetEnumValues {
                    name: name.clone(),
                    values: values.iter().map(ToString::to_string).collect(),
                    becomes: Vec::new(),
                };
                steps.operation(&whole, state, &after)?;
            }
            _ => steps.operation(operation, state, &after)?,
        }
        *state = after;
    }
    Ok(steps.all)
}

/// PostgreSQL refuses to alter a table that has deferred row checks pending, so they are run first.
fn checked(steps: Vec<Step>, dialect: &dyn Dialect) -> Vec<Step> {
    if dialect.kind() != Some(DialectKind::Postgres) {
        return steps;
    }
    let mut all: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        // Such a step needs no second one before it.
        if matches!(&step.work, Work::Schema(text) if text.starts_with("SET CONSTRAINTS ")) {
            all.push(step);
            continue;
        }
        let after_rows = all
            .last()
            .is_some_and(|last| matches!(last.work, Work::Data(_) | Work::Code(..)));
        if after_rows && matches!(step.work, Work::Schema(_)) {
            all.push(Step {
                work: Work::Schema("SET CONSTRAINTS ALL IMMEDIATE".into()),
                probe: Probe::Again,
                operation: step.operation,
                redefines: Vec::new(),
                remakes: None,
                removes: None,
                view: None,
            });
        }
        all.push(step);
    }
    all
}

/// A default that is no longer a value of its enum type is refused by one database, and fails every insert on another.
fn defaults_stay(operation: &Operation, after: &State) -> Result<()> {
    let Operation::SetEnumValues { name, values, .. } = operation else {
        return Ok(());
    };
    match crate::state::default_beyond(&after.schema, name, values) {
        None => Ok(()),
        Some((table, column, default)) => Err(Error::migration(format!(
            "{operation}: {table}.{column} has the default {default:?}, which is no value of the enum type {name:?} any more; give it \
             another default before, or say what {default:?} becomes"
        ))),
    }
}

/// Whether an operation may use a new value of an enum type: PostgreSQL lets no transaction use a value that it added with ADD
/// VALUE, but accepts one of a re-created type.
fn uses_value(operation: &Operation, name: &str, value: &str) -> bool {
    let has = |node: &Node| {
        node.any(&mut |node| match node {
            Node::Value(found) => found.as_str() == Some(value),
            Node::InList(list) => list
                .values
                .iter()
                .any(|found| found.as_str() == Some(value)),
            Node::Raw(texts, _) => texts.iter().any(|text| text.contains(value)),
            _ => false,
        })
    };
    let of_column = |column: &Column| {
        column.default.as_ref().is_some_and(has) || { column.generated.as_ref() }
            .is_some_and(|generated| has(&generated.expression))
    };
    let of_index = |index: &Index| {
        index.parts.iter().any(|part| has(&part.node)) || index.condition.as_ref().is_some_and(has)
    };
    match operation {
        Operation::AddColumn { column, fill, .. } => {
            of_column(column) || fill.as_ref().is_some_and(has)
        }
        Operation::AlterColumn {
            column,
            fill,
            using,
            ..
        } => of_column(column) || fill.as_ref().is_some_and(has) || using.as_ref().is_some_and(has),
        Operation::CreateTable(table) => {
            table.columns.iter().any(of_column)
                || table.checks.iter().any(|check| has(&check.condition))
                || table.indexes.iter().any(of_index)
        }
        Operation::AddCheck { check, .. } => has(&check.condition),
        Operation::AddIndex { index, .. } => of_index(index),
        Operation::CreateView(view) => view.query.contains(value),
        Operation::RenameEnumValue { name: of, .. } | Operation::SetEnumValues { name: of, .. } => {
            of == name
        }
        Operation::RunSql(run) => run.forward.iter().any(|(_, text)| text.contains(value)),
        Operation::Run(_) => true,
        Operation::Separate { database, .. } => database
            .iter()
            .any(|operation| uses_value(operation, name, value)),
        _ => false,
    }
}

/// Writes a column's value, or its replacement.
fn replaced_values(w: &mut Writer, column: &str, becomes: &[(String, String)]) -> Result<()> {
    w.push("CASE ");
    w.identifier(column);
    for (gone, instead) in becomes {
        w.push(" WHEN ");
        w.text_literal(gone)?;
        w.push(" THEN ");
        w.text_literal(instead)?;
    }
    w.push(" ELSE ");
    w.identifier(column);
    w.push(" END");
    Ok(())
}

/// Keeps the view steps that are a pair, drop and re-create; a view that is only dropped, or only created, has none.
fn paired_views(mut steps: Vec<Step>) -> Vec<Step> {
    let is_of = |step: &Step, name: &TableName| match &step.view {
        Some(ViewStep::Dropped(view)) => view.name == *name,
        Some(ViewStep::Made(made)) => made == name,
        None => false,
    };
    for at in 0..steps.len() {
        let has_other = match &steps[at].view {
            None => continue,
            Some(ViewStep::Dropped(view)) => {
                { steps[at + 1..].iter() }.any(|step| is_of(step, &view.name))
            }
            Some(ViewStep::Made(name)) => steps[..at].iter().any(|step| is_of(step, name)),
        };
        if !has_other {
            steps[at].view = None;
        }
    }
    steps
}

/// The steps that undo operations that were applied to a state.
///
/// # Errors
/// As [`compile`]; operations that can't be undone.
pub fn compile_back(
    operations: &[Operation],
    before: &State,
    module: &str,
    dialect: &'static dyn Dialect,
) -> Result<Vec<Step>> {
    let mut states = vec![before.clone()];
    for operation in operations {
        let mut after = states[states.len() - 1].clone();
        operation.apply(&mut after, module)?;
        states.push(after);
    }
    // All of it must be reversible before any of it is compiled.
    let back = operations
        .iter()
        .zip(&states)
        .map(|(operation, before)| operation.reverse(before))
        .collect::<Result<Vec<_>>>()?;
    let mut all = Vec::new();
    // The state is folded all the way back: an operation may restore more than it changed.
    let mut state = states[states.len() - 1].clone();
    for (at, back) in back.iter().enumerate().rev() {
        let mut steps = match &operations[at] {
            // The database ran its own operations, and undoes them from the state that they led to.
            Operation::Separate { database, .. } => {
                let mut own = states[at].clone();
                for operation in database {
                    operation.apply(&mut own, module)?;
                }
                for operation in back {
                    operation.apply(&mut state, module)?;
                }
                let database = reverse_all(database, &states[at])?;
                steps_of(&database, &mut own, module, dialect)?
            }
            _ => steps_of(back, &mut state, module, dialect)?,
        };
        for step in &mut steps {
            step.operation = operations.len() - 1 - at;
        }
        all.extend(steps);
    }
    Ok(paired_views(checked(rebuild::merged(all), dialect)))
}

fn with_semicolon(text: &str) -> String {
    let text = text.trim_end();
    if text.starts_with("--") || text.ends_with(';') {
        text.to_string()
    } else {
        format!("{text};")
    }
}

/// The statements of a migration as a script: in one transaction if it is atomic, and on SQLite with foreign keys off while
/// tables are rebuilt.
///
/// `record` is the statement that records the migration; it is in the same transaction, if there is one.
pub fn script(
    steps: &[Step],
    atomic: bool,
    record: Option<String>,
    dialect: &dyn Dialect,
) -> Vec<String> {
    let concurrent = steps
        .iter()
        .any(|step| matches!(step.work, Work::Concurrent(_)));
    let rebuilds = steps
        .iter()
        .any(|step| matches!(step.work, Work::Rebuild(_)));
    let one = atomic && !concurrent && dialect.capabilities().transactional_ddl;
    let mut all: Vec<String> = Vec::new();
    if rebuilds {
        all.push("PRAGMA foreign_keys = OFF;".into());
    }
    if one {
        all.push("BEGIN;".into());
    }
    let texts = steps.iter().flat_map(Step::texts);
    all.extend(texts.map(|text| with_semicolon(&text)));
    all.extend(record.map(|text| with_semicolon(&text)));
    if rebuilds {
        all.push("PRAGMA foreign_key_check;".into());
    }
    if one {
        all.push("COMMIT;".into());
    }
    if rebuilds {
        all.push("PRAGMA foreign_keys = ON;".into());
    }
    all
}

/// Writes `CONSTRAINT name UNIQUE (columns)`.
fn unique_clause(w: &mut Writer, unique: &Unique) -> Result<()> {
    w.constraint(&unique.name)?;
    w.push("UNIQUE (");
    w.identifiers(&unique.columns);
    w.push(")");
    Ok(())
}

/// Writes `CONSTRAINT name CHECK (condition)`.
fn check_clause(w: &mut Writer, check: &Check) -> Result<()> {
    w.constraint(&check.name)?;
    w.push("CHECK (");
    w.with_root(None, |w| w.condition(&check.condition))?;
    w.push(")");
    w.options(check.options.as_deref());
    Ok(())
}

fn unsupported(dialect: &dyn Dialect, feature: &str, way_out: &'static str) -> Error {
    aludel_sql::Error::unsupported(feature, dialect.name(), way_out).into()
}

/// The table of an operation, in a state.
fn table<'a>(state: &'a State, name: &TableName) -> Result<&'a Table> {
    state
        .schema
        .table(name)
        .ok_or_else(|| Error::migration(format!("there is no table {name}")))
}

fn column<'a>(table: &'a Table, name: &str) -> Result<&'a Column> {
    table
        .column(name)
        .ok_or_else(|| Error::migration(format!("{} has no column {name:?}", table.name)))
}

/// Tables with a column of an enum type, sorted by name: a resumed run has to compile to the same steps, in whatever order two
/// branches were applied.
fn tables_with_enum<'a>(state: &'a State, name: &'a str) -> impl Iterator<Item = &'a Table> + 'a {
    let mut tables: Vec<&Table> = { state.schema.tables.iter() }
        .filter(|table| table.columns.iter().any(|column| is_of_enum(column, name)))
        .collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    tables.into_iter()
}

/// Foreign keys of the columns, and foreign keys that refer to them.
fn keys_on(
    state: &State,
    wanted: impl Fn(&Table, &Column) -> bool,
) -> Vec<(TableName, ForeignKey)> {
    let any = |table: &Table, columns: &[String]| {
        let mut columns = columns.iter().filter_map(|name| table.column(name));
        columns.any(|column| wanted(table, column))
    };
    let mut all = Vec::new();
    for table in &state.schema.tables {
        for key in &table.foreign_keys {
            let target = state.schema.table(&key.target);
            if any(table, &key.columns)
                || target.is_some_and(|target| any(target, &key.target_columns))
            {
                all.push((table.name.clone(), key.clone()));
            }
        }
    }
    all
}

fn drop_key(table: &TableName, key: &ForeignKey) -> Operation {
    Operation::DropForeignKey {
        table: table.clone(),
        name: key.name.clone(),
    }
}

fn add_key(table: &TableName, key: &ForeignKey) -> Operation {
    Operation::AddForeignKey {
        table: table.clone(),
        key: key.clone(),
    }
}

fn is_of_enum(column: &Column, name: &str) -> bool {
    aludel_sql::schema::enum_of(&column.sql_type).is_some_and(|kind| kind.name == name)
}
