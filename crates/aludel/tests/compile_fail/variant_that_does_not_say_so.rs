use aludel::prelude::*;

#[derive(Model)]
enum Shape {
    Circle(Circle),
}

#[derive(Model)]
struct Circle {
    id: i64,
}

fn main() {}
