//! The structs, read by position, which is quicker than the derive's way by name.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

#[expect(dead_code, reason = "that it is read from the database is what counts")]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
    pub posts: Vec<Post>,
}

#[expect(dead_code, reason = "as above")]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub body: Option<String>,
    pub comments: Vec<Comment>,
}

#[expect(dead_code, reason = "as above")]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub text: String,
}

pub struct Pair(pub User, pub Option<Post>);

macro_rules! from_row {
    ($type:ident, $row:ident => $read:expr) => {
        impl<'r, R> FromRow<'r, R> for $type
        where
            R: Row,
            usize: ColumnIndex<R>,
            i64: Decode<'r, R::Database> + Type<R::Database>,
            String: Decode<'r, R::Database> + Type<R::Database>,
        {
            fn from_row($row: &'r R) -> sqlx::Result<Self> {
                Ok($read)
            }
        }
    };
}

from_row!(User, row => User { id: row.try_get(0)?, name: row.try_get(1)?, hair_color: row.try_get(2)?, posts: Vec::new() });
from_row!(Post, row => Post { id: row.try_get(0)?, user_id: row.try_get(1)?, title: row.try_get(2)?, body: row.try_get(3)?, comments: Vec::new() });
from_row!(Comment, row => Comment { id: row.try_get(0)?, post_id: row.try_get(1)?, text: row.try_get(2)? });
from_row!(Pair, row => {
    let post = match row.try_get::<Option<i64>, usize>(3)? {
        Some(id) => Some(Post { id, user_id: row.try_get(4)?, title: row.try_get(5)?, body: row.try_get(6)?, comments: Vec::new() }),
        None => None,
    };
    Pair(User::from_row(row)?, post)
});

/// Comments into posts, posts into users.
pub fn nest(mut users: Vec<User>, mut posts: Vec<Post>, comments: Vec<Comment>) -> Vec<User> {
    measure::assemble(
        &mut posts,
        |post| post.id,
        comments,
        |comment| comment.post_id,
        |post, comment| post.comments.push(comment),
    );
    measure::assemble(
        &mut users,
        |user| user.id,
        posts,
        |post| post.user_id,
        |user, post| user.posts.push(post),
    );
    users
}
