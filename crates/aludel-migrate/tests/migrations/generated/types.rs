//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `types`.
pub fn migration() -> Migration {
    Migration::new("types")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", integer()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", big_int()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", small_int()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", integer()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", big_int()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", integer()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", varchar(10)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", varchar(30)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", varchar(30)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", varchar(10)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", varchar(30)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", text()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", text()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", varchar(30)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", integer()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", text()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", text()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", integer()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", boolean()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", integer()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", integer()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", boolean()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", big_int()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", boolean()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", real()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", double()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", integer()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", double()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", decimal(8, 2)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", decimal(12, 4)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", timestamp()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", date()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", date()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", date_time()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", double()).nullable())
                .primary_key(["id"]),
        )
        .alter_column_with("users", column("c", big_int()), 0)
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", text()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", json()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", text()))
                .primary_key(["id"]),
        )
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .alter_column("users", column("c", one_of("mood", ["glad", "sad"])))
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", one_of("mood", ["glad", "sad"])))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", text()))
        .drop_enum("mood")
        .create_table(
            new_table("users")
                .column(column("id", integer()).identity())
                .primary_key(["id"]),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .column(column("author_id", integer()))
                .primary_key(["id"])
                .foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
                ),
        )
        .drop_foreign_key("posts", "fk_posts_author_id")
        .alter_column("users", column("id", big_int()).identity())
        .alter_column("posts", column("author_id", big_int()))
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", text()))
                .primary_key(["id"])
                .index(index("ix_c", ["c"])),
        )
        .alter_column("users", column("c", varchar(60)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("c", integer()).default(1))
                .primary_key(["id"]),
        )
        .alter_column("users", column("c", text()).default("one"))
}
