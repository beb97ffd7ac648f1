use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct User {
    pub id: i64,
    pub email: String,
}

#[derive(Debug)]
pub struct AppError(String);
pub async fn f(db: &Database) -> Result<(), AppError> {
    db.session_retrying(3, |mut session| async move {
        let user = session.get::<User>(1).await.map_err(|e| AppError(e.to_string()))?;
        session[user].email = "a".into();
        Ok::<_, AppError>(())
    })
    .await?;
    Ok(())
}

fn main() {}
