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

#[derive(Debug)]
pub struct AppError(String);
pub async fn f(db: &Database) -> Result<(), AppError> {
    db.transaction(async |tx| {
        let users = User::query().all(&tx).await.map_err(|e| AppError(e.to_string()))?;
        Ok::<_, AppError>(users)
    })
    .await?;
    Ok(())
}

fn main() {}
