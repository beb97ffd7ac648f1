//! INSERT, UPDATE, DELETE.

use crate::{equal, root, snapshot, value};
use aludel_sql::expr::{ArithmeticOp, Node, NumberKind};
use aludel_sql::statement::{
    Assignment, Conflict, ConflictAction, Delete, Insert, InsertSource, Projection, Select,
    SelectItem, Source, Update,
};

fn insert(source: InsertSource) -> Insert {
    Insert {
        table: "counters".into(),
        columns: vec!["name".into(), "n".into()],
        source,
        conflict: None,
        returning: vec![],
    }
}

fn rows() -> InsertSource {
    InsertSource::Rows(vec![
        vec![value("a".to_string()), value(1_i64)],
        vec![value("b".to_string()), value(2_i64)],
    ])
}

fn more() -> Node {
    let pair = (root("n"), Node::Excluded("n".into()));
    Node::Arithmetic(ArithmeticOp::Add, NumberKind::Integer, Box::new(pair))
}

#[test]
fn inserts() {
    let query = Select {
        projection: Projection::Items(vec![
            SelectItem {
                node: root("title"),
                alias: None,
            },
            SelectItem {
                node: root("views"),
                alias: None,
            },
        ]),
        from: Some(Source::table("posts")),
        filter: Some(equal(root("draft"), value(true))),
        ..Select::default()
    };
    snapshot!(
        insert(rows()),
        Insert {
            columns: vec![],
            ..insert(InsertSource::Defaults)
        },
        insert(InsertSource::Query(Box::new(query))),
        Insert {
            returning: vec![root("id"), root("n")],
            ..insert(rows())
        },
    );
}

#[test]
fn a_default_in_one_of_several_rows() {
    snapshot!(insert(InsertSource::Rows(vec![
        vec![value("a".to_string()), Node::Default],
        vec![value("b".to_string()), value(2_i64)]
    ])));
}

#[test]
fn upserts() {
    let on = |action| Insert {
        conflict: Some(Conflict {
            columns: vec!["name".into()],
            action,
        }),
        ..insert(rows())
    };
    let add = ConflictAction::Update(vec![Assignment {
        column: "n".into(),
        value: more(),
    }]);
    snapshot!(
        on(ConflictAction::Nothing),
        on(add.clone()),
        Insert {
            returning: vec![root("n")],
            ..on(add)
        }
    );
}

#[test]
fn updates_and_deletes() {
    let update = Update {
        from: None,
        table: "counters".into(),
        assignments: vec![
            Assignment {
                column: "n".into(),
                value: Node::Arithmetic(
                    ArithmeticOp::Add,
                    NumberKind::Integer,
                    Box::new((root("n"), value(1_i64))),
                ),
            },
            Assignment {
                column: "name".into(),
                value: Node::Default,
            },
        ],
        filter: Some(equal(root("name"), value("a".to_string()))),
        order_by: vec![],
        returning: vec![],
    };
    let delete = Delete {
        table: "counters".into(),
        filter: Some(equal(root("n"), value(0_i64))),
        returning: vec![],
    };
    snapshot!(
        update.clone(),
        Update {
            returning: vec![root("n")],
            ..update
        },
        delete.clone(),
        Delete {
            returning: vec![root("name")],
            ..delete
        },
    );
}
