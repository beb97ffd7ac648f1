use aludel::prelude::*;

#[derive(Model)]
struct Search {
    id: i64,
    query: String,
}

fn main() {}
