//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `keys`.
pub fn migration() -> Migration {
    Migration::new("keys")
        .create_table(
            new_table("parts")
                .column(column("kind", varchar(20)))
                .column(column("id", big_int()).identity())
                .primary_key(["kind", "id"])
                .index(index("ix_parts_kind", ["kind"]))
                .index(index("ix_parts_id", ["id"])),
        )
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .column(column("c", big_int()))
                .primary_key(["a"]),
        )
        .set_primary_key("pairs", ["a", "b"])
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .column(column("c", big_int()))
                .primary_key(["a", "b"]),
        )
        .set_primary_key("pairs", ["b"])
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .column(column("c", big_int()))
                .primary_key(["a", "b"]),
        )
        .set_primary_key("pairs", ["b", "a"])
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .column(column("c", big_int())),
        )
        .set_primary_key("pairs", ["a"])
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .column(column("c", big_int()))
                .primary_key(["a"]),
        )
        .set_primary_key("pairs", [] as [&str; 0])
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .primary_key(["a", "b"])
                .foreign_key(foreign_key("fk_a", ["a"]).references("users", ["id"])),
        )
        .set_primary_key("pairs", ["b"])
        .create_table(
            new_table("pairs")
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .column(column("c", big_int()))
                .primary_key(["a", "b"]),
        )
        .create_table(
            new_table("of")
                .column(column("id", big_int()).identity())
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .primary_key(["id"])
                .foreign_key(foreign_key("fk_of", ["a", "b"]).references("pairs", ["a", "b"])),
        )
        .drop_foreign_key("of", "fk_of")
        .set_primary_key("pairs", ["b", "a"])
        .add_foreign_key(
            "of",
            foreign_key("fk_of", ["b", "a"]).references("pairs", ["b", "a"]),
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
        )
        .add_column("users_tags", column("id", big_int()).identity())
        .add_column("users_tags", column("note", text()).nullable())
        .add_index("users_tags", index("ix_u", ["user_id"]))
        .set_primary_key("users_tags", ["id"])
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("id", big_int()))
        .create_table(
            new_table("users")
                .column(column("id", big_int()))
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("id", big_int()).identity())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .alter_column("users", column("id", big_int()).identity_always())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_unique("users", unique("uq_users_name", ["name"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq_users_name", ["name"])),
        )
        .drop_unique("users", "uq_users_name")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq", ["name"])),
        )
        .drop_unique("users", "uq")
        .add_unique("users", unique("uq", ["name", "id"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq_1", ["name"])),
        )
        .rename_constraint("users", "uq_1", "uq_2")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .unique(unique("uq", ["name"])),
        )
        .drop_unique("users", "uq")
        .add_index("users", index("uq", ["name"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_check("users", check("ck", col("name").ne("")))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .check(check("ck", col("name").ne(""))),
        )
        .drop_check("users", "ck")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .check(check("ck", col("name").ne(""))),
        )
        .drop_check("users", "ck")
        .add_check("users", check("ck", col("name").ne("z")))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .check(check("ck_1", col("name").ne(""))),
        )
        .rename_constraint("users", "ck_1", "ck_2")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("n", integer()))
                .primary_key(["id"])
                .check(check("ck", col("n").gt(0))),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("n", integer()))
                .primary_key(["id"]),
        )
        .add_check(
            "users",
            check(
                "ck_1",
                col("name").is_in(["v1", "v2", "v3"]) | col("n").between(1, 9),
            ),
        )
        .add_check(
            "users",
            check(
                "ck_2",
                not(col("name").like("a%")) & length(col("name")).untyped().le(9),
            ),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_index("users", index("ix", ["name"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"])),
        )
        .drop_index("users", "ix")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"])),
        )
        .drop_index("users", "ix")
        .add_index("users", index("ix", ["name", "id"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"])),
        )
        .drop_index("users", "ix")
        .add_index("users", index("ix", [] as [&str; 0]).descending("name"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"])),
        )
        .drop_index("users", "ix")
        .add_index("users", index("ix", ["name"]).unique())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix_1", ["name"])),
        )
        .rename_constraint("users", "ix_1", "ix_2")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_index(
            "users",
            index("ix", [] as [&str; 0]).expression(col("name").lower()),
        )
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .add_index("users", index("ix", ["name"]).filter(col("id").gt(1)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"]).filter(col("id").gt(1))),
        )
        .drop_index("users", "ix")
        .add_index("users", index("ix", ["name"]).filter(col("id").gt(2)))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"])),
        )
        .drop_index("users", "ix")
        .add_index("users", index("ix", ["name"]).using("hash"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"])
                .index(index("ix", ["name"])),
        )
        .drop_index("users", "ix")
        .add_index("users", index("ix", ["name"]).include(["id"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("body", text()))
                .primary_key(["id"]),
        )
        .add_index("users", index("ix", ["body"]))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("body", text()))
                .primary_key(["id"])
                .index(index("ix", ["body"])),
        )
        .drop_index("users", "ix")
}
