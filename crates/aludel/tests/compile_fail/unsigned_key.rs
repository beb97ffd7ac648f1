use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Ticket {
    pub id: u64,
    pub name: String,
}

fn main() {}
