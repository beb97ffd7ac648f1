//! The structs that the raw drivers' rows are read into.

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

/// A row that is not there yet.
pub type New = (String, Option<String>);

pub const ALL: &str = "select id, name, hair_color from users";
pub const JOIN: &str = "select users.id, users.name, users.hair_color, posts.id, posts.user_id, posts.title, posts.body \
     from users left join posts on posts.user_id = users.id where users.hair_color = 'black' order by users.id";

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
