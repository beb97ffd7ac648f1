//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `references`.
pub fn migration() -> Migration {
    Migration::new("references")
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
                .primary_key(["id"]),
        )
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
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"])
                .references("users", ["id"])
                .on_delete(Action::Cascade),
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
        .drop_foreign_key("posts", "fk_posts_author_id")
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"])
                .references("users", ["id"])
                .deferrable(Deferrability::Deferred),
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
        .drop_foreign_key("posts", "fk_posts_author_id")
        .alter_column("posts", column("author_id", big_int()).nullable())
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"])
                .references("users", ["id"])
                .on_delete(Action::SetNull),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("people")
                .column(column("id", big_int()).identity())
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
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"]).references("people", ["id"]),
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
        .rename_constraint("posts", "fk_posts_author_id", "fk_2")
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
                .index(index("ix_1", ["author_id"])),
        )
        .drop_index("posts", "ix_1")
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
                .index(index("ix_1", ["author_id"])),
        )
        .drop_index("posts", "ix_1")
        .add_index("posts", index("ix_1", ["title"]))
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
                .column(column("n", integer()))
                .primary_key(["id"])
                .foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
                )
                .index(index("ix_1", ["author_id", "n"])),
        )
        .drop_index("posts", "ix_1")
        .drop_column("posts", "n")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq", ["id", "name"])),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .column(column("a", big_int()))
                .column(column("n", varchar(40)))
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_1", ["a", "n"]).references("users", ["id", "name"]))
                .foreign_key(foreign_key("fk_2", ["a"]).references("users", ["id"])),
        )
        .drop_foreign_key("posts", "fk_1")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("badges")
                .column(column("id", big_int()).identity())
                .column(column("user_code", varchar(9)).nullable())
                .primary_key(["id"]),
        )
        .add_column("users", column("code", varchar(9)).nullable())
        .add_unique("users", unique("uq_code", ["code"]))
        .add_foreign_key(
            "badges",
            foreign_key("fk_code", ["user_code"]).references("users", ["code"]),
        )
        .create_table(
            new_table("users")
                .column(column("id", integer()).identity())
                .primary_key(["id"]),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .column(column("title", varchar(80)))
                .column(column("author_id", big_int()))
                .primary_key(["id"]),
        )
        .alter_column("users", column("id", big_int()).identity())
        .add_foreign_key(
            "posts",
            foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("code", varchar(9)).nullable())
                .primary_key(["id"])
                .unique(unique("uq_code", ["code"])),
        )
        .create_table(
            new_table("badges")
                .column(column("id", big_int()).identity())
                .column(column("user_code", varchar(9)).nullable())
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_code", ["user_code"]).references("users", ["code"])),
        )
        .drop_foreign_key("badges", "fk_code")
        .drop_unique("users", "uq_code")
        .drop_column("users", "code")
        .drop_table("badges")
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
        .drop_table("posts")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("code", varchar(9)).nullable())
                .primary_key(["id"])
                .unique(unique("uq_code", ["code"])),
        )
        .create_table(
            new_table("badges")
                .column(column("id", big_int()).identity())
                .column(column("c", varchar(9)).nullable())
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_code", ["c"]).references("users", ["code"])),
        )
        .drop_foreign_key("badges", "fk_code")
        .add_index("users", index("ux_code", ["code"]).unique())
        .drop_unique("users", "uq_code")
        .add_foreign_key(
            "badges",
            foreign_key("fk_code", ["c"]).references("users", ["code"]),
        )
        .create_table(
            new_table("a")
                .column(column("id", big_int()).identity())
                .column(column("slug", varchar(9)))
                .primary_key(["id"])
                .index(index("ix_slug", ["slug"])),
        )
        .create_table(
            new_table("b")
                .column(column("id", big_int()).identity())
                .column(column("slug", varchar(9)))
                .primary_key(["id"]),
        )
        .drop_index("a", "ix_slug")
        .add_index("b", index("ix_slug", ["slug"]))
        .create_table(
            new_table("drafts")
                .column(column("id", big_int()).identity())
                .column(column("x", varchar(9)))
                .column(column("y", varchar(9)))
                .column(column("z", varchar(9)))
                .primary_key(["id"])
                .index(index("ix_slug", ["x"])),
        )
        .create_table(
            new_table("articles")
                .column(column("id", big_int()).identity())
                .column(column("slug", varchar(9)))
                .primary_key(["id"]),
        )
        .drop_index("drafts", "ix_slug")
        .add_index("articles", index("ix_slug", ["slug"]))
        .drop_table("drafts")
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
                .index(index("ix_1", ["author_id"])),
        )
        .add_index("posts", index("ix_2", ["author_id", "title"]))
        .drop_index("posts", "ix_1")
}
