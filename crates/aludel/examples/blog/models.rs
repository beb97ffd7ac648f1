//! The models as they are today.

use aludel::prelude::*;
use jiff::Timestamp;

/// A person who writes.
#[derive(Model, Debug, Clone)]
#[allow(dead_code)]
pub struct User {
    pub id: i64,
    #[field(unique, max_length = 254)]
    pub email: String,
    #[field(max_length = 80, renamed_from = "name")]
    pub full_name: String,
    pub posts: HasMany<Post>,
}

/// Whether a post is read by others.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Status {
    Draft,
    Live,
}

/// Something that a person wrote.
#[derive(Model, Debug, Clone)]
#[model(index(author, -published_at), check(title = Post::title.ne("")))]
#[allow(dead_code)]
pub struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    pub body: String,
    pub published_at: Option<Timestamp>,
    #[field(default = Status::Draft)]
    pub status: Status,
    #[field(on_delete = cascade)]
    pub author: BelongsTo<User>,
    pub tags: ManyToMany<Tag>,
}

/// What posts are about.
#[derive(Model, Debug, Clone)]
#[allow(dead_code)]
pub struct Tag {
    pub id: i64,
    #[field(unique, max_length = 50)]
    pub name: String,
    pub posts: ManyToMany<Post>,
}
