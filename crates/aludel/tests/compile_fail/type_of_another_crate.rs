use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct User {
    pub id: i64,
    pub email: String,
    pub age: i32,
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub author: BelongsTo<User>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Timestamp(i64);
#[derive(Model, Debug, Clone)]
pub struct Event {
    pub id: i64,
    pub at: Timestamp,
}

fn main() {}
