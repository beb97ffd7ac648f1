//! The parts of a node, each once.

use super::node::Node;

impl Node {
    /// Calls `visit` on each direct child, mutably. Subqueries are not entered.
    pub fn children_mut(&mut self, visit: &mut dyn FnMut(&mut Node)) {
        match self {
            Node::Unary(_, operand) => visit(operand),
            Node::Binary(_, pair) | Node::Arithmetic(_, _, pair) => {
                visit(&mut pair.0);
                visit(&mut pair.1);
            }
            Node::And(nodes)
            | Node::Or(nodes)
            | Node::Tuple(nodes)
            | Node::Function(_, nodes)
            | Node::Call(_, nodes)
            | Node::AggregateCall(_, nodes)
            | Node::Raw(_, nodes) => nodes.iter_mut().for_each(visit),
            Node::Between(three) => {
                visit(&mut three.0);
                visit(&mut three.1);
                visit(&mut three.2);
            }
            Node::InList(list) => visit(&mut list.operand),
            Node::InQuery(query) => visit(&mut query.operand),
            Node::Text(text) => {
                visit(&mut text.operand);
                visit(&mut text.pattern);
            }
            Node::Case(case) => {
                for (when, then) in &mut case.branches {
                    visit(when);
                    visit(then);
                }
                case.otherwise.iter_mut().for_each(visit);
            }
            Node::Cast(typed) | Node::Typed(typed) => visit(&mut typed.0),
            Node::Collate(collate) => visit(&mut collate.0),
            Node::Aggregate(aggregate) => {
                aggregate.argument.iter_mut().for_each(&mut *visit);
                aggregate.filter.iter_mut().for_each(visit);
            }
            Node::Window(window) => {
                visit(&mut window.function);
                window.partition_by.iter_mut().for_each(&mut *visit);
                window
                    .order_by
                    .iter_mut()
                    .for_each(|term| visit(&mut term.node));
            }
            Node::Json(get) => visit(&mut get.document),
            Node::Keyset(keyset) => keyset
                .terms
                .iter_mut()
                .for_each(|term| visit(&mut term.node)),
            Node::Value(_)
            | Node::Column(_)
            | Node::Path(_)
            | Node::Root(_)
            | Node::Star
            | Node::Exists(_)
            | Node::Subquery(_)
            | Node::Quantified(_)
            | Node::Excluded(_)
            | Node::Default
            | Node::Refused(_) => {}
        }
    }

    /// Calls `visit` on each direct child. Subqueries are not entered.
    pub fn children<'n>(&'n self, visit: &mut dyn FnMut(&'n Node)) {
        match self {
            Node::Unary(_, operand) => visit(operand),
            Node::Binary(_, pair) | Node::Arithmetic(_, _, pair) => {
                visit(&pair.0);
                visit(&pair.1);
            }
            Node::And(nodes)
            | Node::Or(nodes)
            | Node::Tuple(nodes)
            | Node::Function(_, nodes)
            | Node::Call(_, nodes)
            | Node::AggregateCall(_, nodes)
            | Node::Raw(_, nodes) => nodes.iter().for_each(visit),
            Node::Between(three) => {
                visit(&three.0);
                visit(&three.1);
                visit(&three.2);
            }
            Node::InList(list) => visit(&list.operand),
            Node::InQuery(query) => visit(&query.operand),
            Node::Text(text) => {
                visit(&text.operand);
                visit(&text.pattern);
            }
            Node::Case(case) => {
                for (when, then) in &case.branches {
                    visit(when);
                    visit(then);
                }
                case.otherwise.iter().for_each(visit);
            }
            Node::Cast(typed) | Node::Typed(typed) => visit(&typed.0),
            Node::Collate(collate) => visit(&collate.0),
            Node::Aggregate(aggregate) => {
                aggregate.argument.iter().for_each(&mut *visit);
                aggregate.filter.iter().for_each(visit);
            }
            Node::Window(window) => {
                visit(&window.function);
                window.over().for_each(visit);
            }
            Node::Json(get) => visit(&get.document),
            Node::Keyset(keyset) => keyset.terms.iter().for_each(|term| visit(&term.node)),
            Node::Value(_)
            | Node::Column(_)
            | Node::Path(_)
            | Node::Root(_)
            | Node::Star
            | Node::Exists(_)
            | Node::Subquery(_)
            | Node::Quantified(_)
            | Node::Excluded(_)
            | Node::Default
            | Node::Refused(_) => {}
        }
    }

    /// Whether `found` holds for this node or one below it. Subqueries are not entered.
    pub fn any(&self, found: &mut dyn FnMut(&Node) -> bool) -> bool {
        if found(self) {
            return true;
        }
        let mut any = false;
        self.children(&mut |child| any = any || child.any(found));
        any
    }
}
