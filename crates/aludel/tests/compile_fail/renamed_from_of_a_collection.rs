use aludel::prelude::*;

#[derive(Model)]
pub struct Shelf {
    pub id: i64,
    #[field(renamed_from = "old")]
    pub boxes: HasMany<Shelf>,
}

fn main() {}
