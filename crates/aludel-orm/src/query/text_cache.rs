//! Statement cache, keyed by query shape: the shape is everything but the values of a query's conditions. A cached query is
//! not resolved and not rendered; its values are put where the text has placeholders.
//!
//! The place of each value is found by rendering the query a second time, with other values that occur nowhere else: a
//! placeholder that gets one of them is that value's place. This also detects a query whose text depends on a value, or whose
//! values are changed on the way; such a query is rendered each time.
//!
//! | shape | cached |
//! |---|---|
//! | conditions on columns, over to-one relations, on to-many relations; order; limit | yes |
//! | text patterns, lists, subqueries, functions, raw SQL | no |
//! | grouped, distinct, locking, with selected columns, with an offset or after a cursor | no |

use super::State;
use super::compile::QuerySpec;
use aludel_engine::{Result, Text};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Node, Quantified};
use aludel_sql::render::{Sql, check_bind};
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The cached texts of one model's queries, by shape; `None` for a shape without a text of its own.
#[derive(Default)]
pub(crate) struct TextCache(RwLock<HashMap<Box<[u8]>, Option<Arc<Known>>>>);

/// A text, and what its placeholders stand for.
struct Known {
    text: Arc<str>,
    binds: Box<[Bind]>,
}

enum Bind {
    /// The value with this number in the query.
    Slot(usize),
    /// A value that does not depend on the query's values.
    Always(Value),
}

/// Maximum number of shapes per model: a program has few, and shapes that come from outside must not fill the memory.
const MOST_SHAPES: usize = 256;
/// A longer shape, and one with more values, is not cached.
const MOST_BYTES: usize = 384;
const MOST_VALUES: usize = 16;

impl TextCache {
    fn find(&self, shape: &[u8]) -> Option<Option<Arc<Known>>> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        texts.get(shape).cloned()
    }

    fn is_full(&self) -> bool {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        texts.len() >= MOST_SHAPES
    }

    fn keep(&self, shape: &[u8], known: Option<Known>) {
        let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if texts.len() < MOST_SHAPES {
            texts.insert(shape.into(), known.map(Arc::new));
        }
    }
}

impl QuerySpec {
    /// Its text and binds, if its shape is cached or can be; `None` if it has to be rendered.
    pub(super) fn known(
        &self,
        dialect: &'static dyn Dialect,
        most: Option<u64>,
    ) -> Result<Option<(Text, Vec<Value>)>> {
        let mut shape = Shape::new();
        if !self.is_knowable() || shape.query(&self.state, dialect, most).is_none() {
            return Ok(None);
        }
        let texts = self.meta.query_cache::<TextCache>();
        let known = match texts.find(shape.bytes()) {
            Some(Some(known)) => known,
            Some(None) => return Ok(None),
            None => {
                let rendered = self.limited_sql(dialect, most)?;
                if texts.is_full() {
                    return Ok(Some((Text::from(rendered.text), rendered.binds)));
                }
                texts.keep(shape.bytes(), self.learn(&shape, &rendered, dialect, most));
                return Ok(Some((Text::from(rendered.text), rendered.binds)));
            }
        };
        let mut binds = Vec::with_capacity(known.binds.len());
        for bind in &known.binds {
            let value = match bind {
                Bind::Slot(at) => shape.values[*at],
                Bind::Always(value) => value,
            };
            check_bind(value, dialect)?;
            binds.push(value.clone());
        }
        Ok(Some((Text::Shared(Arc::clone(&known.text)), binds)))
    }

    fn is_knowable(&self) -> bool {
        self.is_bare() && self.state.offset.is_none()
    }

    /// Finds the places of the values, by rendering other values.
    fn learn(
        &self,
        shape: &Shape<'_>,
        rendered: &Sql,
        dialect: &'static dyn Dialect,
        most: Option<u64>,
    ) -> Option<Known> {
        let mut state = State::clone(&self.state);
        let mut probes = Vec::new();
        let nodes = state.filter.iter_mut();
        let nodes = nodes.chain(state.order_by.iter_mut().map(|term| &mut term.node));
        for node in nodes {
            replace(node, &mut probes)?;
        }
        let probing = QuerySpec {
            meta: self.meta,
            state: Arc::new(state),
        };
        // The same shape, and the values in the same order: otherwise the two walks disagree.
        let mut same = Shape::new();
        same.query(&probing.state, dialect, most)?;
        let in_order = same.values().iter().copied().eq(probes.iter());
        if same.bytes() != shape.bytes() || !in_order {
            return None;
        }
        let probed = probing.limited_sql(dialect, most).ok()?;
        if probed.text != rendered.text || probed.binds.len() != rendered.binds.len() {
            return None;
        }
        if !self.is_alike_for_nothing(&rendered.text, dialect, most) {
            return None;
        }
        let place = |(probed, rendered): (Value, &Value)| {
            if let Some(at) = probes.iter().position(|probe| *probe == probed) {
                return Some(Bind::Slot(at));
            }
            (probed == *rendered).then_some(Bind::Always(probed))
        };
        let binds = probed.binds.into_iter().zip(&rendered.binds).map(place);
        Some(Known {
            text: rendered.text.as_str().into(),
            binds: binds.collect::<Option<_>>()?,
        })
    }

    /// Whether the text is the same for zeros and empty texts: a division by zero is written in another way.
    fn is_alike_for_nothing(
        &self,
        text: &str,
        dialect: &'static dyn Dialect,
        most: Option<u64>,
    ) -> bool {
        let mut state = State::clone(&self.state);
        let nodes = state.filter.iter_mut();
        let nodes = nodes.chain(state.order_by.iter_mut().map(|term| &mut term.node));
        nodes.for_each(empty);
        let emptied = QuerySpec {
            meta: self.meta,
            state: Arc::new(state),
        };
        emptied
            .limited_sql(dialect, most)
            .is_ok_and(|sql| sql.text == text)
    }
}

/// A query's shape, as bytes, and the values that are not part of it.
struct Shape<'q> {
    bytes: [u8; MOST_BYTES],
    length: usize,
    values: [&'q Value; MOST_VALUES],
    count: usize,
}

impl<'q> Shape<'q> {
    fn new() -> Shape<'q> {
        Shape {
            bytes: [0; MOST_BYTES],
            length: 0,
            values: [&Value::Null; MOST_VALUES],
            count: 0,
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn values(&self) -> &[&'q Value] {
        &self.values[..self.count]
    }

    /// `None` if it is none of the shapes that are cached.
    fn query(
        &mut self,
        state: &'q State,
        dialect: &'static dyn Dialect,
        most: Option<u64>,
    ) -> Option<()> {
        self.name(dialect.name())?;
        self.push(&[u8::from(state.unscoped)])?;
        for limit in [state.limit, most] {
            self.push(&[u8::from(limit.is_some())])?;
            self.push(&limit.unwrap_or(0).to_le_bytes())?;
        }
        match &state.filter {
            Some(filter) => self.node(filter)?,
            None => self.push(b"_")?,
        }
        for term in &state.order_by {
            self.node(&term.node)?;
            let nulls = term.nulls.map_or(0, |nulls| 1 + nulls as u8);
            self.push(&[u8::from(term.descending), nulls])?;
        }
        Some(())
    }

    fn node(&mut self, node: &'q Node) -> Option<()> {
        match node {
            Node::Value(value) => self.value(value),
            Node::Root(name) => {
                self.push(b"r")?;
                self.name(name)
            }
            Node::Path(path) => {
                self.push(&[b'p', path.hops.len() as u8])?;
                path.hops.iter().try_for_each(|hop| self.name(hop))?;
                self.name(&path.column)
            }
            Node::Unary(op, operand) => {
                self.push(&[b'u', *op as u8])?;
                self.node(operand)
            }
            Node::Binary(op, pair) => {
                self.push(&[b'b', *op as u8])?;
                self.node(&pair.0)?;
                self.node(&pair.1)
            }
            Node::Arithmetic(op, kind, pair) => {
                self.push(&[b'm', *op as u8, *kind as u8])?;
                self.node(&pair.0)?;
                self.node(&pair.1)
            }
            Node::And(nodes) => self.nodes(b'&', nodes),
            Node::Or(nodes) => self.nodes(b'|', nodes),
            Node::Between(three) => {
                self.push(b"t")?;
                self.node(&three.0)?;
                self.node(&three.1)?;
                self.node(&three.2)
            }
            Node::Quantified(asked) => self.quantified(asked),
            _ => None,
        }
    }

    fn nodes(&mut self, kind: u8, nodes: &'q [Node]) -> Option<()> {
        self.push(&[kind, u8::try_from(nodes.len()).ok()?])?;
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn quantified(&mut self, asked: &'q Quantified) -> Option<()> {
        use aludel_sql::expr::Quantifier;
        let (kind, function, answer) = match asked.quantifier {
            Quantifier::Any => (0, 0, 0),
            Quantifier::All => (1, 0, 0),
            Quantifier::None => (2, 0, 0),
            Quantifier::Aggregate(function, answer) => (3, function as u8, answer as u8),
        };
        let hops = asked.hops.len() as u8;
        let distinct = u8::from(asked.distinct);
        self.push(&[b'q', kind, function, answer, distinct, hops])?;
        asked.hops.iter().try_for_each(|hop| self.name(hop))?;
        self.name(&asked.relation)?;
        for node in [&asked.condition, &asked.argument] {
            match node {
                Some(node) => self.node(node)?,
                None => self.push(b"_")?,
            }
        }
        Some(())
    }

    /// For most values, only the kind belongs to the shape.
    fn value(&mut self, value: &'q Value) -> Option<()> {
        match value {
            Value::Null => self.push(b"0"),
            Value::Bool(holds) => self.push(&[b'h', u8::from(*holds)]),
            Value::Enum(kind, label) => {
                self.push(b"e")?;
                self.name(kind.name)?;
                self.name(label)
            }
            other => {
                *self.values.get_mut(self.count)? = other;
                self.count += 1;
                self.push(&[b'v', kind(other)?])
            }
        }
    }

    fn name(&mut self, name: &str) -> Option<()> {
        self.push(name.as_bytes())?;
        // This byte does not occur in UTF-8.
        self.push(&[0xff])
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.length + bytes.len();
        self.bytes.get_mut(self.length..end)?.copy_from_slice(bytes);
        self.length = end;
        Some(())
    }
}

/// The kind of a value whose place can be found.
fn kind(value: &Value) -> Option<u8> {
    Some(match value {
        Value::I16(_) => 1,
        Value::I32(_) => 2,
        Value::I64(_) => 3,
        Value::F64(_) => 4,
        Value::Text(_) => 5,
        Value::Bytes(_) => 6,
        Value::Uuid(_) => 7,
        Value::Date(_) => 8,
        Value::Time(_) => 9,
        Value::DateTime(_) => 10,
        Value::Timestamp(_) => 11,
        _ => return None,
    })
}

/// Another value of the same kind, which occurs nowhere else.
fn probe(value: &Value, number: usize) -> Option<Value> {
    let n = number as i64;
    Some(match value {
        Value::I16(_) => Value::I16(31_000 - number as i16),
        Value::I32(_) => Value::I32(2_000_000_000 - number as i32),
        Value::I64(_) => Value::I64(9_000_000_000_000 - n),
        Value::F64(_) => Value::F64(9.0e12 + number as f64),
        Value::Text(_) => Value::Text(format!("\u{1}{number}\u{1}")),
        Value::Bytes(_) => Value::Bytes(vec![1, number as u8, 1]),
        Value::Uuid(_) => Value::Uuid([number as u8 + 1; 16]),
        Value::Date(_) => Value::Date(CivilDate(20_000 + number as i32)),
        Value::Time(_) => Value::Time(CivilTime(3_600_000_000 + n)),
        Value::DateTime(_) => Value::DateTime(CivilDateTime(1_700_000_000_000_000 + n)),
        Value::Timestamp(_) => Value::Timestamp(Instant(1_700_000_000_000_000 + n)),
        _ => return None,
    })
}

/// Replaces values with probes, in the order of [`Shape::node`].
fn replace(node: &mut Node, probes: &mut Vec<Value>) -> Option<()> {
    match node {
        Node::Value(Value::Null | Value::Bool(_) | Value::Enum(..)) => Some(()),
        Node::Value(value) => {
            let other = probe(value, probes.len())?;
            probes.push(other.clone());
            *value = other;
            Some(())
        }
        Node::Quantified(asked) => {
            let parts = asked.condition.iter_mut().chain(&mut asked.argument);
            parts.into_iter().try_for_each(|node| replace(node, probes))
        }
        other => {
            let mut all = Some(());
            other.children_mut(&mut |child| {
                if all.is_some() {
                    all = replace(child, probes);
                }
            });
            all
        }
    }
}

/// Replaces values with zeros and empty texts.
fn empty(node: &mut Node) {
    match node {
        Node::Value(value) => match value {
            Value::I16(n) => *n = 0,
            Value::I32(n) => *n = 0,
            Value::I64(n) => *n = 0,
            Value::F64(n) => *n = 0.0,
            Value::Text(text) => text.clear(),
            Value::Bytes(bytes) => bytes.clear(),
            _ => {}
        },
        Node::Quantified(asked) => {
            let parts = asked.condition.iter_mut().chain(&mut asked.argument);
            parts.for_each(empty);
        }
        other => other.children_mut(&mut empty),
    }
}

#[cfg(test)]
mod tests {
    use super::QuerySpec;
    use crate::field_type::FieldType;
    use crate::model::meta::{ModelBuilder, ModelMeta};
    use crate::query::State;
    use aludel_engine::Text;
    use aludel_sql::Value;
    use aludel_sql::dialect::SQLITE;
    use aludel_sql::expr::{BinaryOp, InList, Node};
    use aludel_sql::types::SqlType;
    use std::sync::{Arc, OnceLock};

    fn meta() -> &'static ModelMeta {
        static META: OnceLock<ModelMeta> = OnceLock::new();
        META.get_or_init(|| {
            let model = ModelBuilder::new("Item", None, "items");
            let model = model.described(<i64 as FieldType>::field("id", "id").primary_key());
            model.described(<i64 as FieldType>::field("a", "a")).build()
        })
    }

    fn asked(filter: Node) -> Option<(Text, Vec<Value>)> {
        let mut state = State::default();
        state.and_filter(filter);
        let part = QuerySpec {
            meta: meta(),
            state: Arc::new(state),
        };
        part.known(&SQLITE, None).expect("it can be rendered")
    }

    fn between(low: i64, high: i64) -> Node {
        let a = || Node::Root("a".into());
        let low = Node::binary(BinaryOp::Greater, a(), Node::Value(Value::I64(low)));
        low.and(Node::binary(
            BinaryOp::Less,
            a(),
            Node::Value(Value::I64(high)),
        ))
    }

    #[test]
    fn a_query_is_rendered_once_for_all_values() {
        let (cold, binds) = asked(between(1, 1)).expect("known");
        assert!(matches!(cold, Text::Owned(_)), "rendered");
        assert_eq!(binds, [Value::I64(1), Value::I64(1)]);
        let (warm, binds) = asked(between(3, 7)).expect("known");
        assert!(matches!(warm, Text::Shared(_)), "not rendered again");
        assert_eq!(warm, cold);
        assert_eq!(binds, [Value::I64(3), Value::I64(7)]);
    }

    #[test]
    fn what_depends_on_its_values_is_rendered_each_time() {
        let list = InList {
            operand: Node::Root("a".into()),
            values: vec![Value::I64(1)],
            element: SqlType::BigInt,
            negated: false,
        };
        assert!(asked(Node::InList(Box::new(list))).is_none());
    }
}
