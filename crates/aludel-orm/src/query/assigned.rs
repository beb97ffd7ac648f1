//! Assignments of statements by query: automatic columns can't be set by hand, and errors name the column.

use crate::model::meta::{FieldMeta, ModelMeta};
use aludel_engine::{Error, ErrorKind};
use aludel_sql::expr::{Name, Node, NumberKind, UnaryOp};
use aludel_sql::statement::Assignment;
use aludel_sql::types::{Kind, SqlType};

/// Rejects assignments to columns that the database computes or that every write of a row sets. The mark of a deleted row
/// may be set, and removed.
pub(crate) fn refuse_own(meta: &ModelMeta, assignments: &mut [Assignment]) {
    for assignment in assignments {
        if let Some(field) = meta.field_of_column(&assignment.column)
            && field.is_own()
        {
            assignment.value = Node::Refused(refusal(meta, field).into());
        }
    }
}

/// Why a column can't be set by hand.
pub(crate) fn refusal(meta: &ModelMeta, field: &FieldMeta) -> String {
    format!(
        "{}::{} can't be set by an update, because {}; leave it out (a repair can say it in SQL's own words: `sql(..)`)",
        meta.name,
        field.name,
        field.why_own()
    )
}

/// The columns that a statement sets to expressions. If a number is out of range or a text is too long, databases do not
/// always name the column.
#[derive(Clone, Default)]
pub(crate) struct Computed {
    table: Option<&'static ModelMeta>,
    columns: Vec<Candidate>,
}

/// A column that an error may be about.
#[derive(Clone)]
struct Candidate {
    name: Name,
    /// Its type, where the model has it.
    sql_type: Option<SqlType>,
    /// Whether whole numbers are computed or stored in it.
    counts: bool,
    /// Whether its expression has intermediate values of other types.
    converts: bool,
}

impl Candidate {
    fn of(name: &Name, field: Option<&FieldMeta>, node: &Node) -> Candidate {
        let sql_type = field.map(|field| field.sql_type.clone());
        let is_whole = |sql_type: &SqlType| Kind::of(sql_type) == Kind::Integer;
        let counts = node.any(&mut |node| {
            matches!(
                node,
                Node::Arithmetic(_, NumberKind::Integer | NumberKind::Unknown, _)
                    | Node::Unary(UnaryOp::Negate, _)
                    | Node::Function(..)
                    | Node::Aggregate(_)
                    | Node::Quantified(_)
            )
        });
        let converts = node.any(&mut |node| {
            matches!(
                node,
                Node::Cast(_)
                    | Node::Call(..)
                    | Node::AggregateCall(..)
                    | Node::Raw(..)
                    | Node::Subquery(_)
                    | Node::Exists(_)
                    | Node::InQuery(_)
            )
        });
        Candidate {
            name: name.clone(),
            counts: counts || sql_type.as_ref().is_some_and(is_whole),
            sql_type,
            converts,
        }
    }

    /// Whether an error that names the type that is too small can be about this column.
    fn is_meant(&self, limit: &SqlType) -> bool {
        let Some(own) = &self.sql_type else {
            return true;
        };
        match limit {
            _ if self.converts || own == limit => true,
            // Arithmetic on whole numbers has 64 bits, before the result is written.
            SqlType::BigInt => self.counts,
            SqlType::Double => Kind::of(own) == Kind::Float,
            _ => false,
        }
    }
}

impl Computed {
    /// From columns and their new values; plain values are checked before they are sent.
    pub(crate) fn of<'a>(
        meta: &'static ModelMeta,
        set: impl IntoIterator<Item = (&'a Name, &'a Node)>,
    ) -> Computed {
        let mut columns: Vec<Candidate> = Vec::new();
        for (column, node) in set {
            let field = meta.field_of_column(column);
            let fits = match node {
                Node::Value(_) => true,
                // The column's own old value, or the one that was to be inserted.
                Node::Root(same) | Node::Excluded(same) => same == column,
                _ => false,
            };
            if fits || field.is_some_and(FieldMeta::is_own) {
                continue;
            }
            let candidate = Candidate::of(column, field, node);
            match columns.iter_mut().find(|known| known.name == *column) {
                Some(known) => {
                    known.counts |= candidate.counts;
                    known.converts |= candidate.converts;
                }
                None => columns.push(candidate),
            }
        }
        Computed {
            table: Some(meta),
            columns,
        }
    }

    /// From the assignments of an update.
    pub(crate) fn assigned(meta: &'static ModelMeta, assignments: &[Assignment]) -> Computed {
        let set = assignments.iter();
        Computed::of(meta, set.map(|each| (&each.column, &each.value)))
    }

    /// From columns of a row, by their positions, that are set to expressions.
    pub(crate) fn cells<'a>(
        meta: &'static ModelMeta,
        set: impl IntoIterator<Item = (usize, &'a Node)>,
    ) -> Computed {
        let set = set.into_iter();
        let named: Vec<(Name, &Node)> = set
            .map(|(at, node)| (meta.fields[at].column.clone().into(), node))
            .collect();
        Computed::of(meta, named.iter().map(|(name, node)| (name, *node)))
    }

    /// The error, with the column that it is about; if it may be several, with all of them.
    #[cold]
    pub(crate) fn name(&self, error: Error) -> Error {
        let long = match error.kind() {
            ErrorKind::OutOfRange => false,
            ErrorKind::ValueTooLong => true,
            _ => return error,
        };
        let Some(meta) = self.table.filter(|_| error.column().is_none()) else {
            return error;
        };
        let mut candidates: Vec<&Candidate> = self.columns.iter().collect();
        if long {
            candidates.retain(|one| matches!(one.sql_type, Some(SqlType::Varchar(_))));
        }
        if let Some(limit) = error.limit()
            && candidates.iter().any(|one| one.is_meant(limit))
        {
            candidates.retain(|one| one.is_meant(limit));
        }
        match &candidates[..] {
            [] => error,
            [only] => error.with_column(&*only.name),
            several => {
                let names: Vec<&str> = several.iter().map(|one| &*one.name).collect();
                error.with_candidates(&meta.table.name, &names)
            }
        }
    }
}
