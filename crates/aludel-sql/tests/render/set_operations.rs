//! Set operations mean the same everywhere: from left to right, as the tree says; and an order or a limit is of the query
//! that has it.

use crate::root;
use aludel_sql::dialect::{Dialect, MARIADB, POSTGRES, SQLITE};
use aludel_sql::expr::{Function, Node};
use aludel_sql::render::render;
use aludel_sql::statement::{
    OrderTerm, Projection, Select, SelectItem, SetOperation, Source, Statement,
};

fn of(table: &'static str) -> Select {
    Select {
        projection: Projection::Items(vec![SelectItem {
            node: root("n"),
            alias: None,
        }]),
        from: Some(Source::table(table)),
        ..Select::default()
    }
}

fn by(node: Node) -> Vec<OrderTerm> {
    vec![OrderTerm {
        node,
        descending: false,
        nulls: None,
    }]
}

fn texts(select: Select) -> [String; 3] {
    let statement = Statement::Select(select);
    let text = |dialect: &'static dyn Dialect| {
        let sql = render(&statement, dialect).expect("renders");
        sql.text.replace('`', "\"")
    };
    [text(&SQLITE), text(&POSTGRES), text(&MARIADB)]
}

#[test]
fn every_database_groups_from_left_to_right() {
    use SetOperation::{Except, Intersect, Union, UnionAll};
    let cases = [
        (
            vec![Union, UnionAll, Except],
            "SELECT \"n\" FROM \"a\" UNION SELECT \"x\".\"n\" FROM \"x\" UNION ALL SELECT \"x\".\"n\" FROM \"x\" \
             EXCEPT SELECT \"x\".\"n\" FROM \"x\"",
        ),
        (
            vec![Intersect, Intersect, Union],
            "SELECT \"n\" FROM \"a\" INTERSECT SELECT \"x\".\"n\" FROM \"x\" INTERSECT SELECT \"x\".\"n\" FROM \"x\" \
             UNION SELECT \"x\".\"n\" FROM \"x\"",
        ),
        (
            vec![Union, Intersect, Intersect],
            "SELECT * FROM (SELECT \"n\" FROM \"a\" UNION SELECT \"x\".\"n\" FROM \"x\") \"member\" \
             INTERSECT SELECT \"x\".\"n\" FROM \"x\" INTERSECT SELECT \"x\".\"n\" FROM \"x\"",
        ),
        (
            vec![Except, Intersect, Union, Intersect],
            "SELECT * FROM (SELECT * FROM (SELECT \"n\" FROM \"a\" EXCEPT SELECT \"x\".\"n\" FROM \"x\") \"member\" \
             INTERSECT SELECT \"x\".\"n\" FROM \"x\" UNION SELECT \"x\".\"n\" FROM \"x\") \"member\" \
             INTERSECT SELECT \"x\".\"n\" FROM \"x\"",
        ),
    ];
    for (operations, wanted) in cases {
        let add = |whole: Select, operation| whole.combined(operation, of("x"));
        let whole = operations.into_iter().fold(of("a"), add);
        for text in texts(whole) {
            assert_eq!(text, wanted);
        }
    }
}

#[test]
fn an_order_and_a_limit_are_of_the_query_that_has_them() {
    let first = Select {
        order_by: by(root("n")),
        limit: Some(1),
        ..of("a")
    };
    let mut whole = first.clone().combined(SetOperation::UnionAll, first);
    whole.order_by = by(root("n"));
    whole.limit = Some(9);
    for text in texts(whole) {
        assert_eq!(
            text.replace(" AS \"member\"", " \"member\""),
            "SELECT * FROM (SELECT \"a\".\"n\" FROM \"a\" ORDER BY \"a\".\"n\" ASC LIMIT 1) \"member\" \
             UNION ALL SELECT * FROM (SELECT \"a\".\"n\" FROM \"a\" ORDER BY \"a\".\"n\" ASC LIMIT 1) \"member\" \
             ORDER BY \"n\" ASC LIMIT 9"
        );
    }
}

#[test]
fn an_order_by_an_expression_is_over_a_derived_table() {
    let mut whole = of("a").combined(SetOperation::Union, of("x"));
    whole.order_by = by(Node::Function(Function::Abs, vec![root("n")]));
    for text in texts(whole) {
        let text = text.to_lowercase();
        let head = "select * from (select \"n\" from \"a\" union select \"x\".\"n\" from \"x\") \"member\" order by abs(\"n\") asc";
        assert_eq!(text, head);
    }
}
