//! Cases of keys.

use super::{Case, case, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
    let pair = || {
        new_table("pairs")
            .column(column("a", big_int()))
            .column(column("b", big_int()))
            .column(column("c", big_int()))
    };
    vec![
        case(
            "a table comes whose numbers are the second part of its key",
            [],
            [new_table("parts")
                .column(column("kind", varchar(20)))
                .column(column("id", big_int()).identity())
                .primary_key(["kind", "id"])
                .index(index("ix_parts_kind", ["kind"]))
                .index(index("ix_parts_id", ["id"]))],
            ["create table parts"],
        ),
        case(
            "a key gets a column more",
            [pair().primary_key(["a"])],
            [pair().primary_key(["a", "b"])],
            ["set primary key of pairs to (a, b)"],
        ),
        case(
            "a key loses a column",
            [pair().primary_key(["a", "b"])],
            [pair().primary_key(["b"])],
            ["set primary key of pairs to (b)"],
        ),
        case(
            "a key changes its order",
            [pair().primary_key(["a", "b"])],
            [pair().primary_key(["b", "a"])],
            ["set primary key of pairs to (b, a)"],
        ),
        case(
            "a key comes",
            [pair()],
            [pair().primary_key(["a"])],
            ["set primary key of pairs to (a)"],
        ),
        case(
            "a key goes",
            [pair().primary_key(["a"])],
            [pair()],
            ["set primary key of pairs to ()"],
        ),
        case(
            "a key changes that a reference needed as its index",
            [
                users(),
                new_table("pairs")
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .primary_key(["a", "b"])
                    .foreign_key(foreign_key("fk_a", ["a"]).references("users", ["id"])),
            ],
            [
                users(),
                new_table("pairs")
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .primary_key(["b"])
                    .foreign_key(foreign_key("fk_a", ["a"]).references("users", ["id"])),
            ],
            ["set primary key of pairs to (b)"],
        ),
        case(
            "a composite key that others refer to changes",
            [
                pair().primary_key(["a", "b"]),
                new_table("of")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .foreign_key(foreign_key("fk_of", ["a", "b"]).references("pairs", ["a", "b"])),
            ],
            [
                pair().primary_key(["b", "a"]),
                new_table("of")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .foreign_key(foreign_key("fk_of", ["b", "a"]).references("pairs", ["b", "a"])),
            ],
            [
                "drop foreign key fk_of of of",
                "set primary key of pairs to (b, a)",
                "add foreign key fk_of of of to pairs",
            ],
        ),
        case(
            "a number becomes the key of a join table",
            [
                users(),
                new_table("tags").id(),
                new_table("users_tags")
                    .column(column("user_id", big_int()))
                    .column(column("tag_id", big_int()))
                    .primary_key(["user_id", "tag_id"])
                    .foreign_key(
                        foreign_key("fk_u", ["user_id"])
                            .references("users", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .foreign_key(
                        foreign_key("fk_t", ["tag_id"])
                            .references("tags", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .index(index("ix_t", ["tag_id"])),
            ],
            [
                users(),
                new_table("tags").id(),
                new_table("users_tags")
                    .id()
                    .column(column("user_id", big_int()))
                    .column(column("tag_id", big_int()))
                    .column(column("note", text()).nullable())
                    .foreign_key(
                        foreign_key("fk_u", ["user_id"])
                            .references("users", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .foreign_key(
                        foreign_key("fk_t", ["tag_id"])
                            .references("tags", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .index(index("ix_t", ["tag_id"]))
                    .index(index("ix_u", ["user_id"])),
            ],
            [
                "add column users_tags.id",
                "add column users_tags.note",
                "add index ix_u of users_tags",
                "set primary key of users_tags to (id)",
            ],
        ),
        case(
            "a numbered key is numbered no more",
            [users()],
            [new_table("users")
                .column(column("id", big_int()))
                .primary_key(["id"])
                .column(column("name", varchar(40)))],
            ["alter column users.id"],
        ),
        case(
            "a key is numbered",
            [new_table("users")
                .column(column("id", big_int()))
                .primary_key(["id"])
                .column(column("name", varchar(40)))],
            [users()],
            ["alter column users.id"],
        )
        .no_return(),
        case(
            "a numbered key is always numbered",
            [users()],
            [new_table("users")
                .column(column("id", big_int()).identity_always())
                .primary_key(["id"])
                .column(column("name", varchar(40)))],
            ["alter column users.id"],
        ),
        case(
            "a unique constraint comes",
            [users()],
            [users().unique(unique("uq_users_name", ["name"]))],
            ["add unique uq_users_name of users"],
        ),
        case(
            "a unique constraint goes",
            [users().unique(unique("uq_users_name", ["name"]))],
            [users()],
            ["drop unique uq_users_name of users"],
        ),
        case(
            "a unique constraint gets a column more",
            [users().unique(unique("uq", ["name"]))],
            [users().unique(unique("uq", ["name", "id"]))],
            ["drop unique uq of users", "add unique uq of users"],
        ),
        case(
            "a unique constraint is called otherwise",
            [users().unique(unique("uq_1", ["name"]))],
            [users().unique(unique("uq_2", ["name"]))],
            ["rename uq_1 of users to uq_2"],
        ),
        case(
            "a unique constraint becomes an index",
            [users().unique(unique("uq", ["name"]))],
            [users().index(index("uq", ["name"]))],
            ["drop unique uq of users", "add index uq of users"],
        ),
        case(
            "a CHECK comes",
            [users()],
            [users().check(check("ck", col("name").ne("")))],
            ["add check ck of users"],
        ),
        case(
            "a CHECK goes",
            [users().check(check("ck", col("name").ne("")))],
            [users()],
            ["drop check ck of users"],
        ),
        case(
            "a CHECK changes",
            [users().check(check("ck", col("name").ne("")))],
            [users().check(check("ck", col("name").ne("z")))],
            ["drop check ck of users", "add check ck of users"],
        ),
        case(
            "a CHECK is called otherwise",
            [users().check(check("ck_1", col("name").ne("")))],
            [users().check(check("ck_2", col("name").ne("")))],
            ["rename ck_1 of users to ck_2"],
        ),
        case(
            "a CHECK is written otherwise and says the same",
            [users()
                .column(column("n", integer()))
                .check(check("ck", col("n").gt(0_i64)))],
            [users()
                .column(column("n", integer()))
                .check(check("ck", col("n").gt(0_i32)))],
            [],
        ),
        case(
            "CHECKs of every kind come",
            [users().column(column("n", integer()))],
            [users()
                .column(column("n", integer()))
                .check(check(
                    "ck_1",
                    col("name").is_in(["v1", "v2", "v3"]) | col("n").between(1, 9),
                ))
                .check(check(
                    "ck_2",
                    not(col("name").like("a%")) & length(col("name")).le(9),
                ))],
            ["add check ck_1 of users", "add check ck_2 of users"],
        ),
        case(
            "an index comes",
            [users()],
            [users().index(index("ix", ["name"]))],
            ["add index ix of users"],
        ),
        case(
            "an index goes",
            [users().index(index("ix", ["name"]))],
            [users()],
            ["drop index ix of users"],
        ),
        case(
            "an index gets a column more",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name", "id"]))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index turns around",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", [] as [&str; 0]).descending("name"))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index becomes unique",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name"]).unique())],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index is called otherwise",
            [users().index(index("ix_1", ["name"]))],
            [users().index(index("ix_2", ["name"]))],
            ["rename ix_1 of users to ix_2"],
        ),
        case(
            "an index of an expression comes",
            [users()],
            [users().index(index("ix", [] as [&str; 0]).expression(col("name").lower()))],
            ["add index ix of users"],
        ),
        case(
            "an index of some rows comes",
            [users()],
            [users().index(index("ix", ["name"]).filter(col("id").gt(1)))],
            ["add index ix of users"],
        ),
        case(
            "an index of some rows covers others",
            [users().index(index("ix", ["name"]).filter(col("id").gt(1)))],
            [users().index(index("ix", ["name"]).filter(col("id").gt(2)))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index gets a method",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name"]).using("hash"))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index keeps further columns",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name"]).include(["id"]))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index of a text comes",
            [users().column(column("body", text()))],
            [users()
                .column(column("body", text()))
                .index(index("ix", ["body"]))],
            ["add index ix of users"],
        ),
        case(
            "an index of a text goes",
            [users()
                .column(column("body", text()))
                .index(index("ix", ["body"]))],
            [users().column(column("body", text()))],
            ["drop index ix of users"],
        ),
    ]
}
