//! DDL.

use crate::{root, show, value};
use aludel_sql::dialect::{Dialect, POSTGRES};
use aludel_sql::expr::{BinaryOp, Function, Node};
use aludel_sql::schema::{
    Action, Check, Column, Constraint, Deferrability, ForeignKey, Generated, Identity, Index,
    NamingConvention, Table, Unique, create_all, drop_all,
};
use aludel_sql::statement::{Ddl, Statement, TableName};
use aludel_sql::types::SqlType;
use aludel_sql::value::{EnumType, Value};

/// Snapshots what creates and drops the tables.
macro_rules! snapshot_tables {
    ($($table:expr),+ $(,)?) => {
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
            let tables = vec![$($table),+];
            insta::assert_snapshot!(show(|dialect| statements(tables.clone(), dialect)));
        })
    };
}

fn statements(mut tables: Vec<Table>, dialect: &'static dyn Dialect) -> Vec<Statement> {
    for table in &mut tables {
        table.apply_naming(&NamingConvention::default());
    }
    let dropped = drop_all(&tables, dialect);
    let all = create_all(&tables, dialect).into_iter().chain(dropped);
    all.map(Statement::Ddl).collect()
}

fn id() -> Column {
    Column {
        identity: Some(Identity::ByDefault),
        ..Column::new("id", SqlType::BigInt)
    }
}

fn table(name: &'static str, columns: Vec<Column>) -> Table {
    let mut all = vec![id()];
    all.extend(columns);
    Table {
        columns: all,
        primary_key: vec!["id".into()],
        ..Table::new(name)
    }
}

fn text(name: &str) -> Column {
    Column::new(name, SqlType::Text)
}

fn reference(column: &str, target: &'static str) -> ForeignKey {
    ForeignKey {
        name: String::new(),
        columns: vec![column.into()],
        target: target.into(),
        target_columns: vec!["id".into()],
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: Deferrability::Not,
        options: None,
    }
}

#[test]
fn columns_defaults_and_generated_ones() {
    snapshot_tables!(Table {
        checks: vec![Check {
            name: String::new(),
            condition: Node::binary(BinaryOp::Greater, root("n"), value(0_i32)),
            options: None,
        }],
        uniques: vec![Unique {
            name: String::new(),
            columns: vec!["name".into(), "n".into()]
        }],
        comment: Some("it's a \\ table".into()),
        ..table(
            "things",
            vec![
                Column {
                    default: Some(value("it's".to_string())),
                    comment: Some("the 'name'".into()),
                    ..Column::new("name", SqlType::Varchar(50))
                },
                Column {
                    nullable: true,
                    default: Some(value(5_i32)),
                    ..Column::new("n", SqlType::Integer)
                },
                Column {
                    default: Some(Node::Function(Function::Now, vec![])),
                    ..Column::new("at", SqlType::Timestamp)
                },
                Column {
                    generated: Some(Generated {
                        expression: Node::Function(Function::Lower, vec![root("name")]),
                        stored: true
                    }),
                    ..text("lower_name")
                },
                Column {
                    default: Some(Node::Value(Value::Bytes(vec![0, 255]))),
                    ..Column::new("bytes", SqlType::Bytes)
                },
                Column {
                    default: Some(Node::Value(Value::Bool(true))),
                    ..Column::new("truth", SqlType::Bool)
                },
            ]
        )
    });
}

#[test]
fn composite_keys_and_actions() {
    let mut key = reference("order_id", "orders");
    key.columns.push("line".into());
    key.target_columns = vec!["order".into(), "line".into()];
    key.on_delete = Action::Cascade;
    key.on_update = Action::SetNull;
    let lines = Table {
        columns: vec![
            Column::new("order", SqlType::BigInt),
            Column::new("line", SqlType::Integer),
        ],
        primary_key: vec!["order".into(), "line".into()],
        ..Table::new("orders")
    };
    let parts = Table {
        foreign_keys: vec![key],
        ..table(
            "parts",
            vec![
                Column::new("order_id", SqlType::BigInt),
                Column::new("line", SqlType::Integer),
            ],
        )
    };
    snapshot_tables!(parts, lines);
}

#[test]
fn circular_foreign_keys() {
    let companies = Table {
        foreign_keys: vec![reference("ceo_id", "users")],
        ..table(
            "companies",
            vec![Column {
                nullable: true,
                ..Column::new("ceo_id", SqlType::BigInt)
            }],
        )
    };
    let users = Table {
        foreign_keys: vec![
            reference("company_id", "companies"),
            reference("boss_id", "users"),
        ],
        ..table(
            "users",
            vec![
                Column::new("company_id", SqlType::BigInt),
                Column::new("boss_id", SqlType::BigInt),
            ],
        )
    };
    snapshot_tables!(companies, users);
}

#[test]
fn deferrable_foreign_keys() {
    let keys = [Deferrability::Immediate, Deferrability::Deferred].map(|deferrable| ForeignKey {
        deferrable,
        ..reference("next_id", "nodes")
    });
    snapshot_tables!(Table {
        foreign_keys: keys.to_vec(),
        ..table("nodes", vec![Column::new("next_id", SqlType::BigInt)])
    });
}

#[test]
fn set_default_is_not_on_every_database() {
    let key = ForeignKey {
        on_delete: Action::SetDefault,
        ..reference("next_id", "nodes")
    };
    snapshot_tables!(Table {
        foreign_keys: vec![key],
        ..table("nodes", vec![Column::new("next_id", SqlType::BigInt)])
    });
}

fn indexed(index: Index) -> Table {
    Table {
        indexes: vec![index],
        ..table(
            "posts",
            vec![text("title"), Column::new("views", SqlType::BigInt)],
        )
    }
}

#[test]
fn indexes() {
    let mut index = Index::on(["views", "title"]);
    index.parts[0].descending = true;
    index.unique = true;
    snapshot_tables!(indexed(index));
}

#[test]
fn partial_indexes() {
    snapshot_tables!(indexed(Index {
        condition: Some(Node::binary(
            BinaryOp::Greater,
            root("views"),
            value(100_i64)
        )),
        ..Index::on(["views"])
    }));
}

#[test]
fn expression_indexes() {
    let mut index = Index::on(["views"]);
    index.parts[0].node = Node::Function(Function::Lower, vec![root("title")]);
    snapshot_tables!(indexed(index));
}

#[test]
fn index_methods() {
    snapshot_tables!(indexed(Index {
        method: Some("hash".into()),
        ..Index::on(["title"])
    }));
}

/// What a database knows and Aludel does not is written where that database has it.
#[test]
fn rule_12_options_of_parts_indexes_tables_and_constraints() {
    let index = Index::on(["title", "views"])
        .part_options("COLLATE \"C\" text_pattern_ops NULLS LAST")
        .options("WITH (fillfactor=70)");
    let with_options = |options: &str, mut table: Table| {
        table.options = Some(options.into());
        table.constraints = vec![Constraint::new("ex", "EXCLUDE USING gist (a WITH =)")];
        table.checks = vec![Check {
            name: "ck".into(),
            condition: Node::binary(BinaryOp::Greater, root("views"), value(0_i32)),
            options: Some("NOT VALID".into()),
        }];
        table
    };
    let key = ForeignKey {
        options: Some("MATCH FULL NOT VALID".into()),
        on_delete: Action::Cascade,
        ..reference("views", "others")
    };
    let mut table = with_options("COLLATE=latin1_swedish_ci ENGINE=Aria", indexed(index));
    table.foreign_keys.push(key);
    snapshot_tables!(table);
}

/// A length belongs to its column, and an index of a kind of its own says so before INDEX.
#[test]
fn rule_12_lengths_and_kinds_of_indexes() {
    snapshot_tables!(indexed(Index::on(["title"]).part_options("(10)").unique()));
    snapshot_tables!(indexed(Index::on(["title"]).using("fulltext")));
}

#[test]
fn schemas() {
    snapshot_tables!(Table {
        name: TableName::in_schema("blog", "posts"),
        indexes: vec![Index::on(["title"])],
        ..table("posts", vec![Column::new("title", SqlType::Varchar(20))])
    });
}

#[test]
fn enums() {
    const MOOD: EnumType = EnumType {
        name: "mood",
        labels: &["happy", "it's"],
    };
    snapshot_tables!(table(
        "days",
        vec![Column {
            default: Some(Node::Value(Value::Enum(&MOOD, "it's"))),
            ..Column::new("mood", SqlType::Enum(MOOD))
        }]
    ));
}

#[test]
fn hostile_names() {
    let mut index = Index::on(["se\"lect"]);
    index.name = "my `index`; drop".into();
    snapshot_tables!(Table {
        indexes: vec![index],
        ..table(
            "or\"der `x`",
            vec![Column::new("se\"lect", SqlType::BigInt), text("ü . ; --")]
        )
    });
}

#[test]
fn names_are_cut_where_a_database_cuts_them() {
    let long = "a_very_long_name_of_a_table_that_somebody_has_thought_of_at_night";
    let column = "and_a_column_that_is_hardly_shorter";
    let mut table = table("x", vec![Column::new(column, SqlType::BigInt)]);
    table.name = long.into();
    table.foreign_keys.push(ForeignKey {
        columns: vec![column.into()],
        ..reference(column, "others")
    });
    table.indexes.push(Index::on([column]));
    table.apply_naming(&NamingConvention::default());
    let (key, index) = (&table.foreign_keys[0].name, &table.indexes[0].name);
    assert!(key.len() <= 63 && index.len() <= 63 && key != index);
    let mut again = table.clone();
    again.foreign_keys[0].name.clear();
    again.apply_naming(&NamingConvention::default());
    assert_eq!(again.foreign_keys[0].name, *key);
}

#[test]
fn tables_are_made_after_those_they_refer_to_and_dropped_before() {
    let chain = [("c", Some("b")), ("a", None), ("b", Some("a"))].map(|(name, to)| Table {
        foreign_keys: to.map(|to| reference("to_id", to)).into_iter().collect(),
        ..table(name, vec![Column::new("to_id", SqlType::BigInt)])
    });
    let made = |ddl: Vec<Ddl>| -> Vec<String> {
        ddl.into_iter()
            .filter_map(|ddl| match ddl {
                Ddl::CreateTable(table, _) => Some(table.name.to_string()),
                Ddl::DropTable(name) => Some(name.to_string()),
                _ => None,
            })
            .collect()
    };
    assert_eq!(made(create_all(&chain, &POSTGRES)), ["a", "b", "c"]);
    assert_eq!(made(drop_all(&chain, &POSTGRES)), ["c", "b", "a"]);
}
