//! A dialect from elsewhere, in one file: its tables are created, rows are inserted and selected, and what it has not is
//! refused before anything is sent.

mod dialect;

use aludel_sql::Value;
use aludel_sql::expr::{Aggregate, AggregateFunction, AggregateType, BinaryOp, InList, Node};
use aludel_sql::render::render;
use aludel_sql::schema::{Column, Identity, Table, create_all};
use aludel_sql::statement::{
    Insert, InsertSource, OrderTerm, Projection, Select, SelectItem, Source, Statement,
};
use aludel_sql::types::SqlType;
use dialect::TOY;

fn books() -> Table {
    Table {
        columns: vec![
            Column {
                identity: Some(Identity::ByDefault),
                ..Column::new("id", SqlType::BigInt)
            },
            Column::new("title", SqlType::Varchar(40)),
            Column {
                nullable: true,
                ..Column::new("pages", SqlType::Integer)
            },
        ],
        primary_key: vec!["id".into()],
        ..Table::new("books")
    }
}

fn root(name: &'static str) -> Node {
    Node::Root(name.into())
}

fn text(text: &str) -> Node {
    Node::Value(Value::Text(text.into()))
}

fn bound(values: &[Value]) -> Vec<rusqlite::types::Value> {
    let bind = |value: &Value| match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::I64(n) => (*n).into(),
        Value::Text(text) => text.clone().into(),
        other => panic!("no test has {other:?}"),
    };
    values.iter().map(bind).collect()
}

#[test]
fn it_creates_inserts_and_selects() {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    for ddl in create_all(&[books()], &TOY) {
        let sql = render(&Statement::Ddl(ddl), &TOY).unwrap();
        db.execute(&sql.text, []).unwrap();
    }
    let rows = [
        ("Emma", Some(474)),
        ("O'Neill", None),
        ("Ulysses", Some(730)),
    ];
    let insert = Insert {
        table: "books".into(),
        columns: vec!["title".into(), "pages".into()],
        source: InsertSource::Rows(
            rows.iter()
                .map(|(title, pages)| {
                    let pages = pages.map_or(Value::Null, Value::I64);
                    vec![text(title), Node::Value(pages)]
                })
                .collect(),
        ),
        conflict: None,
        returning: vec![root("id")],
    };
    let sql = render(&Statement::Insert(insert), &TOY).unwrap();
    assert_eq!(
        sql.text,
        "INSERT INTO `books` (`title`, `pages`) VALUES (:1, :2), (:3, :4), (:5, :6) RETURNING `id`"
    );
    let mut statement = db.prepare(&sql.text).unwrap();
    let keys: Vec<i64> = statement
        .query_map(rusqlite::params_from_iter(bound(&sql.binds)), |row| {
            row.get(0)
        })
        .unwrap()
        .map(|key| key.unwrap())
        .collect();
    assert_eq!(keys, [1, 2, 3]);
    let select = Select {
        projection: Projection::Items(vec![SelectItem {
            node: root("title"),
            alias: None,
        }]),
        from: Some(Source::table("books")),
        filter: Some(
            Node::InList(Box::new(InList {
                operand: root("title"),
                values: vec![Value::Text("O'Neill".into()), Value::Text("Emma".into())],
                element: SqlType::Text,
                negated: false,
            }))
            .or(Node::binary(
                BinaryOp::Greater,
                root("pages"),
                Node::Value(Value::I64(700)),
            )),
        ),
        order_by: vec![OrderTerm {
            node: root("id"),
            descending: true,
            nulls: None,
        }],
        ..Select::default()
    };
    let sql = render(&Statement::Select(select), &TOY).unwrap();
    let mut statement = db.prepare(&sql.text).unwrap();
    let titles: Vec<String> = statement
        .query_map(rusqlite::params_from_iter(bound(&sql.binds)), |row| {
            row.get(0)
        })
        .unwrap()
        .map(|title| title.unwrap())
        .collect();
    assert_eq!(titles, ["Ulysses", "O'Neill", "Emma"]);
}

#[test]
fn what_it_has_not_is_refused() {
    let count = Select {
        projection: Projection::Items(vec![SelectItem {
            node: Node::Aggregate(Box::new(Aggregate {
                function: AggregateFunction::Count,
                answer: AggregateType::Own,
                argument: None,
                distinct: false,
                filter: None,
            })),
            alias: None,
        }]),
        from: Some(Source::table("books")),
        ..Select::default()
    };
    let error = render(&Statement::Select(count), &TOY).unwrap_err();
    assert!(error.to_string().contains("toy"), "{error}");
    let mut table = books();
    table.columns.push(Column::new("cover", SqlType::Bytes));
    let ddl = create_all(&[table], &TOY).remove(0);
    let error = render(&Statement::Ddl(ddl), &TOY).unwrap_err();
    assert!(error.to_string().contains("toy"), "{error}");
}
