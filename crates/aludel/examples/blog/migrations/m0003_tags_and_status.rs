//! * create enum status
//! * create table tags
//! * create table posts_tags
//! * add column posts.status
//! * add check ck_posts_title of posts

use aludel::migrate::prelude::*;

/// The migration `0003_tags_and_status`.
pub fn migration() -> Migration {
    Migration::new("0003_tags_and_status")
        .depends_on("0002_rename_users_name_to_full_name_and_add_posts_published_at")
        .create_enum(enum_type("status", ["draft", "live"]))
        .create_table(
            new_table("tags")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(50)))
                .primary_key(["id"])
                .unique(unique("uq_tags_name", ["name"])),
        )
        .create_table(
            new_table("posts_tags")
                .column(column("post_id", big_int()))
                .column(column("tag_id", big_int()))
                .primary_key(["post_id", "tag_id"])
                .foreign_key(
                    foreign_key("fk_posts_tags_post_id", ["post_id"])
                        .references("posts", ["id"])
                        .on_delete(Action::Cascade),
                )
                .foreign_key(
                    foreign_key("fk_posts_tags_tag_id", ["tag_id"])
                        .references("tags", ["id"])
                        .on_delete(Action::Cascade),
                )
                .index(index("ix_posts_tags_tag_id", ["tag_id"])),
        )
        .add_column(
            "posts",
            column("status", one_of("status", ["draft", "live"])).default("draft"),
        )
        .add_check("posts", check("ck_posts_title", col("title").ne("")))
}
