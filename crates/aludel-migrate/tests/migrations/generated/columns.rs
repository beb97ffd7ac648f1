//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `columns`.
pub fn migration() -> Migration {
    Migration::new("columns")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("nick", varchar(20)).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("age", integer()).default(18))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("at", timestamp()).default(now()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column_with("users", column("age", integer()), 7)
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column_with("users", column("nick", varchar(40)), col("name"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("email", varchar(90)).nullable())
        .add_unique("users", unique("uq_users_email", ["email"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("age", integer()).default(1))
        .add_index("users", index("ix_users_age", ["age"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .primary_key(["id"]),
        )
        .add_column("posts", column("author_id", big_int()).nullable())
        .add_index("posts", index("ix_posts_author_id", ["author_id"]))
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column(
            "users",
            column("nick", varchar(20))
                .nullable()
                .comment("what friends say"),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("a", integer()).default(1))
        .add_column("users", column("b", text()).nullable())
        .add_column("users", column("c", boolean()).default(true))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", integer()))
                .primary_key(["id"]),
        )
        .drop_column("users", "age")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", integer()))
                .primary_key(["id"])
                .index(index("ix_users_age", ["age"])),
        )
        .drop_index("users", "ix_users_age")
        .drop_column("users", "age")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", integer()))
                .primary_key(["id"])
                .unique(unique("uq_users_age", ["age"])),
        )
        .drop_unique("users", "uq_users_age")
        .drop_column("users", "age")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", integer()))
                .primary_key(["id"])
                .check(check("ck_users_age", col("age").ge(0))),
        )
        .drop_check("users", "ck_users_age")
        .drop_column("users", "age")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .column(column("title", varchar(80)))
                .column(column("author_id", big_int()))
                .primary_key(["id"])
                .foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
                )
                .index(index("ix_posts_author_id", ["author_id"])),
        )
        .drop_foreign_key("posts", "fk_posts_author_id")
        .drop_index("posts", "ix_posts_author_id")
        .drop_column("posts", "author_id")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .rename_column("users", "name", "full_name")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq", ["name"]))
                .check(check("ck", col("name").ne("")))
                .index(index("ix", ["name", "id"])),
        )
        .rename_column("users", "name", "full_name")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .rename_column("users", "name", "full_name")
        .alter_column("users", column("full_name", varchar(80)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
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
        .rename_column("users", "id", "uid")
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("m", one_of("mood", ["glad", "sad"])))
                .primary_key(["id"]),
        )
        .rename_column("users", "m", "feels")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("a", varchar(9)))
                .column(column("b", varchar(9)))
                .primary_key(["id"]),
        )
        .rename_column("users", "b", "c")
        .rename_column("users", "a", "b")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", integer()))
                .primary_key(["id"]),
        )
        .rename_column("users", "age", "years")
        .alter_column("users", column("years", big_int()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("motto", varchar(40)).nullable())
        .drop_column("users", "name")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("name", varchar(40)).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)).nullable())
                .primary_key(["id"]),
        )
        .alter_column("users", column("name", varchar(40)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)).nullable())
                .primary_key(["id"]),
        )
        .alter_column_with("users", column("name", varchar(40)), "nobody")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("name", varchar(40)).default("x"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("n", integer()).default(1))
                .primary_key(["id"]),
        )
        .alter_column("users", column("n", integer()).default(2))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("n", integer()).default(1))
                .primary_key(["id"]),
        )
        .alter_column("users", column("n", integer()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(
                    column("at", timestamp()).default(value(instant("2020-01-01 00:00:00.000000"))),
                )
                .primary_key(["id"]),
        )
        .alter_column("users", column("at", timestamp()).default(now()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("name", varchar(40)).comment("it's a name"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)).comment("a name"))
                .primary_key(["id"]),
        )
        .alter_column("users", column("name", varchar(40)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("n", integer()).nullable().comment("x"))
                .primary_key(["id"]),
        )
        .alter_column_with("users", column("n", big_int()).default(5).comment("y"), 4)
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", boolean()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", small_int()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", integer()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", big_int()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", real()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", double()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", text()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", varchar(10)).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", bytes()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", decimal(8, 2)).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", date()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", time()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", date_time()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", timestamp()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", uuid()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_column("users", column("c", json()).nullable())
}
