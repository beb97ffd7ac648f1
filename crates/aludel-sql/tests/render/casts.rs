//! Casts on a strict server: texts beside columns of types in its own words, labels of enums that nothing names, and
//! aggregates that are cast over a window.

use crate::{equal, root, value};
use aludel_sql::Value;
use aludel_sql::dialect::{POSTGRES, SQLITE};
use aludel_sql::expr::{Aggregate, AggregateFunction, AggregateType, Case, Function, Node, Window};
use aludel_sql::render::render;
use aludel_sql::statement::{
    Assignment, Insert, InsertSource, Projection, Select, SelectItem, Source, Statement, TableName,
    Update,
};
use aludel_sql::types::{ColumnKinds, Kind};
use aludel_sql::value::EnumType;

static LEVEL: EnumType = EnumType {
    name: "level",
    labels: &["low", "high"],
};

fn hosts() -> TableName {
    TableName {
        kinds: ColumnKinds::new([
            ("ip", Kind::Own("inet")),
            ("code", Kind::Own("varchar(3) COLLATE \"C\"")),
            ("bits", Kind::Own("bit(3)")),
            ("level", Kind::Enum(LEVEL)),
            ("n", Kind::Integer),
            ("key", Kind::Uuid),
        ]),
        ..TableName::new("hosts")
    }
}

fn select(node: Node) -> Select {
    Select {
        projection: Projection::Items(vec![SelectItem { node, alias: None }]),
        from: Some(Source::table(hosts())),
        ..Select::default()
    }
}

fn text(statement: Statement) -> String {
    render(&statement, &POSTGRES).expect("renders").text
}

fn selected(node: Node) -> String {
    let all = text(Statement::Select(select(node)));
    let text = all.strip_prefix("SELECT ").expect("a SELECT");
    text.strip_suffix(" FROM \"hosts\"").expect("FROM").into()
}

fn label() -> Node {
    Node::Value(Value::Enum(&LEVEL, "low"))
}

fn case(results: [Node; 2]) -> Node {
    let [then, otherwise] = results;
    Node::Case(Box::new(Case {
        branches: vec![(equal(root("n"), root("n")), then)],
        otherwise: Some(otherwise),
    }))
}

#[test]
fn texts_are_cast_beside_types_in_the_databases_own_words() {
    let word = || value("x".to_string());
    let cases = [
        (equal(root("ip"), word()), "\"ip\" = CAST($1 AS inet)"),
        (equal(word(), root("ip")), "CAST($1 AS inet) = \"ip\""),
        (equal(root("code"), word()), "\"code\" = $1"),
        (equal(root("bits"), word()), "\"bits\" = CAST($1 AS varbit)"),
        (
            Node::Function(Function::Coalesce, vec![root("ip"), word()]),
            "coalesce(\"ip\", CAST($1 AS inet))",
        ),
        (
            case([word(), root("ip")]),
            "CASE WHEN \"n\" = \"n\" THEN CAST($1 AS inet) ELSE \"ip\" END",
        ),
        (
            Node::Function(Function::Lower, vec![root("ip")]),
            "lower(CAST(\"ip\" AS text))",
        ),
        (
            case([label(), label()]),
            "CASE WHEN \"n\" = \"n\" THEN CAST($1 AS \"level\") ELSE CAST($2 AS \"level\") END",
        ),
        (
            case([label(), root("level")]),
            "CASE WHEN \"n\" = \"n\" THEN CAST($1 AS \"level\") ELSE \"level\" END",
        ),
        (
            equal(root("level"), label()),
            "\"level\" = CAST($1 AS \"level\")",
        ),
    ];
    for (node, wanted) in cases {
        assert_eq!(selected(node), wanted);
    }
    // Other databases convert by themselves.
    let plain = Statement::Select(select(equal(root("ip"), word())));
    let plain = render(&plain, &SQLITE).expect("renders").text;
    assert!(!plain.contains("CAST"), "{plain}");
}

#[test]
fn rows_and_assignments_are_cast() {
    let row = || vec![Node::Value(Value::Null), value(1_i64)];
    let insert = Insert {
        table: hosts(),
        columns: vec!["ip".into(), "n".into()],
        source: InsertSource::Rows(vec![row(), row()]),
        conflict: None,
        returning: vec![],
    };
    assert_eq!(
        text(Statement::Insert(insert)),
        "INSERT INTO \"hosts\" (\"ip\", \"n\") VALUES (CAST($1 AS inet), $2), (CAST($3 AS inet), $4)"
    );
    let update = Update {
        from: None,
        table: hosts(),
        assignments: vec![Assignment {
            column: "ip".into(),
            value: Node::Value(Value::Null),
        }],
        filter: Some(equal(root("ip"), value("x".to_string()))),
        order_by: vec![],
        returning: vec![],
    };
    assert_eq!(
        text(Statement::Update(update)),
        "UPDATE \"hosts\" SET \"ip\" = CAST($1 AS inet) WHERE \"ip\" = CAST($2 AS inet)"
    );
}

#[test]
fn a_cast_stands_around_an_aggregate_and_its_window() {
    let over = |function, argument, answer| {
        Node::Window(Box::new(Window {
            function: Node::Aggregate(Box::new(Aggregate {
                function,
                argument: Some(root(argument)),
                distinct: false,
                filter: None,
                answer,
            })),
            partition_by: vec![root("n")],
            order_by: vec![],
            frame: None,
        }))
    };
    assert_eq!(
        selected(over(AggregateFunction::Sum, "n", AggregateType::Integer)),
        "CAST(sum(\"n\") OVER (PARTITION BY \"n\") AS bigint)"
    );
    assert_eq!(
        selected(over(AggregateFunction::Max, "key", AggregateType::Own)),
        "CAST(max(CAST(\"key\" AS text)) OVER (PARTITION BY \"n\") AS uuid)"
    );
}

#[test]
fn names_of_collations_are_quoted() {
    let collated = Node::Collate(Box::new((root("code"), "C".into())));
    assert_eq!(selected(collated), "\"code\" COLLATE \"C\"");
}
