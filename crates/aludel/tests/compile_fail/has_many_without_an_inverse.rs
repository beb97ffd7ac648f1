use aludel::prelude::*;

#[derive(Model)]
pub struct Parent {
    pub id: i64,
    pub things: HasMany<Thing>,
}

#[derive(Model)]
pub struct Thing {
    pub id: i64,
}

fn main() {}
