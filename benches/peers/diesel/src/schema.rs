//! The tables and what is read from and written to them.

use diesel::prelude::*;

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        hair_color -> Nullable<Text>,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        user_id -> BigInt,
        title -> Text,
        body -> Nullable<Text>,
    }
}

diesel::table! {
    comments (id) {
        id -> BigInt,
        post_id -> BigInt,
        text -> Text,
    }
}

diesel::joinable!(posts -> users (user_id));
diesel::joinable!(comments -> posts (post_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);

#[derive(Queryable, Identifiable, Clone, Debug)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Queryable, Identifiable, Associations, Clone, Debug)]
#[diesel(belongs_to(User))]
#[diesel(table_name = posts)]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub body: Option<String>,
}

#[derive(Queryable, Identifiable, Associations, Clone, Debug)]
#[diesel(belongs_to(Post))]
#[diesel(table_name = comments)]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub text: String,
}

/// NULL is sent as NULL, so that many rows are one statement on SQLite, too.
#[derive(Insertable)]
#[diesel(table_name = users)]
#[diesel(treat_none_as_default_value = false)]
pub struct New {
    pub name: String,
    pub hair_color: Option<String>,
}

pub fn new_users(count: usize) -> Vec<New> {
    measure::new_rows(count, |name, hair_color| New { name, hair_color })
}

/// Comments to posts, posts to users.
pub fn nest(all: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Vec<(User, Vec<(Post, Vec<Comment>)>)> {
    let comments = comments.grouped_by(&posts);
    let posts = posts.into_iter().zip(comments).collect::<Vec<_>>().grouped_by(&all);
    all.into_iter().zip(posts).collect()
}

/// Rows of one statement.
pub const MOST: usize = 10_000;
