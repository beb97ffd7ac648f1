use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub author: BelongsTo<i64>,
}

fn main() {}
