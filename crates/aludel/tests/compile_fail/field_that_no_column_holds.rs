use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    pub id: i64,
    pub map: std::collections::HashMap<String, i32>,
}

fn main() {}
