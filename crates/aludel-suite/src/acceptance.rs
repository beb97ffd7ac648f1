//! The programs that the API is held to.

use crate::blog;

on_every_database! {
    async fn the_blog_runs(fixture) {
        blog::blog(&fixture.db).await?;
    }
}
