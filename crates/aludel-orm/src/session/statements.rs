//! The statements of a flush: one for each table and set of columns, whatever the number of rows.
//!
//! How each database takes them is in [`dialect::bulk`](aludel_sql::dialect::bulk).

use crate::insert::{has_elements, typed_column};
use crate::model::meta::{ModelMeta, RelationMeta};
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::{Error, Result, Text};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, Case, InList, InQuery, Name, Node};
use aludel_sql::render::{Writer, check_bind};
use aludel_sql::statement::{
    Assignment, Delete, Lock, LockStrength, LockWait, Projection, Select, SelectItem, Source,
    Update, UpdateMany,
};
use std::panic::Location;

/// A statement, and how many rows it must affect.
pub(crate) struct Counted {
    pub(crate) command: Command,
    pub(crate) rows: usize,
}

/// A row to be changed: its key, the version it must have, and the values of the columns.
pub(crate) struct RowChange {
    pub(crate) key: Vec<Value>,
    pub(crate) version: Option<Value>,
    pub(crate) values: Vec<Value>,
}

/// More rows make statements longer, not faster.
pub(super) const MOST_ROWS: usize = 5_000;

/// Runs of one statement in a command. It pauses now and then, so that other tasks get their turn.
const MOST_REPEATED: usize = 10_000;

/// The most rows in a statement that spells out each of them.
pub(super) const MOST_SPELLED: usize = 500;

/// UPDATEs of these columns of rows of the same model.
pub(crate) fn updates(
    meta: &'static ModelMeta,
    columns: &[usize],
    rows: Vec<RowChange>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Counted>> {
    let several = rows.len() > 1;
    let used: Vec<usize> = meta.key.iter().chain(columns).copied().collect();
    let caps = dialect.capabilities();
    let (wide, most) = match caps.rows_of_arrays {
        true => (several && has_elements(meta, &used), MOST_ROWS),
        false if caps.repeats || !caps.updates_many => (false, 1),
        false => {
            let binds = used.len() + 1;
            let most = MOST_ROWS.min(dialect.capabilities().max_binds / binds);
            (several, most)
        }
    };
    let mut statements = Vec::new();
    if !wide && several && dialect.capabilities().repeats {
        return repeated(meta, columns, rows, dialect, site);
    }
    if !wide {
        let mut shared: Option<Text> = None;
        for row in rows {
            let text = match &shared {
                Some(text) => text.clone(),
                None => {
                    let text = one_update(meta, columns, &row, dialect)?;
                    shared.insert(Text::Shared(text.into())).clone()
                }
            };
            let binds: Vec<Value> = row
                .values
                .into_iter()
                .chain(row.key)
                .chain(row.version)
                .collect();
            check_set(meta, columns, binds.len(), &binds, dialect)?;
            statements.push(Counted {
                command: Command::with_text(text, binds, Access::Write).at(site),
                rows: 1,
            });
        }
        return Ok(statements);
    }
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<RowChange> = rows.by_ref().take(most).collect();
        let count = chunk.len();
        let mut w = Writer::new(dialect);
        w.update_many(update_many(meta, columns, chunk))?;
        statements.push(Counted {
            command: Command::new(w.finish()?, Access::Write).at(site),
            rows: count,
        });
    }
    Ok(statements)
}

/// One statement text for all rows, run once for each.
fn repeated(
    meta: &'static ModelMeta,
    columns: &[usize],
    rows: Vec<RowChange>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Counted>> {
    let mut statements = Vec::new();
    let mut rows = rows.into_iter().peekable();
    let mut shared: Option<Text> = None;
    while let Some(first) = rows.peek() {
        let text = match &shared {
            Some(text) => text.clone(),
            None => {
                let text = one_update(meta, columns, first, dialect)?;
                shared.insert(Text::Shared(text.into())).clone()
            }
        };
        let (mut binds, mut count) = (Vec::new(), 0_usize);
        for row in rows.by_ref().take(MOST_REPEATED) {
            binds.extend(row.values.into_iter().chain(row.key).chain(row.version));
            count += 1;
        }
        check_set(meta, columns, binds.len() / count.max(1), &binds, dialect)?;
        let command = Command::with_text(text, binds, Access::Write).at(site);
        statements.push(Counted {
            command: command.repeated(count),
            rows: count,
        });
    }
    Ok(statements)
}

/// Checks that the values can be sent; in each row the values of `columns` come first. The error names the column.
fn check_set(
    meta: &ModelMeta,
    columns: &[usize],
    width: usize,
    binds: &[Value],
    dialect: &'static dyn Dialect,
) -> Result<()> {
    for (at, value) in binds.iter().enumerate() {
        check_bind(value, dialect).map_err(|error| match columns.get(at % width) {
            Some(column) => error.of_column(&meta.fields[*column].column),
            None => error,
        })?;
    }
    Ok(())
}

/// `UPDATE t SET a = ? WHERE key = ? AND version = ?`.
fn one_update(
    meta: &'static ModelMeta,
    columns: &[usize],
    row: &RowChange,
    dialect: &'static dyn Dialect,
) -> Result<String> {
    let mut w = Writer::new(dialect);
    let bind = || Node::Value(Value::I64(0));
    let equal = |at: &usize| Node::binary(BinaryOp::Equal, column(meta, *at), bind());
    let version = row.version.as_ref().and(meta.version.as_ref());
    w.update(&Update {
        from: None,
        table: meta.table.clone(),
        assignments: columns
            .iter()
            .map(|at| Assignment {
                column: name(meta, *at),
                value: bind(),
            })
            .collect(),
        filter: meta.key.iter().chain(version).map(equal).reduce(Node::and),
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(w.finish()?.text)
}

/// An UPDATE of these columns of many rows, by their versions if all of them have one.
fn update_many(meta: &'static ModelMeta, columns: &[usize], rows: Vec<RowChange>) -> UpdateMany {
    let versioned = rows.iter().all(|row| row.version.is_some());
    let version = meta.version.filter(|_| versioned);
    let matched = meta.key.iter().copied().chain(version);
    let width = meta.key.len() + usize::from(versioned) + columns.len();
    let cells = |row: RowChange| {
        let mut cells = Vec::with_capacity(width);
        cells.extend(row.key);
        cells.extend(row.version.filter(|_| versioned));
        cells.extend(row.values);
        cells
    };
    UpdateMany {
        table: meta.table.clone(),
        matched: matched.map(|at| typed_column(meta, at)).collect(),
        set: columns.iter().map(|at| typed_column(meta, *at)).collect(),
        rows: rows.into_iter().map(cells).collect(),
    }
}

/// An UPDATE of one row that sets expressions.
pub(crate) fn update_expressions(
    meta: &'static ModelMeta,
    assignments: Vec<(usize, Node)>,
    key: Vec<Value>,
    version: Option<Value>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Counted> {
    let sql = crate::query::resolved_update(
        meta,
        assignments
            .into_iter()
            .map(|(at, value)| Assignment {
                column: name(meta, at),
                value,
            })
            .collect(),
        matching(meta, key, version),
        dialect,
    )?;
    Ok(Counted {
        command: Command::new(sql, Access::Write).at(site),
        rows: 1,
    })
}

/// DELETEs of rows by key, and by version where they have one.
pub(crate) fn deletes(
    meta: &'static ModelMeta,
    rows: Vec<(Vec<Value>, Option<Value>)>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Counted>> {
    let spelled = meta.key.len() > 1 || meta.version.is_some();
    let most = if spelled { MOST_SPELLED } else { MOST_ROWS };
    let mut statements = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<_> = rows.by_ref().take(most).collect();
        let count = chunk.len();
        let filter = if spelled {
            let each = chunk
                .into_iter()
                .map(|(key, version)| matching(meta, key, version));
            each.flatten().reduce(Node::or)
        } else {
            Some(among(meta, chunk.into_iter().map(|(key, _)| key).collect()))
        };
        let mut w = Writer::new(dialect);
        w.delete(&Delete {
            table: meta.table.clone(),
            filter,
            returning: vec![],
        })?;
        statements.push(Counted {
            command: Command::new(w.finish()?, Access::Write).at(site),
            rows: count,
        });
    }
    Ok(statements)
}

/// SELECTs of rows whose columns are among these values.
pub(crate) fn selects(
    meta: &'static ModelMeta,
    columns: &[usize],
    keys: Vec<Vec<Value>>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Command>> {
    selects_with(meta, columns, keys, None, dialect, site)
}

/// The same, locking the rows until the transaction ends.
pub(crate) fn selects_locked(
    meta: &'static ModelMeta,
    columns: &[usize],
    keys: Vec<Vec<Value>>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Command>> {
    let lock = Lock {
        strength: LockStrength::Update,
        wait: LockWait::Wait,
    };
    let lock = dialect.capabilities().row_locks.then_some(lock);
    selects_with(meta, columns, keys, lock, dialect, site)
}

fn selects_with(
    meta: &'static ModelMeta,
    columns: &[usize],
    keys: Vec<Vec<Value>>,
    lock: Option<Lock>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Command>> {
    let most = if columns.len() == 1 {
        MOST_ROWS
    } else {
        MOST_SPELLED
    };
    let mut commands = Vec::new();
    let mut keys = keys.into_iter().peekable();
    while keys.peek().is_some() {
        let chunk = keys.by_ref().take(most).collect();
        let mut w = Writer::new(dialect);
        w.select(&Select {
            projection: Projection::Rendered(meta.select_list(dialect)),
            from: Some(Source::table(meta.table.clone())),
            filter: Some(columns_among(meta, columns, chunk)),
            lock,
            ..Select::default()
        })?;
        commands.push(Command::new(w.finish()?, Access::Read).at(site));
    }
    Ok(commands)
}

/// A SELECT of at most `most` rows whose columns have these values: their primary keys, and the last of the columns. It locks
/// them (FOR SHARE), so that no other transaction changes them before this one ends.
pub(crate) fn some_of(
    meta: &'static ModelMeta,
    columns: &[usize],
    values: Vec<Vec<Value>>,
    most: u64,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(dialect);
    let item = |at: &usize| SelectItem {
        node: column(meta, *at),
        alias: None,
    };
    let lock = Lock {
        strength: LockStrength::Share,
        wait: LockWait::Wait,
    };
    w.select(&Select {
        projection: Projection::Items(meta.key.iter().chain(columns.last()).map(item).collect()),
        from: Some(Source::table(meta.table.clone())),
        filter: Some(columns_among(meta, columns, values)),
        limit: Some(most),
        lock: dialect.capabilities().row_locks.then_some(lock),
        ..Select::default()
    })?;
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

/// A SELECT of the positions of those conditions that hold for some row.
pub(crate) fn which(
    meta: &'static ModelMeta,
    conditions: Vec<Node>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let numbered = (0_i64..).zip(&conditions);
    let branches = numbered.map(|(n, condition)| (condition.clone(), Node::Value(Value::I64(n))));
    let case = Node::Case(Box::new(Case {
        branches: branches.collect(),
        otherwise: None,
    }));
    let mut w = Writer::new(dialect);
    w.select(&Select {
        projection: Projection::Items(vec![SelectItem {
            node: case,
            alias: None,
        }]),
        from: Some(Source::table(meta.table.clone())),
        filter: conditions.into_iter().reduce(Node::or),
        ..Select::default()
    })?;
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

/// The UPDATE that sets a column of all rows whose columns have these values.
pub(crate) fn lead(
    meta: &'static ModelMeta,
    columns: &[usize],
    from: Vec<Value>,
    (at, to): (usize, Value),
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    check_bind(&to, dialect).map_err(|error| error.of_column(&meta.fields[at].column))?;
    let mut w = Writer::new(dialect);
    w.update(&Update {
        from: None,
        table: meta.table.clone(),
        assignments: vec![Assignment {
            column: name(meta, at),
            value: Node::Value(to),
        }],
        filter: Some(columns_among(meta, columns, vec![from])),
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

/// A SELECT of values that a one-column reference may have, and does not have in rows with these values in other columns.
pub(crate) fn ends(
    meta: &'static ModelMeta,
    relation: &'static RelationMeta,
    likes: Vec<(Vec<usize>, Vec<Value>)>,
    most: u64,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let target = (relation.target)();
    let [own] = &relation.columns[..] else {
        return Err(Error::invalid_model("a reference of several columns"));
    };
    let end = relation.target_columns().into_iter().next();
    let end = Node::Root(Name::Owned(end.unwrap_or_default()));
    let item = |node: Node| Projection::Items(vec![SelectItem { node, alias: None }]);
    let free = likes.into_iter().map(|(columns, values)| {
        let query = Select {
            projection: item(Node::Root(Name::Owned(own.clone()))),
            from: Some(Source::table(meta.table.clone())),
            filter: Some(columns_among(meta, &columns, vec![values])),
            ..Select::default()
        };
        Node::InQuery(Box::new(InQuery {
            operand: end.clone(),
            query,
            negated: true,
        }))
    });
    let mut w = Writer::new(dialect);
    w.select(&Select {
        projection: item(end.clone()),
        from: Some(Source::table(target.table.clone())),
        filter: free.reduce(Node::and),
        limit: Some(most),
        ..Select::default()
    })?;
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

fn name(meta: &ModelMeta, at: usize) -> Name {
    Name::Owned(meta.fields[at].column.clone())
}

fn column(meta: &ModelMeta, at: usize) -> Node {
    Node::Root(name(meta, at))
}

/// `key = ? AND version = ?`.
fn matching(meta: &ModelMeta, key: Vec<Value>, version: Option<Value>) -> Option<Node> {
    let columns = meta.key.iter().chain(&meta.version);
    columns
        .zip(key.into_iter().chain(version))
        .map(|(at, value)| Node::binary(BinaryOp::Equal, column(meta, *at), Node::Value(value)))
        .reduce(Node::and)
}

/// The condition that the primary key is one of these.
fn among(meta: &ModelMeta, keys: Vec<Vec<Value>>) -> Node {
    columns_among(meta, &meta.key, keys)
}

fn columns_among(meta: &ModelMeta, columns: &[usize], keys: Vec<Vec<Value>>) -> Node {
    if let [at] = columns {
        return Node::InList(Box::new(InList {
            operand: column(meta, *at),
            values: keys.into_iter().flatten().collect(),
            element: meta.fields[*at].sql_type.clone(),
            negated: false,
        }));
    }
    let each = keys.into_iter().map(|key| {
        let equal = columns.iter().zip(key).map(|(at, value)| {
            Node::binary(BinaryOp::Equal, column(meta, *at), Node::Value(value))
        });
        equal
            .reduce(Node::and)
            .unwrap_or(Node::Value(Value::Bool(true)))
    });
    each.reduce(Node::or)
        .unwrap_or(Node::Value(Value::Bool(false)))
}
