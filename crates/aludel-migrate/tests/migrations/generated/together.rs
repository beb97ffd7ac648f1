//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `together`.
pub fn migration() -> Migration {
    Migration::new("together")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", small_int()))
                .primary_key(["id"])
                .index(index("ix_age", ["age"])),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .column(column("title", varchar(80)))
                .column(column("author_id", big_int()))
                .primary_key(["id"])
                .foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
                ),
        )
        .create_table(new_table("old").column(column("x", integer())))
        .rename_table("users", "people")
        .rename_column("people", "name", "full_name")
        .drop_foreign_key("posts", "fk_posts_author_id")
        .create_enum(enum_type("mood", ["glad"]))
        .create_table(
            new_table("tags")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(20)))
                .primary_key(["id"]),
        )
        .add_column(
            "people",
            column("m", one_of("mood", ["glad"])).default("glad"),
        )
        .add_column("posts", column("slug", varchar(80)).nullable())
        .alter_column("people", column("full_name", varchar(80)))
        .alter_column("people", column("age", integer()).default(1))
        .alter_column("posts", column("author_id", big_int()).nullable())
        .drop_index("people", "ix_age")
        .add_index("people", index("ix_age", ["age", "full_name"]))
        .add_unique("posts", unique("uq_slug", ["slug"]))
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"])
                .references("people", ["id"])
                .on_delete(Action::SetNull),
        )
        .drop_table("old")
        .create_table(
            new_table("or\"der `x`")
                .column(column("id", big_int()).identity())
                .column(column("sel\"ect", varchar(20)))
                .primary_key(["id"]),
        )
        .rename_column("or\"der `x`", "sel\"ect", "gr`oup")
        .add_column("or\"der `x`", column("it's", integer()).default(1))
        .add_index("or\"der `x`", index("ix \"1\"", ["it's"]))
        .add_check("or\"der `x`", check("ck 'x'", col("gr`oup").ne("'\"`")))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .primary_key(["id"])
                .unique(unique("uq", ["b"]))
                .index(index("ix", ["a"])),
        )
        .drop_unique("users", "uq")
        .drop_index("users", "ix")
        .add_unique("users", unique("uq", ["a"]))
        .add_index("users", index("ix", ["b"]))
}
