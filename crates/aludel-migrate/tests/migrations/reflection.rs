//! Create, reflect, compare: equal for every construct of the metadata.

use crate::harness::{Backend, Fixture};
use aludel::dialect::Dialect;
use aludel::expr::{AdHoc, BinaryOp, Dyn, Expr, Function, Node, UnaryOp, root_column};
use aludel::prelude::*;
use aludel::schema::{
    Action, Check, Column, Deferrability, ForeignKey, Identity, Index, Schema, Table, Unique,
    differences,
};
use aludel::types::SqlType;
use aludel::value::EnumType;
use aludel::{Sql, Value};

const MOOD: EnumType = EnumType {
    name: "mood",
    labels: &["glad", "so, so", "it's"],
};

pub fn col(name: &'static str) -> Expr<AdHoc, Dyn> {
    root_column(name)
}

fn id() -> Column {
    Column::new("id", SqlType::BigInt).identity()
}

fn keyed(name: &'static str) -> Table {
    let mut table = Table::new(name).with_column(id());
    table.primary_key = vec!["id".into()];
    table
}

/// Every type of the type table.
fn types(dialect: &dyn Dialect) -> Table {
    let mut table = keyed("types");
    let all = [
        ("a_bool", SqlType::Bool),
        ("a_small", SqlType::SmallInt),
        ("an_integer", SqlType::Integer),
        ("a_big", SqlType::BigInt),
        ("a_real", SqlType::Real),
        ("a_double", SqlType::Double),
        ("a_text", SqlType::Text),
        ("a_varchar", SqlType::Varchar(30)),
        ("some_bytes", SqlType::Bytes),
        ("a_decimal", SqlType::Decimal(12, 3)),
        ("a_date", SqlType::Date),
        ("a_time", SqlType::Time),
        ("a_datetime", SqlType::DateTime),
        ("a_timestamp", SqlType::Timestamp),
        ("a_uuid", SqlType::Uuid),
        ("a_json", SqlType::Json),
        ("an_enum", SqlType::Enum(MOOD)),
    ];
    for (name, sql_type) in all {
        table.columns.push(Column::new(name, sql_type.clone()));
        let nullable = Column::new(format!("{name}_or_not"), sql_type).nullable();
        table.columns.push(nullable);
    }
    if dialect.capabilities().arrays {
        let array = |element: SqlType| SqlType::Array(Box::new(element));
        table
            .columns
            .push(Column::new("texts", array(SqlType::Text)));
        table
            .columns
            .push(Column::new("moods", array(SqlType::Enum(MOOD))));
        table
            .columns
            .push(Column::new("custom", SqlType::Custom("inet".into())));
    }
    table
}

fn defaults() -> Table {
    let mut table = keyed("defaults");
    let text = |name: &str| Column::new(name, SqlType::Varchar(40));
    table.columns.extend([
        text("quotes").default("it's \"so\" \\ `50%`"),
        text("empty").default(""),
        text("looks_like_a_number").default("17"),
        text("from_a_function").default(Expr::<AdHoc, Dyn>::from_node(Node::Function(
            Function::Lower,
            vec![Node::Value(Value::Text("ABC".into()))],
        ))),
        Column::new("a_text", SqlType::Text).default("long"),
        Column::new("n", SqlType::BigInt).default(-5),
        Column::new("big", SqlType::BigInt).default(9_000_000_000_i64),
        Column::new("x", SqlType::Double).default(1.5),
        Column::new("yes", SqlType::Bool).default(true),
        Column::new("no", SqlType::Bool).default(false),
        Column::new("at", SqlType::Timestamp).default(now()),
        Column {
            default: Some(Node::Value(Value::Null)),
            ..text("nothing").nullable()
        },
        Column {
            default: Some(Node::Value(Value::Uuid([7; 16]))),
            ..Column::new("u", SqlType::Uuid)
        },
        Column {
            default: Some(Node::Value(Value::Bytes(vec![1, 2, 255]))),
            ..Column::new("b", SqlType::Bytes)
        },
        Column {
            default: Some(Node::Value(Value::Json("{\"a\": [1, 2]}".into()))),
            ..Column::new("j", SqlType::Json)
        },
        Column {
            default: Some(Node::Value(Value::Enum(&MOOD, "so, so"))),
            ..Column::new("m", SqlType::Enum(MOOD))
        },
        Column {
            default: Some(Node::Value(Value::Decimal("12.500".parse().unwrap()))),
            ..Column::new("d", SqlType::Decimal(10, 3))
        },
        Column {
            default: Some(Node::Value(Value::Date(
                aludel::types::temporal::CivilDate::from_ymd(2020, 2, 29),
            ))),
            ..Column::new("day", SqlType::Date)
        },
        Column {
            default: Some(Node::Value(Value::DateTime(
                aludel::types::temporal::CivilDateTime(1_600_000_000_250_000),
            ))),
            ..Column::new("moment", SqlType::DateTime)
        },
    ]);
    table
}

fn checks() -> Table {
    let mut table = keyed("checks");
    table.columns.extend([
        Column::new("a", SqlType::BigInt),
        Column::new("b", SqlType::BigInt).nullable(),
        Column::new("t", SqlType::Varchar(60)).nullable(),
        Column::new("f", SqlType::Double),
        Column::new("live", SqlType::Bool),
    ]);
    let all: Vec<Expr<AdHoc, bool>> = vec![
        col("a").ge(0),
        col("a").ne(7) & col("b").lt(100),
        col("a").lt(5) | (col("b").gt(col("a")) & col("t").is_not_null()),
        col("a").is_in([1, 2, 3]),
        col("t").is_in(["x", "it's"]),
        col("a").is_in([1]),
        col("t").not_in(["p", "q"]),
        col("a").between(1, 90),
        Expr::from_node(col("a").between(1, 90).into_node().negated()),
        Expr::from_node(
            Node::Or(vec![
                col("a").gt(1).into_node(),
                col("b").is_null().into_node(),
            ])
            .negated(),
        ),
        col("b").is_null() | col("a").le(col("b")),
        col("t").like("a%b_c"),
        col("t").contains("50%"),
        col("t").starts_with("it's"),
        col("t").ends_with("\\"),
        col("t").ilike("A%"),
        col("t").typed::<String>().lower().eq("x"),
        length(col("t")).le(50),
        col("live").eq(true),
        col("f").gt(1.25),
        (col("a").typed::<i64>() + col("b").typed::<i64>() * 2).gt(-3),
        (col("a").typed::<i64>() / 2).gt(3),
        (col("a") - (col("b") - col("a"))).gt(0),
        col("t").typed::<String>().concat("!").ne("x!"),
        col("b").is_distinct_from(4),
        col("b").is_not_distinct_from(4),
        Expr::from_node(Node::Unary(
            UnaryOp::IsNotTrue,
            Box::new(col("a").eq(3).into_node()),
        )),
        Expr::from_node(Node::binary(
            BinaryOp::Equal,
            Node::Function(Function::Abs, vec![col("a").into_node()]),
            col("a").into_node(),
        )),
        coalesce(col("b").typed::<Option<i64>>(), 1_i64).gt(0),
        when::<AdHoc, i64>(col("a").gt(1), 1_i64)
            .otherwise(2_i64)
            .gt(0),
        col("f").cast::<i64>().gt(0),
    ];
    for (n, condition) in all.into_iter().enumerate() {
        table
            .checks
            .push(Check::that(format!("ck_checks_{n}"), condition));
    }
    table
}

fn constraints(dialect: &dyn Dialect) -> Vec<Table> {
    let caps = dialect.capabilities();
    let mut parent = Table::new("parents");
    parent.columns = vec![
        Column::new("a", SqlType::BigInt),
        Column::new("b", SqlType::Varchar(20)),
        Column::new("code", SqlType::Varchar(20)),
    ];
    parent.primary_key = vec!["a".into(), "b".into()];
    parent.uniques = vec![
        Unique::on("uq_code", ["code"]),
        Unique::on("uq_both", ["code", "a"]),
    ];
    let mut child = keyed("children");
    child.columns.extend([
        Column::new("pa", SqlType::BigInt).nullable(),
        Column::new("pb", SqlType::Varchar(20)).nullable(),
        Column::new("code", SqlType::Varchar(20)).nullable(),
        Column::new("mate", SqlType::BigInt).nullable(),
    ]);
    child.foreign_keys = vec![
        ForeignKey::on("fk_parent", ["pa", "pb"])
            .references("parents", ["a", "b"])
            .on_delete(Action::Cascade)
            .on_update(Action::Cascade),
        ForeignKey::on("fk_code", ["code"])
            .references("parents", ["code"])
            .on_delete(Action::SetNull),
        ForeignKey::on("fk_mate", ["mate"])
            .references("children", ["id"])
            .on_delete(Action::Restrict),
    ];
    if caps.deferrable {
        child
            .columns
            .push(Column::new("later", SqlType::BigInt).nullable());
        child
            .columns
            .push(Column::new("perhaps", SqlType::BigInt).nullable());
        child.foreign_keys.push(
            ForeignKey::on("fk_later", ["later"])
                .references("children", ["id"])
                .deferrable(Deferrability::Deferred),
        );
        child.foreign_keys.push(
            ForeignKey::on("fk_perhaps", ["perhaps"])
                .references("children", ["id"])
                .deferrable(Deferrability::Immediate)
                .on_delete(Action::SetDefault),
        );
    }
    vec![parent, child]
}

fn indexes(dialect: &dyn Dialect) -> Table {
    let caps = dialect.capabilities();
    let mut table = keyed("indexed");
    table.columns.extend([
        Column::new("a", SqlType::BigInt),
        Column::new("t", SqlType::Varchar(40)),
        Column::new("live", SqlType::Bool),
        Column::new("words", SqlType::Text),
    ]);
    table.indexes = vec![
        Index::on(["a"]).named("ix_a"),
        Index::on(["a", "t"]).named("ix_both").unique(),
        Index::on(["t"]).descending("a").named("ix_down"),
        Index::on(["words"]).named("ix_words"),
    ];
    if caps.expression_indexes {
        let lower = col("t").typed::<String>().lower();
        table.indexes.push(
            Index::on(Vec::<String>::new())
                .expression(lower.clone().untyped())
                .named("ix_lower")
                .unique(),
        );
        table.indexes.push(
            Index::on(["a"])
                .expression_descending(lower.untyped())
                .named("ix_mixed"),
        );
    }
    if caps.partial_indexes {
        table.indexes.push(
            Index::on(["t"])
                .named("ix_live")
                .unique()
                .filter(col("live").eq(true) & col("a").gt(0)),
        );
    }
    if caps.index_include {
        table
            .indexes
            .push(Index::on(["t"]).named("ix_hash").using("hash"));
        table
            .indexes
            .push(Index::on(["a"]).named("ix_cover").include(["t", "live"]));
    }
    table
}

fn generated(dialect: &dyn Dialect) -> Table {
    let mut table = keyed("generated");
    table.columns.extend([
        Column::new("a", SqlType::BigInt),
        Column::new("t", SqlType::Varchar(40)),
        Column::new("double_a", SqlType::BigInt)
            .nullable()
            .generated(col("a") * 2),
        Column::new("half_a", SqlType::BigInt)
            .nullable()
            .computed((col("a").typed::<i64>() / 2).untyped()),
        Column::new("lower_t", SqlType::Varchar(40))
            .nullable()
            .generated(col("t").typed::<String>().lower().untyped()),
    ]);
    if dialect.capabilities().native_enums {
        table.columns[0].identity = Some(Identity::Always);
    }
    table
}

fn hostile() -> Vec<Table> {
    let mut table = keyed("or\"der `x`; drop");
    table.columns[0].name = "gr`ou\"p".into();
    table.primary_key = vec!["gr`ou\"p".into()];
    table.columns.extend([
        Column::new("select", SqlType::Varchar(20)),
        Column::new("ü . ; -- 漢", SqlType::BigInt).nullable(),
        Column::new("UPPER and lower", SqlType::BigInt),
        Column::new("check", SqlType::BigInt).default(1),
    ]);
    table.indexes = vec![Index::on(["select", "UPPER and lower"]).named("ix \"1\" `2`")];
    table.uniques = vec![Unique::on("uq (select)", ["select"])];
    table.checks = vec![Check::that(
        "ck -- 'x'",
        col("UPPER and lower").gt(0) & col("select").ne("a) , CHECK ('"),
    )];
    table.foreign_keys = vec![
        ForeignKey::on("fk \"x\"", ["ü . ; -- 漢"])
            .references("or\"der `x`; drop".to_string(), ["gr`ou\"p"]),
    ];
    vec![table]
}

fn commented() -> Table {
    let mut table = keyed("commented");
    table.comment = Some("it's a \"table\" \\ with 'quotes'".into());
    table
        .columns
        .push(Column::new("a", SqlType::BigInt).comment("50% \\ it's"));
    table.columns.push(
        Column::new("b", SqlType::Varchar(9))
            .nullable()
            .comment("二"),
    );
    table
}

/// All tables of this module.
pub fn all_tables(dialect: &dyn Dialect) -> Vec<Table> {
    let mut all = vec![
        types(dialect),
        defaults(),
        checks(),
        indexes(dialect),
        generated(dialect),
        commented(),
    ];
    all.extend(constraints(dialect));
    all.extend(hostile());
    all
}

/// Creates the tables, reads them back, and finds them equal.
async fn round(fixture: &Fixture, tables: Vec<Table>) -> aludel::Result<Schema> {
    let db = &fixture.db;
    db.create_all(&tables).await?;
    let found = db.inspect().await?;
    let wrong = differences(&Schema::of(tables), &found, db.dialect());
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(found)
}

on_every_database! {
    async fn every_type_comes_back(fixture) {
        round(fixture, vec![types(fixture.db.dialect())]).await?;
    }

    async fn defaults_come_back(fixture) {
        round(fixture, vec![defaults()]).await?;
    }

    async fn checks_come_back_however_they_are_printed(fixture) {
        round(fixture, vec![checks()]).await?;
    }

    async fn keys_uniques_and_foreign_keys_come_back(fixture) {
        round(fixture, constraints(fixture.db.dialect())).await?;
    }

    async fn indexes_come_back(fixture) {
        round(fixture, vec![indexes(fixture.db.dialect())]).await?;
    }

    async fn generated_columns_and_identities_come_back(fixture) {
        round(fixture, vec![generated(fixture.db.dialect())]).await?;
    }

    async fn hostile_names_come_back(fixture) {
        let found = round(fixture, hostile()).await?;
        assert_eq!(found.tables[0].columns[2].name, "ü . ; -- 漢");
    }

    async fn comments_come_back_where_they_are_kept(fixture) {
        let found = round(fixture, vec![commented()]).await?;
        assert_eq!(found.tables[0].comment.is_some(), fixture.backend != Backend::Sqlite);
    }

    async fn the_number_of_statements_does_not_depend_on_the_number_of_tables(fixture) {
        let db = &fixture.db;
        let watch = db.watch();
        db.inspect().await?;
        let empty = watch.statements();
        let tables: Vec<Table> = (0..40).map(|n| Table { indexes: vec![Index::on(["id"]).named(format!("ix_{n}"))], ..keyed("x") }).enumerate().map(|(n, table)| Table { name: format!("t{n}").into(), ..table }).collect();
        db.create_all(&tables).await?;
        watch.reset();
        assert_eq!(db.inspect().await?.tables.len(), 40);
        assert_eq!(watch.statements(), empty);
        assert!(empty <= 10, "{empty}");
    }

    async fn views_and_triggers_are_found(fixture) {
        let db = &fixture.db;
        db.create_all(&vec![indexes(db.dialect())]).await?;
        sql("create view live_ones as select id, a + 1 as more from indexed where live = true and t <> 'x'").execute(db).await?;
        match fixture.backend {
            Backend::Sqlite => {
                sql("create trigger no_zero before insert on indexed begin select raise(abort, 'no') where new.a = 0; end").execute(db).await?;
            }
            Backend::Postgres => {
                sql("create function keep() returns trigger language plpgsql as 'begin return new; end'").execute(db).await?;
                sql("create trigger no_zero before insert on indexed for each row execute function keep()").execute(db).await?;
                sql("create materialized view kept as select id from indexed").execute(db).await?;
            }
            Backend::Mariadb => {
                sql("create trigger no_zero before insert on indexed for each row set new.a = new.a + 0").execute(db).await?;
            }
        }
        let found = db.inspect().await?;
        assert_eq!(found.triggers.len(), 1);
        assert_eq!((found.triggers[0].name.as_str(), found.triggers[0].table.to_string().as_str()), ("no_zero", "indexed"));
        let mut expected = Schema::of(vec![indexes(db.dialect())]);
        expected.views.push(aludel::schema::View::new("live_ones", "SELECT id, a + 1 AS more FROM indexed WHERE live = TRUE AND t <> 'x'"));
        if fixture.backend == Backend::Postgres {
            expected.views.push(aludel::schema::View::new("kept", "SELECT id FROM indexed").materialized());
        }
        let wrong: Vec<String> = differences(&expected, &found, db.dialect()).iter().map(ToString::to_string).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn what_differs_is_named(fixture) {
        let db = &fixture.db;
        db.create_all(&vec![indexes(db.dialect())]).await?;
        let mut expected = Schema::of(vec![indexes(db.dialect())]);
        let table = &mut expected.tables[0];
        table.columns[1].nullable = true;
        table.columns.push(Column::new("more", SqlType::Text));
        table.indexes.remove(0);
        let wrong: Vec<String> = differences(&expected, &db.inspect().await?, db.dialect()).iter().map(|d| d.what.clone()).collect();
        let kind = if fixture.backend == Backend::Mariadb { "key" } else { "index" };
        assert_eq!(wrong, ["column indexed.a".to_string(), "column indexed.more".into(), format!("{kind} ix_a of indexed")]);
    }

    async fn tables_of_others_are_read(fixture) {
        let db = &fixture.db;
        let text = match fixture.backend {
            Backend::Sqlite => "create table others (id integer primary key autoincrement, name text unique collate nocase, boss references others on delete set null, [odd one] numeric(10, 2) default (1 + 1), check (length(name) > 1))",
            Backend::Postgres => "create table others (id serial primary key, name varchar unique, boss int references others on delete set null, \"odd one\" numeric default (1 + 1), check (length(name) > 1))",
            Backend::Mariadb => "create table others (id int unsigned auto_increment primary key, name varchar(40) unique, boss int unsigned, `odd one` mediumint default (1 + 1), foreign key (boss) references others (id) on delete set null, check (char_length(name) > 1))",
        };
        Sql::trusted(text).execute(db).await?;
        let found = db.inspect().await?;
        let table = &found.tables[0];
        assert_eq!(table.primary_key, ["id"]);
        assert!(table.columns[0].identity.is_some());
        assert_eq!(table.uniques.len(), 1);
        assert_eq!(table.checks.len(), 1);
        assert_eq!((&table.foreign_keys[0].target_columns, table.foreign_keys[0].on_delete), (&vec!["id".to_string()], Action::SetNull));
        assert_eq!(table.columns[3].name, "odd one");
        assert!(table.columns[3].default.is_some());
        assert!(differences(&found, &found, db.dialect()).is_empty());
    }
}
