use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    #[field(default = "many")]
    pub count: i64,
}

fn main() {}
