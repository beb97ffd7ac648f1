//! Whether two operations can be swapped.

use super::Operation;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Table, enum_of, tokens};
use aludel_sql::statement::TableName;
use std::collections::BTreeSet;

/// What an operation reads or changes, as names. Two operations commute when neither changes what the other reads or changes.
#[derive(Debug, Default)]
struct Footprint {
    changes: BTreeSet<String>,
    reads: BTreeSet<String>,
    /// Opaque SQL or Rust: it may touch everything.
    everything: bool,
}

impl Operation {
    /// Whether their order does not matter: both orders lead to the same state and schema.
    pub fn commutes(&self, other: &Operation) -> bool {
        let (a, b) = (footprint(self), footprint(other));
        if a.everything || b.everything {
            return false;
        }
        let clear = |changes: &BTreeSet<String>, has: &BTreeSet<String>| {
            !changes
                .iter()
                .any(|name| has.iter().any(|other| overlaps(name, other)))
        };
        clear(&a.changes, &b.changes) && clear(&a.changes, &b.reads) && clear(&b.changes, &a.reads)
    }
}

/// Whether one name contains the other: `table t/` is a whole table, `table t/column c` a part of it.
fn overlaps(a: &str, b: &str) -> bool {
    a == b || (a.ends_with('/') && b.starts_with(a)) || (b.ends_with('/') && a.starts_with(b))
}

/// A table by its name alone: a view's query may leave the schema out.
fn whole(table: &TableName) -> String {
    format!("table {}/", table.name)
}

fn part(table: &TableName, what: &str, name: &str) -> String {
    format!("table {}/{what} {name}", table.name)
}

/// A key over columns, which a foreign key may refer to.
fn key(table: &TableName, columns: &[String]) -> String {
    part(table, "key", &columns.join(","))
}

/// The drop of a table's keys, all or the one of that name: a foreign key that refers to one blocks it.
fn going(table: &TableName, name: &str) -> String {
    part(table, "going", &format!("/{name}"))
}

/// Expressions may mention enum values, which can't be detected.
const EXPRESSIONS: &str = "expressions";
/// Anything that only an extension defines: types, functions, index methods.
const EXTENSIONS: &str = "extensions/";

fn footprint(operation: &Operation) -> Footprint {
    let mut f = Footprint::default();
    collect(operation, &mut f);
    f
}

fn collect(operation: &Operation, f: &mut Footprint) {
    let changes = &mut f.changes;
    let reads = &mut f.reads;
    match operation {
        Operation::CreateTable(table) => {
            changes.insert(whole(&table.name));
            reads_of_table(table, reads);
            // Index names share one namespace (SQLite, PostgreSQL).
            for index in &table.indexes {
                changes.insert(format!("name {}", index.name));
            }
            for unique in &table.uniques {
                changes.insert(format!("name {}", unique.name));
            }
        }
        Operation::DropTable(table) => {
            changes.insert(whole(table));
        }
        Operation::RenameTable { from, to } => {
            changes.insert(whole(from));
            changes.insert(whole(to));
        }
        Operation::SetComment { table, .. } => {
            changes.insert(part(table, "comment", ""));
        }
        Operation::AddColumn { table, column, .. }
        | Operation::AlterColumn { table, column, .. } => {
            changes.insert(part(table, "column", &column.name));
            of_column(column, reads);
            let (fill, using) = match operation {
                Operation::AddColumn { fill, .. } => (fill.as_ref(), None),
                Operation::AlterColumn { fill, using, .. } => (fill.as_ref(), using.as_ref()),
                _ => (None, None),
            };
            for node in fill.into_iter().chain(using) {
                reads_of_node(table, node, reads);
            }
            if let Some(kind) = enum_of(&column.sql_type) {
                reads.insert(format!("enum {}", kind.name));
            }
            if let Some(generated) = &column.generated {
                reads_of_node(table, &generated.expression, reads);
            }
        }
        Operation::DropColumn { table, column } => {
            changes.insert(part(table, "column", column));
        }
        Operation::RenameColumn { table, from, to } => {
            changes.insert(part(table, "column", from));
            changes.insert(part(table, "column", to));
        }
        Operation::SetPrimaryKey { table, columns } => {
            changes.insert(part(table, "primary key", ""));
            changes.insert(key(table, columns));
            changes.insert(going(table, "primary key"));
            reads.extend(columns.iter().map(|name| part(table, "column", name)));
        }
        Operation::AddForeignKey { table, key } => {
            changes.insert(part(table, "name", &key.name));
            reads.insert(self::key(&key.target, &key.target_columns));
            reads.insert(going(&key.target, ""));
            reads.extend(key.columns.iter().map(|name| part(table, "column", name)));
            let target = &key.target;
            reads.extend(
                key.target_columns
                    .iter()
                    .map(|name| part(target, "column", name)),
            );
        }
        Operation::AddUnique { table, unique } => {
            changes.insert(part(table, "name", &unique.name));
            changes.insert(format!("name {}", unique.name));
            changes.insert(key(table, &unique.columns));
            reads.extend(
                unique
                    .columns
                    .iter()
                    .map(|name| part(table, "column", name)),
            );
        }
        Operation::AddCheck { table, check } => {
            changes.insert(part(table, "name", &check.name));
            reads_of_node(table, &check.condition, reads);
        }
        Operation::AddConstraint { table, constraint } => {
            changes.insert(part(table, "name", &constraint.name));
            changes.insert(format!("name {}", constraint.name));
            let definition = Node::Raw(vec![constraint.definition.clone().into()], Vec::new());
            reads_of_node(table, &definition, reads);
        }
        Operation::SetOptions { table, .. } => {
            changes.insert(part(table, "options", ""));
        }
        Operation::External(name) => {
            changes.insert(whole(name));
            changes.insert(going(name, ""));
        }
        Operation::AddIndex { table, index, .. } => {
            changes.insert(part(table, "name", &index.name));
            changes.insert(format!("name {}", index.name));
            if index.method.is_some() {
                reads.insert(EXTENSIONS.into());
            }
            if index.unique {
                let columns: Vec<String> = { index.parts.iter() }
                    .filter_map(|part| match &part.node {
                        Node::Root(name) => Some(name.to_string()),
                        _ => None,
                    })
                    .collect();
                changes.insert(key(table, &columns));
            }
            reads.extend(index.include.iter().map(|name| part(table, "column", name)));
            for indexed in &index.parts {
                reads_of_node(table, &indexed.node, reads);
            }
            if let Some(condition) = &index.condition {
                reads_of_node(table, condition, reads);
            }
        }
        Operation::DropIndex { table, name, .. } => {
            changes.insert(part(table, "name", name));
            changes.insert(format!("name {name}"));
            changes.insert(going(table, name));
        }
        Operation::DropUnique { table, name } | Operation::DropConstraint { table, name } => {
            changes.insert(part(table, "name", name));
            changes.insert(format!("name {name}"));
            changes.insert(going(table, name));
        }
        Operation::DropForeignKey { table, name } | Operation::DropCheck { table, name } => {
            changes.insert(part(table, "name", name));
        }
        Operation::RenameConstraint { table, from, to } => {
            for name in [from, to] {
                changes.insert(part(table, "name", name));
                changes.insert(format!("name {name}"));
            }
        }
        Operation::CreateEnum(kind) => {
            changes.insert(format!("enum {}", kind.name));
        }
        Operation::DropEnum(name)
        | Operation::AddEnumValue { name, .. }
        | Operation::RenameEnumValue { name, .. }
        | Operation::SetEnumValues { name, .. } => {
            changes.insert(format!("enum {name}"));
            if !matches!(operation, Operation::DropEnum(_)) {
                changes.insert(EXPRESSIONS.into());
            }
        }
        Operation::RenameEnum { from, to } => {
            changes.insert(format!("enum {from}"));
            changes.insert(format!("enum {to}"));
        }
        Operation::CreateView(view) => {
            changes.insert(whole(&view.name));
            reads.insert(EXPRESSIONS.into());
            reads.insert(EXTENSIONS.into());
            for token in tokens(&view.query, &aludel_sql::dialect::POSTGRES) {
                if let Some(name) = token.name() {
                    reads.insert(whole(&TableName::new(name.to_string())));
                }
            }
        }
        Operation::DropView(name) => {
            changes.insert(whole(name));
        }
        Operation::CreateExtension(name) | Operation::DropExtension(name) => {
            changes.insert(format!("{EXTENSIONS}{name}"));
        }
        Operation::RunSql(_) | Operation::Run(_) => f.everything = true,
        Operation::Separate { state, database } => {
            for operation in state.iter().chain(database) {
                collect(operation, f);
            }
        }
        Operation::SetOwner { table, .. } => {
            changes.insert(part(table, "owner", ""));
        }
    }
}

fn reads_of_table(table: &Table, reads: &mut BTreeSet<String>) {
    for column in &table.columns {
        of_column(column, reads);
    }
    for check in &table.checks {
        reads_of_node(&table.name, &check.condition, reads);
    }
    for index in &table.indexes {
        if index.method.is_some() {
            reads.insert(EXTENSIONS.into());
        }
        let parts = index.parts.iter().map(|part| &part.node);
        for node in parts.chain(&index.condition) {
            reads_of_node(&table.name, node, reads);
        }
    }
    for key in table
        .foreign_keys
        .iter()
        .filter(|key| key.target != table.name)
    {
        let target = &key.target;
        reads.insert(self::key(target, &key.target_columns));
        reads.insert(going(target, ""));
        reads.extend(
            key.target_columns
                .iter()
                .map(|name| part(target, "column", name)),
        );
    }
    for column in &table.columns {
        if let Some(kind) = enum_of(&column.sql_type) {
            reads.insert(format!("enum {}", kind.name));
        }
    }
}

fn of_column(column: &aludel_sql::schema::Column, reads: &mut BTreeSet<String>) {
    if matches!(column.sql_type, aludel_sql::types::SqlType::Custom(_)) {
        reads.insert(EXTENSIONS.into());
    }
}

fn reads_of_node(table: &TableName, node: &Node, reads: &mut BTreeSet<String>) {
    if !matches!(node, Node::Root(_) | Node::Path(_)) {
        reads.insert(EXPRESSIONS.into());
    }
    node.any(&mut |node| {
        if matches!(node, Node::Raw(..) | Node::Call(..)) {
            reads.insert(EXTENSIONS.into());
        }
        match node {
            Node::Root(name) => {
                reads.insert(part(table, "column", name));
            }
            Node::Path(path) => {
                reads.insert(part(table, "column", &path.column));
            }
            Node::Raw(texts, _) => {
                for text in texts {
                    for token in tokens(text, &aludel_sql::dialect::POSTGRES) {
                        if let Some(name) = token.name() {
                            reads.insert(part(table, "column", name));
                        }
                    }
                }
            }
            _ => {}
        }
        false
    });
}
