use aludel::prelude::*;

#[derive(Model)]
#[model(index(nmae))]
pub struct Thing {
    pub id: i64,
    pub name: String,
}

fn main() {}
