//! What statements by query set: what a row keeps by itself is not set by hand, and errors name the column.

use crate::meta::{FieldMeta, ModelMeta};
use aludel_engine::{Error, ErrorKind};
use aludel_sql::expr::{Name, Node};
use aludel_sql::statement::Assignment;
use aludel_sql::types::SqlType;

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

/// Why a column is not set by hand.
pub(crate) fn refusal(meta: &ModelMeta, field: &FieldMeta) -> String {
    format!(
        "{}::{} can't be set by an update, because {}; leave it out (a repair can say it in SQL's own words: `sql(..)`)",
        meta.name,
        field.name,
        field.why_own()
    )
}

/// The columns that a statement sets to expressions, where errors can only be about one of them: of a number that is out of
/// range, and of a text that is too long, databases do not always say where it was.
#[derive(Clone, Default)]
pub(crate) struct Computed {
    /// The only column that is computed.
    only: Option<Name>,
    /// The only one of limited length.
    text: Option<Name>,
}

impl Computed {
    /// Of columns and what they are set to; values are looked at before they are sent.
    pub(crate) fn of<'a>(
        meta: &ModelMeta,
        set: impl IntoIterator<Item = (&'a Name, &'a Node)>,
    ) -> Computed {
        let (mut all, mut texts) = (Vec::new(), Vec::new());
        for (column, node) in set {
            let field = meta.field_of_column(column);
            let fits = match node {
                Node::Value(_) => true,
                // What the column has, or was to have.
                Node::Root(same) | Node::Excluded(same) => same == column,
                _ => false,
            };
            if fits || field.is_some_and(FieldMeta::is_own) {
                continue;
            }
            all.push(column);
            if field.is_some_and(|field| matches!(field.sql_type, SqlType::Varchar(_))) {
                texts.push(column);
            }
        }
        let only = |columns: &[&Name]| match columns {
            [only] => Some((*only).clone()),
            _ => None,
        };
        Computed {
            only: only(&all),
            text: only(&texts),
        }
    }

    /// Of the assignments of an update.
    pub(crate) fn assigned(meta: &ModelMeta, assignments: &[Assignment]) -> Computed {
        let set = assignments.iter();
        Computed::of(meta, set.map(|each| (&each.column, &each.value)))
    }

    /// The error, with the column that it is about.
    #[cold]
    pub(crate) fn name(&self, error: Error) -> Error {
        let column = match error.kind() {
            ErrorKind::OutOfRange => &self.only,
            ErrorKind::ValueTooLong => &self.text,
            _ => &None,
        };
        match column {
            Some(column) if error.column().is_none() => error.with_column(&**column),
            _ => error,
        }
    }
}
