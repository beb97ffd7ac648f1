//! What statements by query set: what a row keeps by itself is not set by hand, and errors name the column.

use crate::meta::{FieldMeta, ModelMeta};
use aludel_engine::{Error, ErrorKind};
use aludel_sql::expr::{Name, Node};
use aludel_sql::statement::Assignment;

/// Refuses what is set by hand in columns that the database computes or that every write of a row sets. The mark of a
/// deleted row may be set, and taken away.
pub(crate) fn refuse_own(meta: &ModelMeta, assignments: &mut [Assignment]) {
    for assignment in assignments {
        if let Some(field) = meta.field_of_column(&assignment.column)
            && field.is_own()
        {
            assignment.value = Node::Refused(refusal(meta, field).into());
        }
    }
}

fn refusal(meta: &ModelMeta, field: &FieldMeta) -> String {
    format!(
        "{}::{} can't be set by an update, because {}; leave it out (a repair can say it in SQL's own words: `sql(..)`)",
        meta.name,
        field.name,
        field.why_own()
    )
}

/// The only column that an expression is assigned to: a number that is out of range, of which the database does not say
/// where, is that column's.
pub(crate) fn computed<'a>(meta: &ModelMeta, assignments: &'a [Assignment]) -> Option<&'a Name> {
    let mut computed = assignments.iter().filter(|assignment| {
        let field = meta.field_of_column(&assignment.column);
        !matches!(assignment.value, Node::Value(_)) && field.is_none_or(|field| !field.is_own())
    });
    match (computed.next(), computed.next()) {
        (Some(only), None) => Some(&only.column),
        _ => None,
    }
}

/// The error, with the column that it is about.
#[cold]
pub(crate) fn in_column(error: Error, column: Option<&Name>) -> Error {
    match column {
        Some(column) if error.kind() == ErrorKind::OutOfRange && error.column().is_none() => {
            error.with_column(&**column)
        }
        _ => error,
    }
}
