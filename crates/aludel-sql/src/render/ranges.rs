//! The ranges of integer expressions, so that arithmetic is checked only if it may overflow.

use super::Writer;
use crate::expr::{
    AggregateFunction, AggregateType, ArithmeticOp, Function, Node, NumberKind, UnaryOp,
};
use crate::types::{Bounds, SqlType};
use crate::value::Value;

/// The least and the greatest. 128 bits have room for the result of two 64-bit numbers.
type Range = (i128, i128);

/// All 64-bit integers.
const ALL: Range = (i64::MIN as i128, i64::MAX as i128);

/// Deeper nesting is not analysed: that would be repeated at each level.
const LEVELS: usize = 6;

impl Writer {
    /// Whether the result of this integer arithmetic may overflow 64 bits, as far as the tree tells.
    pub(crate) fn may_run_over(&self, op: ArithmeticOp, left: &Node, right: &Node) -> bool {
        let (left, right) = (self.range(left, LEVELS), self.range(right, LEVELS));
        match op {
            ArithmeticOp::Remainder => false,
            ArithmeticOp::Divide => left.0 == ALL.0 && right.0 <= -1 && right.1 >= -1,
            _ => {
                let (least, most) = combined(op, left, right);
                least < ALL.0 || most > ALL.1
            }
        }
    }

    /// Whether negating an integer may overflow 64 bits: it does for the least one.
    pub(crate) fn may_be_least(&self, node: &Node) -> bool {
        self.range(node, LEVELS).0 == ALL.0
    }

    /// The numbers that an expression may evaluate to, without those that overflow, which are errors.
    fn range(&self, node: &Node, levels: usize) -> Range {
        match node {
            Node::Value(value) => value.as_i64().map_or(ALL, |n| (n.into(), n.into())),
            Node::Function(Function::Length, _) => (0, i32::MAX.into()),
            Node::Unary(UnaryOp::Negate, operand) if levels > 0 => {
                let (least, most) = self.range(operand, levels - 1);
                within_all((-most, -least))
            }
            Node::Arithmetic(op, NumberKind::Integer, pair) if levels > 0 => {
                let left = self.range(&pair.0, levels - 1);
                let right = self.range(&pair.1, levels - 1);
                within_all(combined(*op, left, right))
            }
            column => match self.bounds_of(column) {
                Some(Bounds::Whole(least, most) | Bounds::Narrow(least, most)) => {
                    (least.into(), most.into())
                }
                _ => ALL,
            },
        }
    }

    /// What a column can hold, if this is one.
    pub(super) fn bounds_of(&self, node: &Node) -> Option<Bounds> {
        match node {
            Node::Root(name) | Node::Excluded(name) => self.root_bounds(name),
            Node::Path(path) if path.hops.is_empty() => self.root_bounds(&path.column),
            Node::Column(column) => match &column.table {
                Some(table) => self.source_kinds(table)?.bounds(&column.name),
                None => self.root_bounds(&column.name),
            },
            _ => None,
        }
    }

    /// Whether the server is known to compute it in 64 bits, if it has narrower numbers as well.
    pub(crate) fn is_wide(&self, node: &Node) -> bool {
        match node {
            Node::Value(value) => matches!(value, Value::I64(_)),
            Node::Arithmetic(_, number, _) => *number == NumberKind::Integer && !self.narrow,
            Node::Function(Function::Length, _) => true,
            Node::Cast(cast) => cast.1 == SqlType::BigInt,
            Node::Aggregate(aggregate) => matches!(
                (aggregate.function, aggregate.answer),
                (AggregateFunction::Count, _) | (_, AggregateType::Integer)
            ),
            column => match self.bounds_of(column) {
                Some(Bounds::Whole(least, most) | Bounds::Narrow(least, most)) => {
                    least < i32::MIN.into() || most > i32::MAX.into()
                }
                _ => false,
            },
        }
    }

    /// Runs `write` with numbers in the widths of their columns: functions that are called by their names take no others.
    pub(crate) fn in_own_widths<T>(&mut self, write: impl FnOnce(&mut Writer) -> T) -> T {
        let before = std::mem::replace(&mut self.narrow, true);
        let written = write(self);
        self.narrow = before;
        written
    }

    /// Whether numbers keep the widths of their columns.
    pub(crate) fn has_own_widths(&self) -> bool {
        self.narrow
    }
}

fn within_all((least, most): Range) -> Range {
    (least.max(ALL.0), most.min(ALL.1))
}

/// The range of the results for numbers of two ranges.
fn combined(op: ArithmeticOp, left: Range, right: Range) -> Range {
    match op {
        ArithmeticOp::Add => (left.0 + right.0, left.1 + right.1),
        ArithmeticOp::Subtract => (left.0 - right.1, left.1 - right.0),
        ArithmeticOp::Multiply => {
            let corners = [
                left.0 * right.0,
                left.0 * right.1,
                left.1 * right.0,
                left.1 * right.1,
            ];
            corners
                .iter()
                .fold((corners[0], corners[0]), |(least, most), n| {
                    (least.min(*n), most.max(*n))
                })
        }
        // No greater than the dividend, except for its sign.
        ArithmeticOp::Divide | ArithmeticOp::Remainder => {
            let greatest = left.0.abs().max(left.1.abs());
            (-greatest, greatest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::SQLITE;

    #[test]
    fn what_may_run_over_is_told_from_what_may_not() {
        let w = Writer::new(&SQLITE);
        let (small, any) = (Node::Value(Value::I16(7)), Node::Root("n".into()));
        let cases = [
            (ArithmeticOp::Add, &small, &small, false),
            (ArithmeticOp::Add, &any, &small, true),
            (ArithmeticOp::Multiply, &any, &any, true),
            (ArithmeticOp::Divide, &any, &small, false),
            (ArithmeticOp::Divide, &any, &any, true),
            (ArithmeticOp::Remainder, &any, &any, false),
        ];
        for (op, left, right, over) in cases {
            assert_eq!(w.may_run_over(op, left, right), over, "{op:?}");
        }
    }
}
