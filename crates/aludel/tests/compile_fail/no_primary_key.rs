use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    pub name: String,
}

fn main() {}
