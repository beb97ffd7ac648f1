//! [`Lookup`]: the typed layer's operators by name, and their values.

use super::path::Place;
use crate::coerce::coerce;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Function, InList, Node, TextMatch, TextOp, UnaryOp};
use aludel_sql::types::SqlType;

/// How a column is compared with a value; the typed operators by name.
///
/// The value is first converted to the column's type, as in an insert ([`coerce`](fn@super::coerce)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lookup {
    /// Equal; NULL means IS NULL.
    Equal,
    /// Not equal; NULL means IS NOT NULL.
    NotEqual,
    /// Equal, treating NULL as a value (IS NOT DISTINCT FROM).
    Same,
    /// Different, treating NULL as a value (IS DISTINCT FROM).
    Distinct,
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
    /// From the first item of an array to the second, both included.
    Between,
    /// Among the items of an array; NULL among them means that it may be NULL.
    In,
    /// Not among the items of an array; NULL among them means that it must not be NULL.
    NotIn,
    /// NULL (`true`) or not (`false`); for a relation, whether there is no related row.
    IsNull,
    /// Equal, case ignored.
    IEqual,
    /// Contains the text.
    Contains,
    /// Contains the text, case ignored.
    IContains,
    /// Begins with the text.
    StartsWith,
    /// Begins with the text, case ignored.
    IStartsWith,
    /// Ends with the text.
    EndsWith,
    /// Ends with the text, case ignored.
    IEndsWith,
    /// Matches the pattern (LIKE): `%` is any text, `_` any character, `\` escapes them.
    Like,
    /// Matches the pattern, case ignored.
    ILike,
    /// In this year. For other comparisons of parts, write them into the path: `at.year`.
    Year,
    /// In this month (1 to 12), of any year.
    Month,
    /// On this day of the month.
    Day,
}

impl Place {
    /// The condition `place lookup value`.
    pub(super) fn compare(self, lookup: Lookup, value: Value) -> Result<Node> {
        if self.in_json && is_ordering(lookup) {
            return Err(Error::invalid_query(format!(
                "{}: {lookup:?} would compare numbers as text there; ask with Equal or In, or keep the value in a column",
                self.name
            )));
        }
        match lookup {
            Lookup::Equal => self.equality(BinaryOp::Equal, UnaryOp::IsNull, value),
            Lookup::NotEqual => self.equality(BinaryOp::NotEqual, UnaryOp::IsNotNull, value),
            Lookup::Same => self.same(BinaryOp::Same, value),
            Lookup::Distinct => self.same(BinaryOp::Distinct, value),
            Lookup::Less => self.ordering(BinaryOp::Less, value),
            Lookup::LessOrEqual => self.ordering(BinaryOp::LessOrEqual, value),
            Lookup::Greater => self.ordering(BinaryOp::Greater, value),
            Lookup::GreaterOrEqual => self.ordering(BinaryOp::GreaterOrEqual, value),
            Lookup::Between => self.between(value),
            Lookup::In => self.list(lookup, value, false),
            Lookup::NotIn => self.list(lookup, value, true),
            Lookup::IsNull => Ok(match truth(value)? {
                true => unary(UnaryOp::IsNull, self.node),
                false => unary(UnaryOp::IsNotNull, self.node),
            }),
            Lookup::IEqual => {
                let text = self.text(lookup, value)?;
                let lower = |node| Node::Function(Function::Lower, vec![node]);
                Ok(Node::binary(BinaryOp::Equal, lower(self.node), lower(text)))
            }
            Lookup::Contains => self.matches(lookup, TextOp::Contains, false, value),
            Lookup::IContains => self.matches(lookup, TextOp::Contains, true, value),
            Lookup::StartsWith => self.matches(lookup, TextOp::StartsWith, false, value),
            Lookup::IStartsWith => self.matches(lookup, TextOp::StartsWith, true, value),
            Lookup::EndsWith => self.matches(lookup, TextOp::EndsWith, false, value),
            Lookup::IEndsWith => self.matches(lookup, TextOp::EndsWith, true, value),
            Lookup::Like => self.matches(lookup, TextOp::Like, false, value),
            Lookup::ILike => self.matches(lookup, TextOp::Like, true, value),
            Lookup::Year => self.moment(Function::Year)?.compare(Lookup::Equal, value),
            Lookup::Month => self.moment(Function::Month)?.compare(Lookup::Equal, value),
            Lookup::Day => self.moment(Function::Day)?.compare(Lookup::Equal, value),
        }
    }

    /// Converts the value to the column's type.
    fn fitted(&self, value: Value) -> Result<Value> {
        let value = if self.in_json { as_text(value) } else { value };
        coerce(value, &self.sql_type, self.nullable)
            .map_err(|why| Error::invalid_query(format!("{}: {why}", self.name)))
    }

    /// NULL is allowed for any column: a NOT NULL column may be reached over a relation without a row.
    fn equality(self, op: BinaryOp, null: UnaryOp, value: Value) -> Result<Node> {
        if value.is_null() {
            return Ok(unary(null, self.node));
        }
        // Empty text is NULL where the column holds no text.
        Ok(match self.fitted(value)? {
            Value::Null => unary(null, self.node),
            value => Node::binary(op, self.node, Node::Value(value)),
        })
    }

    fn same(self, op: BinaryOp, value: Value) -> Result<Node> {
        let value = match value {
            Value::Null => Value::Null,
            value => self.fitted(value)?,
        };
        Ok(Node::binary(op, self.node, Node::Value(value)))
    }

    /// Nothing is less or greater than NULL.
    fn ordering(self, op: BinaryOp, value: Value) -> Result<Node> {
        let value = self.fitted(value)?;
        Ok(Node::binary(op, self.node, Node::Value(value)))
    }

    fn between(self, value: Value) -> Result<Node> {
        let kind = value.kind();
        let items = match value {
            Value::Array(array) => <[Value; 2]>::try_from(array.items).ok(),
            _ => None,
        };
        let Some([low, high]) = items else {
            return Err(Error::invalid_query(format!(
                "{}: Between takes an array of two values, the least and the greatest, and no other {kind}",
                self.name
            )));
        };
        let (low, high) = (self.fitted(low)?, self.fitted(high)?);
        let three = (self.node, Node::Value(low), Node::Value(high));
        Ok(Node::Between(Box::new(three)))
    }

    fn list(self, lookup: Lookup, value: Value, negated: bool) -> Result<Node> {
        let Value::Array(array) = value else {
            return Err(self.takes_no(lookup, value.kind()));
        };
        let mut values = Vec::with_capacity(array.items.len());
        let mut with_null = false;
        for item in array.items {
            let item = match item {
                Value::Null => Value::Null,
                item => self.fitted(item)?,
            };
            if item.is_null() {
                with_null = true;
            } else {
                values.push(item);
            }
        }
        let list = |operand: Node, element: SqlType| {
            Node::InList(Box::new(InList {
                operand,
                values,
                element,
                negated,
            }))
        };
        if !with_null {
            return Ok(list(self.node, self.sql_type));
        }
        let listed = list(self.node.clone(), self.sql_type);
        Ok(match negated {
            false => listed.or(unary(UnaryOp::IsNull, self.node)),
            true => listed.and(unary(UnaryOp::IsNotNull, self.node)),
        })
    }

    fn matches(self, lookup: Lookup, op: TextOp, insensitive: bool, value: Value) -> Result<Node> {
        let pattern = self.text(lookup, value)?;
        Ok(Node::Text(Box::new(TextMatch {
            op,
            insensitive,
            operand: self.node,
            pattern,
        })))
    }

    /// The value of a text lookup.
    fn text(&self, lookup: Lookup, value: Value) -> Result<Node> {
        let is_text = matches!(
            self.sql_type,
            SqlType::Text | SqlType::Varchar(_) | SqlType::Custom(_)
        );
        if !is_text {
            return Err(Error::invalid_query(format!(
                "{}: {lookup:?} looks into text, and the column is of type {:?}",
                self.name, self.sql_type
            )));
        }
        match value {
            Value::Text(text) => Ok(Node::Value(Value::Text(text))),
            other => Err(self.takes_no(lookup, other.kind())),
        }
    }

    fn takes_no(&self, lookup: Lookup, kind: &str) -> Error {
        Error::invalid_query(format!(
            "{}: the lookup {lookup:?} takes no {kind}",
            self.name
        ))
    }
}

fn is_ordering(lookup: Lookup) -> bool {
    matches!(
        lookup,
        Lookup::Less
            | Lookup::LessOrEqual
            | Lookup::Greater
            | Lookup::GreaterOrEqual
            | Lookup::Between
    )
}

pub(super) fn unary(op: UnaryOp, node: Node) -> Node {
    Node::Unary(op, Box::new(node))
}

/// Whether the lookup looks for NULL, or for no row.
pub(super) fn truth(value: Value) -> Result<bool> {
    let kind = value.kind();
    match coerce(value, &SqlType::Bool, false) {
        Ok(Value::Bool(holds)) => Ok(holds),
        _ => Err(Error::invalid_query(format!(
            "the lookup IsNull takes true or false, and no other {kind}"
        ))),
    }
}

/// A scalar as text, as a JSON document has it.
fn as_text(value: Value) -> Value {
    match value {
        Value::Bool(holds) => Value::Text(holds.to_string()),
        other => match other.as_i64() {
            Some(number) => Value::Text(number.to_string()),
            None => other,
        },
    }
}
