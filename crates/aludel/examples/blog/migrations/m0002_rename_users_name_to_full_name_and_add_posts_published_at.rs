//! * rename column users.name to full_name
//! * add column posts.published_at
//! * add index ix_posts_author_id_published_at of posts
//! * drop index ix_posts_author_id of posts

use aludel::migrate::prelude::*;

/// The migration `0002_rename_users_name_to_full_name_and_add_posts_published_at`.
pub fn migration() -> Migration {
    Migration::new("0002_rename_users_name_to_full_name_and_add_posts_published_at")
        .depends_on("0001_initial")
        .rename_column("users", "name", "full_name")
        .add_column("posts", column("published_at", timestamp()).nullable())
        .add_index(
            "posts",
            index("ix_posts_author_id_published_at", ["author_id"]).descending("published_at"),
        )
        .drop_index("posts", "ix_posts_author_id")
}
