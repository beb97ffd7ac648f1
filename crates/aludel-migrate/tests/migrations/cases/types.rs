//! Cases of types.

use super::{Case, author, case, mood, retyped, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
    vec![
        retyped("an integer grows", integer(), big_int()),
        retyped("a small integer grows", small_int(), integer()),
        retyped("an integer shrinks", big_int(), integer()).destroys(),
        retyped("a varchar grows", varchar(10), varchar(30)),
        retyped("a varchar shrinks", varchar(30), varchar(10)).destroys(),
        retyped("a varchar becomes a text", varchar(30), text()).no_return(),
        retyped("a text becomes a varchar", text(), varchar(30)).destroys(),
        retyped("an integer becomes a text", integer(), text()),
        retyped("a text becomes an integer", text(), integer())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', '41')")
            .finds("select c + 1 from users", "42"),
        retyped("a bool becomes an integer", boolean(), integer()),
        retyped("an integer becomes a bool", integer(), boolean())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', 1)")
            .finds("select count(*) from users where c", "1"),
        retyped("a big integer becomes a bool", big_int(), boolean())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', 1)"),
        retyped("a real grows", real(), double()),
        retyped("an integer becomes a double", integer(), double()),
        retyped("a decimal grows", decimal(8, 2), decimal(12, 4)),
        retyped("a moment becomes a day", timestamp(), date())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', '2020-02-29 12:30:00')")
            .finds("select count(*) from users where c = '2020-02-29'", "1"),
        retyped("a day becomes a moment", date(), date_time()),
        case(
            "a real becomes an integer that takes no NULL",
            [users().column(column("c", double()).nullable())],
            [users().column(column("c", big_int()))],
            ["alter column users.c"],
        )
        .fills("users.c", 0)
        .destroys()
        .no_rows()
        .row("insert into users (name, c) values ('a', 2.0)")
        .finds("select sum(c) from users", "2"),
        retyped("a text becomes JSON", text(), json())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', '{\"x\": 1}')"),
        case(
            "a text becomes an enum",
            [users().column(column("c", text()))],
            [users().column(column("c", mood(&["glad", "sad"])))],
            ["create enum mood", "alter column users.c"],
        )
        .destroys()
        .no_rows()
        .row("insert into users (name, c) values ('a', 'sad')")
        .finds("select count(*) from users where c = 'sad'", "1"),
        case(
            "an enum becomes a text",
            [users().column(column("c", mood(&["glad", "sad"])))],
            [users().column(column("c", text()))],
            ["alter column users.c", "drop enum mood"],
        ),
        case(
            "a key grows, and what refers to it",
            [
                new_table("users")
                    .column(column("id", integer()).identity())
                    .primary_key(["id"]),
                new_table("posts")
                    .id()
                    .column(column("author_id", integer()))
                    .foreign_key(author()),
            ],
            [
                new_table("users")
                    .column(column("id", big_int()).identity())
                    .primary_key(["id"]),
                new_table("posts")
                    .id()
                    .column(column("author_id", big_int()))
                    .foreign_key(author()),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "alter column users.id",
                "alter column posts.author_id",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "an indexed text becomes a varchar",
            [users()
                .column(column("c", text()))
                .index(index("ix_c", ["c"]))],
            [users()
                .column(column("c", varchar(60)))
                .index(index("ix_c", ["c"]))],
            ["alter column users.c"],
        )
        .destroys(),
        case(
            "a type with a default changes",
            [users().column(column("c", integer()).default(1))],
            [users().column(column("c", text()).default("one"))],
            ["alter column users.c"],
        ),
    ]
}
