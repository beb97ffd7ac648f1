//! A row whose key changes, as the table sees it: with the columns, relations and references of all models of the table,
//! of which the row's own model may be one variant.

use crate::meta::{ModelMeta, ReferredMeta, RelationKind, RelationMeta};
use crate::session::same;
use crate::session::unique::position;
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::schema::Action;
use std::collections::BTreeMap;

/// What a row was, and what an update sets.
pub(super) struct KeyChange {
    /// The model of the whole table.
    pub(super) meta: &'static ModelMeta,
    pub(super) old: Vec<Value>,
    /// By column; `None` where only the database knows the value.
    set: BTreeMap<usize, Option<Value>>,
}

impl KeyChange {
    /// Of a row of a model: `old` are its values, `set` what changes.
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

    /// … of which the values are nodes: what is no plain value only the database knows.
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

    /// Whether the update sets this column, to whatever.
    pub(super) fn sets(&self, at: usize) -> bool {
        self.set.contains_key(&at)
    }

    /// Whether the update changes this column, as far as is known.
    pub(super) fn changes(&self, at: usize) -> bool {
        match self.set.get(&at) {
            Some(Some(new)) => !same(new, &self.old[at]),
            Some(None) => true,
            None => false,
        }
    }

    /// Whether only the database knows what a column is afterwards.
    pub(super) fn is_unknown(&self, at: usize) -> bool {
        matches!(self.set.get(&at), Some(None))
    }

    /// What a column is afterwards, where that is known.
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

    /// … and the new ones.
    pub(super) fn new_values(&self, columns: &[usize]) -> Vec<Value> {
        columns.iter().map(|at| self.new_value(*at)).collect()
    }
}

/// The model of a table, and where it has the columns of one of its variants.
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

/// The model whose table it is.
pub(super) fn whole(meta: &'static ModelMeta) -> &'static ModelMeta {
    in_whole(meta).0
}

/// Whether rows are referred to by what the session leads after them, row by row, when these columns change.
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

/// Whether rows get other keys, and others may refer to them without a foreign key.
pub(super) fn changes_key(meta: &'static ModelMeta, columns: &[usize]) -> bool {
    !whole(meta).referred.is_empty() && columns.iter().any(|at| meta.key.contains(at))
}

/// The references of a table to itself that the session has to lead after changed keys, with the positions of the columns
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

/// The relations between rows of one table through a table that is no model's. A row that is joined with itself refers to one
/// key twice, which such a database does not change together either.
pub(super) fn own_joins(
    whole: &'static ModelMeta,
    dialect: &'static dyn Dialect,
) -> impl Iterator<Item = &'static RelationMeta> {
    let cascades = dialect.capabilities().self_cascade;
    whole.relations.iter().filter(move |relation| {
        // The other side of one is the same table.
        !cascades
            && relation.kind == RelationKind::ManyToMany
            && relation.inverse.is_none()
            && relation.join_model().is_none()
            && (relation.target)().table == whole.table
    })
}
