//! [`Cursor`]: a row's position in an order, and its text.

use super::compile::QuerySpec;
use crate::coerce::coerce;
use crate::model::meta::{FieldMeta, ModelMeta, RelationKind};
use crate::model::path::relation_of;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::expr::{Keyset, KeysetTerm, Node, Path};
use aludel_sql::statement::{Nulls, OrderTerm};
use aludel_sql::types::SqlType;
use std::fmt;
use std::str::FromStr;

/// A row's position in an order: the values that it is ordered by.
///
/// A page returns cursors ([`Query::keyset`](super::Query::keyset)). `to_string()` makes opaque text of one, for a link or
/// a client, and `parse()` reads it back. The text has a version, and is checked against the query that it is used with:
/// a cursor of another order is an error, not another page. It is not secret: the values can be read from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    pub(super) values: Vec<Value>,
    /// The fingerprint of its order; 0 if it was made by hand.
    order: u32,
    /// Whether its page is the one before the position.
    pub(super) backwards: bool,
    /// Whether the row at the position is on the page.
    pub(super) inclusive: bool,
}

impl Cursor {
    /// A cursor of these values, one for each term of the order (the primary key's columns last).
    pub fn new(values: Vec<Value>) -> Cursor {
        Cursor {
            values,
            order: 0,
            backwards: false,
            inclusive: false,
        }
    }

    /// Its values.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The same position, for a page before or after it.
    #[must_use]
    pub(super) fn towards(mut self, backwards: bool, inclusive: bool) -> Cursor {
        self.backwards = backwards;
        self.inclusive = inclusive;
        self
    }
}

/// One term of a query's order, as cursors need it.
pub(super) struct Placed<'q> {
    pub(super) term: &'q OrderTerm,
    pub(super) field: &'static FieldMeta,
    nullable: bool,
}

impl QuerySpec {
    /// The terms of its order, if they are columns of the model or of models that it has a to-one relation to.
    pub(super) fn placed(&self) -> Result<Vec<Placed<'_>>> {
        let terms = self.state.order_terms().iter();
        terms
            .map(|term| {
                let (field, nullable) = found(self.meta, &term.node).ok_or_else(not_a_column)?;
                // The text of a cursor can't hold them.
                if matches!(field.sql_type, SqlType::Array(_)) {
                    return Err(not_a_column());
                }
                Ok(Placed {
                    term,
                    field,
                    nullable,
                })
            })
            .collect()
    }

    /// The cursor of a row with these values in its order.
    pub(super) fn cursor_at(&self, values: Vec<Value>) -> Cursor {
        Cursor {
            order: fingerprint(self.meta, self.state.order_terms()),
            ..Cursor::new(values)
        }
    }

    /// The cursor of a row of the model, by its own columns.
    pub(super) fn cursor_of(&self, row: &[Value]) -> Result<Cursor> {
        let values = self.state.order_terms().iter().map(|term| {
            let at = match &term.node {
                Node::Root(column) => {
                    let mut fields = self.meta.fields.iter();
                    fields.position(|field| field.column == *column)
                }
                _ => None,
            };
            at.map(|at| row[at].clone()).ok_or_else(|| {
                Error::invalid_query(
                    "a row's cursor needs an order by columns of the model itself; .keyset(..) makes cursors of any order over to-one paths",
                )
            })
        });
        Ok(self.cursor_at(values.collect::<Result<_>>()?))
    }

    /// The condition for the rows after a position in its order, or before it.
    pub(super) fn keyset(&self, cursor: &Cursor, backwards: bool) -> Result<Node> {
        let placed = self.placed()?;
        if placed.len() != cursor.values.len() {
            return Err(another_order(format!(
                "it has {} values, and the order has {} terms",
                cursor.values.len(),
                placed.len()
            )));
        }
        if cursor.order != 0 && cursor.order != fingerprint(self.meta, self.state.order_terms()) {
            return Err(another_order("the terms differ"));
        }
        let terms = placed
            .into_iter()
            .zip(&cursor.values)
            .map(|(placed, value)| {
                let value = coerce(value.clone(), &placed.field.sql_type, true)
                    .map_err(|why| another_order(format!("{}: {why}", placed.field.name)))?;
                Ok(KeysetTerm {
                    node: placed.term.node.clone(),
                    value,
                    descending: placed.term.descending,
                    nulls: placed.term.nulls,
                    nullable: placed.nullable,
                })
            });
        Ok(Node::Keyset(Box::new(Keyset {
            terms: terms.collect::<Result<_>>()?,
            backwards,
            inclusive: cursor.inclusive,
        })))
    }
}

fn another_order(why: impl fmt::Display) -> Error {
    Error::invalid_query(format!(
        "the cursor is of another query: {why}; take it from a page of the same query, in the same order"
    ))
}

fn not_a_column() -> Error {
    Error::invalid_query(
        "a cursor needs an order by columns, of the model itself or over to-one relations, which are no arrays",
    )
}

/// The column that a node reads, and whether it can be NULL there.
fn found(meta: &'static ModelMeta, node: &Node) -> Option<(&'static FieldMeta, bool)> {
    match node {
        Node::Root(column) => {
            let field = meta.field_of_column(column)?;
            Some((field, field.nullable))
        }
        Node::Path(path) => behind(meta, path),
        _ => None,
    }
}

fn behind(mut meta: &'static ModelMeta, path: &Path) -> Option<(&'static FieldMeta, bool)> {
    let mut nullable = false;
    for hop in &path.hops {
        let (name, unscoped) = relation_of(hop);
        let relation = meta.relation(name)?;
        nullable |= relation.nullable || relation.kind == RelationKind::HasOne;
        meta = (relation.target)();
        // A row that is out of scope counts as missing.
        nullable |= meta.has_scope(unscoped);
    }
    let field = meta.field_of_column(&path.column)?;
    Some((field, nullable || field.nullable))
}

/// The fingerprint of an order: other terms give another one. FNV-1a, which is the same in every program and version.
fn fingerprint(meta: &ModelMeta, order: &[OrderTerm]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut add = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0xff]) {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    };
    add(meta.table.name.as_bytes());
    for term in order {
        match &term.node {
            Node::Root(column) => add(column.as_bytes()),
            Node::Path(path) => {
                path.hops.iter().for_each(|hop| add(hop.as_bytes()));
                add(path.column.as_bytes());
            }
            _ => {}
        }
        let nulls = match term.nulls {
            None => 0,
            Some(Nulls::First) => 1,
            Some(Nulls::Last) => 2,
        };
        add(&[u8::from(term.descending), nulls]);
    }
    hash.max(1)
}

// ---- text -----------------------------------------------------------------------------------------------------

/// The first character of the text: what it is and how it is written.
const VERSION: char = 'a';

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        let mut bytes = Vec::with_capacity(32);
        bytes.push(u8::from(self.backwards) | u8::from(self.inclusive) << 1);
        bytes.extend(self.order.to_le_bytes());
        self.values.iter().for_each(|value| put(value, &mut bytes));
        f.write_char(VERSION)?;
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Cursor> {
        read(text).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidQuery,
                "the text is no cursor; use it as a page gave it out",
            )
        })
    }
}

fn read(text: &str) -> Option<Cursor> {
    let digits = text.strip_prefix(VERSION)?.as_bytes();
    if digits.len() % 2 != 0 {
        return None;
    }
    let digit = |byte: u8| (byte as char).to_digit(16);
    let bytes: Option<Vec<u8>> = digits
        .chunks_exact(2)
        .map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8))
        .collect();
    let bytes = bytes?;
    let (flags, rest) = bytes.split_first()?;
    let (order, mut rest) = rest.split_first_chunk::<4>()?;
    if *flags > 3 {
        return None;
    }
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(take(&mut rest)?);
    }
    Some(Cursor {
        values,
        order: u32::from_le_bytes(*order),
        backwards: flags & 1 == 1,
        inclusive: flags & 2 == 2,
    })
}

/// Writes a value so that equal values are the same bytes, whatever their width.
pub(crate) fn put(value: &Value, out: &mut Vec<u8>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend((bytes.len() as u32).to_le_bytes());
        out.extend(bytes);
    };
    match value {
        Value::Null | Value::Array(_) | Value::Invalid(_) => out.push(0),
        Value::Bool(holds) => out.extend([1, u8::from(*holds)]),
        Value::I16(n) => number(2, i64::from(*n), out),
        Value::I32(n) => number(2, i64::from(*n), out),
        Value::I64(n) => number(2, *n, out),
        Value::F32(n) => number(3, f64::from(*n).to_bits() as i64, out),
        Value::F64(n) => number(3, n.to_bits() as i64, out),
        Value::Text(text) | Value::Json(text) => sized(4, text.as_bytes()),
        Value::Enum(_, label) => sized(4, label.as_bytes()),
        Value::Bytes(bytes) => sized(5, bytes),
        Value::Uuid(bytes) => sized(6, bytes),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => sized(4, n.to_string().as_bytes()),
        Value::Date(date) => number(8, date.0.into(), out),
        Value::Time(time) => number(9, time.0, out),
        Value::DateTime(time) => number(10, time.0, out),
        Value::Timestamp(time) => number(11, time.0, out),
    }
}

fn number(tag: u8, n: i64, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend(n.to_le_bytes());
}

fn take(rest: &mut &[u8]) -> Option<Value> {
    use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
    let (tag, after) = rest.split_first()?;
    *rest = after;
    let number = |rest: &mut &[u8]| {
        let (bytes, after) = rest.split_first_chunk::<8>()?;
        *rest = after;
        Some(i64::from_le_bytes(*bytes))
    };
    let sized = |rest: &mut &[u8]| -> Option<Vec<u8>> {
        let (size, after) = rest.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        let (bytes, after) = after.split_at_checked(size)?;
        *rest = after;
        Some(bytes.to_vec())
    };
    Some(match tag {
        0 => Value::Null,
        1 => {
            let (holds, after) = rest.split_first()?;
            *rest = after;
            Value::Bool(*holds == 1)
        }
        2 => Value::I64(number(rest)?),
        3 => Value::F64(f64::from_bits(number(rest)? as u64)),
        4 => Value::Text(String::from_utf8(sized(rest)?).ok()?),
        5 => Value::Bytes(sized(rest)?),
        6 => Value::Uuid(sized(rest)?.try_into().ok()?),
        8 => Value::Date(CivilDate(i32::try_from(number(rest)?).ok()?)),
        9 => {
            let time = number(rest)?;
            (0..86_400_000_000).contains(&time).then_some(())?;
            Value::Time(CivilTime(time))
        }
        10 => Value::DateTime(CivilDateTime(number(rest)?)),
        11 => Value::Timestamp(Instant(number(rest)?)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use aludel_sql::Value;
    use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};

    #[test]
    fn the_text_of_a_cursor_reads_back() {
        let values = vec![
            Value::Null,
            Value::Bool(true),
            Value::I64(i64::MIN),
            Value::F64(-0.1),
            Value::Text("it's \u{0} ü".into()),
            Value::Bytes(vec![0, 255]),
            Value::Uuid([7; 16]),
            Value::Date(CivilDate(-1)),
            Value::Time(CivilTime(1)),
            Value::DateTime(CivilDateTime(1)),
            Value::Timestamp(Instant(-1)),
        ];
        for (backwards, inclusive) in [(false, false), (true, false), (true, true)] {
            let cursor = Cursor::new(values.clone()).towards(backwards, inclusive);
            let read: Cursor = cursor.to_string().parse().expect("its own text");
            assert_eq!(read, cursor);
        }
    }

    #[test]
    fn other_text_is_refused() {
        let whole = Cursor::new(vec![Value::Text("abc".into())]).to_string();
        for end in 1..whole.len() {
            let cut: Result<Cursor, _> = whole[..end].parse();
            // Text that ends between two values is a cursor with fewer values, which this order does not accept.
            assert!(cut.is_err() || end == 11, "{}", &whole[..end]);
        }
        for text in [
            "",
            "a",
            "b00",
            "a00000000ff05",
            "aüü",
            "a000000000004ffffffff",
        ] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
