//! Set operations find the same rows on every database: they go from left to right, and orders and limits stay with the query
//! that has them (rule 18 of the queries).

use SetOperation::{Except, Intersect, Union, UnionAll};
use aludel::Sql;
use aludel::expr::{Function, Node};
use aludel::prelude::*;
use aludel::schema::{Column, Table};
use aludel::statement::{
    OrderTerm, Projection, Select, SelectItem, SetOperation, Source, Statement,
};
use aludel::types::SqlType;

/// The numbers of a table.
fn of(table: &'static str) -> Select {
    Select {
        projection: Projection::Items(vec![SelectItem {
            node: Node::Root("n".into()),
            alias: None,
        }]),
        from: Some(Source::table(table)),
        ..Select::default()
    }
}

fn by(node: Node, descending: bool) -> Vec<OrderTerm> {
    vec![OrderTerm {
        node,
        descending,
        nulls: None,
    }]
}

fn sorted(select: Select) -> Select {
    Select {
        order_by: by(Node::Root("n".into()), false),
        ..select
    }
}

async fn numbers(select: Select, db: &Database) -> aludel::Result<Vec<i64>> {
    Sql::from(Statement::Select(select)).all(db).await
}

/// Tables with the numbers 1, 2, both of them, and -3 beside them.
async fn tables(db: &Database) -> aludel::Result<()> {
    let tables = [
        ("ones", "(1)"),
        ("twos", "(2)"),
        ("pair", "(1), (2)"),
        ("mixed", "(-3), (1), (2)"),
    ];
    for (name, rows) in tables {
        let table = Table {
            columns: vec![Column::new("n", SqlType::BigInt)],
            ..Table::new(name)
        };
        db.create_all(&vec![table]).await?;
        Sql::trusted(format!("insert into {name} values {rows}"))
            .execute(db)
            .await?;
    }
    Ok(())
}

on_every_database! {
    async fn they_go_from_left_to_right(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let cases: [(&'static str, &[(SetOperation, &'static str)], &[i64]); 7] = [
            ("ones", &[(Union, "twos"), (Intersect, "twos")], &[2]),
            ("pair", &[(Except, "ones"), (Intersect, "ones")], &[]),
            ("ones", &[(UnionAll, "ones"), (Intersect, "pair")], &[1]),
            ("ones", &[(Union, "twos"), (Intersect, "twos"), (Union, "ones"), (Intersect, "ones")], &[1]),
            ("pair", &[(Intersect, "ones"), (Union, "twos")], &[1, 2]),
            ("pair", &[(Except, "ones"), (UnionAll, "twos"), (UnionAll, "twos")], &[2, 2, 2]),
            ("ones", &[(UnionAll, "ones"), (Union, "ones"), (UnionAll, "twos"), (Except, "ones")], &[2]),
        ];
        for (first, rest, found) in cases {
            let add = |whole: Select, &(operation, table): &(SetOperation, &'static str)| whole.combined(operation, of(table));
            let whole = rest.iter().fold(of(first), add);
            assert_eq!(numbers(sorted(whole), db).await?, found, "{rest:?}");
        }
    }

    async fn a_member_groups_for_itself(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let inner = of("twos").combined(Intersect, of("twos"));
        assert_eq!(numbers(sorted(of("ones").combined(Union, inner)), db).await?, [1, 2]);
    }

    async fn orders_and_limits_stay_with_their_query(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let greatest = |table| Select {
            order_by: by(Node::Root("n".into()), true),
            limit: Some(1),
            ..of(table)
        };
        // Of the first query, of a further one, of the whole, and of a whole that goes on.
        assert_eq!(numbers(sorted(greatest("pair").combined(UnionAll, of("ones"))), db).await?, [1, 2]);
        assert_eq!(numbers(sorted(of("ones").combined(UnionAll, greatest("pair"))), db).await?, [1, 2]);
        let mut whole = of("pair").combined(UnionAll, of("pair"));
        whole.order_by = by(Node::Root("n".into()), true);
        whole.limit = Some(3);
        assert_eq!(numbers(whole.clone(), db).await?, [2, 2, 1]);
        assert_eq!(numbers(sorted(whole.combined(UnionAll, of("ones"))), db).await?, [1, 1, 2, 2]);
    }

    async fn a_whole_is_ordered_by_expressions_too(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut whole = of("mixed").combined(Union, of("pair"));
        whole.order_by = by(Node::Function(Function::Abs, vec![Node::Root("n".into())]), true);
        assert_eq!(numbers(whole, db).await?, [-3, 2, 1]);
    }

    /// A set operation in a subquery is ordered by its own columns.
    async fn a_derived_set_operation_has_an_order(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut inner = sorted(of("pair").combined(UnionAll, of("mixed")));
        inner.limit = Some(2);
        let outer = Select {
            from: Some(Source::Query { query: Box::new(inner), alias: "least".into(), lateral: false }),
            ..of("least")
        };
        assert_eq!(numbers(sorted(outer), db).await?, [-3, 1]);
    }
}
