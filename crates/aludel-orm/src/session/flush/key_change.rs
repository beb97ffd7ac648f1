//! A row whose key changes, seen as a row of the whole table: with the columns, relations and references of all models of the
//! table. The row's own model may be one variant.

use crate::model::meta::{ModelMeta, ReferredMeta, RelationKind, RelationMeta};
use crate::model::values::same;
use crate::session::unique::position;
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::schema::Action;
use std::collections::BTreeMap;

/// The old values of a row, and what an update sets.
pub(super) struct KeyChange {
    /// The model of the whole table.
    pub(super) meta: &'static ModelMeta,
    pub(super) old: Vec<Value>,
    /// By column; `None` if only the database knows the value.
    set: BTreeMap<usize, Option<Value>>,
}

impl KeyChange {
    /// For a row of a model: `old` are its values, `set` what changes.
    pub(super) fn new(
        meta: &'static ModelMeta,
        old: &[Value],
        set: impl IntoIterator<Item = (usize, Option<Value>)>,
    ) -> KeyChange {
        let (whole, positions) = in_whole(meta);
        let at = |at: usize| positions.map_or(at, |positions| positions[at]);
        let mut values = vec![Value::Null; whole.fields.len()];
        for (n, value) in old.iter().enumerate() {
            values[at(n)] = value.clone();
        }
        KeyChange {
            meta: whole,
            old: values,
            set: set.into_iter().map(|(n, value)| (at(n), value)).collect(),
        }
    }

    /// The same with nodes as values: the result of anything but a plain value is known only to the database.
    pub(super) fn of_nodes<'n>(
        meta: &'static ModelMeta,
        old: &[Value],
        set: impl IntoIterator<Item = (usize, &'n Node)>,
    ) -> KeyChange {
        let value = |node: &Node| match node {
            Node::Value(value) => Some(value.clone()),
            _ => None,
        };
        let set = set.into_iter().map(|(at, node)| (at, value(node)));
        KeyChange::new(meta, old, set)
    }

    /// Whether the update sets this column to anything.
    pub(super) fn sets(&self, at: usize) -> bool {
        self.set.contains_key(&at)
    }

    /// Whether the update changes this column, as far as known.
    pub(super) fn changes(&self, at: usize) -> bool {
        match self.set.get(&at) {
            Some(Some(new)) => !same(new, &self.old[at]),
            Some(None) => true,
            None => false,
        }
    }

    /// Whether only the database knows the new value of a column.
    pub(super) fn is_unknown(&self, at: usize) -> bool {
        matches!(self.set.get(&at), Some(None))
    }

    /// The new value of a column, or the old one if the new one is not known.
    pub(super) fn new_value(&self, at: usize) -> Value {
        match self.set.get(&at) {
            Some(Some(new)) => new.clone(),
            _ => self.old[at].clone(),
        }
    }

    /// The old values of these columns.
    pub(super) fn old_values(&self, columns: &[usize]) -> Vec<Value> {
        columns.iter().map(|at| self.old[*at].clone()).collect()
    }

    /// The new values of these columns.
    pub(super) fn new_values(&self, columns: &[usize]) -> Vec<Value> {
        columns.iter().map(|at| self.new_value(*at)).collect()
    }
}

/// The model of the whole table, and the positions of a variant's columns in it.
fn in_whole(meta: &'static ModelMeta) -> (&'static ModelMeta, Option<&'static [usize]>) {
    let Some(of) = meta.variant_of else {
        return (meta, None);
    };
    let whole = (of.whole)();
    let mut variants = whole.variants.iter().flat_map(|known| &known.variants);
    match variants.find(|variant| variant.label == of.label) {
        Some(variant) => (whole, Some(&variant.positions)),
        None => (meta, None),
    }
}

/// The model of the whole table.
pub(super) fn whole(meta: &'static ModelMeta) -> &'static ModelMeta {
    in_whole(meta).0
}

/// Whether changes of these columns require updating references to the rows, row by row.
pub(super) fn is_followed(
    meta: &'static ModelMeta,
    columns: &[usize],
    dialect: &'static dyn Dialect,
) -> bool {
    let (whole, positions) = in_whole(meta);
    let is_set = |at: &usize| match positions {
        Some(positions) => columns.iter().any(|own| positions[*own] == *at),
        None => columns.contains(at),
    };
    let mut kinds = whole.referred.iter().filter_map(ReferredMeta::reference);
    changes_key(meta, columns) && kinds.any(|of| of.on_update == Action::Cascade)
        || own_references(whole, dialect).any(|(_, to)| to.iter().any(is_set))
        || whole.key.iter().any(is_set) && own_joins(whole, dialect).next().is_some()
}

/// Whether rows get new keys, and others may refer to them without a foreign key.
pub(super) fn changes_key(meta: &'static ModelMeta, columns: &[usize]) -> bool {
    !whole(meta).referred.is_empty() && columns.iter().any(|at| meta.key.contains(at))
}

/// The references of a table to itself that the session has to update after a key change, with the positions of the columns
/// that they refer to.
pub(super) fn own_references(
    whole: &'static ModelMeta,
    dialect: &'static dyn Dialect,
) -> impl Iterator<Item = (&'static RelationMeta, Vec<usize>)> {
    let cascades = dialect.capabilities().self_cascade;
    let relations = whole.relations.iter().filter(move |relation| {
        !cascades
            && relation.kind == RelationKind::BelongsTo
            && relation.on_update == Action::Cascade
            && (relation.target)().table == whole.table
    });
    relations.map(|relation| {
        let to = relation.target_columns();
        let to = to.iter().filter_map(|column| position(whole, column));
        (relation, to.collect())
    })
}

/// The relations between rows of one table through a join table without a model. A row that is joined with itself refers to one
/// key twice, which such a database does not cascade either.
pub(super) fn own_joins(
    whole: &'static ModelMeta,
    dialect: &'static dyn Dialect,
) -> impl Iterator<Item = &'static RelationMeta> {
    let cascades = dialect.capabilities().self_cascade;
    whole.relations.iter().filter(move |relation| {
        // The inverse of a relation uses the same join table.
        !cascades
            && relation.kind == RelationKind::ManyToMany
            && relation.inverse.is_none()
            && relation.join_model().is_none()
            && (relation.target)().table == whole.table
    })
}
