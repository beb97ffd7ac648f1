//! The statements for many rows.

use super::placed::Marks;
use super::rows::Rows;
use super::statements::{ARRAYS_FROM, COPY_FROM, KEPT_UP_TO, rows_command};
use crate::fit::check_assigned;
use crate::model::meta::ModelMeta;
use crate::model::values::NewRow;
use aludel_engine::Result;
use aludel_engine::spi::command::{Access, Command};
use aludel_sql::dialect::Dialect;
use aludel_sql::statement::{Conflict, ConflictAction};
use std::panic::Location;

/// Rows in one statement.
pub(crate) struct Batch {
    pub(crate) command: Command,
    pub(crate) rows: usize,
    /// Tells its rows apart when they come back.
    pub(crate) marks: Option<Marks>,
}

impl Batch {
    /// A batch without marks: its rows do not come back, or their keys are known.
    pub(crate) fn new(command: Command, rows: usize) -> Batch {
        Batch {
            command,
            rows,
            marks: None,
        }
    }
}

/// The statements for many rows: as many rows in each as the limit of binds allows.
pub(crate) fn batches(
    meta: &'static ModelMeta,
    mut rows: Rows,
    returning: bool,
    conflict: Option<&Conflict>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    /// Long statements take long to prepare; beyond this, more statements are no slower.
    const MOST_ROWS: usize = 10_000;
    rows.check_required(meta)?;
    rows.fit(meta)?;
    if let Some(Conflict {
        action: ConflictAction::Update(assignments),
        ..
    }) = conflict
    {
        check_assigned(meta, assignments)?;
    }
    if let Some(order) = rows.keys_first(meta, dialect) {
        rows = rows.reordered(meta, &order);
    }
    let caps = dialect.capabilities();
    let max_binds = caps.max_binds;
    let arrays = caps.rows_of_arrays;
    let copies = caps.copy_in && !returning && conflict.is_none();
    let compared = match conflict.map(|conflict| &conflict.action) {
        _ if !returning => None,
        None => Some(None),
        // Rows that already exist do not come back.
        Some(ConflictAction::Nothing) => None,
        // The other columns may have been set to something else.
        Some(ConflictAction::Update(_)) => conflict.map(|conflict| {
            let is_key = |at: &usize| {
                let column = &meta.fields[*at].column;
                conflict.columns.iter().any(|name| **name == **column)
            };
            Some((0..meta.fields.len()).filter(is_key).collect::<Vec<_>>())
        }),
    };
    let marks = |rows: &Rows| {
        let only = compared.as_ref()?;
        Marks::of(meta, rows, only.as_deref())
    };
    // In an upsert it matters which columns are given.
    let mixed = conflict.is_none();
    let mut batches = Vec::new();
    if rows.len() > 0 && rows.are_alike() && rows.first_width() > 0 {
        let fits = max_binds / rows.first_width();
        let most = match caps.repeats {
            true if !returning && conflict.is_none() && rows.len() > KEPT_UP_TO => {
                return runs(meta, rows, dialect, site);
            }
            // Preparing a long statement takes longer than running a short one again and again.
            true => KEPT_UP_TO.min(fits),
            // A COPY has no length limit.
            _ if copies && rows.len() >= COPY_FROM => rows.len(),
            // One array for each column, however many rows.
            _ if arrays && rows.len() >= ARRAYS_FROM => MOST_ROWS,
            _ => MOST_ROWS.min(fits),
        };
        for chunk in rows.into_chunks(most.max(1)) {
            let count = chunk.len();
            batches.push(Batch {
                marks: marks(&chunk),
                command: rows_command(meta, chunk, returning, conflict, dialect, site)?,
                rows: count,
            });
        }
        return Ok(batches);
    }
    let mut rows = rows.into_front();
    while rows.len() > 0 {
        let width = rows.first_width();
        let alike = rows.like_first().min(MOST_ROWS);
        let most = match width {
            // Only defaults, and no DEFAULT keyword for a row.
            0 if !caps.default_keyword => 1,
            // One array for each column, however many rows.
            _ if arrays && alike >= ARRAYS_FROM => alike,
            _ if mixed => MOST_ROWS.min(max_binds / meta.fields.len().max(1)),
            _ => alike.min(max_binds / width.max(1)),
        };
        let chunk = rows.take(most.clamp(1, rows.len()));
        let count = chunk.len();
        batches.push(Batch {
            marks: marks(&chunk),
            command: rows_command(meta, chunk, returning, conflict, dialect, site)?,
            rows: count,
        });
    }
    Ok(batches)
}

/// Rows in a run, and in the shorter runs for the rest.
const RUNS: [usize; 3] = [64, 8, 1];

/// Rows that are alike and not read back, on SQLite: a statement of some rows is prepared once and run again and again.
fn runs(
    meta: &'static ModelMeta,
    rows: Rows,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    let (width, mut left) = (rows.first_width(), rows.len());
    let columns = rows.columns_of_first().to_vec();
    let mut values = rows.into_binds(meta, dialect)?;
    let most = dialect.capabilities().max_binds / width;
    let mut longer = RUNS
        .into_iter()
        .filter(|each| *each <= most)
        .rev()
        .peekable();
    let mut batches = Vec::new();
    // From the end, so that little is split off, and most of the values stay where they are.
    while let Some(each) = longer.next() {
        let count = longer.peek().map_or(left, |longer| left % longer);
        if count == 0 {
            continue;
        }
        left -= count;
        let binds = match left {
            0 => std::mem::take(&mut values),
            _ => values.split_off(left * width),
        };
        let run = Rows::new(NewRow::blank(&columns, each), columns.len());
        let text = rows_command(meta, run, false, None, dialect, site)?.text;
        let command = Command::with_text(text, binds, Access::Write);
        batches.push(Batch::new(command.at(site).repeated(count / each), count));
    }
    batches.reverse();
    Ok(batches)
}
