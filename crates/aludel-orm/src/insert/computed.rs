//! Rows that are inserted with expressions, which the database computes: `INSERT … VALUES (?, now()), (?, ?)`.

use super::batches::Batch;
use super::placed::Marks;
use super::rows::Rows;
use super::statements::{check_numbers, left_out};
use crate::model::meta::ModelMeta;
use crate::query::resolved;
use aludel_engine::Result;
use aludel_engine::spi::command::{Access, Command};
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Name, Node};
use aludel_sql::render::{Writer, check_bind};
use aludel_sql::statement::{Insert, InsertSource};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

/// Maximum rows in a statement: each is spelled out.
const MOST_ROWS: usize = 500;

/// The INSERTs of rows for which the database computes columns, by the rows' positions. They return the rows.
pub(crate) fn computed_rows(
    meta: &'static ModelMeta,
    rows: Rows,
    mut computed: BTreeMap<usize, Vec<(usize, Node)>>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    let given = rows.given();
    check_numbers(meta, &given, &rows, dialect)?;
    let mut columns: BTreeSet<usize> = given.into_iter().collect();
    columns.extend(computed.values().flatten().map(|(at, _)| *at));
    let most = MOST_ROWS.min(dialect.capabilities().max_binds / columns.len().max(1));
    // Columns that the database computes do not help to recognize a row.
    let told: Vec<usize> = (0..meta.fields.len())
        .filter(|at| !computed.values().flatten().any(|(own, _)| own == at))
        .collect();
    let portions = rows.portions(most.max(1));
    let marks: Vec<_> = portions
        .map(|rows| Marks::of(meta, &rows, Some(&told)))
        .collect();
    let mut marks = marks.into_iter();
    let mut nodes: Vec<Vec<Node>> = Vec::with_capacity(rows.len());
    for (n, mut cells) in rows.into_cells().enumerate() {
        let mut own = computed.remove(&n).unwrap_or_default();
        let mut row = Vec::with_capacity(columns.len());
        for at in &columns {
            let expression = own.iter().position(|(column, _)| column == at);
            row.push(match (expression, cells[*at].take()) {
                (Some(n), _) => resolved(meta, own.swap_remove(n).1, dialect)?,
                (None, Some(value)) => {
                    check_bind(&value, dialect)?;
                    Node::Value(value)
                }
                (None, None) => left_out(meta, *at, dialect),
            });
        }
        nodes.push(row);
    }
    let mut batches = Vec::new();
    let mut nodes = nodes.into_iter().peekable();
    while nodes.peek().is_some() {
        let chunk: Vec<Vec<Node>> = nodes.by_ref().take(most.max(1)).collect();
        let rows = chunk.len();
        let mut w = Writer::new(dialect);
        w.insert(&Insert {
            table: meta.table.clone(),
            columns: columns
                .iter()
                .map(|at| Name::Owned(meta.fields[*at].column.clone()))
                .collect(),
            source: InsertSource::Rows(chunk),
            conflict: None,
            returning: meta.column_nodes(),
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        batches.push(Batch {
            marks: marks.next().flatten(),
            ..Batch::new(command, rows)
        });
    }
    Ok(batches)
}
