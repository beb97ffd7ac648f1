//! Cases of references.

use super::{Case, author, case, posts, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
    vec![
        case(
            "a foreign key comes",
            [users(), posts()],
            [users(), posts().foreign_key(author())],
            ["add foreign key fk_posts_author_id of posts to users"],
        ),
        case(
            "a foreign key goes",
            [users(), posts().foreign_key(author())],
            [users(), posts()],
            ["drop foreign key fk_posts_author_id of posts"],
        ),
        case(
            "a foreign key cascades",
            [users(), posts().foreign_key(author())],
            [
                users(),
                posts().foreign_key(author().on_delete(Action::Cascade)),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a foreign key is deferred",
            [users(), posts().foreign_key(author())],
            [
                users(),
                posts().foreign_key(author().deferrable(Deferrability::Deferred)),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a foreign key sets NULL",
            [users(), posts().foreign_key(author())],
            [
                users(),
                new_table("posts")
                    .id()
                    .column(column("title", varchar(80)))
                    .column(column("author_id", big_int()).nullable())
                    .foreign_key(author().on_delete(Action::SetNull)),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "alter column posts.author_id",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a foreign key leads elsewhere",
            [
                users(),
                new_table("people").id(),
                posts().foreign_key(author()),
            ],
            [
                users(),
                new_table("people").id(),
                posts().foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("people", ["id"]),
                ),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to people",
            ],
        ),
        case(
            "a foreign key is called otherwise",
            [users(), posts().foreign_key(author())],
            [
                users(),
                posts().foreign_key(aludel::schema::ForeignKey {
                    name: "fk_2".into(),
                    ..author()
                }),
            ],
            ["rename fk_posts_author_id of posts to fk_2"],
        ),
        case(
            "an index goes that a reference needs",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id"])),
            ],
            [users(), posts().foreign_key(author())],
            ["drop index ix_1 of posts"],
        ),
        case(
            "an index that a reference needs turns to another column",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id"])),
            ],
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["title"])),
            ],
            ["drop index ix_1 of posts", "add index ix_1 of posts"],
        ),
        case(
            "a column goes that shares an index with a reference",
            [
                users(),
                posts()
                    .column(column("n", integer()))
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id", "n"])),
            ],
            [users(), posts().foreign_key(author())],
            ["drop index ix_1 of posts", "drop column posts.n"],
        )
        .destroys(),
        case(
            "two references share a column, and one goes",
            [
                users().unique(unique("uq", ["id", "name"])),
                new_table("posts")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("n", varchar(40)))
                    .foreign_key(
                        foreign_key("fk_1", ["a", "n"]).references("users", ["id", "name"]),
                    )
                    .foreign_key(foreign_key("fk_2", ["a"]).references("users", ["id"])),
            ],
            [
                users().unique(unique("uq", ["id", "name"])),
                new_table("posts")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("n", varchar(40)))
                    .foreign_key(foreign_key("fk_2", ["a"]).references("users", ["id"])),
            ],
            ["drop foreign key fk_1 of posts"],
        ),
        case(
            "a new table refers to a new unique column",
            [users()],
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .unique(unique("uq_code", ["code"])),
                new_table("badges")
                    .id()
                    .column(column("user_code", varchar(9)).nullable())
                    .foreign_key(
                        foreign_key("fk_code", ["user_code"]).references("users", ["code"]),
                    ),
            ],
            [
                "create table badges",
                "add column users.code",
                "add unique uq_code of users",
                "add foreign key fk_code of badges to users",
            ],
        ),
        case(
            "a new table refers to a key that grows",
            [new_table("users")
                .column(column("id", integer()).identity())
                .primary_key(["id"])],
            [new_table("users").id(), posts().foreign_key(author())],
            [
                "create table posts",
                "alter column users.id",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a table goes, and the unique column that it referred to",
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .unique(unique("uq_code", ["code"])),
                new_table("badges")
                    .id()
                    .column(column("user_code", varchar(9)).nullable())
                    .foreign_key(
                        foreign_key("fk_code", ["user_code"]).references("users", ["code"]),
                    ),
            ],
            [users()],
            [
                "drop foreign key fk_code of badges",
                "drop unique uq_code of users",
                "drop column users.code",
                "drop table badges",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a table goes, and the key that it referred to grows",
            [
                new_table("users")
                    .column(column("id", integer()).identity())
                    .primary_key(["id"]),
                new_table("posts")
                    .id()
                    .column(column("author_id", integer()))
                    .foreign_key(author()),
            ],
            [new_table("users").id()],
            [
                "drop foreign key fk_posts_author_id of posts",
                "alter column users.id",
                "drop table posts",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a unique constraint that is referred to becomes an index",
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .unique(unique("uq_code", ["code"])),
                new_table("badges")
                    .id()
                    .column(column("c", varchar(9)).nullable())
                    .foreign_key(foreign_key("fk_code", ["c"]).references("users", ["code"])),
            ],
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .index(index("ux_code", ["code"]).unique()),
                new_table("badges")
                    .id()
                    .column(column("c", varchar(9)).nullable())
                    .foreign_key(foreign_key("fk_code", ["c"]).references("users", ["code"])),
            ],
            [
                "drop foreign key fk_code of badges",
                "add index ux_code of users",
                "drop unique uq_code of users",
                "add foreign key fk_code of badges to users",
            ],
        ),
        case(
            "an index moves to another table under its name",
            [
                new_table("a")
                    .id()
                    .column(column("slug", varchar(9)))
                    .index(index("ix_slug", ["slug"])),
                new_table("b").id().column(column("slug", varchar(9))),
            ],
            [
                new_table("a").id().column(column("slug", varchar(9))),
                new_table("b")
                    .id()
                    .column(column("slug", varchar(9)))
                    .index(index("ix_slug", ["slug"])),
            ],
            ["drop index ix_slug of a", "add index ix_slug of b"],
        ),
        case(
            "a table goes, and its index's name is another's",
            [new_table("drafts")
                .id()
                .column(column("x", varchar(9)))
                .column(column("y", varchar(9)))
                .column(column("z", varchar(9)))
                .index(index("ix_slug", ["x"]))],
            [new_table("articles")
                .id()
                .column(column("slug", varchar(9)))
                .index(index("ix_slug", ["slug"]))],
            [
                "create table articles",
                "drop index ix_slug of drafts",
                "add index ix_slug of articles",
                "drop table drafts",
            ],
        )
        .destroys(),
        case(
            "an index takes over for a foreign key's own",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id"])),
            ],
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_2", ["author_id", "title"])),
            ],
            ["add index ix_2 of posts", "drop index ix_1 of posts"],
        ),
    ]
}
