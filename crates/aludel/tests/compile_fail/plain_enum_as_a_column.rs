use aludel::prelude::*;

#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    Low,
    High,
}

#[derive(Model, Debug, Clone)]
pub struct Ticket {
    pub id: i64,
    pub level: Level,
}

fn main() {}
