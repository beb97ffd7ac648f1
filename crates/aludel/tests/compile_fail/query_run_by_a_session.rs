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

pub async fn f(db: &Database) -> aludel::Result<()> {
    let session = db.session();
    let users = User::query().all(&session).await?;
    Ok(())
}

fn main() {}
