use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct User {
    pub id: i64,
    pub email: String,
}

#[derive(Debug)]
pub struct AppError(String);
pub async fn f(db: &Database) -> Result<(), AppError> {
    let tx = db.begin().await.map_err(|e| AppError(e.to_string()))?;
    tx.transaction(|inner| async move {
        User::query().count(&inner).await.map_err(|e| AppError(e.to_string()))
    })
    .await?;
    Ok(())
}

fn main() {}
