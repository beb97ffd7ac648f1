//! Users with posts with comments.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Author {
    pub id: i64,
    pub name: String,
    #[field(default = 0)]
    pub score: i64,
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub author: BelongsTo<Author>,
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug, Clone)]
pub struct Comment {
    pub id: i64,
    pub text: String,
    pub post: BelongsTo<Post>,
}

/// What hand-written code reads them into.
pub struct PlainAuthor {
    pub id: i64,
    pub name: String,
    pub score: i64,
    pub posts: Vec<PlainPost>,
}

pub struct PlainPost {
    pub id: i64,
    pub title: String,
    pub author: i64,
    pub comments: Vec<PlainComment>,
}

pub struct PlainComment {
    pub id: i64,
    pub text: String,
    pub post: i64,
}

/// Puts comments into posts, and posts into authors, by their keys.
pub fn assemble(mut authors: Vec<PlainAuthor>, mut posts: Vec<PlainPost>, comments: Vec<PlainComment>) -> Vec<PlainAuthor> {
    use std::collections::HashMap;
    let at: HashMap<i64, usize> = posts.iter().enumerate().map(|(n, post)| (post.id, n)).collect();
    for comment in comments {
        posts[at[&comment.post]].comments.push(comment);
    }
    let at: HashMap<i64, usize> = authors.iter().enumerate().map(|(n, author)| (author.id, n)).collect();
    for post in posts {
        authors[at[&post.author]].posts.push(post);
    }
    authors
}

pub async fn create(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Author, Post, Comment]).await
}

/// 100 authors with 10 posts with 5 comments each.
pub async fn fill(db: &Database) -> aludel::Result<()> {
    let authors = Author::insert_many((0..100).map(|n| NewAuthor { name: format!("author number {n}"), score: None })).all(db).await?;
    let posts = Post::insert_many((0..1000).map(|n| NewPost { title: format!("the title of post {n}"), author: (&authors[n / 10]).into() })).all(db).await?;
    Comment::insert_many((0..5000).map(|n| NewComment { text: format!("what comment {n} has to say"), post: (&posts[n / 5]).into() }))
        .execute(db)
        .await?;
    Ok(())
}

pub fn new_authors(count: usize) -> Vec<NewAuthor> {
    (0..count).map(|n| NewAuthor { name: format!("author number {n}"), score: Some(n as i64) }).collect()
}
