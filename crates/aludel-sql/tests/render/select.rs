//! SELECT.

use crate::{column, equal, root, snapshot, value};
use aludel_sql::expr::{
    Aggregate, AggregateFunction, AggregateType, ArithmeticOp, BinaryOp, Case, Function, InList,
    Node, NumberKind, TextMatch, TextOp, UnaryOp, Window,
};
use aludel_sql::statement::{
    Compound, Cte, Distinct, Join, JoinKind, Lock, LockStrength, LockWait, Nulls, OrderTerm,
    Projection, Select, SelectItem, SetOperation, Source,
};
use aludel_sql::types::SqlType;
use aludel_sql::value::Value;

fn items<const N: usize>(nodes: [Node; N]) -> Projection {
    let item = |node| SelectItem { node, alias: None };
    Projection::Items(nodes.into_iter().map(item).collect())
}

fn from(table: &'static str) -> Select {
    Select {
        projection: items([root("id")]),
        from: Some(Source::table(table)),
        ..Select::default()
    }
}

fn filtered(condition: Node) -> Select {
    Select {
        filter: Some(condition),
        ..from("posts")
    }
}

fn aliased(table: &'static str, alias: &'static str) -> Source {
    Source::Table {
        name: table.into(),
        alias: Some(alias.into()),
    }
}

fn join(kind: JoinKind) -> Select {
    let on = equal(column("u", "id"), column("posts", "author_id"));
    Select {
        joins: vec![Join {
            kind,
            source: aliased("users", "u"),
            on: (kind != JoinKind::Cross).then_some(on),
        }],
        ..from("posts")
    }
}

fn order(node: Node, descending: bool, nulls: Option<Nulls>) -> OrderTerm {
    OrderTerm {
        node,
        descending,
        nulls,
    }
}

fn count() -> Node {
    Node::Aggregate(Box::new(Aggregate {
        function: AggregateFunction::Count,
        argument: None,
        distinct: false,
        filter: None,
        answer: AggregateType::Own,
    }))
}

#[test]
fn joins_of_every_kind() {
    snapshot!(
        join(JoinKind::Inner),
        join(JoinKind::Left),
        join(JoinKind::Right),
        join(JoinKind::Full),
        join(JoinKind::Cross),
    );
}

#[test]
fn group_having_order_limit() {
    let having = Node::binary(BinaryOp::Greater, count(), value(2_i64));
    snapshot!(Select {
        projection: items([root("author_id"), count()]),
        filter: Some(equal(root("draft"), value(false))),
        group_by: vec![root("author_id")],
        having: Some(having),
        order_by: vec![
            order(count(), true, None),
            order(root("author_id"), false, None)
        ],
        limit: Some(10),
        offset: Some(20),
        ..from("posts")
    });
}

#[test]
fn nulls_first_and_last() {
    snapshot!(
        Select {
            order_by: vec![
                order(root("rating"), false, Some(Nulls::First)),
                order(root("rating"), false, Some(Nulls::Last))
            ],
            ..from("posts")
        },
        Select {
            order_by: vec![
                order(root("rating"), true, Some(Nulls::First)),
                order(root("rating"), true, Some(Nulls::Last))
            ],
            ..from("posts")
        },
    );
}

#[test]
fn an_offset_without_a_limit() {
    snapshot!(Select {
        offset: Some(5),
        ..from("posts")
    });
}

#[test]
fn distinct_rows_and_distinct_on() {
    snapshot!(
        Select {
            distinct: Distinct::Rows,
            ..from("posts")
        },
        Select {
            distinct: Distinct::On(vec![root("author_id")]),
            ..from("posts")
        },
    );
}

#[test]
fn row_locks() {
    let lock = |strength, wait| Select {
        lock: Some(Lock { strength, wait }),
        ..from("jobs")
    };
    snapshot!(
        lock(LockStrength::Update, LockWait::Wait),
        lock(LockStrength::Update, LockWait::SkipLocked),
        lock(LockStrength::Share, LockWait::NoWait),
    );
}

#[test]
fn common_table_expressions() {
    let step = Select {
        projection: items([Node::Arithmetic(
            ArithmeticOp::Add,
            NumberKind::Integer,
            Box::new((root("n"), value(1_i64))),
        )]),
        filter: Some(Node::binary(BinaryOp::Less, root("n"), value(10_i64))),
        ..from("numbers")
    };
    let numbers = Select {
        projection: items([value(1_i64)]),
        compounds: vec![Compound {
            operation: SetOperation::UnionAll,
            query: step,
        }],
        ..Select::default()
    };
    snapshot!(Select {
        with: vec![
            Cte {
                name: "numbers".into(),
                columns: vec!["n".into()],
                query: numbers,
                recursive: true
            },
            Cte {
                name: "old".into(),
                columns: vec![],
                query: from("posts"),
                recursive: false
            },
        ],
        projection: items([root("n")]),
        ..from("numbers")
    });
}

#[test]
fn set_operations() {
    let with = |operation| Select {
        compounds: vec![Compound {
            operation,
            query: from("drafts"),
        }],
        order_by: vec![order(root("id"), false, None)],
        limit: Some(3),
        ..from("posts")
    };
    snapshot!(
        with(SetOperation::Union),
        with(SetOperation::UnionAll),
        with(SetOperation::Intersect),
        with(SetOperation::Except),
    );
}

#[test]
fn window_functions() {
    let over = |function, frame| {
        Node::Window(Box::new(Window {
            function,
            partition_by: vec![root("author_id")],
            order_by: vec![order(root("views"), true, None)],
            frame,
        }))
    };
    snapshot!(Select {
        projection: items([
            over(Node::Call("row_number".into(), vec![]), None),
            over(count(), Some("ROWS BETWEEN 1 PRECEDING AND CURRENT ROW")),
        ]),
        ..from("posts")
    });
}

#[test]
fn lateral_subqueries() {
    let last = Select {
        filter: Some(equal(column("posts", "author_id"), column("users", "id"))),
        order_by: vec![order(column("posts", "id"), true, None)],
        limit: Some(1),
        ..from("posts")
    };
    snapshot!(Select {
        joins: vec![Join {
            kind: JoinKind::Left,
            source: Source::Query {
                query: Box::new(last),
                alias: "last".into(),
                lateral: true
            },
            on: Some(Node::Value(Value::Bool(true))),
        }],
        ..from("users")
    });
}

#[test]
fn operators_bind_as_tightly_as_the_tree_says() {
    let (a, b, c) = (|| root("a"), || root("b"), || root("c"));
    let arithmetic =
        |op, left, right| Node::Arithmetic(op, NumberKind::Unknown, Box::new((left, right)));
    let not = |node| Node::Unary(UnaryOp::Not, Box::new(node));
    use ArithmeticOp::{Add, Multiply, Subtract};
    snapshot!(
        filtered(a().and(b().or(c()))),
        filtered(a().and(b()).or(c())),
        filtered(not(a().or(b()))),
        filtered(not(not(a()))),
        filtered(Node::Unary(UnaryOp::IsNull, Box::new(a().or(b())))),
        filtered(equal(equal(a(), b()), c())),
        filtered(equal(a(), equal(b(), c()))),
        filtered(equal(
            arithmetic(Subtract, a(), arithmetic(Subtract, b(), c())),
            arithmetic(Multiply, arithmetic(Add, a(), b()), c())
        )),
        filtered(equal(
            Node::Unary(
                UnaryOp::Negate,
                Box::new(arithmetic(
                    Add,
                    a(),
                    Node::Unary(UnaryOp::Negate, Box::new(b()))
                ))
            ),
            value(-1_i64)
        )),
        filtered(Node::Between(Box::new((
            a().or(b()),
            value(1_i64),
            a().and(b())
        )))),
    );
}

#[test]
fn comparisons_of_every_kind() {
    use BinaryOp::{Distinct, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, Same};
    snapshot!(
        filtered(
            [
                NotEqual,
                Less,
                LessOrEqual,
                Greater,
                GreaterOrEqual,
                Same,
                Distinct
            ]
            .into_iter()
            .map(|op| Node::binary(op, root("a"), value(1_i64)))
            .reduce(Node::and)
            .unwrap_or(Node::Star)
        ),
        filtered(Node::Unary(
            UnaryOp::IsNotTrue,
            Box::new(equal(root("a"), root("b")))
        )),
        filtered(equal(
            Node::Tuple(vec![root("a"), root("b")]),
            Node::Tuple(vec![value(1_i64), value("x".to_string())])
        )),
    );
}

#[test]
fn lists_are_one_bind_where_they_can_be() {
    let list = |values: Vec<Value>, negated| {
        filtered(Node::InList(Box::new(InList {
            operand: root("a"),
            values,
            element: SqlType::BigInt,
            negated,
        })))
    };
    snapshot!(
        list(vec![Value::I64(1), Value::I64(2)], false),
        list(vec![Value::I64(1)], true),
        list(vec![], false),
        list(vec![], true),
    );
}

#[test]
fn text_patterns() {
    let text = |op, insensitive| {
        filtered(Node::Text(Box::new(TextMatch {
            op,
            insensitive,
            operand: root("title"),
            pattern: value("50%".to_string()),
        })))
    };
    snapshot!(
        text(TextOp::Contains, false),
        text(TextOp::StartsWith, false),
        text(TextOp::EndsWith, true),
        text(TextOp::Like, false),
        text(TextOp::Like, true),
    );
}

#[test]
fn case_cast_and_functions() {
    let case = Node::Case(Box::new(Case {
        branches: vec![(root("a"), value(1_i64)), (root("b"), value(2_i64))],
        otherwise: None,
    }));
    let functions = [
        Function::Lower,
        Function::Length,
        Function::Trim,
        Function::Floor,
        Function::Year,
    ]
    .map(|f| Node::Function(f, vec![root("x")]));
    snapshot!(
        Select {
            projection: items([
                case,
                Node::Cast(Box::new((root("a"), SqlType::BigInt))),
                Node::Cast(Box::new((root("a"), SqlType::Text)))
            ]),
            ..from("t")
        },
        Select {
            projection: items(functions),
            ..from("t")
        },
        Select {
            projection: items([
                Node::Function(Function::Greatest, vec![root("a"), root("b")]),
                Node::Function(Function::Now, vec![]),
                Node::Function(Function::Coalesce, vec![root("a"), value(0_i64)])
            ]),
            ..from("t")
        },
    );
}

#[test]
fn aggregates_with_filter_and_distinct() {
    let aggregate = |function, distinct, filter, answer| {
        Node::Aggregate(Box::new(Aggregate {
            function,
            argument: Some(root("views")),
            distinct,
            filter,
            answer,
        }))
    };
    snapshot!(Select {
        projection: items([
            aggregate(AggregateFunction::Count, true, None, AggregateType::Own),
            aggregate(
                AggregateFunction::Sum,
                false,
                Some(root("draft")),
                AggregateType::Integer
            ),
            aggregate(
                AggregateFunction::Average,
                false,
                None,
                AggregateType::Double
            ),
            aggregate(
                AggregateFunction::Max,
                false,
                Some(root("draft")),
                AggregateType::Own
            ),
        ]),
        ..from("posts")
    });
}

#[test]
fn any_name_is_quoted() {
    snapshot!(
        Select {
            projection: items([column("or\"der", "se`lect"), column("or\"der", "ü . x")]),
            from: Some(Source::table("or\"der")),
            ..Select::default()
        },
        Select {
            projection: items([root("nul\0")]),
            ..from("t")
        },
    );
}
