//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `enums`.
pub fn migration() -> Migration {
    Migration::new("enums")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .add_column(
            "users",
            column("m", one_of("mood", ["glad", "sad"])).default("glad"),
        )
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])).default("glad"))
                .primary_key(["id"]),
        )
        .drop_column("users", "m")
        .drop_enum("mood")
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])).default("glad"))
                .primary_key(["id"]),
        )
        .add_enum_value("mood", "blue")
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])).default("glad"))
                .primary_key(["id"]),
        )
        .add_enum_value_before("mood", "so", "sad")
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])).default("glad"))
                .primary_key(["id"]),
        )
        .add_enum_value_before("mood", "a", "sad")
        .add_enum_value("mood", "b")
        .add_enum_value("mood", "c")
        .create_enum(enum_type("mood", ["glad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad"])).default("glad"))
                .primary_key(["id"]),
        )
        .add_enum_value("mood", "sad")
        .alter_column(
            "users",
            column("m", one_of("mood", ["glad", "sad"])).default("sad"),
        )
        .create_enum(enum_type("mood", ["a", "b"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b"])).default("b"))
                .primary_key(["id"]),
        )
        .alter_column("users", column("m", one_of("mood", ["a"])).default("a"))
        .set_enum_values("mood", ["a"])
        .create_enum(enum_type("mood", ["a", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "sad"])).default("sad"))
                .primary_key(["id"]),
        )
        .rename_enum_value("mood", "sad", "blue")
        .create_enum(enum_type("mood", ["a", "b", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b", "c"])).default("a"))
                .primary_key(["id"]),
        )
        .add_enum_value("mood", "d")
        .alter_column(
            "users",
            column("m", one_of("mood", ["b", "c", "d"])).default("d"),
        )
        .replace_enum_values("mood", ["b", "c", "d"], [("a", "b")])
        .create_enum(enum_type("mood", ["a", "b", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b", "c"])).default("c"))
                .column(column("n", one_of("mood", ["a", "b", "c"])).nullable())
                .primary_key(["id"]),
        )
        .replace_enum_values("mood", ["b", "c"], [("a", "c")])
        .create_enum(enum_type("mood", ["a", "b"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b"])))
                .primary_key(["id"]),
        )
        .rename_enum_value("mood", "a", "d")
        .replace_enum_values("mood", ["d"], [("b", "d")])
        .create_enum(enum_type("mood", ["a", "b", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b", "c"])).default("b"))
                .primary_key(["id"]),
        )
        .replace_enum_values("mood", ["c"], [("a", "c"), ("b", "c")])
        .create_enum(enum_type("mood", ["a", "b"]))
        .create_table(
            new_table("moods")
                .column(column("m", one_of("mood", ["a", "b"])))
                .primary_key(["m"]),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b"])).nullable())
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_users_m", ["m"]).references("moods", ["m"])),
        )
        .replace_enum_values("mood", ["b"], [("a", "b")])
        .create_enum(enum_type("mood", ["a", "b"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b"])))
                .column(
                    column("c", varchar(1))
                        .generated(raw::<Dyn>("(CASE WHEN m = 'b' THEN 'x' ELSE 'y' END)")),
                )
                .primary_key(["id"])
                .unique(unique("uq_users_c", ["c"]))
                .check(check("ck_users_c", col("c").ne("z")))
                .index(index("ix_users_c", ["c", "id"])),
        )
        .set_enum_values("mood", ["b"])
        .create_enum(enum_type("mood", ["a", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "sad"])))
                .primary_key(["id"])
                .index(index("ix", ["name"]).filter(col("m").eq("sad"))),
        )
        .drop_index("users", "ix")
        .rename_enum_value("mood", "sad", "blue")
        .add_index("users", index("ix", ["name"]).filter(col("m").eq("blue")))
        .create_enum(enum_type("mood", ["a", "b", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b", "c"])))
                .primary_key(["id"])
                .check(check("ck", col("m").ne("b")))
                .index(index("ix", ["m"])),
        )
        .set_enum_values("mood", ["a", "b"])
        .create_enum(enum_type("mood", ["a", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "c"])))
                .primary_key(["id"])
                .index(index("ix", ["name"]).filter(col("m").eq("a"))),
        )
        .set_enum_values("mood", ["a"])
        .create_enum(enum_type("mood", ["a", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "sad"])))
                .primary_key(["id"])
                .check(check("ck", col("m").is_in(["a", "sad"]))),
        )
        .drop_check("users", "ck")
        .rename_enum_value("mood", "sad", "blue")
        .add_check("users", check("ck", col("m").is_in(["a", "blue"])))
        .create_enum(enum_type("mood", ["a", "b", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "b", "c"])))
                .column(column("n", one_of("mood", ["a", "b", "c"])).nullable())
                .primary_key(["id"])
                .check(check("ck", col("m").ne(col("n"))))
                .index(index("ix", ["m", "n"])),
        )
        .set_enum_values("mood", ["a", "b"])
        .create_enum(enum_type("mood", ["a", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "c"])))
                .primary_key(["id"]),
        )
        .create_view(View::new("moods", "SELECT id, m FROM users"))
        .create_view(View::new("ids", "SELECT id FROM moods"))
        .set_enum_values("mood", ["a"])
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("length", integer()))
                .primary_key(["id"])
                .check(check(
                    "ck",
                    raw::<bool>("length(name) <= 30 and length >= 0"),
                )),
        )
        .rename_column("users", "length", "size")
        .create_enum(enum_type("mood", ["a", "c"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a", "c"])))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, m FROM users"))
        .set_enum_values("mood", ["a"])
        .create_enum(enum_type("mood", ["glad", "sad", "blue"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad", "blue"])).default("glad"))
                .primary_key(["id"]),
        )
        .set_enum_values("mood", ["glad", "sad"])
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])).default("glad"))
                .primary_key(["id"]),
        )
        .rename_enum_value("mood", "sad", "blue")
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])).default("glad"))
                .primary_key(["id"]),
        )
        .set_enum_values("mood", ["sad", "glad"])
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])))
                .primary_key(["id"]),
        )
        .rename_enum("mood", "feeling")
        .create_enum(enum_type("mood", ["a"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["a"])))
                .column(column("n", one_of("mood", ["a"])).nullable())
                .primary_key(["id"]),
        )
        .create_table(
            new_table("more")
                .column(column("id", big_int()).identity())
                .column(column("m", one_of("mood", ["a"])))
                .primary_key(["id"]),
        )
        .add_enum_value("mood", "b")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_enum(enum_type("mood", ["a"]))
        .add_column(
            "users",
            column("m", array(one_of("mood", ["a"]))).nullable(),
        )
}
