//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `everything`.
pub fn migration() -> Migration {
    Migration::new("everything")
        .depends_on("0001_initial")
        .depends_on("other/0002_more")
        .replaces(["0000_a", "0000_b"])
        .atomic(false)
        .create_table(
            new_table("types")
                .column(column("id", big_int()).identity())
                .column(column("a_bool", boolean()))
                .column(column("a_bool_or_not", boolean()).nullable())
                .column(column("a_small", small_int()))
                .column(column("a_small_or_not", small_int()).nullable())
                .column(column("an_integer", integer()))
                .column(column("an_integer_or_not", integer()).nullable())
                .column(column("a_big", big_int()))
                .column(column("a_big_or_not", big_int()).nullable())
                .column(column("a_real", real()))
                .column(column("a_real_or_not", real()).nullable())
                .column(column("a_double", double()))
                .column(column("a_double_or_not", double()).nullable())
                .column(column("a_text", text()))
                .column(column("a_text_or_not", text()).nullable())
                .column(column("a_varchar", varchar(30)))
                .column(column("a_varchar_or_not", varchar(30)).nullable())
                .column(column("some_bytes", bytes()))
                .column(column("some_bytes_or_not", bytes()).nullable())
                .column(column("a_decimal", decimal(12, 3)))
                .column(column("a_decimal_or_not", decimal(12, 3)).nullable())
                .column(column("a_date", date()))
                .column(column("a_date_or_not", date()).nullable())
                .column(column("a_time", time()))
                .column(column("a_time_or_not", time()).nullable())
                .column(column("a_datetime", date_time()))
                .column(column("a_datetime_or_not", date_time()).nullable())
                .column(column("a_timestamp", timestamp()))
                .column(column("a_timestamp_or_not", timestamp()).nullable())
                .column(column("a_uuid", uuid()))
                .column(column("a_uuid_or_not", uuid()).nullable())
                .column(column("a_json", json()))
                .column(column("a_json_or_not", json()).nullable())
                .column(column(
                    "an_enum",
                    one_of("mood", ["glad", "so, so", "it's"]),
                ))
                .column(
                    column("an_enum_or_not", one_of("mood", ["glad", "so, so", "it's"])).nullable(),
                )
                .column(column("texts", array(text())))
                .column(column(
                    "moods",
                    array(one_of("mood", ["glad", "so, so", "it's"])),
                ))
                .column(column("custom", custom("inet")))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("defaults")
                .column(column("id", big_int()).identity())
                .column(column("quotes", varchar(40)).default("it's \"so\" \\ `50%`"))
                .column(column("empty", varchar(40)).default(""))
                .column(column("looks_like_a_number", varchar(40)).default("17"))
                .column(
                    column("from_a_function", varchar(40))
                        .default(value(Value::Text("ABC".into())).lower()),
                )
                .column(column("a_text", text()).default("long"))
                .column(column("n", big_int()).default(-5))
                .column(column("big", big_int()).default(9000000000_i64))
                .column(column("x", double()).default(1.5_f64))
                .column(column("yes", boolean()).default(true))
                .column(column("no", boolean()).default(false))
                .column(column("at", timestamp()).default(now()))
                .column(
                    column("nothing", varchar(40))
                        .nullable()
                        .default(value(Value::Null)),
                )
                .column(column("u", uuid()).default(value(Value::Uuid([
                    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                ]))))
                .column(column("b", bytes()).default(value(Value::Bytes(vec![1, 2, 255]))))
                .column(column("j", json()).default(value(Value::Json("{\"a\": [1, 2]}".into()))))
                .column(column("m", one_of("mood", ["glad", "so, so", "it's"])).default("so, so"))
                .column(column("d", decimal(10, 3)).default(value(exact("12.500"))))
                .column(column("day", date()).default(value(day("2020-02-29"))))
                .column(
                    column("moment", date_time())
                        .default(value(moment("2020-09-13 12:26:40.250000"))),
                )
                .primary_key(["id"]),
        )
        .create_table(
            new_table("checks")
                .column(column("id", big_int()).identity())
                .column(column("a", big_int()))
                .column(column("b", big_int()).nullable())
                .column(column("t", varchar(60)).nullable())
                .column(column("f", double()))
                .column(column("live", boolean()))
                .primary_key(["id"])
                .check(check("ck_checks_0", col("a").ge(0)))
                .check(check("ck_checks_1", col("a").ne(7) & col("b").lt(100)))
                .check(check(
                    "ck_checks_2",
                    col("a").lt(5) | (col("b").gt(col("a")) & col("t").is_not_null()),
                ))
                .check(check("ck_checks_3", col("a").is_in([1, 2, 3])))
                .check(check("ck_checks_4", col("t").is_in(["x", "it's"])))
                .check(check("ck_checks_5", col("a").is_in([1])))
                .check(check("ck_checks_6", col("t").not_in(["p", "q"])))
                .check(check("ck_checks_7", col("a").between(1, 90)))
                .check(check("ck_checks_8", not(col("a").between(1, 90))))
                .check(check(
                    "ck_checks_9",
                    not(col("a").gt(1) | col("b").is_null()),
                ))
                .check(check(
                    "ck_checks_10",
                    col("b").is_null() | col("a").le(col("b")),
                ))
                .check(check("ck_checks_11", col("t").like("a%b_c")))
                .check(check("ck_checks_12", col("t").contains("50%")))
                .check(check("ck_checks_13", col("t").starts_with("it's")))
                .check(check("ck_checks_14", col("t").ends_with("\\")))
                .check(check("ck_checks_15", col("t").ilike("A%")))
                .check(check("ck_checks_16", col("t").lower().eq("x")))
                .check(check("ck_checks_17", length(col("t")).untyped().le(50)))
                .check(check("ck_checks_18", col("live").eq(true)))
                .check(check("ck_checks_19", col("f").gt(1.25_f64)))
                .check(check(
                    "ck_checks_20",
                    arithmetic(
                        NumberKind::Integer,
                        ArithmeticOp::Add,
                        col("a"),
                        arithmetic(NumberKind::Integer, ArithmeticOp::Multiply, col("b"), 2),
                    )
                    .gt(-3),
                ))
                .check(check(
                    "ck_checks_21",
                    arithmetic(NumberKind::Integer, ArithmeticOp::Divide, col("a"), 2).gt(3),
                ))
                .check(check(
                    "ck_checks_22",
                    (col("a") - (col("b") - col("a"))).gt(0),
                ))
                .check(check(
                    "ck_checks_23",
                    binary::<Dyn>(BinaryOp::Concat, col("t"), "!").ne("x!"),
                ))
                .check(check("ck_checks_24", col("b").is_distinct_from(4)))
                .check(check("ck_checks_25", col("b").is_not_distinct_from(4)))
                .check(check("ck_checks_26", is_not_true(col("a").eq(3))))
                .check(check("ck_checks_27", col("a").abs().eq(col("a"))))
                .check(check(
                    "ck_checks_28",
                    node::<Dyn>(Node::Function(
                        Function::Coalesce,
                        vec![Node::Root("b".into()), Node::Value(Value::I64(1))],
                    ))
                    .gt(0),
                ))
                .check(check(
                    "ck_checks_29",
                    node::<Dyn>(Node::Case(Box::new(Case {
                        branches: vec![(
                            col("a").gt(1).untyped().into_node(),
                            Node::Value(Value::I64(1)),
                        )],
                        otherwise: Some(Node::Value(Value::I64(2))),
                    })))
                    .gt(0),
                ))
                .check(check(
                    "ck_checks_30",
                    node::<Dyn>(Node::Cast(Box::new((Node::Root("f".into()), big_int())))).gt(0),
                )),
        )
        .create_table(
            new_table("indexed")
                .column(column("id", big_int()).identity())
                .column(column("a", big_int()))
                .column(column("t", varchar(40)))
                .column(column("live", boolean()))
                .column(column("words", text()))
                .primary_key(["id"])
                .index(index("ix_a", ["a"]))
                .index(index("ix_both", ["a", "t"]).unique())
                .index(index("ix_down", ["t"]).descending("a"))
                .index(index("ix_words", ["words"]))
                .index(
                    index("ix_lower", [] as [&str; 0])
                        .expression(col("t").lower())
                        .unique(),
                )
                .index(index("ix_mixed", ["a"]).expression_descending(col("t").lower()))
                .index(
                    index("ix_live", ["t"])
                        .unique()
                        .filter(col("live").eq(true) & col("a").gt(0)),
                )
                .index(index("ix_hash", ["t"]).using("hash"))
                .index(index("ix_cover", ["a"]).include(["t", "live"])),
        )
        .create_table(
            new_table("generated")
                .column(column("id", big_int()).identity_always())
                .column(column("a", big_int()))
                .column(column("t", varchar(40)))
                .column(
                    column("double_a", big_int())
                        .nullable()
                        .generated(col("a") * 2),
                )
                .column(column("half_a", big_int()).nullable().computed(arithmetic(
                    NumberKind::Integer,
                    ArithmeticOp::Divide,
                    col("a"),
                    2,
                )))
                .column(
                    column("lower_t", varchar(40))
                        .nullable()
                        .generated(col("t").lower()),
                )
                .primary_key(["id"]),
        )
        .create_table(
            new_table("commented")
                .column(column("id", big_int()).identity())
                .column(column("a", big_int()).comment("50% \\ it's"))
                .column(column("b", varchar(9)).nullable().comment("二"))
                .primary_key(["id"])
                .comment("it's a \"table\" \\ with 'quotes'"),
        )
        .create_table(
            new_table("parents")
                .column(column("a", big_int()))
                .column(column("b", varchar(20)))
                .column(column("code", varchar(20)))
                .primary_key(["a", "b"])
                .unique(unique("uq_code", ["code"]))
                .unique(unique("uq_both", ["code", "a"])),
        )
        .create_table(
            new_table("children")
                .column(column("id", big_int()).identity())
                .column(column("pa", big_int()).nullable())
                .column(column("pb", varchar(20)).nullable())
                .column(column("code", varchar(20)).nullable())
                .column(column("mate", big_int()).nullable())
                .column(column("later", big_int()).nullable())
                .column(column("perhaps", big_int()).nullable())
                .primary_key(["id"])
                .foreign_key(
                    foreign_key("fk_parent", ["pa", "pb"])
                        .references("parents", ["a", "b"])
                        .on_delete(Action::Cascade)
                        .on_update(Action::Cascade),
                )
                .foreign_key(
                    foreign_key("fk_code", ["code"])
                        .references("parents", ["code"])
                        .on_delete(Action::SetNull),
                )
                .foreign_key(
                    foreign_key("fk_mate", ["mate"])
                        .references("children", ["id"])
                        .on_delete(Action::Restrict),
                )
                .foreign_key(
                    foreign_key("fk_later", ["later"])
                        .references("children", ["id"])
                        .deferrable(Deferrability::Deferred),
                )
                .foreign_key(
                    foreign_key("fk_perhaps", ["perhaps"])
                        .references("children", ["id"])
                        .on_delete(Action::SetDefault)
                        .deferrable(Deferrability::Immediate),
                ),
        )
        .create_table(
            new_table("or\"der `x`; drop")
                .column(column("gr`ou\"p", big_int()).identity())
                .column(column("select", varchar(20)))
                .column(column("ü . ; -- 漢", big_int()).nullable())
                .column(column("UPPER and lower", big_int()))
                .column(column("check", big_int()).default(1))
                .primary_key(["gr`ou\"p"])
                .unique(unique("uq (select)", ["select"]))
                .check(check(
                    "ck -- 'x'",
                    col("UPPER and lower").gt(0) & col("select").ne("a) , CHECK ('"),
                ))
                .foreign_key(
                    foreign_key("fk \"x\"", ["ü . ; -- 漢"])
                        .references("or\"der `x`; drop", ["gr`ou\"p"]),
                )
                .index(index("ix \"1\" `2`", ["select", "UPPER and lower"])),
        )
        .create_extension("citext")
        .drop_extension("citext")
        .create_enum(enum_type("it's", ["a \"b\"", "c\\d", "e\nf"]))
        .rename_enum("a", "b")
        .add_enum_value("a", "x'y")
        .add_enum_value_before("a", "x", "y\"")
        .rename_enum_value("a", "x", "y")
        .set_enum_values("a", ["x", "y"])
        .drop_enum("a")
        .create_view(
            View::new(("library", "v"), "select \"a\" from b where c = 'it''s'").materialized(),
        )
        .drop_view(("library", "v"))
        .rename_table(("library", "books"), "books")
        .add_index_concurrently("books", index("ix", ["a"]))
        .drop_index_concurrently("books", "ix")
        .run_sql("update a set b = 'c'")
        .run_sql(["one", "two"])
        .run_sql_both([("postgres", "x"), ("sqlite", "y")], "z")
        .alter_column_using("a", column("b", integer()), col("b") * 100)
        .add_column_with("a", column("b", timestamp()), now())
        .add_column_with("a", column("c", custom("citext")), value(Value::Null))
        .separate(
            |state| state.drop_table("a"),
            |database| database.run_sql("drop table a"),
        )
        .set_owner("a", "other")
        .drop_comment("a")
        .set_primary_key("a", [] as [&str; 0])
}
