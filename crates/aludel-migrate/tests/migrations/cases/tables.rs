//! Cases of tables.

use super::{Case, author, case, mood, posts, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
    vec![
        case(
            "nothing changes",
            [users(), posts().foreign_key(author())],
            [users(), posts().foreign_key(author())],
            [],
        ),
        case(
            "a table comes",
            [users()],
            [users(), new_table("tags").id()],
            ["create table tags"],
        ),
        case(
            "a table comes that refers to one that is there",
            [users()],
            [users(), posts().foreign_key(author())],
            ["create table posts"],
        ),
        case(
            "tables come in the order of their references",
            [],
            [posts().foreign_key(author()), users()],
            ["create table users", "create table posts"],
        ),
        case(
            "tables come that refer to each other",
            [],
            [
                new_table("a")
                    .id()
                    .column(column("b_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_a", ["b_id"]).references("b", ["id"])),
                new_table("b")
                    .id()
                    .column(column("a_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"])),
            ],
            [
                "create table a",
                "create table b",
                "add foreign key fk_a of a to b",
            ],
        ),
        case(
            "a table that refers to itself comes",
            [],
            [new_table("nodes")
                .id()
                .column(column("up", big_int()).nullable())
                .foreign_key(foreign_key("fk_up", ["up"]).references("nodes", ["id"]))],
            ["create table nodes"],
        ),
        case(
            "a table with everything comes",
            [users()],
            [
                users(),
                new_table("all_of_it")
                    .id()
                    .column(column("a", varchar(20)).default("x").comment("a text"))
                    .column(column("b", big_int()).nullable())
                    .unique(unique("uq_a", ["a"]))
                    .check(check("ck_b", col("b").gt(0)))
                    .index(index("ix_b", ["b", "a"]))
                    .comment("a table"),
            ],
            ["create table all_of_it"],
        ),
        case(
            "a table goes",
            [users(), new_table("tags").id()],
            [users()],
            ["drop table tags"],
        )
        .destroys(),
        case(
            "tables go in the order of their references",
            [users(), posts().foreign_key(author())],
            [],
            ["drop table posts", "drop table users"],
        )
        .destroys(),
        case(
            "tables that refer to each other go",
            [
                new_table("a")
                    .id()
                    .column(column("b_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_a", ["b_id"]).references("b", ["id"])),
                new_table("b")
                    .id()
                    .column(column("a_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"])),
            ],
            [],
            ["drop foreign key fk_a of a", "drop table b", "drop table a"],
        )
        .destroys()
        .no_rows(),
        case(
            "a table that another refers to goes, and the reference with it",
            [users(), posts().foreign_key(author())],
            [posts()],
            [
                "drop foreign key fk_posts_author_id of posts",
                "drop table users",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a table is renamed",
            [users()],
            [new_table("people").id().column(column("name", varchar(40)))],
            ["rename table users to people"],
        )
        .renames_table("users", "people"),
        case(
            "a table that others refer to is renamed",
            [users(), posts().foreign_key(author())],
            [
                new_table("people").id().column(column("name", varchar(40))),
                posts().foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("people", ["id"]),
                ),
            ],
            ["rename table users to people"],
        )
        .renames_table("users", "people"),
        case(
            "a renamed table's constraints are called by its new name",
            [users()
                .unique(unique("uq_users_name", ["name"]))
                .index(index("ix_users_name", ["name", "id"]))],
            [new_table("people")
                .id()
                .column(column("name", varchar(40)))
                .unique(unique("uq_people_name", ["name"]))
                .index(index("ix_people_name", ["name", "id"]))],
            [
                "rename table users to people",
                "rename uq_users_name of people to uq_people_name",
                "rename ix_users_name of people to ix_people_name",
            ],
        )
        .renames_table("users", "people"),
        case(
            "a table is renamed and changed",
            [users()],
            [new_table("people")
                .id()
                .column(column("name", varchar(40)))
                .column(column("age", integer()).default(0))],
            ["rename table users to people", "add column people.age"],
        )
        .renames_table("users", "people"),
        case(
            "a like table is another one",
            [users()],
            [new_table("people").id().column(column("name", varchar(40)))],
            ["create table people", "drop table users"],
        )
        .replaces("users", "people"),
        case(
            "a table that has an enum is renamed",
            [new_table("users")
                .id()
                .column(column("m", mood(&["glad", "sad"])))],
            [new_table("people")
                .id()
                .column(column("m", mood(&["glad", "sad"])))],
            ["rename table users to people"],
        )
        .renames_table("users", "people"),
        case(
            "a table without a key",
            [new_table("logs").column(column("line", text()))],
            [new_table("logs")
                .column(column("line", text()))
                .column(column("n", integer()).nullable())],
            ["add column logs.n"],
        ),
        case(
            "a table is renamed, and another one takes its name",
            [users()],
            [
                new_table("people").id().column(column("name", varchar(40))),
                new_table("users").id().column(column("login", text())),
            ],
            ["rename table users to people", "create table users"],
        )
        .renames_table("users", "people"),
        case(
            "a comment comes",
            [users()],
            [users().comment("people")],
            ["comment on users"],
        ),
        case(
            "a comment changes",
            [users().comment("people")],
            [users().comment("it's people")],
            ["comment on users"],
        ),
        case(
            "a comment goes",
            [users().comment("people")],
            [users()],
            ["comment on users"],
        ),
    ]
}
