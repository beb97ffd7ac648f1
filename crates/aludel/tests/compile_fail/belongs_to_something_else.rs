use aludel::prelude::*;

pub struct Plain;

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    pub plain: BelongsTo<Plain>,
}

fn main() {}
