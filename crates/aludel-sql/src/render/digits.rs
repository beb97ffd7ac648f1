//! The digits after the point that expressions may have, so that a column's new value is checked only if it may have more
//! digits than the column.

use super::Writer;
use crate::expr::{AggregateFunction, ArithmeticOp, Function, Node, NumberKind, UnaryOp};
use crate::types::{Bounds, Kind, SqlType};
use crate::value::Value;

/// Deeper nesting is not analysed: that would be repeated at each level.
const LEVELS: usize = 6;

/// The digits of a quotient and of a mean of decimals, on every database.
const QUOTIENT: u32 = 10;

impl Writer {
    /// Whether an expression may have more digits after the point than these, as far as the tree tells.
    pub(crate) fn may_have_digits(&self, node: &Node, most: u32) -> bool {
        self.digits(node, LEVELS).is_none_or(|digits| digits > most)
    }

    /// The most digits that an expression has; `None` if only the database knows.
    fn digits(&self, node: &Node, levels: usize) -> Option<u32> {
        let levels = levels.checked_sub(1)?;
        let of = |node: &Node| self.digits(node, levels);
        match node {
            Node::Value(value) => digits_of(value),
            Node::Unary(UnaryOp::Negate, operand) => of(operand),
            Node::Arithmetic(_, NumberKind::Integer, _) => Some(0),
            Node::Arithmetic(op, _, pair) => {
                let (left, right) = (of(&pair.0)?, of(&pair.1)?);
                Some(match op {
                    ArithmeticOp::Add | ArithmeticOp::Subtract | ArithmeticOp::Remainder => {
                        left.max(right)
                    }
                    ArithmeticOp::Multiply => left.saturating_add(right),
                    ArithmeticOp::Divide => QUOTIENT,
                })
            }
            Node::Function(function, arguments) => match function {
                Function::Round | Function::Floor | Function::Ceil | Function::Length => Some(0),
                Function::RoundTo => match arguments.last() {
                    Some(Node::Value(digits)) => digits.as_i64()?.try_into().ok(),
                    _ => None,
                },
                Function::Abs | Function::NullIf => of(arguments.first()?),
                Function::Coalesce | Function::Greatest | Function::Least => {
                    let each: Option<Vec<u32>> = arguments.iter().map(of).collect();
                    each?.into_iter().max()
                }
                _ => None,
            },
            Node::Case(case) => {
                let results = case.branches.iter().map(|(_, result)| result);
                let results = results.chain(&case.otherwise);
                let each: Option<Vec<u32>> = results.map(of).collect();
                each?.into_iter().max()
            }
            Node::Cast(cast) => match &cast.1 {
                SqlType::Decimal(_, scale) => Some(*scale),
                other => (Kind::of(other) == Kind::Integer).then_some(0),
            },
            Node::Aggregate(aggregate) => match aggregate.function {
                AggregateFunction::Count => Some(0),
                AggregateFunction::Average => Some(QUOTIENT),
                _ => of(aggregate.argument.as_ref()?),
            },
            column => match self.bounds_of(column)? {
                Bounds::Digits(_, scale) => Some(scale),
                Bounds::Whole(..) | Bounds::Narrow(..) => Some(0),
                Bounds::Single | Bounds::Length(_) => None,
            },
        }
    }
}

fn digits_of(value: &Value) -> Option<u32> {
    match value {
        Value::Null => Some(0),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => Some(n.normalize().scale()),
        other => other.as_i64().map(|_| 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::SQLITE;

    #[test]
    fn products_add_their_digits_and_what_is_rounded_has_no_more() {
        let w = Writer::new(&SQLITE);
        let cast = |scale| {
            let sql_type = SqlType::Decimal(20, scale);
            Node::Cast(Box::new((Node::Root("n".into()), sql_type)))
        };
        let product = Node::Arithmetic(
            ArithmeticOp::Multiply,
            NumberKind::Decimal,
            Box::new((cast(2), cast(3))),
        );
        assert!(w.may_have_digits(&product, 4) && !w.may_have_digits(&product, 5));
        let two = Node::Value(Value::I64(2));
        let rounded = Node::Function(Function::RoundTo, vec![product, two]);
        assert!(w.may_have_digits(&rounded, 1) && !w.may_have_digits(&rounded, 2));
        assert!(w.may_have_digits(&Node::Root("unknown".into()), 20));
    }
}
