//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `tables`.
pub fn migration() -> Migration {
    Migration::new("tables")
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
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("tags")
                .column(column("id", big_int()).identity())
                .primary_key(["id"]),
        )
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
        .create_table(
            new_table("a")
                .column(column("id", big_int()).identity())
                .column(column("b_id", big_int()).nullable())
                .primary_key(["id"]),
        )
        .create_table(
            new_table("b")
                .column(column("id", big_int()).identity())
                .column(column("a_id", big_int()).nullable())
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"])),
        )
        .add_foreign_key("a", foreign_key("fk_a", ["b_id"]).references("b", ["id"]))
        .create_table(
            new_table("nodes")
                .column(column("id", big_int()).identity())
                .column(column("up", big_int()).nullable())
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_up", ["up"]).references("nodes", ["id"])),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("all_of_it")
                .column(column("id", big_int()).identity())
                .column(column("a", varchar(20)).default("x").comment("a text"))
                .column(column("b", big_int()).nullable())
                .primary_key(["id"])
                .unique(unique("uq_a", ["a"]))
                .check(check("ck_b", col("b").gt(0)))
                .index(index("ix_b", ["b", "a"]))
                .comment("a table"),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("tags")
                .column(column("id", big_int()).identity())
                .primary_key(["id"]),
        )
        .drop_table("tags")
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
        .drop_table("posts")
        .drop_table("users")
        .create_table(
            new_table("a")
                .column(column("id", big_int()).identity())
                .column(column("b_id", big_int()).nullable())
                .primary_key(["id"]),
        )
        .create_table(
            new_table("b")
                .column(column("id", big_int()).identity())
                .column(column("a_id", big_int()).nullable())
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"])),
        )
        .add_foreign_key("a", foreign_key("fk_a", ["b_id"]).references("b", ["id"]))
        .drop_foreign_key("a", "fk_a")
        .drop_table("b")
        .drop_table("a")
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
        .drop_foreign_key("posts", "fk_posts_author_id")
        .drop_table("users")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .rename_table("users", "people")
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
        .rename_table("users", "people")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq_users_name", ["name"]))
                .index(index("ix_users_name", ["name", "id"])),
        )
        .rename_table("users", "people")
        .rename_constraint("people", "uq_users_name", "uq_people_name")
        .rename_constraint("people", "ix_users_name", "ix_people_name")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .rename_table("users", "people")
        .add_column("people", column("age", integer()).default(0))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("people")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .drop_table("users")
        .create_enum(enum_type("mood", ["glad", "sad"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("m", one_of("mood", ["glad", "sad"])))
                .primary_key(["id"]),
        )
        .rename_table("users", "people")
        .create_table(new_table("logs").column(column("line", text())))
        .add_column("logs", column("n", integer()).nullable())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .rename_table("users", "people")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("login", text()))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .set_comment("users", "people")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .comment("people"),
        )
        .set_comment("users", "it's people")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .comment("people"),
        )
        .drop_comment("users")
}
