//! The unique sets of a model, and the entry that a row has in each.
//!
//! A unique index may be on expressions, on generated columns, and on some rows only. A row that keeps its values may still
//! give up an entry (when marked as deleted, it leaves an index of the unmarked rows), and take one.

use super::evaluate::{evaluated, holds};
use super::stand_in::must_lead;
use crate::model::meta::{FieldMeta, ModelMeta, RelationKind};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Node};
use aludel_sql::types::SqlType;

/// A unique constraint, index or key.
pub(crate) struct UniqueSet<'m> {
    parts: Vec<Part<'m>>,
    /// The rows that it is about.
    condition: Option<&'m Node>,
    /// The columns that its parts are, or are computed from.
    pub(crate) columns: Vec<usize>,
    /// Other columns that the condition reads.
    conditional: Vec<usize>,
    pub(crate) is_key: bool,
}

enum Part<'m> {
    Column(usize),
    Expression(&'m Node),
}

/// The entry of a row in a unique set: equal for rows that can't coexist.
#[derive(PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) text: String,
    /// Whether only the database can compute a part of it: then it may be anything.
    pub(crate) is_open: bool,
    /// The entry without the parts that a column compares in the database's own way, if there are any: there, a different text
    /// may be equal.
    pub(crate) loose: Option<String>,
    /// Whether only the database can say if the row has the entry.
    is_doubtful: bool,
}

impl Entry {
    /// Whether a row that changes from one entry to the other neither gives one up nor takes one.
    pub(crate) fn stays(before: Option<&Entry>, after: Option<&Entry>) -> bool {
        match (before, after) {
            (Some(before), Some(after)) => before == after && before.is_sure(),
            (before, after) => before.is_none() && after.is_none(),
        }
    }

    fn is_sure(&self) -> bool {
        !self.is_open && !self.is_doubtful
    }
}

/// The unique sets of a model, the primary key first.
pub(crate) fn unique_sets(meta: &ModelMeta) -> Vec<UniqueSet<'_>> {
    let at = |column: &String| meta.fields.iter().position(|field| field.column == *column);
    let mut sets = vec![UniqueSet::new(meta, columns(&meta.key), None)];
    sets[0].is_key = true;
    let alone = (0..meta.fields.len()).filter(|at| meta.fields[*at].unique);
    let alone = alone.map(|at| vec![Part::Column(at)]);
    let several = meta.uniques.iter().map(|unique| {
        let columns = unique.columns.iter().filter_map(at);
        columns.map(Part::Column).collect()
    });
    for parts in alone.chain(several) {
        let set = UniqueSet::new(meta, parts, None);
        if !sets.iter().any(|known| known.is_same(&set)) {
            sets.push(set);
        }
    }
    for index in meta.indexes.iter().filter(|index| index.unique) {
        let parts = index.parts.iter().map(|part| match &part.node {
            Node::Root(name) => match position(meta, name) {
                Some(at) => Part::Column(at),
                None => Part::Expression(&part.node),
            },
            node => Part::Expression(node),
        });
        let set = UniqueSet::new(meta, parts.collect(), index.condition.as_ref());
        if !sets.iter().any(|known| known.is_same(&set)) {
            sets.push(set);
        }
    }
    sets
}

fn columns<'m>(columns: &[usize]) -> Vec<Part<'m>> {
    columns.iter().copied().map(Part::Column).collect()
}

impl<'m> UniqueSet<'m> {
    fn new(
        meta: &'m ModelMeta,
        parts: Vec<Part<'m>>,
        condition: Option<&'m Node>,
    ) -> UniqueSet<'m> {
        let parts = parts.into_iter().map(|part| match part {
            Part::Column(at) => match &meta.fields[at].generated {
                Some(generated) => Part::Expression(&generated.expression),
                None => part,
            },
            Part::Expression(_) => part,
        });
        let parts: Vec<Part<'m>> = parts.collect();
        let mut columns = Vec::new();
        for part in &parts {
            match part {
                Part::Column(at) => add(*at, &mut columns),
                Part::Expression(node) => read_columns(meta, node, &mut columns),
            }
        }
        let mut conditional = Vec::new();
        if let Some(condition) = condition {
            read_columns(meta, condition, &mut conditional);
        }
        conditional.retain(|at| !columns.contains(at));
        UniqueSet {
            parts,
            condition,
            columns,
            conditional,
            is_key: false,
        }
    }

    /// Whether both are on the same columns, and on all rows.
    fn is_same(&self, other: &UniqueSet<'_>) -> bool {
        let is_plain = |set: &UniqueSet<'_>| {
            let mut parts = set.parts.iter();
            set.condition.is_none() && parts.all(|part| matches!(part, Part::Column(_)))
        };
        self.columns == other.columns && is_plain(self) && is_plain(other)
    }

    /// Whether a row may get another entry when these columns change.
    pub(crate) fn is_decided_by(&self, changes: impl Fn(usize) -> bool) -> bool {
        let mut columns = self.columns.iter().chain(&self.conditional);
        columns.any(|at| changes(*at))
    }

    /// The entry of a row. `None` if a value is NULL, which equals nothing, or is not known yet, or if the condition does not
    /// hold.
    pub(crate) fn entry<'v>(
        &self,
        meta: &ModelMeta,
        value: impl Fn(usize) -> Option<&'v Value>,
    ) -> Option<Entry> {
        if self.columns.iter().any(|at| value(*at).is_none()) {
            return None;
        }
        let column = |name: &str| -> Option<&'v Value> {
            let at = position(meta, name)?;
            // The old generated value says nothing about the new one.
            value(at).filter(|_| meta.fields[at].generated.is_none())
        };
        let holds = self.condition.map(|condition| holds(condition, &column));
        if holds == Some(Some(false)) {
            return None;
        }
        let mut is_open = false;
        let mut own = Vec::new();
        let mut values = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let found = match part {
                Part::Column(at) => {
                    let field = &meta.fields[*at];
                    if is_own_text(field) {
                        own.push(values.len());
                    }
                    folded(field, value(*at)?)
                }
                Part::Expression(node) => match evaluated(node, &column) {
                    Some(found) => found,
                    None => {
                        is_open = true;
                        continue;
                    }
                },
            };
            if found.is_null() {
                return None;
            }
            values.push(found);
        }
        // Others refer to primary keys, so only surely equal ones wait for each other.
        let loose = (!own.is_empty() && !self.is_key).then(|| {
            let sure = values.iter().enumerate();
            let sure = sure.filter(|(at, _)| !own.contains(at));
            format!("~{:?}", sure.map(|(_, value)| value).collect::<Vec<_>>())
        });
        Some(Entry {
            text: format!("{values:?}"),
            is_open,
            loose,
            is_doubtful: holds == Some(None),
        })
    }

    /// The column to park so that a row has an entry of its own: preferably one that it changes anyway, and that is no
    /// reference.
    pub(crate) fn parked(
        &self,
        meta: &ModelMeta,
        changes: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let price = |at: &&usize| self.price(meta, **at, &changes);
        self.columns.iter().min_by_key(price).copied()
    }

    /// The columns to park instead if there is no value for that one, the best first.
    pub(crate) fn parked_instead(
        &self,
        meta: &ModelMeta,
        changes: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        let first = self.parked(meta, &changes);
        let stays = |at: &usize| {
            let (refers, _, moves, is_computed, _) = self.price(meta, *at, &changes);
            let can_lead = !refers || must_lead(meta, *at).is_some();
            can_lead && !moves && !is_computed && first != Some(*at)
        };
        let mut columns: Vec<usize> = self.columns.iter().copied().filter(stays).collect();
        columns.sort_by_key(|at| self.price(meta, *at, &changes));
        columns
    }

    fn price(
        &self,
        meta: &ModelMeta,
        at: usize,
        changes: &impl Fn(usize) -> bool,
    ) -> (bool, bool, bool, bool, bool) {
        let field = &meta.fields[at];
        let refers = !field.nullable && refers(meta, &field.column);
        let moves = field.primary_key && !self.is_key || field.version;
        let moves = moves || field.alternate_key && !changes(at);
        let is_computed = self.is_computed_from(at);
        (refers, !can_park(field), moves, is_computed, !changes(at))
    }

    /// Conditions, by values of its columns, for the rows that have one of these entries. `None` if it is computed.
    pub(crate) fn among(&self, meta: &ModelMeta, entries: &[Vec<Value>]) -> Option<Vec<Node>> {
        let is_plain = |part: &Part<'_>| matches!(part, Part::Column(_));
        if !self.parts.iter().all(is_plain) {
            return None;
        }
        let equal = |(at, value): (&usize, &Value)| {
            let column = Node::Root(meta.fields[*at].column.clone().into());
            Node::binary(BinaryOp::Equal, column, Node::Value(value.clone()))
        };
        let entry = |values: &Vec<Value>| {
            let equal = self.columns.iter().zip(values).map(equal);
            equal.chain(self.condition.cloned()).reduce(Node::and)
        };
        entries.iter().map(entry).collect()
    }

    /// Whether a column occurs only inside expressions.
    pub(crate) fn is_computed_from(&self, at: usize) -> bool {
        let mut parts = self.parts.iter();
        self.columns.contains(&at)
            && !parts.any(|part| matches!(part, Part::Column(own) if *own == at))
    }
}

/// Whether NULL in a column never collides: an expression may turn it into something else.
pub(crate) fn is_free_as_null(meta: &ModelMeta, at: usize) -> bool {
    let sets = unique_sets(meta);
    meta.fields[at].nullable && !sets.iter().any(|set| set.is_computed_from(at))
}

/// A value as the database compares it: a type that only the database knows may ignore case, as `citext` does.
fn folded(field: &FieldMeta, value: &Value) -> Value {
    match (&field.sql_type, value) {
        (SqlType::Custom(_), Value::Text(text)) => Value::Text(text.to_lowercase()),
        _ => value.clone(),
    }
}

/// The position of a column in a model.
pub(super) fn position(meta: &ModelMeta, column: &str) -> Option<usize> {
    meta.fields.iter().position(|field| field.column == column)
}

fn add(at: usize, columns: &mut Vec<usize>) {
    if !columns.contains(&at) {
        columns.push(at);
    }
}

/// The columns that an expression reads; generated ones are replaced by those that they are computed from.
pub(crate) fn read_columns(meta: &ModelMeta, node: &Node, columns: &mut Vec<usize>) {
    let mut read = |name: &str| {
        let Some(at) = position(meta, name) else {
            return;
        };
        match &meta.fields[at].generated {
            // No generated column reads itself.
            Some(generated) => read_columns(meta, &generated.expression, columns),
            None => add(at, columns),
        }
    };
    node.any(&mut |node| {
        match node {
            Node::Root(name) => read(name),
            Node::Column(column) => read(&column.name),
            Node::Path(path) if path.hops.is_empty() => read(&path.column),
            // Raw SQL: every column that it names.
            Node::Raw(texts, _) => {
                let names = meta.fields.iter().map(|field| field.column.as_str());
                let named = names.filter(|name| texts.iter().any(|text| text.contains(*name)));
                named.for_each(&mut read);
            }
            _ => {}
        }
        false
    });
}

/// Whether a column is a text of a type that only the database knows, which may treat texts as equal that differ in case or
/// accents.
pub(crate) fn is_own_text(field: &FieldMeta) -> bool {
    field.own_type.is_some_and(|words| !words.ends_with(']'))
}

/// Whether a column is part of a reference.
pub(crate) fn refers(meta: &ModelMeta, column: &str) -> bool {
    let mut relations = meta.relations.iter();
    relations.any(|relation| {
        relation.kind == RelationKind::BelongsTo && relation.columns.iter().any(|of| of == column)
    })
}

pub(crate) fn can_park(field: &FieldMeta) -> bool {
    field.nullable
        || matches!(
            field.sql_type,
            SqlType::SmallInt
                | SqlType::Integer
                | SqlType::BigInt
                | SqlType::Text
                | SqlType::Varchar(_)
                | SqlType::Uuid
                | SqlType::Real
                | SqlType::Double
                | SqlType::Date
                | SqlType::Time
                | SqlType::DateTime
                | SqlType::Timestamp
        )
        || matches!(field.sql_type, SqlType::Decimal(all, after) if all > after)
        || is_own_text(field)
}

/// The values of a key as one text, different for different keys of a type.
pub(crate) fn identity(key: &[Value]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for value in key {
        // Integers are equal whatever their width.
        let written = match value.as_i64() {
            Some(number) => write!(text, "{number},"),
            None => write!(text, "{value:?},"),
        };
        debug_assert!(written.is_ok(), "a String takes all");
    }
    text
}
