//! How deep expressions may be nested.
//!
//! Whatever walks a tree (rendering it, resolving it, comparing it, dropping it) calls itself once for each level, and a
//! filter that comes from outside the program must not decide how much stack that takes. So no deeper tree is built in
//! the first place: an operation that would build one returns a [`Node::Refused`], and rendering that fails. Nothing is
//! counted while a tree is walked. An operation that adds a level checks each node below it, of which there are few; one
//! that makes a list longer (`a | b | c`) checks the new condition alone.

use super::node::Node;
use crate::statement::{Distinct, Projection, Select, Source};

/// The most levels of an expression: operators, functions and lists of conditions within each other. `a & b & c` is one
/// level, however long.
pub const MOST_LEVELS: usize = 128;

/// Levels that a subquery counts for: walking it takes as much stack.
const SUBQUERY: usize = 4;

impl Node {
    /// The node, or why it is refused.
    pub(super) fn bounded(self) -> Node {
        if self.fits(MOST_LEVELS) {
            self
        } else {
            refused()
        }
    }

    /// A node that is about to be put below another.
    pub(super) fn member(self) -> Node {
        if self.fits(MOST_LEVELS - 1) {
            self
        } else {
            refused()
        }
    }

    /// Whether it has at most this many levels.
    fn fits(&self, levels: usize) -> bool {
        let below = levels.saturating_sub(1);
        let one = |node: &Node| node.fits(below);
        let all = |nodes: &[Node]| nodes.iter().all(one);
        match self {
            Node::Value(_)
            | Node::Column(_)
            | Node::Path(_)
            | Node::Root(..)
            | Node::Star
            | Node::Excluded(_)
            | Node::Default
            | Node::Refused(_) => true,
            _ if levels == 0 => false,
            Node::Unary(_, operand) => one(operand),
            Node::Binary(_, pair) | Node::Arithmetic(_, _, pair) => one(&pair.0) && one(&pair.1),
            Node::And(nodes)
            | Node::Or(nodes)
            | Node::Tuple(nodes)
            | Node::Function(_, nodes)
            | Node::Call(_, nodes)
            | Node::AggregateCall(_, nodes)
            | Node::Raw(_, nodes) => all(nodes),
            Node::Between(three) => one(&three.0) && one(&three.1) && one(&three.2),
            Node::InList(list) => one(&list.operand),
            Node::InQuery(query) => one(&query.operand) && select_fits(&query.query, below),
            Node::Text(text) => one(&text.operand) && one(&text.pattern),
            Node::Case(case) => {
                let branches = &case.branches;
                branches.iter().all(|(when, then)| one(when) && one(then))
                    && case.otherwise.iter().all(one)
            }
            Node::Cast(typed) | Node::Typed(typed) => one(&typed.0),
            Node::Collate(collate) => one(&collate.0),
            Node::Aggregate(aggregate) => {
                aggregate.argument.iter().all(one) && aggregate.filter.iter().all(one)
            }
            Node::Window(window) => {
                one(&window.function)
                    && all(&window.partition_by)
                    && window.order_by.iter().all(|term| one(&term.node))
            }
            Node::Exists(query) | Node::Subquery(query) => select_fits(query, below),
            Node::Json(get) => one(&get.document),
            Node::Keyset(keyset) => keyset.terms.iter().all(|term| one(&term.node)),
            Node::Quantified(asked) => {
                let mut parts = asked.condition.iter().chain(&asked.argument);
                let inner = levels.checked_sub(SUBQUERY);
                inner.is_some_and(|inner| parts.all(|node| node.fits(inner)))
            }
        }
    }
}

/// Whether a subquery has at most this many levels.
fn select_fits(select: &Select, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(SUBQUERY) else {
        return false;
    };
    let one = |node: &Node| node.fits(below);
    let source = |source: &Source| match source {
        Source::Table { .. } => true,
        Source::Query { query, .. } => select_fits(query, below),
    };
    let projected = match &select.projection {
        Projection::Items(items) => items.iter().all(|item| one(&item.node)),
        Projection::Rendered(_) => true,
    };
    let distinct = match &select.distinct {
        Distinct::On(nodes) => nodes.iter().all(one),
        Distinct::No | Distinct::Rows => true,
    };
    let (mut joins, mut compounds) = (select.joins.iter(), select.compounds.iter());
    projected
        && distinct
        && select.from.iter().all(source)
        && joins.all(|join| source(&join.source) && join.on.iter().all(one))
        && select.filter.iter().all(one)
        && select.group_by.iter().all(one)
        && select.having.iter().all(one)
        && select.order_by.iter().all(|term| one(&term.node))
        && select.with.iter().all(|cte| select_fits(&cte.query, below))
        && compounds.all(|part| select_fits(&part.query, below))
}

#[cold]
fn refused() -> Node {
    Node::Refused(
        format!(
            "an expression is nested more than {MOST_LEVELS} levels deep; write its conditions as flat lists \
             (`a & b & c` and `a | b | c` are one level, however long), or split the query"
        )
        .into(),
    )
}

/// Joins two lists. The shorter goes after the longer, so that prepending to a long list costs as little as appending
/// to it; short ones keep their order.
pub(super) fn joined(mut left: Vec<Node>, mut right: Vec<Node>) -> Vec<Node> {
    const IN_ORDER: usize = 64;
    if right.len() > left.len().max(IN_ORDER) {
        right.append(&mut left);
        return right;
    }
    left.append(&mut right);
    left
}

#[cfg(test)]
mod tests {
    use super::{MOST_LEVELS, Node};
    use crate::expr::{BinaryOp, Expr, UnaryOp};
    use crate::statement::Select;

    fn leaf() -> Node {
        Node::binary(BinaryOp::Equal, Node::Star, Node::Star)
    }

    fn is_refused(node: &Node) -> bool {
        node.any(&mut |node| matches!(node, Node::Refused(_)))
    }

    /// Operations that add one level each time, however often they are repeated.
    #[test]
    fn what_is_nested_too_deep_is_refused_when_it_is_made() {
        type Deeper = fn(Node, usize) -> Node;
        let ways: [(&str, Deeper); 6] = [
            ("and, or", |node, n| match n % 2 {
                0 => node.and(leaf()),
                _ => node.or(leaf()),
            }),
            ("or, and from the left", |node, n| match n % 2 {
                0 => leaf().and(node),
                _ => leaf().or(node),
            }),
            ("not true", |node, _| {
                Expr::<(), bool>::from_node(Node::Unary(UnaryOp::IsNotTrue, Box::new(node)))
                    .into_node()
            }),
            ("function", |node, _| {
                Expr::<(), bool>::from_node(Node::Call("f".into(), vec![node])).into_node()
            }),
            ("subquery", |node, _| {
                let select = Select {
                    filter: Some(node),
                    ..Select::default()
                };
                Expr::<(), bool>::from_node(Node::Exists(Box::new(select))).into_node()
            }),
            ("not, or", |node, _| node.negated().or(leaf())),
        ];
        for (name, deeper) in ways {
            let few = (0..20).fold(leaf(), deeper);
            assert!(!is_refused(&few), "{name}");
            // More than any stack has room for.
            let mut many = leaf();
            for n in 0..10_000 {
                many = deeper(many, n);
                assert!(many.fits(MOST_LEVELS), "{name}");
            }
            // A subquery is not entered by `any`.
            assert!(is_refused(&many) || name == "subquery", "{name}");
            drop(many);
        }
    }

    #[test]
    fn a_list_of_conditions_is_one_level_however_it_is_made() {
        type Longer = fn(Node) -> Node;
        let ways: [Longer; 4] = [
            |list| list.or(leaf()),
            |list| leaf().or(list),
            |list| list.or(leaf().or(leaf())),
            |list| leaf().or(leaf()).or(list),
        ];
        for longer in ways {
            let list = (0..40_000).fold(leaf(), |list, _| longer(list));
            assert!(list.fits(2), "flat");
            let Node::Or(all) = &list else {
                panic!("a list");
            };
            assert!(all.len() > 40_000 && !is_refused(&list));
        }
    }

    #[test]
    fn short_lists_keep_their_order() {
        let name = |name: &'static str| Node::Call(name.into(), vec![]);
        let right = name("b").and(name("c"));
        let all = name("a").and(right);
        assert_eq!(all, Node::And(vec![name("a"), name("b"), name("c")]));
    }

    #[test]
    fn a_chain_of_negations_is_none_or_one() {
        let not = (0..100_001).fold(leaf(), |node, _| node.negated());
        assert_eq!(not, Node::Unary(UnaryOp::Not, Box::new(leaf())));
        assert_eq!(not.negated(), leaf());
    }
}
