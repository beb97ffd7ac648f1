//! * create table users
//! * create table posts

use aludel::migrate::prelude::*;

/// The migration `0001_initial`.
pub fn migration() -> Migration {
    Migration::new("0001_initial")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("email", varchar(254)))
                .column(column("name", varchar(80)))
                .primary_key(["id"])
                .unique(unique("uq_users_email", ["email"])),
        )
        .create_table(
            new_table("posts")
                .column(column("id", big_int()).identity())
                .column(column("title", varchar(200)))
                .column(column("body", text()))
                .column(column("author_id", big_int()))
                .primary_key(["id"])
                .foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"])
                        .references("users", ["id"])
                        .on_delete(Action::Cascade),
                )
                .index(index("ix_posts_author_id", ["author_id"])),
        )
}
