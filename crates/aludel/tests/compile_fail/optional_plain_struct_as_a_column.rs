use aludel::prelude::*;

#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub x: f64,
}

#[derive(Model, Debug, Clone)]
pub struct Ticket {
    pub id: i64,
    pub at: Option<Point>,
}

fn main() {}
