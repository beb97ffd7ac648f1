use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    #[field(max_length = 5)]
    pub parent: Option<BelongsTo<Thing>>,
}

fn main() {}
