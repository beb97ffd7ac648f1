use aludel::prelude::*;

#[derive(Model)]
pub struct Thing<T> {
    pub id: i64,
    pub value: T,
}

fn main() {}
