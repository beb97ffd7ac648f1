//! What each dialect writes, statement by statement: the snapshots show the four databases beside each other, with
//! what one of them cannot do.

mod bulk;
mod casts;
mod long;
mod schema;
mod select;
mod set_operations;
mod write;

use aludel_sql::dialect::{Dialect, MARIADB, MYSQL, POSTGRES, SQLITE};
use aludel_sql::expr::{BinaryOp, Node};
use aludel_sql::render::{Sql, render};
use aludel_sql::statement::Statement;

const DIALECTS: [&dyn Dialect; 4] = [&SQLITE, &POSTGRES, &MARIADB, &MYSQL];

/// The statements in every dialect; dialects that agree stand together.
fn show(statements: impl Fn(&'static dyn Dialect) -> Vec<Statement>) -> String {
    let mut shown: Vec<(Vec<&str>, String)> = Vec::new();
    for dialect in DIALECTS {
        let mut text = String::new();
        for statement in &statements(dialect) {
            match render(statement, dialect) {
                Ok(sql) if sql.binds.is_empty() => text.push_str(&sql.text),
                Ok(sql) => {
                    check_placeholders(dialect, &sql);
                    text.push_str(&format!("{}\n    with {:?}", sql.text, sql.binds));
                }
                Err(error) => text.push_str(&format!("error: {error}")),
            }
            text.push('\n');
        }
        match shown.iter_mut().find(|(_, other)| *other == text) {
            Some((names, _)) => names.push(dialect.name()),
            None => shown.push((vec![dialect.name()], text)),
        }
    }
    shown
        .into_iter()
        .map(|(names, text)| format!("-- {}\n{text}", names.join(", ")))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every bind has its placeholder, and no placeholder is without a bind.
fn check_placeholders(dialect: &'static dyn Dialect, sql: &Sql) {
    let mark = if dialect.name() == "postgres" {
        '$'
    } else {
        '?'
    };
    let mut numbers = std::collections::BTreeSet::new();
    for after in sql.text.split(mark).skip(1) {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        // One without a number is the next.
        numbers.insert(
            digits
                .parse()
                .unwrap_or(numbers.last().map_or(1, |last: &usize| last + 1)),
        );
    }
    let wanted: Vec<usize> = (1..=sql.binds.len()).collect();
    assert_eq!(
        numbers.into_iter().collect::<Vec<_>>(),
        wanted,
        "{}",
        sql.text
    );
}

/// Snapshots the statements under the test's name.
macro_rules! snapshot {
    ($($statement:expr),+ $(,)?) => {
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
            let statements = vec![$($crate::IntoStatement::into_statement($statement)),+];
            insta::assert_snapshot!($crate::show(|_| statements.clone()));
        })
    };
}
pub(crate) use snapshot;

/// Anything that is a statement.
trait IntoStatement {
    fn into_statement(self) -> Statement;
}

macro_rules! into_statement {
    ($($kind:ident),+) => {$(
        impl IntoStatement for aludel_sql::statement::$kind {
            fn into_statement(self) -> Statement {
                Statement::$kind(self)
            }
        }
    )+};
}
into_statement!(Select, Insert, Update, Delete, Ddl);

fn column(table: &'static str, name: &'static str) -> Node {
    Node::column(table, name)
}

fn root(name: &'static str) -> Node {
    Node::Root(name.into())
}

fn value<T: aludel_sql::types::Scalar>(value: T) -> Node {
    Node::Value(value.encode())
}

fn equal(left: Node, right: Node) -> Node {
    Node::binary(BinaryOp::Equal, left, right)
}
