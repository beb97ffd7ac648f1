//! Many rows at once.

use crate::DIALECTS;
use aludel_sql::dialect::Dialect;
use aludel_sql::dialect::bulk::Load;
use aludel_sql::expr::{Name, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{
    Assignment, ColumnArray, Conflict, ConflictAction, InsertArrays, TableName, UpdateMany,
};
use aludel_sql::types::SqlType;
use aludel_sql::value::Value;

/// What each dialect writes, or why it does not.
fn show(write: impl Fn(&mut Writer, &'static dyn Dialect) -> aludel_sql::Result<()>) -> String {
    let one = |dialect: &&'static dyn Dialect| {
        let mut w = Writer::new(*dialect);
        let text = match write(&mut w, *dialect).and_then(|()| w.finish()) {
            Ok(sql) => format!("{}\n    with {} binds", sql.text, sql.binds.len()),
            Err(error) => format!("error: {error}"),
        };
        format!("-- {}\n{text}", dialect.name())
    };
    DIALECTS.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn columns() -> [(Name, SqlType); 3] {
    [
        ("id".into(), SqlType::BigInt),
        ("name".into(), SqlType::Varchar(20)),
        ("hash".into(), SqlType::Bytes),
    ]
}

#[test]
fn an_insert_of_arrays_has_the_alias_that_an_upsert_needs() {
    let insert = |table: &'static str| InsertArrays {
        table: table.into(),
        columns: { columns().into_iter() }
            .map(|(name, sql_type)| ColumnArray {
                name,
                sql_type,
                items: vec![Value::Null, Value::Null],
            })
            .collect(),
        conflict: Some(Conflict {
            columns: vec!["id".into()],
            action: ConflictAction::Update(vec![Assignment {
                column: "name".into(),
                value: Node::Excluded("name".into()),
            }]),
        }),
        returning: vec![Node::Root("id".into())],
    };
    insta::assert_snapshot!(show(|w, _| w.insert_arrays(insert("people"))));
    insta::assert_snapshot!(show(|w, _| w.insert_arrays(insert("excluded"))));
}

#[test]
fn an_update_of_many_rows() {
    let update = || UpdateMany {
        table: "people".into(),
        matched: columns()[..1].to_vec(),
        set: columns()[1..].to_vec(),
        rows: vec![vec![Value::I64(1), Value::Null, Value::Null]; 2],
    };
    insta::assert_snapshot!(show(|w, _| w.update_many(update())));
}

#[test]
fn rows_as_a_file() {
    let (table, columns) = (TableName::new("people"), columns());
    let load = Load {
        table: &table,
        columns: &columns,
        has_keys: false,
    };
    insta::assert_snapshot!(show(|w, dialect| dialect.bulk().load(w, &load)));
    insta::assert_snapshot!(show(|w, dialect| dialect.bulk().instead_of_load(w, &load)));
    let load = Load {
        has_keys: true,
        ..load
    };
    insta::assert_snapshot!(show(|w, dialect| dialect.bulk().instead_of_load(w, &load)));
}
