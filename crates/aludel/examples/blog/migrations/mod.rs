//! The migrations of this module. `makemigrations` keeps the list.

use aludel::migrate::Migration;

mod m0001_initial;
mod m0002_rename_users_name_to_full_name_and_add_posts_published_at;
mod m0003_tags_and_status;

/// All of them.
pub fn all() -> Vec<Migration> {
    vec![
        m0001_initial::migration(),
        m0002_rename_users_name_to_full_name_and_add_posts_published_at::migration(),
        m0003_tags_and_status::migration(),
    ]
}
