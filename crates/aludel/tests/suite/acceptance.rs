//! The programs that the API is held to.

#[path = "../acceptance/blog.rs"]
mod blog;

on_every_database! {
    async fn the_blog_runs(fixture) {
        blog::blog(&fixture.db).await?;
    }
}
