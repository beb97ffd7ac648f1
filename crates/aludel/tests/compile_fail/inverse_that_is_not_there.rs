use aludel::prelude::*;

#[derive(Model)]
pub struct Parent {
    pub id: i64,
    #[field(inverse = owner)]
    pub things: HasMany<Thing>,
}

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    pub parent: BelongsTo<Parent>,
}

fn main() {}
