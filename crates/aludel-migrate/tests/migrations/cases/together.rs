//! Cases of together.

use super::{Case, author, case, mood, posts, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
    vec![
        case(
            "much changes at once",
            [
                users()
                    .column(column("age", small_int()))
                    .index(index("ix_age", ["age"])),
                posts().foreign_key(author()),
                new_table("old").column(column("x", integer())),
            ],
            [
                new_table("people")
                    .id()
                    .column(column("full_name", varchar(80)))
                    .column(column("age", integer()).default(1))
                    .column(column("m", mood(&["glad"])).default("glad"))
                    .index(index("ix_age", ["age", "full_name"])),
                new_table("posts")
                    .id()
                    .column(column("title", varchar(80)))
                    .column(column("author_id", big_int()).nullable())
                    .column(column("slug", varchar(80)).nullable())
                    .unique(unique("uq_slug", ["slug"]))
                    .foreign_key(
                        foreign_key("fk_posts_author_id", ["author_id"])
                            .references("people", ["id"])
                            .on_delete(Action::SetNull),
                    ),
                new_table("tags").id().column(column("name", varchar(20))),
            ],
            [
                "rename table users to people",
                "rename column people.name to full_name",
                "drop foreign key fk_posts_author_id of posts",
                "create enum mood",
                "create table tags",
                "add column people.m",
                "add column posts.slug",
                "alter column people.full_name",
                "alter column people.age",
                "alter column posts.author_id",
                "drop index ix_age of people",
                "add index ix_age of people",
                "add unique uq_slug of posts",
                "add foreign key fk_posts_author_id of posts to people",
                "drop table old",
            ],
        )
        .renames_table("users", "people")
        .renames_column("people", "name", "full_name")
        .destroys()
        .no_return(),
        case(
            "hostile names change",
            [new_table("or\"der `x`")
                .id()
                .column(column("sel\"ect", varchar(20)))],
            [new_table("or\"der `x`")
                .id()
                .column(column("gr`oup", varchar(20)))
                .column(column("it's", integer()).default(1))
                .index(index("ix \"1\"", ["it's"]))
                .check(check("ck 'x'", col("gr`oup").ne("'\"`")))],
            [
                "rename column or\"der `x`.sel\"ect to gr`oup",
                "add column or\"der `x`.it's",
                "add index ix \"1\" of or\"der `x`",
                "add check ck 'x' of or\"der `x`",
            ],
        )
        .renames_column("or\"der `x`", "sel\"ect", "gr`oup"),
        case(
            "two columns exchange their places in an index and a constraint",
            [users()
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .index(index("ix", ["a"]))
                .unique(unique("uq", ["b"]))],
            [users()
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .index(index("ix", ["b"]))
                .unique(unique("uq", ["a"]))],
            [
                "drop unique uq of users",
                "drop index ix of users",
                "add unique uq of users",
                "add index ix of users",
            ],
        ),
    ]
}
