use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    #[field(uniqe)]
    pub name: String,
}

fn main() {}
