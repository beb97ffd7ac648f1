use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    #[field(on_delete = set_null)]
    pub parent: BelongsTo<Thing>,
}

fn main() {}
