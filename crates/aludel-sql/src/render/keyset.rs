//! Keyset conditions: the rows after, or before, a position in an order.

use super::Writer;
use crate::error::Result;
use crate::expr::{BinaryOp, Keyset, KeysetTerm, Node, UnaryOp};
use crate::statement::Nulls;
use crate::types::Kind;
use crate::value::Value;

impl Writer {
    /// `a >= x AND (a > x OR (b >= y AND (b > y OR …)))`: each term bounds the rest, so that every database reads an index
    /// over the terms from the position on.
    ///
    /// # Errors
    /// Errors of the terms.
    pub(super) fn keyset(&mut self, keyset: &Keyset) -> Result<()> {
        if let Some(condition) = self.row_comparison(keyset) {
            return self.infix(&condition.0, condition.1, &condition.2);
        }
        let greatest = self.dialect().capabilities().nulls_greatest;
        let condition = condition(keyset, greatest);
        self.condition(&condition)
    }
}

impl Writer {
    /// `(a, b) > (x, y)`, which starts in an index exactly where the page does, however many rows have the same `a`. Only if
    /// all terms have one direction, none can be NULL, and all compare as their columns do.
    fn row_comparison(&mut self, keyset: &Keyset) -> Option<(Node, &'static str, Node)> {
        let terms = keyset.terms.as_slice();
        let first = terms.first()?;
        if terms.len() < 2 || !self.dialect().capabilities().row_comparison_by_index {
            return None;
        }
        let fits = |term: &KeysetTerm, kind: Kind| {
            term.descending == first.descending
                && !term.nullable
                && !term.value.is_null()
                && matches!(
                    kind,
                    Kind::Integer
                        | Kind::Text
                        | Kind::Uuid
                        | Kind::Date
                        | Kind::Time
                        | Kind::DateTime
                        | Kind::Timestamp
                )
        };
        for term in terms {
            let kind = self.kind(&term.node);
            if !fits(term, kind) {
                return None;
            }
        }
        let word = match (first.descending != keyset.backwards, keyset.inclusive) {
            (false, false) => " > ",
            (false, true) => " >= ",
            (true, false) => " < ",
            (true, true) => " <= ",
        };
        let nodes = terms.iter().map(|term| term.node.clone());
        let values = terms.iter().map(|term| Node::Value(term.value.clone()));
        Some((
            Node::Tuple(nodes.collect()),
            word,
            Node::Tuple(values.collect()),
        ))
    }
}

/// The condition as a tree; `greatest` if the database sorts NULL as the greatest value.
fn condition(keyset: &Keyset, greatest: bool) -> Node {
    let mut rest: Option<Node> = None;
    for (n, term) in keyset.terms.iter().enumerate().rev() {
        let last = n + 1 == keyset.terms.len();
        let bounds = Bounds::of(term, keyset.backwards, greatest);
        let inner = match (bounds.beyond, rest.take()) {
            // The last term decides alone; if the position itself is included, equal values count too.
            (_, None) if last && keyset.inclusive => {
                rest = Some(bounds.reach.unwrap_or_else(always));
                continue;
            }
            (None, None) => never(),
            (Some(beyond), None) => beyond,
            (None, Some(rest)) => rest,
            (Some(beyond), Some(rest)) => beyond.or(rest),
        };
        rest = Some(match bounds.reach {
            None => inner,
            Some(_) if last => inner,
            Some(reach) => reach.and(inner),
        });
    }
    rest.unwrap_or_else(always)
}

fn always() -> Node {
    Node::Value(Value::Bool(true))
}

fn never() -> Node {
    Node::Value(Value::Bool(false))
}

/// The conditions of one term for rows after its value.
struct Bounds {
    /// After the value; `None` if no row can be.
    beyond: Option<Node>,
    /// After the value or at it; `None` if every row is.
    reach: Option<Node>,
}

impl Bounds {
    fn of(term: &KeysetTerm, backwards: bool, greatest: bool) -> Bounds {
        let nulls_last = match term.nulls {
            Some(Nulls::Last) => true,
            Some(Nulls::First) => false,
            None => greatest != term.descending,
        };
        // Read backwards, the order is reversed, and NULLs are at its other end.
        let nulls_last = nulls_last != backwards;
        let descending = term.descending != backwards;
        let node = || term.node.clone();
        let is = |op| Node::Unary(op, Box::new(node()));
        if term.value.is_null() {
            return if nulls_last {
                Bounds {
                    beyond: None,
                    reach: Some(is(UnaryOp::IsNull)),
                }
            } else {
                Bounds {
                    beyond: Some(is(UnaryOp::IsNotNull)),
                    reach: None,
                }
            };
        }
        let (beyond, reach) = if descending {
            (BinaryOp::Less, BinaryOp::LessOrEqual)
        } else {
            (BinaryOp::Greater, BinaryOp::GreaterOrEqual)
        };
        let compare = |op| {
            let compared = Node::binary(op, node(), Node::Value(term.value.clone()));
            if term.nullable && nulls_last {
                compared.or(is(UnaryOp::IsNull))
            } else {
                compared
            }
        };
        Bounds {
            beyond: Some(compare(beyond)),
            reach: Some(compare(reach)),
        }
    }
}
