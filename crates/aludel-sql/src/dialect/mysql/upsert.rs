//! `ON DUPLICATE KEY UPDATE`, for one unique key.

use super::ANOTHER_KEY;
use crate::error::{Error, Result};
use crate::expr::{BinaryOp, Case, Name, Node, UnaryOp};
use crate::render::Writer;
use crate::statement::{Assignment, Conflict, ConflictAction, TableName};

pub(super) fn conflict(
    w: &mut Writer,
    table: &TableName,
    inserted: &[Name],
    conflict: &Conflict,
) -> Result<()> {
    w.push(" ON DUPLICATE KEY UPDATE ");
    match &conflict.action {
        // INSERT IGNORE would also hide values that do not fit.
        ConflictAction::Nothing => {
            let Some(column) = conflict.columns.first().or(inserted.first()) else {
                return Err(Error::invalid(
                    "name the columns of the unique key in on_conflict(..)",
                ));
            };
            let same = Assignment {
                column: column.clone(),
                value: Node::Root(column.clone()),
            };
            let assignments = of_this_key(conflict, &[same]);
            w.with_table(table, true, |w| w.assignments(&assignments))
        }
        ConflictAction::Update(assignments) => {
            let assignments = of_this_key(conflict, assignments);
            w.with_table(table, true, |w| w.assignments(&assignments))
        }
    }
}

/// The assignments of an upsert, one of which fails if a unique key other than the upsert's own is violated: the server does
/// not distinguish them, and would change a row that the upsert does not name.
fn of_this_key(conflict: &Conflict, assignments: &[Assignment]) -> Vec<Assignment> {
    let mut assignments = assignments.to_vec();
    let given = |column: &Name| {
        let (old, new) = (Node::Root(column.clone()), Node::Excluded(column.clone()));
        Node::binary(BinaryOp::Equal, old, new)
    };
    let Some(this_key) = conflict.columns.iter().map(given).reduce(Node::and) else {
        return assignments;
    };
    // DEFAULT can't be part of an expression.
    let is_any = |each: &Assignment| each.value != Node::Default;
    let Some(at) = assignments.iter().position(is_any) else {
        let same = Assignment {
            column: conflict.columns[0].clone(),
            value: Node::Root(conflict.columns[0].clone()),
        };
        assignments.push(same);
        return of_this_key(conflict, &assignments);
    };
    let guarded = &mut assignments[at];
    // Overflows, whatever is added; it depends on the row, so that it is not computed beforehand.
    let column = Box::new(Node::Root(guarded.column.clone()));
    let failing = Node::Raw(
        vec![ANOTHER_KEY.into(), ")".into()],
        vec![Node::Tuple(vec![Node::Unary(UnaryOp::IsNull, column)])],
    );
    let value = std::mem::replace(&mut guarded.value, Node::Default);
    guarded.value = Node::Case(Box::new(Case {
        branches: vec![(this_key.or(failing), value)],
        otherwise: None,
    }));
    assignments
}
